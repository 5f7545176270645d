//! What is asked of the core for each Secret, or what somebody has to say first.

use sealer_core::{BindingError, Overrides, Scope, SealRequest, SealRequestError, SecretManifest};

use super::{Need, Obstacle, Opening, Target};
use crate::names;
use crate::text;

/// One request for each Secret, and what is missing for the others.
pub(super) fn requests(
    manifests: Vec<SecretManifest>,
    target: Target<'_>,
) -> Result<(Vec<SealRequest>, Vec<Need>), Obstacle> {
    let mut needs = Vec::new();
    let mut requests = Vec::new();
    let single = manifests.len() == 1;
    for (index, mut manifest) in manifests.into_iter().enumerate() {
        if single || manifest.metadata.namespace.is_empty() {
            target.namespace.clone_into(&mut manifest.metadata.namespace);
        }
        let (namespace, name) = (&manifest.metadata.namespace, &manifest.metadata.name);
        let namespace_is_bad = !namespace.is_empty() && !names::is_namespace(namespace);
        let name_is_bad = !name.is_empty() && !names::is_secret_name(name);
        if !single && (name.is_empty() || name_is_bad || namespace_is_bad) {
            return Err(Obstacle::Problem(text::nameless_secret(index)));
        }
        let mut need = |need| {
            if !needs.contains(&need) {
                needs.push(need);
            }
        };
        if namespace_is_bad {
            need(Need::BetterNamespace);
        }
        if name_is_bad {
            need(Need::BetterName);
        }
        let name_is_missing = name.is_empty();
        match SealRequest::new(manifest, Overrides { scope: target.scope, ..Overrides::default() }) {
            Ok(request) => match target.details {
                Some(details) => requests.push(request.with_template_data(details.template_data())),
                None => requests.push(request),
            },
            Err(SealRequestError::EmptyData) => return Err(Obstacle::Problem(text::no_values(index))),
            Err(SealRequestError::NameMissing | SealRequestError::Binding(BindingError::NameMissing)) => {
                // The core names one thing; the other may be missing as well.
                let wide = target.scope == Some(Scope::ClusterWide);
                if target.namespace.is_empty() && !wide {
                    need(Need::Namespace);
                }
                need(Need::Name);
            }
            Err(
                SealRequestError::NamespaceMismatch { .. }
                | SealRequestError::Binding(BindingError::NamespaceMissing),
            ) => {
                need(Need::Namespace);
                if name_is_missing {
                    need(Need::Name);
                }
            }
        }
    }
    Ok((requests, needs))
}

/// Where the SealedSecret of a request can be opened.
pub(super) fn opening(request: &SealRequest) -> Opening {
    let metadata = request.metadata();
    Opening {
        name: metadata.name.clone(),
        namespace: metadata.namespace.clone(),
        binding: request.binding().clone(),
    }
}

/// What a file is named after.
pub(super) fn stem(openings: &[Opening]) -> String {
    match openings {
        [one] if one.namespace.is_empty() => one.name.clone(),
        [one] => format!("{}-{}", one.namespace, one.name),
        several => format!("{}-secrets", several.len()),
    }
}

/// Never the likely name of the plaintext file.
pub(super) fn file_name(stem: &str, cluster: Option<&str>) -> String {
    let cluster = cluster.map(|name| format!(".{}", names::key_of_file(name))).unwrap_or_default();
    format!("{stem}{cluster}.sealedsecret.yaml")
}
