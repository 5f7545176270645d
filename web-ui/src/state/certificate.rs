//! The certificate that is sealed for, and where it comes from.

use std::rc::Rc;

use sealer_core::{CertError, SealingCert};

use super::{Pace, State};

/// A cluster that the server names.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its name for people.
    pub name: Rc<str>,
    /// Its certificate, or why there is none.
    pub certificate: Result<Rc<SealingCert>, CertificateProblem>,
}

/// The certificate that is sealed for.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// The certificate itself.
    pub cert: Rc<SealingCert>,
    /// Where it came from.
    pub source: Source,
}

/// Where a certificate came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// From this page's server, for the cluster of this name.
    Cluster(Rc<str>),
    /// From somebody's hands.
    Brought,
}

/// Why a certificate was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateProblem {
    /// It could not be fetched.
    Unreachable,
    /// It can't be sealed for.
    Unusable(CertError),
    /// It is not the one that the server's list announces.
    OtherFingerprint,
    /// It is not the one that the link asks for.
    NotOfLink,
}

impl State {
    pub(super) fn choose_cluster(&mut self, index: usize) {
        let Some(cluster) = self.clusters.get(index) else { return };
        match cluster.certificate.clone() {
            Ok(cert) => {
                let source = Source::Cluster(cluster.name.clone());
                self.take(Certificate { cert, source });
            }
            Err(problem) => self.certificate_problem = Some(problem),
        }
    }

    pub(super) fn take(&mut self, certificate: Certificate) {
        let wanted = self.followed().map(|link| &link.fingerprint).filter(|wanted| !wanted.is_empty());
        if wanted.is_some_and(|wanted| certificate.cert.fingerprint() != *wanted) {
            self.certificate_problem = Some(CertificateProblem::NotOfLink);
            return;
        }
        self.certificate = Some(certificate);
        self.certificate_problem = None;
        self.changing_certificate = false;
        // Wiped values can't be sealed again: their result stays what it was.
        if !self.is_wiped() {
            self.touched(Pace::Now);
        }
    }
}
