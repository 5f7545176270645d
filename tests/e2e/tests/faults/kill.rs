//! Killed at any moment and started again, the controller comes to the same end.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use sealwright_e2e::chance::Chance;
use sealwright_e2e::controller::Controller;
use sealwright_e2e::sealing::Sealing;
use sealwright_e2e::world::World;
use sealwright_e2e::{programs, secret};
use sealwright_test_cluster::installation;
use serde_json::Value;

/// Says how often it is killed; a hundred times takes a few minutes.
const KILLS: &str = "SEALWRIGHT_KILLS";
const FEW: u64 = 12;
const OBJECTS: usize = 500;
const NAMESPACE: &str = "many";
/// Long enough to be ready and to have opened some, short enough not to be done.
const LONGEST_LIFE: u64 = 600;
/// For how long nothing may be written. The one wait here for something that does not happen.
const QUIET: Duration = Duration::from_secs(30);

pub fn killed_at_any_moment_it_comes_to_the_same_end(_: &()) {
    let kills = std::env::var(KILLS).ok().and_then(|text| text.parse().ok()).unwrap_or(FEW);
    let mut chance = Chance::start();
    let world = World::without_controller();
    installation::apply(&world.cluster).unwrap();

    // While its first key is made and stored.
    for _ in 0..kills.div_ceil(4) {
        live_and_die(&world, &mut chance);
    }
    world.start_ours(&[]);
    world.stop();
    let model = make_many(&world);

    let mut cold_syncs = 1;
    for _ in 0..kills {
        live_and_die(&world, &mut chance);
        if world.list("secrets", NAMESPACE).len() == OBJECTS {
            // Everything was done before the last kill: once more from the start.
            world.kubectl(&["delete", "--raw", &format!("/api/v1/namespaces/{NAMESPACE}/secrets")]);
            cold_syncs += 1;
        }
    }
    println!("{kills} kills during {cold_syncs} cold syncs");

    world.start_ours(&[]);
    world.wait_for("caught up");
    let verdicts = world.verdicts();
    assert!(verdicts.values().all(|verdict| verdict.synced), "{verdicts:#?}");
    let secrets: BTreeMap<String, _> = world
        .list("secrets", NAMESPACE)
        .iter()
        .map(|object| (object["metadata"]["name"].as_str().unwrap().to_owned(), secret::data(object)))
        .collect();
    assert_eq!(secrets, model);
    assert_eq!(world.key_secrets().len(), 1);

    let before = world.versions("secrets,sealedsecrets,events");
    thread::sleep(QUIET);
    assert_eq!(world.versions("secrets,sealedsecrets,events"), before);
}

/// Starts the controller and kills it at a random moment.
fn live_and_die(world: &World, chance: &mut Chance) {
    let mut command = installation::controller(&world.cluster, programs::controller()).unwrap();
    let controller = Controller::start(&mut command);
    thread::sleep(Duration::from_millis(chance.below(LONGEST_LIFE)));
    // Dropped, it is killed.
    drop(controller);
}

/// Creates the objects; gives the Secrets that should come of them.
fn make_many(world: &World) -> BTreeMap<String, BTreeMap<String, Vec<u8>>> {
    let mut sealing = Sealing::for_cluster(world);
    world.namespace(NAMESPACE);
    let model: BTreeMap<String, _> = (0..OBJECTS)
        .map(|number| {
            let data = BTreeMap::from([("password".to_owned(), format!("value {number}").into_bytes())]);
            (format!("db-{number}"), data)
        })
        .collect();
    let objects: Vec<Value> =
        model.iter().map(|(name, data)| sealing.seal(&secret::manifest(NAMESPACE, name, data))).collect();
    world.create(&objects);
    model
}
