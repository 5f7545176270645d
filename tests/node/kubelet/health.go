package main

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
)

// eager lies between two questions to a container that hasn't been well yet, so that tests need not wait for periods.
const eager = 250 * time.Millisecond

// watchHealth probes a new process as the container's specification says, until the context ends.
//
// What it returns is closed when the process is to be ended: it did not start up in time, or is no longer alive.
func (c *container) watchHealth(ctx context.Context, process *process) <-chan struct{} {
	sick := make(chan struct{})
	go func() {
		if c.spec.StartupProbe != nil {
			if !c.startsUp(ctx, c.spec.StartupProbe) {
				c.sicken(ctx, sick, "startup")
				return
			}
			c.changeOf(process, func(status *corev1.ContainerStatus) {
				started := true
				status.Started, status.Ready = &started, c.spec.ReadinessProbe == nil
			})
		}
		if c.spec.ReadinessProbe != nil {
			go c.watchReadiness(ctx, process, c.spec.ReadinessProbe)
		}
		if c.spec.LivenessProbe != nil && !c.staysAlive(ctx, c.spec.LivenessProbe) {
			c.sicken(ctx, sick, "liveness")
		}
	}()
	return sick
}

func (c *container) sicken(ctx context.Context, sick chan struct{}, probe string) {
	// Whoever ended the context ends the process already.
	if ctx.Err() == nil {
		object, _ := c.pod.current()
		klog.InfoS("Container failed its probe and is restarted", "pod", klog.KObj(object), "container", c.spec.Name, "probe", probe)
		close(sick)
	}
}

// startsUp asks until the container is well; it gives up when the probe's periods are over.
func (c *container) startsUp(ctx context.Context, probe *corev1.Probe) bool {
	allowed := seconds(probe.InitialDelaySeconds + probe.PeriodSeconds*probe.FailureThreshold)
	deadline := time.Now().Add(allowed)
	for c.probeOnce(ctx, probe) != nil {
		if time.Now().After(deadline) || !pause(ctx, eager) {
			return false
		}
	}
	return true
}

// watchReadiness keeps the container's readiness; every change needs as many answers in a row as the probe says.
func (c *container) watchReadiness(ctx context.Context, process *process, probe *corev1.Probe) {
	if !pause(ctx, seconds(probe.InitialDelaySeconds)) {
		return
	}
	ready, known, inRow := false, false, int32(0)
	for {
		err := c.probeOnce(ctx, probe)
		if ctx.Err() != nil {
			return
		}
		needed := probe.SuccessThreshold
		if ready {
			needed = probe.FailureThreshold
		}
		if (err == nil) == ready {
			inRow = 0
		} else if inRow++; inRow >= needed {
			ready, known, inRow = !ready, true, 0
			c.changeOf(process, func(status *corev1.ContainerStatus) { status.Ready = ready })
		}
		wait := seconds(probe.PeriodSeconds)
		if !known {
			wait = eager
		}
		if !pause(ctx, wait) {
			return
		}
	}
}

// staysAlive comes back when the probe failed as often in a row as it may not, or when the context ended.
func (c *container) staysAlive(ctx context.Context, probe *corev1.Probe) bool {
	pause(ctx, seconds(probe.InitialDelaySeconds))
	for failures := int32(0); failures < probe.FailureThreshold; {
		if !pause(ctx, seconds(probe.PeriodSeconds)) {
			return true
		}
		if c.probeOnce(ctx, probe) == nil {
			failures = 0
		} else {
			failures++
		}
	}
	return false
}
