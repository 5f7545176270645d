package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"time"
)

// streams are what a command beside a container's program reads and writes; any may be missing.
type streams struct {
	in        io.Reader
	out, errs io.Writer
}

// streamsAfterEnd is how long a command's output may be held open by what it left running.
const streamsAfterEnd = 5 * time.Second

// run runs a command in the container's namespaces, folder and environment, and returns its exit code.
func (c *container) run(ctx context.Context, words []string, streams streams) (int32, error) {
	running, vars := c.process()
	if running == nil {
		return 0, fmt.Errorf("container %q is not running", c.spec.Name)
	}
	if len(words) == 0 {
		return 0, errors.New("there is no command to run")
	}
	command := exec.Command("nsenter", "--target", strconv.Itoa(running.command.Process.Pid), "--mount", "--pid",
		"--wd="+c.workFolder(), "--")
	command.Args = append(command.Args, words...)
	command.Env = vars.list()
	command.Stdout, command.Stderr = streams.out, streams.errs
	command.WaitDelay = streamsAfterEnd
	if streams.in != nil {
		// Copied here: the end of a command is not the end of what it could have read.
		pipe, err := command.StdinPipe()
		if err != nil {
			return 0, err
		}
		go func() {
			defer pipe.Close()
			_, _ = io.Copy(pipe, streams.in)
		}()
	}
	process, err := start(command, 0)
	if err != nil {
		return 0, err
	}
	select {
	case <-process.ended:
		return process.exitCode(), nil
	case <-ctx.Done():
		process.kill()
		<-process.ended
		return 0, ctx.Err()
	}
}
