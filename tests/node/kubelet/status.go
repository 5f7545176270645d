package main

import (
	"encoding/json"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// statusOf says how a Pod is, from how its containers are; the conditions keep the time of their last change.
func statusOf(pod *corev1.Pod, address string, started metav1.Time, init, containers []corev1.ContainerStatus) corev1.PodStatus {
	status := corev1.PodStatus{
		ObservedGeneration: pod.Generation,
		Phase:              phaseOf(pod.Spec.RestartPolicy, init, containers),
		HostIP:             address, HostIPs: []corev1.HostIP{{IP: address}},
		PodIP: address, PodIPs: []corev1.PodIP{{IP: address}},
		StartTime:             &started,
		InitContainerStatuses: init, ContainerStatuses: containers,
	}
	waitingInit := namesOf(init, func(c corev1.ContainerStatus) bool { return !succeeded(c) })
	unready := namesOf(containers, func(c corev1.ContainerStatus) bool { return !c.Ready })
	initialized := condition(corev1.PodInitialized, waitingInit == "", "ContainersNotInitialized",
		"containers with incomplete status: ["+waitingInit+"]")
	containersReady := condition(corev1.ContainersReady, unready == "", "ContainersNotReady",
		"containers with unready status: ["+unready+"]")
	if status.Phase == corev1.PodSucceeded || status.Phase == corev1.PodFailed {
		containersReady = condition(corev1.ContainersReady, false, "PodCompleted", "")
	}
	ready := containersReady
	ready.Type = corev1.PodReady
	status.Conditions = sinceBefore(pod.Status.Conditions, []corev1.PodCondition{
		condition(corev1.PodScheduled, true, "", ""),
		condition(corev1.PodReadyToStartContainers, true, "", ""),
		initialized, containersReady, ready,
	})
	return status
}

// statusPatch replaces the status of the Pod with this UID, and of no other that has its name.
func statusPatch(uid types.UID, status corev1.PodStatus) ([]byte, error) {
	return json.Marshal(map[string]any{"metadata": map[string]any{"uid": uid}, "status": status})
}

// finished tells whether nothing of a Pod will run again.
func finished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

func phaseOf(policy corev1.RestartPolicy, init, containers []corev1.ContainerStatus) corev1.PodPhase {
	for _, c := range init {
		if failed(c) && policy == corev1.RestartPolicyNever {
			return corev1.PodFailed
		}
		if !succeeded(c) {
			return corev1.PodPending
		}
	}
	ended, bad := 0, 0
	for _, c := range containers {
		switch {
		case c.State.Waiting != nil && c.LastTerminationState.Terminated == nil:
			return corev1.PodPending
		case c.State.Terminated != nil:
			ended++
			if failed(c) {
				bad++
			}
		}
	}
	switch {
	case ended < len(containers) || policy == corev1.RestartPolicyAlways:
		return corev1.PodRunning
	case bad == 0:
		return corev1.PodSucceeded
	case policy == corev1.RestartPolicyNever:
		return corev1.PodFailed
	}
	return corev1.PodRunning
}

func succeeded(c corev1.ContainerStatus) bool {
	return c.State.Terminated != nil && c.State.Terminated.ExitCode == 0
}

func failed(c corev1.ContainerStatus) bool {
	return c.State.Terminated != nil && c.State.Terminated.ExitCode != 0
}

func namesOf(statuses []corev1.ContainerStatus, which func(corev1.ContainerStatus) bool) string {
	var names []string
	for _, c := range statuses {
		if which(c) {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, " ")
}

// condition carries a reason and a message only where it is not true.
func condition(kind corev1.PodConditionType, holds bool, reason, message string) corev1.PodCondition {
	if holds {
		return corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue}
	}
	return corev1.PodCondition{Type: kind, Status: corev1.ConditionFalse, Reason: reason, Message: message}
}

// sinceBefore gives conditions their times.
func sinceBefore(before, now []corev1.PodCondition) []corev1.PodCondition {
	for i := range now {
		now[i].LastTransitionTime = metav1.Now()
		if old := find(before, now[i].Type); old.Status == now[i].Status {
			now[i].LastTransitionTime = old.LastTransitionTime
		}
	}
	return now
}

func find(conditions []corev1.PodCondition, kind corev1.PodConditionType) corev1.PodCondition {
	for _, c := range conditions {
		if c.Type == kind {
			return c
		}
	}
	return corev1.PodCondition{}
}
