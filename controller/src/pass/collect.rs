//! Deletes the Secret of a SealedSecret that is gone, where that is not left to the garbage collector.

use std::time::Duration;

use k8s_openapi::api::core::v1::Secret;
use kube::api::{DeleteParams, Preconditions};
use kube::{Api, Client};
use tracing::{info, warn};

use crate::api::convert;
use crate::api::{CallError, call};
use crate::clock;
use crate::decide::Action;
use crate::decide::retry::backoff;
use crate::facts::{ObjectKey, Owner};
use crate::pass::context::Shared;
use crate::pass::report::current;

/// The wait after a deletion that failed.
const RETRY: Duration = Duration::from_secs(10);

/// Sees to the Secrets of the SealedSecrets of that key that are gone. Says when to come again, if something is left.
pub async fn collect(shared: &Shared, key: &ObjectKey) -> Option<Action> {
    let view = &shared.context.view;
    let mut again = None;
    for uid in view.take_gone(key) {
        let owner = Owner { key: key.clone(), uid };
        match collect_one(&shared.client, &owner).await {
            Ok(true) => info!(object = %key, "the SealedSecret has gone; its Secret is deleted"),
            Ok(false) => {}
            Err(error) => {
                warn!(object = %key, "cannot delete the Secret of a SealedSecret that has gone: {error}");
                view.put_back_gone(key, owner.uid);
                again = Some(Action::Again(backoff(RETRY, RETRY, 0, clock::jitter())));
            }
        }
    }
    again
}

/// Deletes the Secret that this owner controls, if the owner is gone and there is one.
async fn collect_one(client: &Client, owner: &Owner) -> Result<bool, CallError> {
    let key = &owner.key;
    match current(client, key).await {
        // It only stopped matching the label selector, which a watch tells in the same way.
        Ok(there) if there.metadata.uid.as_deref() == Some(owner.uid.as_str()) => return Ok(false),
        Ok(_) => {}
        Err(error) if error.is_not_found() => {}
        Err(error) => return Err(error),
    }
    let api: Api<Secret> = Api::namespaced(client.clone(), &key.namespace);
    let Some(secret) = call(api.get_metadata_opt(&key.name)).await? else { return Ok(false) };
    let meta = secret.metadata;
    if !owner.controls(&convert::owners(&meta)) {
        return Ok(false);
    }
    // Of the Secret that was read and no other: between the two calls the name may have got a new one.
    let only = Preconditions { uid: meta.uid, resource_version: meta.resource_version };
    let how = DeleteParams { preconditions: Some(only), ..DeleteParams::default() };
    match call(api.delete(&key.name, &how)).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::api::fake::{FakeApi, refusal};

    const SEALED: &str = "GET /apis/bitnami.com/v1alpha1/namespaces/payments/sealedsecrets/db";
    const READ: &str = "GET /api/v1/namespaces/payments/secrets/db";
    const DELETE: &str = "DELETE /api/v1/namespaces/payments/secrets/db";

    fn owner() -> Owner {
        Owner { key: ObjectKey { namespace: "payments".into(), name: "db".into() }, uid: "u1".into() }
    }

    fn sealed(uid: &str) -> (u16, Value) {
        (
            200,
            json!({
                "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
                "metadata": { "name": "db", "namespace": "payments", "uid": uid },
            }),
        )
    }

    fn secret(owner_uid: &str) -> (u16, Value) {
        (
            200,
            json!({
                "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata",
                "metadata": {
                    "name": "db", "namespace": "payments", "uid": "s1", "resourceVersion": "7",
                    "ownerReferences": [{
                        "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "db",
                        "uid": owner_uid, "controller": true,
                    }],
                },
            }),
        )
    }

    fn deleted() -> (u16, Value) {
        (200, json!({ "kind": "Status", "status": "Success" }))
    }

    #[tokio::test]
    async fn the_secret_of_a_gone_owner_is_deleted_and_no_other_version_of_it() {
        let api = FakeApi::new([refusal(404, "NotFound"), secret("u1"), deleted()]);
        assert!(collect_one(&api.client(), &owner()).await.unwrap());
        let asked = api.asked();
        assert_eq!(asked.iter().map(|(call, _)| call.as_str()).collect::<Vec<_>>(), [SEALED, READ, DELETE]);
        assert_eq!(asked[2].1["preconditions"], json!({ "uid": "s1", "resourceVersion": "7" }));
    }

    #[tokio::test]
    async fn only_the_secret_of_the_very_object_that_is_gone_is_deleted() {
        for (what, replies, calls) in [
            ("the object is still there", vec![sealed("u1")], vec![SEALED]),
            ("its successor controls the Secret", vec![sealed("u2"), secret("u2")], vec![SEALED, READ]),
            (
                "somebody else controls the Secret",
                vec![refusal(404, "NotFound"), secret("x")],
                vec![SEALED, READ],
            ),
            (
                "there is no Secret",
                vec![refusal(404, "NotFound"), refusal(404, "NotFound")],
                vec![SEALED, READ],
            ),
        ] {
            let api = FakeApi::new(replies);
            assert!(!collect_one(&api.client(), &owner()).await.unwrap(), "{what}");
            assert_eq!(api.calls(), calls, "{what}");
        }
    }

    #[tokio::test]
    async fn what_can_not_be_read_is_not_deleted() {
        let api = FakeApi::new([refusal(500, "InternalError")]);
        assert!(collect_one(&api.client(), &owner()).await.is_err());
        assert_eq!(api.calls(), [SEALED]);
    }
}
