package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// initCommand makes this program the first process of a container.
const initCommand = "container-init"

// exitBySignal is what a shell adds to the number of the signal that ended a program.
const exitBySignal = 128

// exitNoStart says that the program of the container could not be started.
const exitNoStart = 127

// runInit prepares the namespaces of a container, starts its program, and ends as it ends.
//
// It is the first process of a process namespace: whatever is left there ends with it. It waits for orphans, and
// passes signals on; the program has the usual effects of signals, since it isn't the first process itself.
func runInit(arguments []string) int {
	flags := flag.NewFlagSet(initCommand, flag.ExitOnError)
	runFolder := flags.String("run", "", "what the container sees as /var/run")
	workFolder := flags.String("dir", "", "where the program starts")
	_ = flags.Parse(arguments)
	command := flags.Args()

	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)

	if err := mountPrivately(*runFolder); err != nil {
		fmt.Fprintln(os.Stderr, "kubelet:", err)
		return exitNoStart
	}
	program, err := syscall.ForkExec(command[0], command, &syscall.ProcAttr{
		Dir:   *workFolder,
		Env:   os.Environ(),
		Files: []uintptr{0, 1, 2},
	})
	if err != nil {
		fmt.Fprintf(os.Stderr, "kubelet: can't start %s: %v\n", command[0], err)
		return exitNoStart
	}
	go func() {
		for received := range signals {
			_ = syscall.Kill(program, received.(syscall.Signal))
		}
	}()
	return waitFor(program)
}

// mountPrivately gives the container a /var/run and a /proc of its own.
func mountPrivately(runFolder string) error {
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("can't make the mounts private: %w", err)
	}
	if err := syscall.Mount(runFolder, "/var/run/", "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("can't mount %s at /var/run: %w", runFolder, err)
	}
	// Inside some containers the kernel refuses a new /proc; the old one serves programs that ask about themselves.
	_ = syscall.Mount("proc", "/proc", "proc", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "")
	return nil
}

// waitFor waits for every process of the container until this one has ended.
func waitFor(program int) int {
	for {
		var status syscall.WaitStatus
		ended, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			fmt.Fprintln(os.Stderr, "kubelet: can't wait for the program:", err)
			return exitNoStart
		case ended != program:
		case status.Signaled():
			return exitBySignal + int(status.Signal())
		default:
			return status.ExitStatus()
		}
	}
}
