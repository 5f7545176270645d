package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

// followPause lies between two looks at a file that grows.
const followPause = 50 * time.Millisecond

// logRequest is what kubectl logs asks for.
type logRequest struct {
	follow, previous bool
	// tail is how many lines at the end are wanted; negative for all.
	tail int64
	// limit is how many bytes are wanted; negative for all.
	limit int64
}

// parseLogRequest refuses what can't be had: the files hold no times.
func parseLogRequest(query url.Values) (logRequest, error) {
	request := logRequest{follow: query.Get("follow") == "true", previous: query.Get("previous") == "true"}
	for _, option := range []string{"sinceSeconds", "sinceTime"} {
		if query.Has(option) {
			return request, fmt.Errorf("this node keeps no times of lines: %s can't be had", option)
		}
	}
	if query.Get("timestamps") == "true" {
		return request, errors.New("this node keeps no times of lines: timestamps can't be had")
	}
	var err error
	if request.tail, err = number(query, "tailLines"); err != nil {
		return request, err
	}
	request.limit, err = number(query, "limitBytes")
	return request, err
}

func number(query url.Values, name string) (int64, error) {
	if !query.Has(name) {
		return -1, nil
	}
	value, err := strconv.ParseInt(query.Get(name), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is no number", name)
	}
	return value, nil
}

func (n *node) serveLogs(w http.ResponseWriter, r *http.Request) {
	request, err := parseLogRequest(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	container := n.containerOf(w, r)
	if container == nil {
		return
	}
	path, process, err := container.log(request.previous)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("container %q in pod %q is waiting to start", container.spec.Name, r.PathValue("pod"))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	defer file.Close()
	if err := skipToTail(file, request.tail); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	var out io.Writer = flushing{w}
	var in io.Reader = file
	if request.limit >= 0 {
		in = io.LimitReader(file, request.limit)
	}
	_, err = io.Copy(out, in)
	for err == nil && request.follow && process != nil {
		over := false
		select {
		case <-r.Context().Done():
			return
		case <-process.ended:
			over = true
		case <-time.After(followPause):
		}
		// Read once more after the end: the last words may have come since.
		if _, err = io.Copy(out, in); over {
			return
		}
	}
}

// log finds the file of the last start, or of the one before; a process is returned where the file still grows.
func (c *container) log(previous bool) (string, *process, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	start := c.status.RestartCount
	if c.status.LastTerminationState.Terminated != nil && c.running == nil && start > 0 && !previous {
		// Between two starts the last output is still the newest.
		start--
	}
	if previous {
		if start == 0 {
			return "", nil, fmt.Errorf("previous terminated container %q not found", c.spec.Name)
		}
		return c.logPath(start - 1), nil, nil
	}
	return c.logPath(start), c.running, nil
}

// skipToTail moves to the start of the last lines.
func skipToTail(file *os.File, lines int64) error {
	if lines < 0 {
		return nil
	}
	content, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	_, err = file.Seek(int64(tailStart(content, lines)), io.SeekStart)
	return err
}

// tailStart is where the last lines begin; a last line without its end counts.
func tailStart(content []byte, lines int64) int {
	if lines == 0 {
		return len(content)
	}
	end := len(content)
	if bytes.HasSuffix(content, []byte("\n")) {
		end--
	}
	for ; lines > 0; lines-- {
		end = bytes.LastIndexByte(content[:max(end, 0)], '\n')
		if end < 0 {
			return 0
		}
	}
	return end + 1
}

// flushing sends every piece at once.
type flushing struct{ http.ResponseWriter }

func (f flushing) Write(piece []byte) (int, error) {
	n, err := f.ResponseWriter.Write(piece)
	if flusher, can := f.ResponseWriter.(http.Flusher); can {
		flusher.Flush()
	}
	return n, err
}
