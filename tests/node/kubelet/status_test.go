package main

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var (
	waiting  = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{}}
	running  = corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	done     = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 0}}
	crashed  = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1}}
	always   = corev1.RestartPolicyAlways
	onFail   = corev1.RestartPolicyOnFailure
	never    = corev1.RestartPolicyNever
	noInit   = []corev1.ContainerState(nil)
	anyState = []corev1.ContainerState{waiting}
)

func containerStates(states []corev1.ContainerState) []corev1.ContainerStatus {
	statuses := make([]corev1.ContainerStatus, 0, len(states))
	for _, state := range states {
		statuses = append(statuses, corev1.ContainerStatus{Name: "c", State: state})
	}
	return statuses
}

func TestThePhaseFollowsFromTheContainers(t *testing.T) {
	for name, c := range map[string]struct {
		policy           corev1.RestartPolicy
		init, containers []corev1.ContainerState
		phase            corev1.PodPhase
	}{
		"nothing has started":               {always, noInit, anyState, corev1.PodPending},
		"one of two has not started":        {always, noInit, []corev1.ContainerState{running, waiting}, corev1.PodPending},
		"an init container runs":            {always, []corev1.ContainerState{running}, anyState, corev1.PodPending},
		"an init container failed":          {always, []corev1.ContainerState{crashed}, anyState, corev1.PodPending},
		"an init container failed for good": {never, []corev1.ContainerState{crashed}, anyState, corev1.PodFailed},
		"all run after their init":          {always, []corev1.ContainerState{done}, []corev1.ContainerState{running}, corev1.PodRunning},
		"one ended, one runs":               {never, noInit, []corev1.ContainerState{done, running}, corev1.PodRunning},
		"all did their work":                {never, noInit, []corev1.ContainerState{done, done}, corev1.PodSucceeded},
		"one failed for good":               {never, noInit, []corev1.ContainerState{done, crashed}, corev1.PodFailed},
		"one failed and comes again":        {onFail, noInit, []corev1.ContainerState{done, crashed}, corev1.PodRunning},
		"all ended and come again":          {always, noInit, []corev1.ContainerState{done}, corev1.PodRunning},
	} {
		if got := phaseOf(c.policy, containerStates(c.init), containerStates(c.containers)); got != c.phase {
			t.Errorf("%s: %s, not %s", name, got, c.phase)
		}
	}
}

func TestAContainerThatWaitsForItsRestartHasStartedBefore(t *testing.T) {
	statuses := containerStates(anyState)
	statuses[0].LastTerminationState = crashed
	if got := phaseOf(always, nil, statuses); got != corev1.PodRunning {
		t.Errorf("it is %s", got)
	}
}

func TestAConditionKeepsItsTimeUntilItChanges(t *testing.T) {
	before := metav1.NewTime(time.Now().Add(-time.Hour))
	pod := &corev1.Pod{Spec: corev1.PodSpec{RestartPolicy: always}, Status: corev1.PodStatus{
		Conditions: []corev1.PodCondition{
			{Type: corev1.PodInitialized, Status: corev1.ConditionTrue, LastTransitionTime: before},
			{Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: before},
		},
	}}
	statuses := containerStates([]corev1.ContainerState{running})
	statuses[0].Ready = true
	conditions := statusOf(pod, "10.77.0.2", before, nil, statuses).Conditions
	for kind, kept := range map[corev1.PodConditionType]bool{
		corev1.PodInitialized: true, corev1.PodReady: false,
	} {
		found := find(conditions, kind)
		if found.Status != corev1.ConditionTrue || found.LastTransitionTime.Equal(&before) != kept {
			t.Errorf("%s: %+v", kind, found)
		}
	}
}
