//! The certificate that is sealed for, and where it comes from.

use std::rc::Rc;

use sealer_core::{CertError, SealingCert, Timestamp};

use super::{Pace, State};
use crate::folder::Folder;

/// A cluster that the server names.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its name for people.
    pub name: Rc<str>,
    /// Its certificate, or why there is none.
    pub certificate: Result<Rc<SealingCert>, CertificateProblem>,
    /// The folder that its new files go to, if the server names one.
    pub folder: Option<Folder>,
    /// What this browser saw last in its place, if that was another.
    pub before: Option<Seen>,
}

/// A certificate that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its fingerprint.
    pub fingerprint: String,
    /// When it was seen last.
    pub at: Timestamp,
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
    NotOfLink {
        /// The fingerprint that the link asks for.
        wanted: String,
        /// The one that there is.
        found: String,
    },
}

impl State {
    /// The clusters that may get a file of their own beside the one that is chosen, by their places. A file that is open belongs to one
    /// cluster, and so does a link that names a certificate.
    pub fn candidates(&self) -> impl Iterator<Item = (usize, &Cluster)> {
        let current =
            self.cluster_name().filter(|_| self.opened.is_none() && self.wanted_fingerprint().is_none());
        let fits = move |cluster: &Cluster| {
            cluster.certificate.is_ok() && current.is_some_and(|current| *cluster.name != *current)
        };
        self.clusters.iter().enumerate().filter(move |(_, cluster)| fits(cluster))
    }

    /// The clusters that get a file of their own beside the one that is chosen.
    pub fn others(&self) -> impl Iterator<Item = (&str, &SealingCert)> {
        let chosen = self.candidates().filter(|(index, _)| self.beside.contains(index));
        chosen.filter_map(|(_, cluster)| Some((&*cluster.name, &**cluster.certificate.as_ref().ok()?)))
    }

    pub(super) fn toggle_beside(&mut self, index: usize) {
        // Wiped values can't be sealed again: their result stays what it was.
        if self.is_wiped() {
            return;
        }
        match self.beside.iter().position(|each| *each == index) {
            Some(at) => {
                self.beside.remove(at);
            }
            None => self.beside.push(index),
        }
        self.touched(Pace::Now);
    }

    /// The clusters that are sealed for and have another certificate than when this browser saw it last.
    pub fn changed(&self) -> impl Iterator<Item = (&Cluster, &Seen)> {
        let is_used =
            |name: &str| self.cluster_name() == Some(name) || self.others().any(|(other, _)| other == name);
        let used = self.clusters.iter().filter(move |cluster| is_used(&cluster.name));
        used.filter_map(|cluster| Some((cluster, cluster.before.as_ref()?)))
    }

    pub(super) fn expect_change(&mut self, name: &str) {
        for cluster in self.clusters.iter_mut().filter(|cluster| *cluster.name == *name) {
            cluster.before = None;
        }
    }

    /// The fingerprint of the only certificate that the link allows.
    fn wanted_fingerprint(&self) -> Option<&str> {
        self.followed().map(|link| &*link.fingerprint).filter(|wanted| !wanted.is_empty())
    }

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
        let found = certificate.cert.fingerprint();
        if let Some(wanted) = self.wanted_fingerprint().filter(|wanted| found != *wanted) {
            self.certificate_problem =
                Some(CertificateProblem::NotOfLink { wanted: wanted.to_owned(), found });
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
