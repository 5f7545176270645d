//! A private key that is taken has 2048 to 8192 bits and comes back from the PEM that is made of it.

use sealer_core::encode_base64;
use unsealer::PrivateKey;

use crate::MemoryLimit;

/// The claim about one input; a panic says that it does not hold.
pub fn holds(der: &[u8]) {
    let _limit = MemoryLimit::for_input(der.len());
    let armoured = ["RSA PRIVATE KEY", "PRIVATE KEY"]
        .map(|label| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", encode_base64(der)));
    for pem in [String::from_utf8_lossy(der).as_ref(), &armoured[0], &armoured[1]] {
        let Ok(key) = PrivateKey::from_pem(pem) else { continue };
        assert!((2048..=8192).contains(&key.bits()));
        let again = PrivateKey::from_pem(&key.to_pkcs1_pem()).expect("what was written can be read");
        assert_eq!(again.public(), key.public());
    }
}
