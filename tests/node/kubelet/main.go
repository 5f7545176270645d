// Command kubelet is a Kubernetes node for tests: the containers of its Pods are plain processes.
//
// What it does and what it leaves out is said in ../README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// sources is a hash of these files, given to the linker by whoever builds this.
var sources string

func main() {
	if len(os.Args) > 1 && os.Args[1] == initCommand {
		os.Exit(runInit(os.Args[2:]))
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "kubelet:", err)
		os.Exit(1)
	}
}

func run() error {
	images := images{}
	kubeconfig := flag.String("kubeconfig", "", "how the API server is reached, with every right")
	name := flag.String("name", "node", "what the Node object is called")
	address := flag.String("address", "", "the address of this node and of all its Pods; not loopback")
	folder := flag.String("folder", "", "where the files of the Pods are kept")
	flag.Var(images, "image", "NAME=PROGRAM: the program that an image without its tag stands for; may be repeated")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	// The limits are there to spare a real API server thousands of nodes.
	config.QPS, config.Burst = 200, 400
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	server, err := apiServerOf(config)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	node := &node{
		name: *name, address: *address, folder: *folder, self: self,
		images: images, client: client, server: server,
		pods: map[podName]*pod{},
	}
	return node.run(ctx)
}
