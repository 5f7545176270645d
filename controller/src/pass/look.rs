//! Looks at single objects where no watch shows them.

use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};

use crate::api::convert;
use crate::api::{CallError, call};
use crate::facts::{ObjectKey, Observed};

/// A Secret by its metadata, as the watch would show it; `None` where there is none.
pub async fn look(client: &Client, key: &ObjectKey) -> Result<Option<Observed>, CallError> {
    let api: Api<Secret> = Api::namespaced(client.clone(), &key.namespace);
    let found = call(api.get_metadata_opt(&key.name)).await?;
    Ok(found.map(|secret| convert::observed(&secret.metadata)))
}
