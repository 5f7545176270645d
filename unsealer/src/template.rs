//! Renders `spec.template.data` with the opened values.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aws_lc_rs::hmac;
use go_template::{Call, Error, Functions, Host, Limits, Str, Template, Type, Value};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use sealer_core::{Plaintext, SealedSecret, Timestamp};
use zeroize::Zeroizing;

use crate::spec::{self, Parts};

/// What rendering all templates of one object may cost: about a second and 64 MiB at worst.
const LIMITS: Limits = Limits { fuel: 500_000_000, memory: 64 << 20, depth: 150 };
/// Bytes that all templates of one object may give. The API server takes no larger Secret.
const OUTPUT: usize = 1 << 20;
/// What the secret of a key is derived for.
pub(crate) const PURPOSE: &str = "templates";

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| Functions::new(sprig::functions()));

/// What makes an object itself, besides what is sealed in it. Functions like `randAlphaNum` and `now` rest on it, so that
/// the same object renders to the same bytes on every start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity<'a> {
    /// Its UID, where it has one.
    pub uid: &'a str,
    /// What `now` says in its templates: a time of the object's own.
    pub time: Timestamp,
}

impl Default for Identity<'_> {
    fn default() -> Self {
        Self { uid: "", time: Timestamp::from_unix_seconds(0) }
    }
}

/// Whether a template is one: what stands in the way of rendering it, whatever the values are.
pub fn check_template(key: &str, text: &str) -> Result<(), Error> {
    Template::parse(key, text, &FUNCTIONS).map(drop)
}

/// Renders all templates of an object, and puts what they give among its values; it wins over a value of the same
/// key.
///
/// A template sees the opened values and the texts of all templates by their keys, the former before the latter
/// (upstream since 0.37). `secret` is derived from a key that opened the object.
pub(crate) fn render(
    sealed: &SealedSecret,
    identity: Identity<'_>,
    secret: &[u8],
    values: &mut BTreeMap<String, Plaintext>,
) -> Result<(), Error> {
    let texts = sealed.template.data.iter().map(|(key, text)| (key, text.as_bytes()));
    // Exposed to the templates, which are the object's own, and whose errors hold no value.
    let opened = values.iter().map(|(key, value)| (key, value.expose()));
    let entries = texts.chain(opened).map(|(key, value)| (Str::from(key.as_str()), Value::text(value)));
    let data = Value::Map(go_template::Map::new(&Type::Str, entries.collect()));

    let digest = spec::digest(sealed);
    let (mut limits, mut output) = (LIMITS, OUTPUT);
    for (key, text) in &sealed.template.data {
        let mut host = Seeded::new(secret, &digest, identity, key);
        let mut call = Call::new(&mut host, limits);
        let rendered = Template::parse(key, text, &FUNCTIONS)?.render(&data, output, &mut call)?;
        limits = call.left();
        output -= rendered.len();
        values.insert(key.clone(), Plaintext::new(rendered.to_vec()));
    }
    Ok(())
}

/// Random bytes that only a holder of the key can foretell, and the object's own time.
struct Seeded {
    random: ChaCha20Rng,
    time: Timestamp,
}

impl Seeded {
    fn new(secret: &[u8], digest: &[u8], identity: Identity<'_>, key: &str) -> Self {
        let mut parts = Parts::default();
        parts.text(identity.uid);
        parts.bytes(digest);
        parts.text(key);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), parts.as_bytes());
        let mut seed = Zeroizing::new([0; 32]);
        seed.copy_from_slice(tag.as_ref());
        Self { random: ChaCha20Rng::from_seed(*seed), time: identity.time }
    }
}

impl Host for Seeded {
    fn now(&mut self) -> (i64, u32) {
        (i64::try_from(self.time.unix_seconds()).unwrap_or(i64::MAX), 0)
    }

    fn random(&mut self, buffer: &mut [u8]) {
        self.random.fill_bytes(buffer);
    }
}
