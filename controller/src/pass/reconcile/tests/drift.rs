//! What happens when somebody else touches a Secret while the controller runs.

use super::*;
use crate::decide::Drift;

const READ: &str = "GET /api/v1/namespaces/payments/secrets/db";
const WRITE: &str = "PUT /api/v1/namespaces/payments/secrets/db";

/// A world whose one object is settled, with the Secret in version 7.
async fn settled(drift: Drift) -> World {
    let world = World::with(&ring(&["k"]), Rules { drift, ..Rules::default() }, true).watching();
    world.show(world.object(1, "5"));
    world.api.then([secret("7"), kept("6"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let mut object = world.object(1, "6");
    object["status"] = world.api.asked()[1].1["status"].clone();
    world.show(object);
    world.show_secret("7");
    world
}

fn edited(version: &str, value: &str) -> (u16, Value) {
    let mut secret = secret(version).1;
    secret["data"]["foo"] = json!(value);
    secret["metadata"]["labels"] = json!({ "theirs": "1" });
    (200, secret)
}

fn drifts(count: u32) -> String {
    format!("sealwright_drift_total{{namespace=\"payments\"}} {count}")
}

#[tokio::test]
async fn a_foreign_label_costs_one_read_and_opens_nothing_and_the_receipt_follows_later() {
    let world = settled(Drift::Report).await;
    for version in ["8", "9"] {
        let mut relabelled = edited(version, "YmFy").1;
        relabelled["metadata"]["labels"] = json!({ "backup": "yes" });
        world.show_secret(version);
        world.api.then([(200, relabelled)]);
        assert!(matches!(world.pass().await, Action::Again(wait) if wait >= RENEWAL / 2));
        assert_eq!(world.api.calls(), [READ]);
    }
    world.api.then([kept("12")]);
    assert_eq!(world.pass().await, Action::Done);
    let asked = world.api.asked();
    assert_eq!(asked[0].0, format!("PUT {SEALED}/status"));
    assert_eq!(world.decryptions(), 1);

    let mut object = world.object(1, "12");
    object["status"] = asked[0].1["status"].clone();
    let next = world.restarted(object, "9");
    assert_eq!(next.pass().await, Action::Done);
    assert_eq!(next.api.calls(), [""; 0], "the renewed receipt holds");
}

#[tokio::test]
async fn foreign_values_are_reported_once_and_left() {
    let world = settled(Drift::Report).await;
    world.show_secret("8");
    world.api.then([edited("8", "ZWRpdGVk"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let asked = world.api.asked();
    assert_eq!(asked[0].0, READ);
    assert_eq!((&asked[1].1["reason"], &asked[1].1["type"]), (&json!("SecretDrifted"), &json!("Warning")));
    assert_eq!(asked.len(), 2);
    assert!(world.counted(&drifts(1)));

    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls(), [""; 0], "it stays as it is");
    world.show_secret("9");
    world.api.then([edited("9", "ZWRpdGVk")]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls(), [READ], "the same values are no news");
    world.show_secret("10");
    world.api.then([edited("10", "YW5ldw=="), event()]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls().len(), 2);
    assert_eq!(world.decryptions(), 1);
    assert!(world.counted(&drifts(2)));
}

#[tokio::test]
async fn foreign_values_are_healed_where_that_is_asked_for_and_the_rest_stays_theirs() {
    let world = settled(Drift::Heal).await;
    for (seen, healed) in [("8", "9"), ("10", "11"), ("12", "13")] {
        world.show_secret(seen);
        let theirs = || edited(seen, "ZWRpdGVk");
        world.api.then([theirs(), theirs(), edited(healed, "YmFy"), kept("6"), event()]);
        assert_eq!(world.pass().await, Action::Done);
        let asked = world.api.asked();
        let calls: Vec<&str> = asked.iter().map(|(call, _)| call.as_str()).collect();
        assert_eq!(calls[..3], [READ, READ, WRITE]);
        assert_eq!(asked[2].1["data"]["foo"], "YmFy");
        assert_eq!(asked[2].1["metadata"]["labels"], json!({ "theirs": "1" }));
        world.show_secret(healed);
    }
    assert!(world.counted("sealwright_heals_total{namespace=\"payments\"} 3"));
    world.show_secret("14");
    world.api.then([edited("14", "ZWRpdGVk"), event()]);
    let action = world.pass().await;
    assert!(matches!(action, Action::Again(rest) if rest.as_secs() > 3500), "{action:?}");
    let asked = world.api.asked();
    assert_eq!(asked[1].1["reason"], "SecretDrifted");
    world.show_secret("15");
    world.api.then([edited("15", "ZWRpdGVk")]);
    assert!(matches!(world.pass().await, Action::Again(_)), "once is enough");
    assert_eq!(world.api.calls(), [READ]);
    world.api.then([edited("15", "ZWRpdGVk")]);
    let action = world.pass().await;
    assert!(matches!(action, Action::Again(rest) if rest.as_secs() > 3500), "the next try is not forgotten");
    assert_eq!(world.api.calls(), [READ]);
}

#[tokio::test]
async fn a_write_that_fails_is_no_round_of_a_fight() {
    let world = settled(Drift::Heal).await;
    world.show_secret("8");
    let theirs = || edited("8", "ZWRpdGVk");
    world.api.then([theirs(), theirs(), refusal(503, "Unavailable"), kept("9"), event()]);
    assert!(matches!(world.pass().await, Action::Again(_)));
    assert_eq!(world.api.calls().len(), 5);
    for _ in 0..4 {
        world.api.then([theirs(), theirs(), refusal(503, "Unavailable")]);
        assert!(matches!(world.pass().await, Action::Again(_)));
        assert_eq!(world.api.calls(), [READ, READ, WRITE]);
    }
}

#[tokio::test]
async fn changes_by_others_cost_nothing_where_nobody_wants_to_know() {
    let world = settled(Drift::Ignore).await;
    world.show_secret("8");
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls(), [""; 0]);
}

#[tokio::test]
async fn of_a_shared_secret_only_the_own_keys_count() {
    let world = settled(Drift::Report).await;
    let shared = |version: &str, own: &str, theirs: &str| {
        let mut secret = secret(version).1;
        secret["metadata"]["annotations"] = json!({ "sealedsecrets.bitnami.com/patch": "true" });
        secret["data"] = json!({ "foo": own, "theirs": theirs });
        (200, secret)
    };
    world.show_secret("8");
    world.api.then([shared("8", "YmFy", "YQ==")]);
    assert!(matches!(world.pass().await, Action::Again(_)));
    assert_eq!(world.api.calls(), [READ]);
    world.show_secret("9");
    world.api.then([shared("9", "ZWRpdGVk", "YQ=="), event()]);
    assert_eq!(world.pass().await, Action::Done);
    assert_eq!(world.api.calls().len(), 2);
    assert_eq!(world.decryptions(), 1);
}

#[tokio::test]
async fn a_secret_that_was_taken_away_is_told_of_and_not_touched() {
    let world = settled(Drift::Heal).await;
    let mut taken = edited("8", "ZWRpdGVk").1;
    taken["metadata"]["ownerReferences"] = json!([]);
    world.show_secret("8");
    world.api.then([(200, taken), kept("9"), event()]);
    assert_eq!(world.pass().await, Action::Done);
    let asked = world.api.asked();
    assert_eq!(asked[1].1["status"]["conditions"][0]["reason"], "NotManaged");
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn a_read_that_fails_says_nothing_about_the_secret() {
    let world = settled(Drift::Report).await;
    world.show_secret("8");
    world.api.then([refusal(503, "Unavailable")]);
    assert!(matches!(world.pass().await, Action::Again(_)));
    assert_eq!(world.api.calls(), [READ]);
    world.api.then([refusal(404, "NotFound")]);
    assert!(matches!(world.pass().await, Action::Again(_)), "the watch shows it still");
    assert_eq!(world.api.calls(), [READ]);
    world.api.then([edited("8", "YmFy")]);
    assert!(matches!(world.pass().await, Action::Again(wait) if wait >= RENEWAL / 2));
    assert_eq!(world.decryptions(), 1);
}
