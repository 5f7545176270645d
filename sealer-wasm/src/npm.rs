//! What the npm package offers to JavaScript: `seal` and `parseCert`.

use sealer_core::{Overrides, Policy, SealRequest, cert, emit, manifest};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{now, system_random};

/// Seals a manifest with one Secret or more for a certificate (PEM) and gives YAML.
///
/// `name`, `namespace` and `scope` (`strict`, `namespace-wide`, `cluster-wide`) stand in for what the
/// manifest says. Throws, with nothing sealed, when anything is wrong.
#[wasm_bindgen]
#[expect(clippy::needless_pass_by_value, reason = "optional strings cross this border by value")]
pub fn seal(
    manifest: &str,
    certificate: &str,
    name: Option<String>,
    namespace: Option<String>,
    scope: Option<String>,
) -> Result<String, JsError> {
    let certificate = cert::parse(certificate)?;
    let key = certificate.check(now())?;
    let overrides = Overrides {
        name: name.as_deref(),
        namespace: namespace.as_deref(),
        scope: scope.as_deref().map(str::parse).transpose()?,
        ..Overrides::default()
    };
    let mut documents = Vec::new();
    for secret in manifest::read_secrets(manifest, Policy::Strict)? {
        let request = SealRequest::new(secret, overrides)?;
        documents.push(emit::to_yaml(&sealer_core::seal(&request, key, &mut system_random())?));
    }
    Ok(documents.join("---\n"))
}

/// A certificate that values can be sealed for.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Certificate {
    fingerprint: String,
    bits: usize,
    not_before: f64,
    not_after: f64,
}

/// Reads the first certificate of a PEM text. Throws when it can't be sealed for; its end is not judged.
#[wasm_bindgen(js_name = parseCert)]
pub fn parse_cert(pem: &str) -> Result<Certificate, JsError> {
    let certificate = cert::parse(pem)?;
    let milliseconds = |moment: sealer_core::Timestamp| moment.unix_seconds() as f64 * 1000.0;
    Ok(Certificate {
        fingerprint: certificate.fingerprint(),
        bits: certificate.bits(),
        not_before: milliseconds(certificate.not_before()),
        not_after: milliseconds(certificate.not_after()),
    })
}

#[wasm_bindgen]
impl Certificate {
    /// SHA-256 of the certificate: upper-case pairs with colons.
    #[wasm_bindgen(getter)]
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    /// The size of its RSA key in bits.
    #[wasm_bindgen(getter)]
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// The first moment of its validity, in milliseconds since 1970 as `Date` counts them.
    #[wasm_bindgen(getter, js_name = notBefore)]
    pub fn not_before(&self) -> f64 {
        self.not_before
    }

    /// The last moment of its validity, in milliseconds since 1970 as `Date` counts them.
    #[wasm_bindgen(getter, js_name = notAfter)]
    pub fn not_after(&self) -> f64 {
        self.not_after
    }
}
