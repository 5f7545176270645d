//! What the npm package offers to JavaScript. `npm/api.js` calls these functions and gives them a friendlier shape.
//!
//! Values cross the border as bytes, once, and are wiped here; what JavaScript holds of them is out of reach.

use std::collections::BTreeMap;

use js_sys::{Array, Date, Object, Reflect, Uint8Array};
use sealer_core::merge::{Changes, SealedText};
use sealer_core::seal::seal_item;
use sealer_core::secret::is_data_key;
use sealer_core::{
    Binding, Envelope, Overrides, Plaintext, Policy, SealError, SealRequest, SealedSecret, SealingCert,
    SealingKey, SecretManifest, cert, decode_base64, emit, manifest,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{now, system_random};

mod thrown;

use thrown::{DataError, Thrown};

/// Seals values for a certificate (PEM) and gives a SealedSecret in YAML.
#[wasm_bindgen]
#[expect(clippy::needless_pass_by_value, reason = "options and lists cross this border by value")]
pub fn seal(
    certificate: &str,
    namespace: Option<String>,
    name: Option<String>,
    scope: Option<String>,
    type_: Option<String>,
    keys: Vec<String>,
    values: Vec<Uint8Array>,
) -> Result<String, JsValue> {
    let secret = SecretManifest { type_, data: data(keys, &values)?, ..SecretManifest::default() };
    seal_all(vec![secret], certificate, name.as_deref(), namespace.as_deref(), scope.as_deref())
        .map_err(JsValue::from)
}

/// Seals every Secret of a text, YAML or JSON, for a certificate (PEM) and gives as many SealedSecrets in YAML.
///
/// `name`, `namespace` and `scope` stand in for what the manifests say.
#[wasm_bindgen(js_name = sealManifest)]
#[expect(clippy::needless_pass_by_value, reason = "options cross this border by value")]
pub fn seal_manifest(
    certificate: &str,
    text: &str,
    namespace: Option<String>,
    name: Option<String>,
    scope: Option<String>,
) -> Result<String, JsValue> {
    let secrets = manifest::read_secrets(text, Policy::Strict).map_err(Thrown::from)?;
    seal_all(secrets, certificate, name.as_deref(), namespace.as_deref(), scope.as_deref())
        .map_err(JsValue::from)
}

fn seal_all(
    secrets: Vec<SecretManifest>,
    certificate: &str,
    name: Option<&str>,
    namespace: Option<&str>,
    scope: Option<&str>,
) -> Result<String, Thrown> {
    let certificate = cert::parse(certificate)?;
    let key = certificate.check(now())?;
    let overrides =
        Overrides { name, namespace, scope: scope.map(str::parse).transpose()?, ..Overrides::default() };
    let mut documents = Vec::new();
    for secret in secrets {
        let request = SealRequest::new(secret, overrides)?;
        documents.push(emit::to_yaml(&sealer_core::seal(&request, key, &mut system_random())?));
    }
    Ok(documents.join("---\n"))
}

/// Edits the SealedSecret of a text and no other byte of it: keys are removed, then renamed (from one list to the other),
/// then values are sealed into it as its names and scope want them, for which a certificate (PEM) is needed.
#[wasm_bindgen]
#[expect(clippy::needless_pass_by_value, reason = "options and lists cross this border by value")]
#[expect(
    clippy::too_many_arguments,
    reason = "an object of options is taken apart on the other side of this border"
)]
pub fn merge(
    text: &str,
    certificate: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
    removed: Vec<String>,
    renamed_from: Vec<String>,
    renamed_to: Vec<String>,
    keys: Vec<String>,
    values: Vec<Uint8Array>,
) -> Result<String, JsValue> {
    if let Some(key) = renamed_to.iter().find(|key| !is_data_key(key)) {
        return Err(Thrown::from(DataError { key: key.clone() }).into());
    }
    let data = data(keys, &values)?;
    let changes = Changes {
        removed,
        renamed: renamed_from.into_iter().zip(renamed_to).collect(),
        ..Changes::default()
    };
    let (name, namespace) = (name.unwrap_or_default(), namespace.unwrap_or_default());
    merged(text, &certificate.unwrap_or_default(), [&name, &namespace], changes, &data).map_err(JsValue::from)
}

fn merged(
    text: &str,
    certificate: &str,
    [name, namespace]: [&str; 2],
    mut changes: Changes,
    data: &BTreeMap<String, Plaintext>,
) -> Result<String, Thrown> {
    let file = SealedText::read(text, Policy::Strict)?;
    let target = file.target(name, namespace)?;
    if !data.is_empty() {
        let certificate = cert::parse(certificate)?;
        changes.encrypted_data = sealed_values(data, &target.sealed().binding()?, certificate.check(now())?)?;
    }
    Ok(target.edited(&changes)?)
}

fn sealed_values(
    data: &BTreeMap<String, Plaintext>,
    binding: &Binding,
    key: &SealingKey,
) -> Result<BTreeMap<String, String>, SealError> {
    let sealed =
        data.iter().map(|(name, value)| match seal_item(value, binding, key, &mut system_random()) {
            Ok(sealed) => Ok((name.clone(), sealed)),
            Err(source) => Err(SealError { key: name.clone(), source }),
        });
    sealed.collect()
}

fn data(keys: Vec<String>, values: &[Uint8Array]) -> Result<BTreeMap<String, Plaintext>, Thrown> {
    let mut data = BTreeMap::new();
    for (key, value) in keys.into_iter().zip(values) {
        if !is_data_key(&key) {
            return Err(DataError { key }.into());
        }
        data.insert(key, Plaintext::new(value.to_vec()));
    }
    Ok(data)
}

/// What anybody can see of the SealedSecrets of a text, without a key.
#[wasm_bindgen]
pub fn inspect(text: &str) -> Result<Array, JsValue> {
    let sealed = manifest::read_sealed_secrets(text, Policy::Strict).map_err(Thrown::from)?;
    Ok(sealed.iter().map(inspected).collect())
}

fn inspected(sealed: &SealedSecret) -> JsValue {
    let text = |text: &str| JsValue::from_str(text);
    let items = sealed.encrypted_data.iter().map(|(key, value)| {
        let bytes = decode_base64(value).unwrap_or_default();
        let (length, bits) = match Envelope::parse(&bytes) {
            Ok(envelope) => (envelope.plaintext_len().into(), envelope.key_bits().into()),
            Err(_) => (JsValue::NULL, JsValue::NULL),
        };
        object(&[("key", text(key)), ("bytes", length), ("keyBits", bits)])
    });
    object(&[
        ("name", text(&sealed.metadata.name)),
        ("namespace", text(&sealed.metadata.namespace)),
        ("scope", text(sealed.scope().as_str())),
        ("type", text(sealed.template.type_.as_deref().unwrap_or("Opaque"))),
        ("values", items.collect::<Array>().into()),
    ])
}

/// Reads the first certificate of a PEM text. Throws when it can't be sealed for; its end is not judged.
#[wasm_bindgen(js_name = parseCert)]
pub fn parse_cert(pem: &str) -> Result<JsValue, JsValue> {
    Ok(described(&cert::parse(pem).map_err(Thrown::from)?))
}

fn described(certificate: &SealingCert) -> JsValue {
    let date = |moment: sealer_core::Timestamp| {
        Date::new(&JsValue::from_f64(moment.unix_seconds() as f64 * 1000.0)).into()
    };
    object(&[
        ("fingerprint", certificate.fingerprint().into()),
        ("bits", certificate.bits().into()),
        ("notBefore", date(certificate.not_before())),
        ("notAfter", date(certificate.not_after())),
    ])
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A fresh object takes every field.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}
