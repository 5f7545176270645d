//! A certificate that is taken has a key of 2048 to 8192 bits, and gives it out up to its end and not after.

use sealer_core::{Timestamp, cert, encode_base64};

use crate::MemoryLimit;

/// The claim about one input; a panic says that it does not hold.
pub fn holds(der: &[u8]) {
    let _limit = MemoryLimit::for_input(der.len());
    let armoured =
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", encode_base64(der));
    for pem in [String::from_utf8_lossy(der).as_ref(), &armoured] {
        let Ok(certificate) = cert::parse(pem) else { continue };
        assert!((2048..=8192).contains(&certificate.bits()));
        assert_eq!(certificate.fingerprint().len(), 32 * 3 - 1);
        let end = certificate.not_after();
        assert!(certificate.check(end).is_ok());
        let after = Timestamp::from_unix_seconds(end.unix_seconds() + 1);
        assert_eq!(certificate.check(after).is_err(), after > end);
    }
}
