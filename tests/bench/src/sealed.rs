//! The objects that both controllers open, and the key that they share.

use std::time::{Duration, SystemTime};

use getrandom::SysRng;
use k8s_openapi::api::core::v1::Secret;
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use sealer_core::{
    Overrides, Plaintext, SealRequest, SealingCert, SecretManifest, Timestamp, cert, emit, seal,
};
use serde_json::json;
use unsealer::{PrivateKey, self_signed};

use crate::Failure;

/// The namespace of all objects.
pub const NAMESPACE: &str = "bench";
/// Bits of the key: what both make by default.
const BITS: usize = 4096;
/// The life of its certificate: both make another key when this one ends within a month.
const LIFE: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// One sealing key, there before either controller starts.
pub struct Key {
    certificate: SealingCert,
    pem: String,
    /// What stores it in the cluster.
    pub secret: Secret,
}

impl Key {
    /// Makes a new one.
    pub fn generate() -> Result<Self, Failure> {
        let private = PrivateKey::generate(BITS)?;
        let certificate = self_signed(&private, "", now(), LIFE.as_secs(), [1; 16])?;
        let secret = serde_json::from_value(json!({
            "metadata": {
                "name": "sealed-secrets-keybench",
                "namespace": sealwright_test_cluster::installation::NAMESPACE,
                "labels": { "sealedsecrets.bitnami.com/sealed-secrets-key": "active" },
            },
            "type": "kubernetes.io/tls",
            "data": {
                "tls.key": sealer_core::encode_base64(private.to_pkcs1_pem().as_bytes()),
                "tls.crt": sealer_core::encode_base64(certificate.as_bytes()),
            },
        }))?;
        Ok(Self { certificate: cert::parse(&certificate)?, pem: certificate, secret })
    }

    /// Its certificate in PEM.
    pub fn certificate(&self) -> &str {
        &self.pem
    }

    /// So many strict SealedSecrets with so many items each, as JSON.
    pub fn seal_many(&self, prefix: &str, objects: usize, items: usize) -> Result<Vec<String>, Failure> {
        (0..objects).map(|number| self.seal(&format!("{prefix}-{number:05}"), items)).collect()
    }

    fn seal(&self, name: &str, items: usize) -> Result<String, Failure> {
        let mut manifest = SecretManifest::default();
        manifest.metadata.name = name.to_owned();
        manifest.metadata.namespace = NAMESPACE.to_owned();
        for item in 0..items {
            let value = format!("the value of item {item} of {name}");
            manifest.data.insert(format!("item-{item}"), Plaintext::new(value.into_bytes()));
        }
        let request = SealRequest::new(manifest, Overrides::default())?;
        Ok(emit::to_json(&seal(&request, self.certificate.check(now())?, &mut SysRng)?))
    }
}

/// What the API server calls SealedSecrets.
pub fn resource() -> ApiResource {
    ApiResource::from_gvk_with_plural(
        &GroupVersionKind::gvk("bitnami.com", "v1alpha1", "SealedSecret"),
        "sealedsecrets",
    )
}

/// The object as the client sends it.
pub fn object(json: &str) -> Result<DynamicObject, Failure> {
    Ok(serde_json::from_str(json)?)
}

/// A Secret that nobody sealed, with 8 KiB of data.
pub fn foreign(namespace: &str, number: usize) -> Result<Secret, Failure> {
    let bytes: Vec<u8> = (0..8192).map(|position| (position * 31 + number * 17) as u8).collect();
    Ok(serde_json::from_value(json!({
        "metadata": { "name": format!("foreign-{number:05}"), "namespace": namespace },
        "data": { "blob": sealer_core::encode_base64(&bytes) },
    }))?)
}

/// The clock, for the certificate and the reports.
#[expect(clippy::disallowed_methods, reason = "a benchmark is an edge")]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_seconds(since.as_secs())
}
