//! What stands after the manifests that are shipped were applied.

use std::net::SocketAddrV4;

use sealwright_e2e::harness::Test;
use sealwright_e2e::http;
use sealwright_e2e::road::Road;
use sealwright_test_cluster::netns;

pub const TESTS: &[Test<Road>] = &[(
    "the_page_and_kubeseal_without_flags_seal_for_the_same_key",
    the_page_and_kubeseal_without_flags_seal_for_the_same_key,
)];

fn the_page_and_kubeseal_without_flags_seal_for_the_same_key(road: &Road) {
    let fetched = road.shell.run(road.world.folder.path(), "kubeseal --fetch-cert");
    let (status, _, body) = http::ask(SocketAddrV4::new(netns::ADDRESS, 8082), "/cert.pem", None);
    assert_eq!(status, 200);
    assert!(fetched.starts_with("-----BEGIN CERTIFICATE-----"), "{fetched}");
    assert_eq!(fetched, String::from_utf8_lossy(&body));
}
