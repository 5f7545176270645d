//! Keys and objects to open.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use getrandom::SysRng;
use sealer_core::{
    Overrides, Plaintext, Scope, SealRequest, SealedSecret, SealingKey, SecretManifest, Timestamp, seal,
};
use unsealer::{Job, Keyring, PrivateKey, ResealError, SealingKeyPair, self_signed};

/// The values that every object here seals.
pub const VALUES: [(&str, &str); 3] = [("password", "hunter2"), ("token", "s3cr3t"), ("user", "admin")];

/// A key that can be in several rings.
pub struct Key {
    name: &'static str,
    order: u64,
    private: PrivateKey,
    certificate: String,
}

/// The key before the newest.
pub static OLD: LazyLock<Key> = LazyLock::new(|| key("old", 1_000, 2048));
/// The newest key.
pub static NEW: LazyLock<Key> = LazyLock::new(|| key("new", 2_000, 2048));
/// A key of another size, older than both.
pub static BIG: LazyLock<Key> = LazyLock::new(|| key("big", 500, 3072));

fn key(name: &'static str, order: u64, bits: usize) -> Key {
    let private = PrivateKey::generate(bits).unwrap();
    let start = Timestamp::from_unix_seconds(order);
    let certificate = self_signed(&private, name, start, 1 << 32, [1; 16]).unwrap();
    Key { name, order, private, certificate }
}

impl Key {
    pub fn public(&self) -> &SealingKey {
        self.private.public()
    }

    pub fn pair(&self) -> SealingKeyPair {
        let private = PrivateKey::from_pem(&self.private.to_pkcs1_pem()).unwrap();
        let order = Timestamp::from_unix_seconds(self.order);
        SealingKeyPair::new(self.name.to_owned(), private, self.certificate.clone(), order).unwrap()
    }

    pub fn fingerprint(&self) -> String {
        self.pair().fingerprint().to_owned()
    }
}

pub fn ring(keys: &[&Key]) -> Keyring {
    Keyring::new(keys.iter().map(|key| key.pair()).collect())
}

pub fn values() -> BTreeMap<String, Vec<u8>> {
    VALUES.into_iter().map(|(key, value)| (key.to_owned(), value.as_bytes().to_vec())).collect()
}

/// An object `payments/db` with [`VALUES`].
pub fn sealed(scope: Scope, key: &Key) -> SealedSecret {
    sealed_as("payments", "db", scope, key)
}

pub fn sealed_as(namespace: &str, name: &str, scope: Scope, key: &Key) -> SealedSecret {
    sealed_with(namespace, name, scope, key, &values())
}

pub fn sealed_with(
    namespace: &str,
    name: &str,
    scope: Scope,
    key: &Key,
    values: &BTreeMap<String, Vec<u8>>,
) -> SealedSecret {
    let mut manifest = SecretManifest::default();
    name.clone_into(&mut manifest.metadata.name);
    namespace.clone_into(&mut manifest.metadata.namespace);
    manifest.metadata.labels.insert("app".to_owned(), "db".to_owned());
    manifest.type_ = Some("Opaque".to_owned());
    manifest.data = values.iter().map(|(key, value)| (key.clone(), Plaintext::new(value.clone()))).collect();
    let overrides = Overrides { scope: Some(scope), ..Overrides::default() };
    let request = SealRequest::new(manifest, overrides).unwrap();
    seal(&request, key.public(), &mut SysRng).unwrap()
}

/// The values that open, or nothing.
pub fn opens(sealed: &SealedSecret, ring: &Keyring) -> Option<BTreeMap<String, Vec<u8>>> {
    let secret = unsealer::unseal(sealed, ring).ok()?;
    Some(secret.data.iter().map(|(key, value)| (key.clone(), value.expose().to_vec())).collect())
}

/// Sealed again with the newest key of the ring.
pub fn reseal(sealed: &SealedSecret, ring: &Keyring) -> Result<SealedSecret, ResealError> {
    let job = Job::new(sealed, true)?;
    let mut resealing = job.reseal(job.open_all(ring))?;
    loop {
        match resealing.finish() {
            Ok(sealed) => return Ok(sealed),
            Err(unfinished) => resealing = *unfinished,
        }
        resealing.seal_next(ring.newest().unwrap().certificate.key(), &mut SysRng).unwrap();
    }
}
