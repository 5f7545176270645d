//! What a start costs, and what a receipt is worth.

use super::*;
use crate::decide::Drift;

const READ: &str = "GET /api/v1/namespaces/payments/secrets/db";
const STATUS: &str = "PUT /apis/bitnami.com/v1alpha1/namespaces/payments/sealedsecrets/db/status";
const TRIED: &str = "PUT /apis/bitnami.com/v1alpha1/namespaces/payments/sealedsecrets/db/status?dryRun=All";

/// The object after its first pass, as the watch brings it, and the world that made it.
async fn settled(world: World) -> (World, Value) {
    let world = world.watching();
    world.show(world.object(1, "5"));
    world.api.then([secret("7"), kept("6"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let mut object = world.object(1, "6");
    object["status"] = world.api.asked()[1].1["status"].clone();
    world.show(object.clone());
    world.show_secret("7");
    (world, object)
}

#[tokio::test]
async fn a_restart_with_a_receipt_asks_for_nothing_and_opens_nothing() {
    let (world, object) = settled(World::new(true)).await;
    let next = world.restarted(object, "7");
    for _ in 0..2 {
        assert_eq!(next.pass().await, Action::Done);
        assert_eq!(next.api.calls(), [""; 0]);
    }
    assert_eq!(next.decryptions(), 0);
    let shown = "sealed_secrets_controller_condition_info{condition=\"Synced\",name=\"db\",namespace=\"payments\",\
                 ss_app_kubernetes_io_instance=\"\"} 1";
    assert!(next.counted(shown), "{}", next.shared.context.metrics.text());
    // It is judged as if this process had made it.
    next.show(next.object(2, "7"));
    next.api.then([secret("7"), kept("8"), event()]);
    assert_eq!(next.pass().await, Action::Done);
    assert_eq!(next.api.calls()[0], READ);
}

#[tokio::test]
async fn a_secret_that_changed_while_nobody_ran_is_healed_whatever_the_policy_is() {
    for drift in [Drift::Report, Drift::Heal, Drift::Ignore] {
        let rules = Rules { drift, ..Rules::default() };
        let (world, object) = settled(World::with(&ring(&["k"]), rules, true)).await;
        let next = world.restarted(object, "8");
        let mut edited = secret("8").1;
        edited["data"]["foo"] = json!("ZWRpdGVk");
        next.api.then([(200, edited), secret("9"), kept("10"), kept("11"), event()]);
        assert_eq!(next.pass().await, Action::Done);
        let asked = next.api.asked();
        let calls: Vec<&str> = asked.iter().map(|(call, _)| call.as_str()).collect();
        assert_eq!(calls, [READ, &format!("PUT {SECRETS}/db"), TRIED, STATUS, &format!("POST {EVENTS}")]);
        assert_eq!(asked[1].1["data"]["foo"], "YmFy");
    }
}

#[tokio::test]
async fn a_receipt_is_renewed_without_moving_a_time_and_without_an_event() {
    let (world, object) = settled(World::new(true)).await;
    let next = world.restarted(object.clone(), "8");
    next.api.then([secret("8"), kept("10"), kept("11")]);
    assert_eq!(next.pass().await, Action::Done);
    let asked = next.api.asked();
    let calls: Vec<&str> = asked.iter().map(|(call, _)| call.as_str()).collect();
    assert_eq!(calls, [READ, TRIED, STATUS]);
    let (old, new) = (&object["status"], &asked[2].1["status"]);
    assert_eq!(new["conditions"], old["conditions"]);
    assert_ne!(new["receipt"], old["receipt"]);
}

#[tokio::test]
async fn where_receipts_are_pruned_a_restart_opens_and_compares_and_writes_nothing() {
    let world = World::new(true).watching();
    world.show(world.object(1, "5"));
    world.api.then([secret("7"), pruned("6"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let mut object = world.object(1, "6");
    object["status"] = world.api.asked()[1].1["status"].clone();
    object["status"].as_object_mut().unwrap().remove("receipt");
    // The answer to the first write told; nothing is tried again.
    world.show(object.clone());
    world.show_secret("8");
    world.api.then([secret("8")]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls(), [READ]);

    let next = world.restarted(object.clone(), "8");
    next.api.then([secret("8"), pruned("8")]);
    assert_eq!(next.pass().await, Action::Done);
    assert_eq!(next.api.calls(), [READ, TRIED], "tried, not written");
    next.show_secret("9");
    next.api.then([secret("9")]);
    assert_eq!(next.pass().await, Action::Done);
    assert_eq!(next.api.calls(), [READ]);
}

#[tokio::test]
async fn without_statuses_there_are_no_receipts() {
    let (world, object) = settled(World::new(true)).await;
    let next =
        World::start(&world.keys.borrow(), Rules::default(), false, world.encrypted.clone()).watching();
    next.show(object);
    next.show_secret("7");
    next.api.then([secret("7")]);
    assert_eq!(next.pass().await, Action::Done);
    assert_eq!(next.api.calls(), [READ]);
}

#[tokio::test]
async fn a_key_that_is_gone_has_its_objects_judged_anew_at_once_and_at_a_start() {
    let one = ring(&["k"]);
    let (world, object) = settled(World::with(&one, Rules::default(), true)).await;
    let another = ring(&["other"]);
    let context = &world.shared.context;
    while !context.queue.is_empty() {
        let key = context.queue.next().await.unwrap();
        context.queue.done(&key);
    }
    world.keys.send_replace(Arc::clone(&another));
    context.view.keys_changed(&another.ids, &context.queue);
    assert_eq!(context.queue.len(), 1);
    world.api.then([secret("7"), kept("9"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let asked = world.api.asked();
    assert_eq!(asked[1].1["status"]["conditions"][0]["reason"], "ErrUnsealFailed");
    assert_eq!(asked[1].1["status"].get("receipt"), None);

    let next = World::start(&another, Rules::default(), true, world.encrypted.clone()).watching();
    next.show(object);
    next.show_secret("7");
    next.api.then([kept("9"), event()]);
    assert_eq!(next.pass().await, Action::Done);
    assert_eq!(next.api.calls(), [STATUS, &format!("POST {EVENTS}")]);
}

#[tokio::test]
async fn a_new_key_leaves_what_opened_without_it_in_peace() {
    let (world, _) = settled(World::new(true)).await;
    let context = &world.shared.context;
    while !context.queue.is_empty() {
        let key = context.queue.next().await.unwrap();
        context.queue.done(&key);
    }
    let mut ids = std::collections::BTreeSet::clone(&world.keys.borrow().ids);
    ids.insert("new".into());
    context.view.keys_changed(&ids, &context.queue);
    assert!(context.queue.is_empty());
}
