//! Judges certificates: those that `boot.js` fetched and those that people bring.

use std::rc::Rc;

use sealer_core::{CertError, SealingCert, Timestamp, cert};

use super::pins;
use crate::folder::Folder;
use crate::state::{CertificateProblem, Cluster};

/// A certificate that can be sealed for at this moment.
pub fn judge(pem: &str, now: Timestamp) -> Result<Rc<SealingCert>, CertError> {
    let certificate = cert::parse(pem)?;
    certificate.check(now)?;
    Ok(Rc::new(certificate))
}

/// One of the server's clusters, from what `config.json` says and what was fetched; no text means nothing was. A folder that is
/// none is passed over: sealing does not need it.
pub fn cluster(name: &str, fingerprint: &str, pem: &str, folder: &str, now: Timestamp) -> Cluster {
    let certificate = if pem.is_empty() {
        Err(CertificateProblem::Unreachable)
    } else {
        judge(pem, now).map_err(CertificateProblem::Unusable)
    };
    let certificate = certificate.and_then(|certificate| {
        let same = fingerprint.is_empty() || certificate.fingerprint().eq_ignore_ascii_case(fingerprint);
        if same { Ok(certificate) } else { Err(CertificateProblem::OtherFingerprint) }
    });
    let before = certificate.as_ref().ok().and_then(|cert| pins::see(name, &cert.fingerprint(), now));
    Cluster { name: Rc::from(name), certificate, folder: Folder::read(folder), before }
}
