package main

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// process is a process that ends with this program, however this program ends.
type process struct {
	command *exec.Cmd
	// ended is closed once the process is gone.
	ended chan struct{}
}

type startJob struct {
	command *exec.Cmd
	answer  chan error
}

// starts is where processes are started: the kernel kills them when the *thread* that started them ends, and this
// one never does.
var starts = func() chan<- startJob {
	jobs := make(chan startJob)
	go func() {
		runtime.LockOSThread()
		for job := range jobs {
			job.answer <- job.command.Start()
		}
	}()
	return jobs
}()

// start runs a command in a process group of its own; more clone flags give it namespaces.
func start(command *exec.Cmd, cloneFlags uintptr) (*process, error) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Cloneflags: cloneFlags}
	answer := make(chan error)
	starts <- startJob{command, answer}
	if err := <-answer; err != nil {
		return nil, err
	}
	p := &process{command: command, ended: make(chan struct{})}
	go func() {
		_ = command.Wait()
		close(p.ended)
	}()
	return p, nil
}

func (p *process) signal(signal os.Signal) {
	_ = p.command.Process.Signal(signal)
}

// kill ends the process and its group.
func (p *process) kill() {
	select {
	case <-p.ended:
		// Its number may belong to somebody else by now.
	default:
		_ = syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL)
	}
}

// exitCode is how it ended; a signal counts as shells count it.
func (p *process) exitCode() int32 {
	status, _ := p.command.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return exitBySignal + int32(status.Signal())
	}
	return int32(status.ExitStatus())
}
