//! Seals many objects quickly, with upstream's own library.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use sealwright_interop::Oracle;
use sealwright_interop::oracle::KeySpec;
use sealwright_interop::vectors::Scope;
use serde_json::{Value, json};

use crate::secret;
use crate::world::World;

/// Upstream's library with the certificate of a cluster.
pub struct Sealing {
    oracle: Oracle,
    certificate: String,
}

impl Sealing {
    /// For the only key that the cluster has.
    pub fn for_cluster(world: &World) -> Self {
        let keys = world.key_secrets();
        assert_eq!(keys.len(), 1, "one key is expected");
        let certificate = secret::data(&keys[0])["tls.crt"].clone();
        Self {
            oracle: Oracle::start(&world.peers.oracle).unwrap(),
            certificate: String::from_utf8(certificate).unwrap(),
        }
    }

    /// The SealedSecret of a Secret; its annotations say the scope.
    pub fn seal(&mut self, secret: &Value) -> Value {
        self.oracle.seal_secret(&self.certificate, secret).unwrap()
    }

    /// The same in the deprecated form, with the field beside it that the resource definition insists on.
    pub fn seal_deprecated(&mut self, secret: &Value) -> Value {
        let mut sealed = self.oracle.seal_v1(&self.certificate, secret).unwrap();
        sealed["spec"]["encryptedData"] = json!({});
        sealed
    }

    /// One sealed value, bound to what the scope binds to.
    pub fn value(&mut self, scope: Scope, namespace: &str, name: &str, plaintext: &[u8]) -> Vec<u8> {
        let label = self.oracle.label(scope, namespace, name).unwrap();
        self.oracle.seal(&self.certificate, &label, plaintext).unwrap()
    }

    /// What upstream opens of a sealed value with these private keys, bound so; nothing if it refuses.
    pub fn open(&mut self, keys: &[&str], label: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        self.oracle.open(keys, label, sealed).ok()
    }

    /// Whether upstream opens a SealedSecret with these private keys.
    pub fn unseals(&mut self, sealed: &Value, keys: &[&str]) -> bool {
        self.oracle.unseal(sealed.to_string().as_bytes(), keys).is_ok()
    }

    /// A certificate with its private key that begins at this time, as upstream makes them: (`tls.crt`, `tls.key`).
    pub fn other_key(&mut self, not_before: &str) -> (String, String) {
        let valid_seconds = 3600 * 24;
        let spec = KeySpec { kind: "rsa", bits: 2048, common_name: "", not_before, valid_seconds };
        let generated = self.oracle.keygen(spec).unwrap();
        (generated.certificate, generated.pkcs1.unwrap())
    }
}

/// The annotation that gives a Secret this scope when it is sealed; none for the strictest.
pub fn annotation(scope: Scope) -> Option<String> {
    (scope != Scope::Strict).then(|| format!("sealedsecrets.bitnami.com/{}", scope.flag()))
}
