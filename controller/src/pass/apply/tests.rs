//! Conversations with an API server: what is asked for each plan, and what is not.

use std::sync::Arc;

use sealer_core::{Plaintext, Scope, SealedSecret, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::api::fake::{FakeApi, refusal};
use crate::facts::{Observed, Sealed};

const SECRETS: &str = "/api/v1/namespaces/payments/secrets";
const SECRET: &str = "/api/v1/namespaces/payments/secrets/db";

fn facts(observed: Option<Observed>) -> Facts {
    let key = ObjectKey { namespace: "payments".into(), name: "db".into() };
    let sealed = Sealed {
        created: Timestamp::from_unix_seconds(0),
        key,
        uid: "u1".into(),
        resource_version: "5".into(),
        generation: 1,
        deleting: false,
        scope: Scope::Strict,
        content: Ok(SealedSecret::default()),
        status: None,
    };
    Facts { sealed: Arc::new(sealed), observed, watched: true, vanished: None, record: None }
}

fn seen(owned: bool) -> Option<Observed> {
    let version = SecretVersion { uid: "s".into(), resource_version: "7".into() };
    Some(Observed { version, owned, managed: false })
}

fn desired(value: &str) -> PlainSecret {
    let data = [("foo".to_owned(), Plaintext::new(value.as_bytes().to_vec()))].into();
    PlainSecret { data, ..PlainSecret::default() }
}

/// A Secret as the server shows it; `bar` is `YmFy`.
fn secret(version: &str, value: &str, owned: bool) -> (u16, Value) {
    let owner = json!([{ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "db", "uid": "u1", "controller": true }]);
    let body = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": { "foo": value },
        "metadata": {
            "name": "db", "namespace": "payments", "uid": "s", "resourceVersion": version,
            "ownerReferences": if owned { owner } else { json!([]) },
        },
    });
    (200, body)
}

async fn run(api: &FakeApi, observed: Option<Observed>) -> Judged {
    apply(&api.client(), &desired("bar"), &facts(observed), Cause::Changed).await
}

fn version(version: &str) -> SecretVersion {
    SecretVersion { uid: "s".into(), resource_version: version.into() }
}

#[tokio::test]
async fn without_a_secret_one_call_makes_it() {
    let api = FakeApi::new([secret("8", "YmFy", true)]);
    assert_eq!(run(&api, None).await, Judged::synced(version("8"), true));
    let asked = api.asked();
    assert_eq!(asked.len(), 1);
    let (call, body) = &asked[0];
    assert_eq!(*call, format!("POST {SECRETS}"));
    assert_eq!(body["data"], json!({ "foo": "YmFy" }));
    assert_eq!(body["metadata"]["ownerReferences"][0]["uid"], "u1");
    assert!(body["metadata"].get("resourceVersion").is_none());
}

#[tokio::test]
async fn an_equal_secret_is_read_and_not_written() {
    let api = FakeApi::new([secret("7", "YmFy", true)]);
    assert_eq!(run(&api, seen(true)).await, Judged::synced(version("7"), false));
    assert_eq!(api.calls(), [format!("GET {SECRET}")]);
}

#[tokio::test]
async fn a_write_names_the_version_that_was_read_and_a_conflict_is_planned_anew() {
    let api = FakeApi::new([
        secret("7", "b2xk", true),
        refusal(409, "Conflict"),
        secret("9", "b3RoZXI=", true),
        secret("10", "YmFy", true),
    ]);
    assert_eq!(run(&api, seen(true)).await, Judged::synced(version("10"), true));
    let asked = api.asked();
    let calls: Vec<&str> = asked.iter().map(|(call, _)| call.split(' ').next().unwrap()).collect();
    assert_eq!(calls, ["GET", "PUT", "GET", "PUT"]);
    assert_eq!(asked[1].1["metadata"]["resourceVersion"], "7");
    assert_eq!(asked[3].1["metadata"]["resourceVersion"], "9");
}

#[tokio::test]
async fn somebody_elses_secret_that_was_not_seen_yet_is_left_alone() {
    let api = FakeApi::new([refusal(409, "AlreadyExists"), secret("3", "dGhlaXJz", false)]);
    let judged = run(&api, None).await;
    assert_eq!(judged.outcome, Outcome::Refused(Refusal::NotOurs { name: "db".into() }));
    assert_eq!(judged.verdict, Verdict::Refused(Some(version("3"))));
    assert_eq!(api.calls(), [format!("POST {SECRETS}"), format!("GET {SECRET}")]);
}

#[tokio::test]
async fn what_was_shown_and_is_not_found_is_never_made_in_the_same_pass() {
    let settling = Judged::pending(Wait::Settling { rest: SETTLING });
    for owned in [true, false] {
        let api = FakeApi::new([refusal(404, "NotFound")]);
        assert_eq!(run(&api, seen(owned)).await, settling, "the watch still shows it");
        assert_eq!(api.calls(), [format!("GET {SECRET}")]);
    }
    let api = FakeApi::new([secret("7", "b2xk", true), refusal(404, "NotFound"), refusal(404, "NotFound")]);
    assert_eq!(run(&api, seen(true)).await, settling, "it vanished under our hands");
    assert_eq!(api.calls(), [format!("GET {SECRET}"), format!("PUT {SECRET}"), format!("GET {SECRET}")]);
    let api = FakeApi::new([refusal(409, "AlreadyExists"), refusal(404, "NotFound")]);
    assert_eq!(run(&api, None).await, settling, "it came and went between two calls");
    assert_eq!(api.calls(), [format!("POST {SECRETS}"), format!("GET {SECRET}")]);
}

#[tokio::test]
async fn what_the_server_will_never_take_is_refused_and_what_it_may_take_later_is_pending() {
    let api = FakeApi::new([refusal(422, "Invalid")]);
    assert!(matches!(run(&api, None).await.outcome, Outcome::Refused(Refusal::Invalid { .. })));
    for (code, reason) in
        [(403, "Forbidden"), (429, "TooManyRequests"), (500, "InternalError"), (503, "Unavailable")]
    {
        let api = FakeApi::new([refusal(code, reason)]);
        let Outcome::Pending(Wait::Api(why)) = run(&api, None).await.outcome else { panic!("{code}") };
        assert_eq!(why, format!("cannot write Secret payments/db: refused: {reason}"));
        assert_eq!(api.calls().len(), 1, "no retry of its own");
    }
    let api = FakeApi::new([refusal(503, "Unavailable")]);
    let Outcome::Pending(Wait::Api(why)) = run(&api, seen(true)).await.outcome else { panic!() };
    assert_eq!(why, "cannot read Secret payments/db: refused: Unavailable");
}

#[tokio::test]
async fn a_secret_that_never_stands_still_is_put_off() {
    let rounds = (0..ROUNDS).flat_map(|_| [refusal(409, "Conflict"), secret("9", "b3RoZXI=", true)]);
    let api = FakeApi::new(std::iter::once(secret("7", "b2xk", true)).chain(rounds));
    assert_eq!(run(&api, seen(true)).await, Judged::pending(Wait::Contended));
    assert_eq!(api.calls().len(), 1 + 2 * ROUNDS);
}
