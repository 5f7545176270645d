package main

import (
	"context"
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
)

// podName is how requests for logs and commands name a Pod.
type podName struct{ namespace, name string }

// node is what the whole program is: one node and the Pods that run on it.
type node struct {
	name, address, folder string
	// self is this program, which is also the first process of every container.
	self   string
	images images
	client kubernetes.Interface
	server apiServer

	mu   sync.Mutex
	pods map[podName]*pod
}

// run registers the node once it can be asked for logs, then runs Pods until the context ends.
func (n *node) run(ctx context.Context) error {
	port, err := n.serve()
	if err != nil {
		return err
	}
	if err := n.register(ctx, port); err != nil {
		return fmt.Errorf("can't register node %s: %w", n.name, err)
	}
	klog.InfoS("Node is ready", "node", n.name, "address", n.address, "port", port, "images", n.images.String(), "sources", sources)

	go n.watchPods(ctx, fields.OneTermEqualSelector("spec.nodeName", ""), cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { go n.bind(ctx, object.(*corev1.Pod)) },
	})
	go n.watchPods(ctx, fields.OneTermEqualSelector("spec.nodeName", n.name), cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { n.changed(ctx, object.(*corev1.Pod)) },
		UpdateFunc: func(_, object any) { n.changed(ctx, object.(*corev1.Pod)) },
		DeleteFunc: n.removed,
	})
	<-ctx.Done()
	return nil
}

func (n *node) watchPods(ctx context.Context, selector fields.Selector, handler cache.ResourceEventHandler) {
	source := cache.NewListWatchFromClient(n.client.CoreV1().RESTClient(), "pods", metav1.NamespaceAll, selector)
	_, informer := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: source, ObjectType: &corev1.Pod{}, Handler: handler,
	})
	informer.RunWithContext(ctx)
}

// register makes the Node object say that this node is ready and where it is asked for logs and commands.
func (n *node) register(ctx context.Context, port int32) error {
	nodes := n.client.CoreV1().Nodes()
	object := &corev1.Node{ObjectMeta: metav1.ObjectMeta{
		Name:   n.name,
		Labels: map[string]string{corev1.LabelHostname: n.name, corev1.LabelOSStable: "linux"},
	}}
	created, err := nodes.Create(ctx, object, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		created, err = nodes.Get(ctx, n.name, metav1.GetOptions{})
	}
	if err != nil {
		return err
	}
	now := metav1.Now()
	room := corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("64"), corev1.ResourceMemory: resource.MustParse("256Gi"),
		corev1.ResourcePods: resource.MustParse("1000"),
	}
	created.Status = corev1.NodeStatus{
		Capacity: room, Allocatable: room,
		Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: n.address}},
		DaemonEndpoints: corev1.NodeDaemonEndpoints{
			KubeletEndpoint: corev1.DaemonEndpoint{Port: port},
		},
		Conditions: []corev1.NodeCondition{{
			Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "NodeReady",
			LastHeartbeatTime: now, LastTransitionTime: now,
		}},
	}
	_, err = nodes.UpdateStatus(ctx, created, metav1.UpdateOptions{})
	return err
}

// bind takes a Pod that the default scheduler would place; no scheduler runs.
func (n *node) bind(ctx context.Context, pod *corev1.Pod) {
	if pod.Spec.SchedulerName != corev1.DefaultSchedulerName || pod.DeletionTimestamp != nil {
		return
	}
	binding := &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: n.name},
	}
	for {
		err := n.client.CoreV1().Pods(pod.Namespace).Bind(ctx, binding, metav1.CreateOptions{})
		// A conflict says that it has a node by now, or that another Pod has its name.
		if err == nil || apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
			return
		}
		klog.ErrorS(err, "Can't bind the Pod", "pod", klog.KObj(pod))
		if !pause(ctx, retryAfter) {
			return
		}
	}
}

// changed starts a new Pod and tells a known one what it has become.
func (n *node) changed(ctx context.Context, object *corev1.Pod) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name := podName{object.Namespace, object.Name}
	known := n.pods[name]
	if known != nil && known.uid == object.UID {
		known.update(object)
		return
	}
	if known != nil {
		known.forget()
	}
	if finished(object) && object.DeletionTimestamp == nil {
		return
	}
	pod := newPod(n, object)
	n.pods[name] = pod
	go pod.run(ctx)
}

// removed ends what is left of a Pod whose object is gone.
func (n *node) removed(object any) {
	if last, isLast := object.(cache.DeletedFinalStateUnknown); isLast {
		object = last.Obj
	}
	gone, isPod := object.(*corev1.Pod)
	if !isPod {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	name := podName{gone.Namespace, gone.Name}
	if known := n.pods[name]; known != nil && known.uid == gone.UID {
		known.forget()
		delete(n.pods, name)
	}
}

// find returns a Pod of this node; nil where there is none of this name.
func (n *node) find(namespace, name string) *pod {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.pods[podName{namespace, name}]
}
