//! Upstream's own integration suite, with our controller in the cluster, and with either kubeseal.

use std::path::Path;

use sealwright_e2e::programs;
use sealwright_e2e::world::{NAMESPACE, World};
use sealwright_interop::suite::{self, Spec, Subjects};
use sealwright_test_cluster::installation;

/// All that upstream has: 26 about the controller, one about its version, 14 about kubeseal.
const SPECS: usize = 41;

pub fn upstreams_own_suite_passes(_: &()) {
    let world = world();
    passes(&world, &world.peers.kubeseal);
}

pub fn upstreams_own_suite_passes_with_our_kubeseal(_: &()) {
    passes(&world(), &programs::kubeseal());
}

fn world() -> World {
    let world = World::with_upstreams_rights(&installation::our_crd());
    world.start_ours_in_pod();
    world.expose();
    world
}

fn passes(world: &World, kubeseal: &Path) {
    let subjects = Subjects {
        kubeconfig: world.cluster.kubeconfig(),
        namespace: NAMESPACE,
        kubeseal,
        controller: &programs::controller(),
    };
    let specs = suite::run(&world.peers.suite, &world.folder.path().join("suite"), subjects).unwrap();
    let failed: Vec<&Spec> = specs.iter().filter(|spec| !spec.passed()).collect();
    assert!(failed.is_empty(), "{} of {} failed: {failed:#?}\n{}", failed.len(), specs.len(), world.log());
    assert_eq!(specs.len(), SPECS);
}
