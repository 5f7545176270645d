package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
)

const (
	// firstBackoff and longestBackoff are a kubelet's 10 s and 5 min, made short for tests.
	firstBackoff   = 500 * time.Millisecond
	longestBackoff = 5 * time.Second
	// steady is how long a container has to run for its next restart to come at once.
	steady = 10 * time.Second
)

// container starts one container of a Pod, again and again as its restart policy says.
type container struct {
	pod    *pod
	spec   *corev1.Container
	policy corev1.RestartPolicy

	mu      sync.Mutex
	status  corev1.ContainerStatus
	running *process
	// vars are the environment of the running process, for commands beside it.
	vars *variables
}

func newContainer(pod *pod, spec *corev1.Container, policy corev1.RestartPolicy) *container {
	started := false
	return &container{pod: pod, spec: spec, policy: policy, status: corev1.ContainerStatus{
		Name: spec.Name, Image: spec.Image, Started: &started,
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}},
	}}
}

// statuses are the containers' as the Pod's status holds them.
func statuses(containers []*container) []corev1.ContainerStatus {
	all := make([]corev1.ContainerStatus, 0, len(containers))
	for _, c := range containers {
		c.mu.Lock()
		all = append(all, *c.status.DeepCopy())
		c.mu.Unlock()
	}
	return all
}

// change changes the status and has it reported.
func (c *container) change(set func(*corev1.ContainerStatus)) {
	c.mu.Lock()
	set(&c.status)
	c.mu.Unlock()
	c.pod.notify()
}

// changeOf is change for what was seen of one process; nothing changes once it has ended.
func (c *container) changeOf(process *process, set func(*corev1.ContainerStatus)) {
	c.change(func(status *corev1.ContainerStatus) {
		if c.running == process {
			set(status)
		}
	})
}

func (c *container) wait(reason, message string) {
	c.change(func(status *corev1.ContainerStatus) {
		status.Ready = false
		status.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	})
}

// process returns what runs now; nil while nothing does.
func (c *container) process() (*process, *variables) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running, c.vars
}

// supervise runs the container until it is not to be started again; it says whether the program succeeded.
func (c *container) supervise(ctx context.Context) bool {
	backoff := firstBackoff
	for {
		process := c.startWhenPossible(ctx)
		if process == nil {
			return false
		}
		begun := time.Now()
		c.attend(process)
		code := c.ended(process)
		if c.policy == corev1.RestartPolicyNever || c.policy == corev1.RestartPolicyOnFailure && code == 0 {
			return code == 0
		}
		if c.pod.stopping.Err() != nil {
			return false
		}
		if time.Since(begun) > steady {
			backoff = firstBackoff
		}
		c.waitForRestart(backoff)
		if !pause(c.pod.stopping, backoff) {
			c.endedAgain()
			return false
		}
		backoff = min(2*backoff, longestBackoff)
	}
}

// startWhenPossible waits for everything that the container needs; nil when the Pod ends before.
func (c *container) startWhenPossible(ctx context.Context) *process {
	reported := ""
	for c.pod.stopping.Err() == nil {
		process, reason, err := c.start(ctx)
		if err == nil {
			return process
		}
		if text := err.Error(); text != reported {
			reported = text
			c.wait(reason, text)
		}
		pause(c.pod.stopping, retryAfter)
	}
	return nil
}

// start starts the process once, or says with a kubelet's reason why it can't.
func (c *container) start(ctx context.Context) (*process, string, error) {
	object, _ := c.pod.current()
	object = object.DeepCopy()
	object.Status.PodIP, object.Status.HostIP = c.pod.node.address, c.pod.node.address
	program, err := c.pod.node.images.program(c.spec.Image)
	if err != nil {
		return nil, "ErrImagePull", err
	}
	refs := references{client: c.pod.node.client, namespace: object.Namespace}
	own, err := environment(ctx, refs, object, c.spec)
	if err != nil {
		return nil, "CreateContainerConfigError", err
	}
	vars := own.over(c.pod.variables(object))

	log, err := c.openLog()
	if err != nil {
		return nil, "CreateContainerError", err
	}
	defer log.Close()
	command := exec.Command(c.pod.node.self, initCommand, "-run", c.pod.runFolder(), "-dir", c.workFolder(), "--", program)
	command.Args = append(command.Args, arguments(c.spec, vars)...)
	command.Env = vars.list()
	command.Stdout, command.Stderr = log, log
	process, err := start(command, syscall.CLONE_NEWNS|syscall.CLONE_NEWPID)
	if err != nil {
		return nil, "RunContainerError", fmt.Errorf("can't start %s: %w", program, err)
	}
	c.begun(process, vars, program)
	return process, "", nil
}

// arguments follow the program, which stands for the image's entry point or for the first word of the command.
func arguments(spec *corev1.Container, vars *variables) []string {
	var words []string
	if len(spec.Command) > 0 {
		words = append(words, spec.Command[1:]...)
	}
	return vars.expandAll(append(words, spec.Args...))
}

// workFolder is the folder of the Pod unless the container names one that there is.
func (c *container) workFolder() string {
	if named, err := os.Stat(c.spec.WorkingDir); err == nil && named.IsDir() {
		return c.spec.WorkingDir
	}
	return c.pod.homeFolder()
}

// logPath is the file with the output of the container's nth start.
func (c *container) logPath(start int32) string {
	return filepath.Join(c.pod.folder, "logs", c.spec.Name, strconv.Itoa(int(start))+".log")
}

func (c *container) openLog() (*os.File, error) {
	c.mu.Lock()
	path := c.logPath(c.status.RestartCount)
	c.mu.Unlock()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
}

// begun notes a new process; without a probe it is ready at once.
func (c *container) begun(process *process, vars *variables, program string) {
	object, _ := c.pod.current()
	klog.InfoS("Container runs", "pod", klog.KObj(object), "container", c.spec.Name, "pid", process.command.Process.Pid)
	c.change(func(status *corev1.ContainerStatus) {
		started := c.spec.StartupProbe == nil
		c.running, c.vars = process, vars
		status.ContainerID = fmt.Sprintf("process://%d", process.command.Process.Pid)
		status.ImageID = program
		status.Started = &started
		status.Ready = started && c.spec.ReadinessProbe == nil
		status.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}}
	})
}

// attend comes back when the process has ended; it ends it when the Pod does, or when its probes say so.
func (c *container) attend(process *process) {
	healthy, stopProbes := context.WithCancel(c.pod.stopping)
	defer stopProbes()
	var patience <-chan time.Time
	select {
	case <-process.ended:
		return
	case <-c.pod.stopping.Done():
	case <-c.watchHealth(healthy, process):
		patience = time.After(graceOf(c.pod))
	}
	process.signal(syscall.SIGTERM)
	select {
	case <-process.ended:
		return
	case <-c.pod.killing.Done():
	case <-patience:
	}
	process.kill()
	<-process.ended
}

// graceOf is how long a program has that is ended for another reason than the Pod's deletion.
func graceOf(p *pod) time.Duration {
	object, _ := p.current()
	if seconds := object.Spec.TerminationGracePeriodSeconds; seconds != nil {
		return time.Duration(*seconds) * time.Second
	}
	return 0
}

// ended notes how the process ended and returns its exit code.
func (c *container) ended(process *process) int32 {
	code := process.exitCode()
	object, _ := c.pod.current()
	klog.InfoS("Container ended", "pod", klog.KObj(object), "container", c.spec.Name, "code", code)
	reason := "Completed"
	if code != 0 {
		reason = "Error"
	}
	c.change(func(status *corev1.ContainerStatus) {
		terminated := &corev1.ContainerStateTerminated{
			ExitCode: code, Reason: reason, ContainerID: status.ContainerID, FinishedAt: metav1.Now(),
		}
		if status.State.Running != nil {
			terminated.StartedAt = status.State.Running.StartedAt
		}
		started := false
		c.running, c.vars = nil, nil
		status.Ready, status.Started = false, &started
		status.State = corev1.ContainerState{Terminated: terminated}
	})
	return code
}

// waitForRestart keeps how the last process ended beside the reason to wait.
func (c *container) waitForRestart(backoff time.Duration) {
	c.change(func(status *corev1.ContainerStatus) {
		status.LastTerminationState = status.State
		status.RestartCount++
		status.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{
			Reason:  "CrashLoopBackOff",
			Message: fmt.Sprintf("back-off %s restarting failed container=%s", backoff, c.spec.Name),
		}}
	})
}

// endedAgain says of a container that won't be restarted how it ended.
func (c *container) endedAgain() {
	c.change(func(status *corev1.ContainerStatus) {
		status.State, status.LastTerminationState = status.LastTerminationState, corev1.ContainerState{}
		status.RestartCount--
	})
}
