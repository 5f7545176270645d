//! The certificate that a new sealing key is handed out in.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_RSA_SHA256, SerialNumber,
};
use sealer_core::Timestamp;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::private_key::PrivateKey;

/// The certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[error("signing the certificate of the sealing key failed")]
pub struct SelfSignedError(#[from] rcgen::Error);

/// A self-signed certificate as PEM, with upstream's fields (`pkg/crypto/keys.go`): subject and issuer are the
/// common name, basic constraints say CA, the one key usage is encipherOnly. `ttl_seconds` is its life.
pub fn self_signed(
    key: &PrivateKey,
    common_name: &str,
    not_before: Timestamp,
    ttl_seconds: u64,
    serial: [u8; 16],
) -> Result<String, SelfSignedError> {
    let not_after = Timestamp::from_unix_seconds(not_before.unix_seconds().saturating_add(ttl_seconds));
    let mut params = CertificateParams::default();
    params.not_before = moment(not_before);
    params.not_after = moment(not_after);
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.distinguished_name = DistinguishedName::new();
    if !common_name.is_empty() {
        params.distinguished_name.push(DnType::CommonName, common_name);
    }
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::EncipherOnly];
    let pkcs8 = key.to_pkcs8_der();
    // It keeps a copy of the private key, which it does not wipe by itself.
    let signer =
        Zeroizing::new(KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.as_ref().into(), &PKCS_RSA_SHA256)?);
    Ok(params.self_signed(&*signer)?.pem())
}

fn moment(timestamp: Timestamp) -> OffsetDateTime {
    let seconds = i64::try_from(timestamp.unix_seconds()).expect("a timestamp ends with the year 9999");
    OffsetDateTime::from_unix_timestamp(seconds).expect("a timestamp ends with the year 9999")
}
