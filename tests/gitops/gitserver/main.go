// Command gitserver serves the bare repositories of a folder over HTTP on loopback: git's own http-backend, behind
// the web server that it needs.
//
// It writes its address in one line, and then what git says on its standard error.
package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
)

// sources is a hash of these files, given to the linker by whoever builds this.
var sources string

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gitserver:", err)
		os.Exit(1)
	}
}

func serve(arguments []string) error {
	if len(arguments) != 1 {
		return fmt.Errorf("one argument, the folder of the repositories, not %d", len(arguments))
	}
	git, err := exec.LookPath("git")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	return http.Serve(listener, &cgi.Handler{
		Path: git,
		Args: []string{"http-backend"},
		Root: "/",
		Dir:  arguments[0],
		Env: []string{
			"GIT_PROJECT_ROOT=" + arguments[0],
			"GIT_HTTP_EXPORT_ALL=1",
			// Nobody's own configuration counts.
			"GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_CONFIG_NOSYSTEM=1",
			// Who reaches loopback may push.
			"GIT_CONFIG_COUNT=1",
			"GIT_CONFIG_KEY_0=http.receivepack",
			"GIT_CONFIG_VALUE_0=true",
		},
	})
}
