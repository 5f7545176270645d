package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
)

// retryAfter lies between two attempts at what the API server refused, or what waits for an object.
const retryAfter = 200 * time.Millisecond

// pod runs the containers of one Pod and reports how they are.
type pod struct {
	node       *node
	uid        types.UID
	folder     string
	started    metav1.Time
	init       []*container
	containers []*container
	// changed holds one word when something is to be reported.
	changed chan struct{}
	// stopping ends when no container is to be started any more, and those that run are to end.
	stopping context.Context
	stop     context.CancelFunc
	// killing ends when the containers are to end at once.
	killing context.Context
	kill    context.CancelFunc

	mu     sync.Mutex
	object *corev1.Pod
	gone   bool
}

func newPod(node *node, object *corev1.Pod) *pod {
	p := &pod{
		node: node, uid: object.UID, object: object, started: metav1.Now(),
		folder:  filepath.Join(node.folder, "pods", string(object.UID)),
		changed: make(chan struct{}, 1),
	}
	p.stopping, p.stop = context.WithCancel(context.Background())
	p.killing, p.kill = context.WithCancel(context.Background())
	for i := range object.Spec.InitContainers {
		p.init = append(p.init, newContainer(p, &object.Spec.InitContainers[i], initPolicy(object.Spec.RestartPolicy)))
	}
	for i := range object.Spec.Containers {
		p.containers = append(p.containers, newContainer(p, &object.Spec.Containers[i], object.Spec.RestartPolicy))
	}
	p.update(object)
	return p
}

// initPolicy: an init container that did its work is not started again.
func initPolicy(policy corev1.RestartPolicy) corev1.RestartPolicy {
	if policy == corev1.RestartPolicyAlways {
		return corev1.RestartPolicyOnFailure
	}
	return policy
}

// Folders of the Pod: what its containers see as /var/run, and where they start.
func (p *pod) runFolder() string  { return filepath.Join(p.folder, "run") }
func (p *pod) homeFolder() string { return filepath.Join(p.folder, "home") }

// update takes the newest object; one that is being deleted stops, and is killed after its grace period.
func (p *pod) update(object *corev1.Pod) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.object = object
	if object.DeletionTimestamp == nil {
		return
	}
	p.stop()
	grace := int64(0)
	if object.DeletionGracePeriodSeconds != nil {
		grace = *object.DeletionGracePeriodSeconds
	}
	time.AfterFunc(time.Duration(grace)*time.Second, p.kill)
}

// forget kills what runs: the object is gone, and nothing is reported any more.
func (p *pod) forget() {
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	p.stop()
	p.kill()
}

func (p *pod) current() (object *corev1.Pod, gone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.object, p.gone
}

// container finds one of its containers by name.
func (p *pod) container(name string) *container {
	for _, c := range slices.Concat(p.init, p.containers) {
		if c.spec.Name == name {
			return c
		}
	}
	return nil
}

// notify asks for a report; several in a row become one.
func (p *pod) notify() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// run lives as long as the Pod.
func (p *pod) run(ctx context.Context) {
	object, _ := p.current()
	klog.InfoS("Pod runs here", "pod", klog.KObj(object), "folder", p.folder)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.runContainers(ctx)
	}()
	p.notify()
	for {
		select {
		case <-p.changed:
			p.report(ctx)
		case <-ended:
			p.report(ctx)
			// A Pod that came to its end keeps its object and its logs until it is deleted.
			<-p.stopping.Done()
			p.remove(ctx)
			return
		}
	}
}

// runContainers runs the init containers one by one, then the others side by side, until none is started again.
func (p *pod) runContainers(ctx context.Context) {
	for err := p.prepare(ctx); err != nil; err = p.prepare(ctx) {
		object, _ := p.current()
		klog.ErrorS(err, "Can't prepare the Pod", "pod", klog.KObj(object))
		if !pause(p.stopping, retryAfter) {
			return
		}
	}
	for _, c := range p.init {
		if !c.supervise(ctx) {
			return
		}
	}
	var all sync.WaitGroup
	for _, c := range p.containers {
		all.Go(func() { c.supervise(ctx) })
	}
	all.Wait()
}

// prepare makes the folders of the Pod and fills in its service account.
func (p *pod) prepare(ctx context.Context) error {
	for _, folder := range []string{p.runFolder(), p.homeFolder()} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	object, _ := p.current()
	for _, c := range slices.Concat(object.Spec.InitContainers, object.Spec.Containers) {
		if mountsAccount(&c) {
			return p.node.writeAccount(ctx, object, p.runFolder())
		}
	}
	return nil
}

// report writes the status as it is now; it comes back when it is written or nobody wants it.
func (p *pod) report(ctx context.Context) {
	for {
		object, gone := p.current()
		if gone {
			return
		}
		status := statusOf(object, p.node.address, p.started, statuses(p.init), statuses(p.containers))
		patch, err := statusPatch(object.UID, status)
		if err == nil {
			_, err = p.node.client.CoreV1().Pods(object.Namespace).Patch(ctx, object.Name, types.MergePatchType, patch,
				metav1.PatchOptions{}, "status")
		}
		// A conflict says that another Pod has this name now.
		if err == nil || apierrors.IsNotFound(err) || apierrors.IsConflict(err) || ctx.Err() != nil {
			return
		}
		klog.ErrorS(err, "Can't write the status", "pod", klog.KObj(object))
		pause(ctx, retryAfter)
	}
}

// remove takes the object away after its containers have ended.
func (p *pod) remove(ctx context.Context) {
	for _, folder := range []string{p.runFolder(), p.homeFolder()} {
		if err := os.RemoveAll(folder); err != nil {
			klog.ErrorS(err, "Can't remove a folder of the Pod", "folder", folder)
		}
	}
	object, gone := p.current()
	if gone {
		return
	}
	now := int64(0)
	options := metav1.DeleteOptions{GracePeriodSeconds: &now, Preconditions: metav1.NewUIDPreconditions(string(p.uid))}
	for {
		err := p.node.client.CoreV1().Pods(object.Namespace).Delete(ctx, object.Name, options)
		if err == nil || apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
			return
		}
		klog.ErrorS(err, "Can't remove the Pod", "pod", klog.KObj(object))
		if !pause(ctx, retryAfter) {
			return
		}
	}
}

// pause waits; it says no when the context ended before.
func pause(ctx context.Context, duration time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(duration):
		return true
	}
}
