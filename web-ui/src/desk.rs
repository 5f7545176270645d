//! The desk: the values that lie open while they are sealed, and what they were sealed to.

use std::fmt;
use std::rc::Rc;

use rand_core::TryCryptoRng;
use sealer_core::check::{self, Finding};
use sealer_core::dotenv::Dialect;
use sealer_core::{Binding, Plaintext, Scope, SealRequest, SealingCert, SecretManifest, emit};

use crate::details::Details;
use crate::edits::Edits;
use crate::reading::{self, Problem, Reading, ValueSummary};
use crate::sealed_file::{Document, SealedFile};
use crate::secret_type::SecretType;
use crate::text;

mod merging;
mod requests;
mod turn;

pub use merging::{Counts, Merge, Merged};
use requests::{file_name, opening, requests, stem};
use turn::Place;
pub use turn::Turn;

/// Holds what was read from the box and the ciphertexts made of it.
///
/// A value that did not change keeps its ciphertext, so that the file doesn't change either. Which value it
/// was is remembered by a salted digest.
pub struct Desk {
    salt: [u8; 32],
    manifests: Vec<SecretManifest>,
    typed: Vec<(u32, Plaintext)>,
    sealed: Vec<([u8; 32], String)>,
    files: u32,
    findings: Vec<Finding>,
}

/// Where the Secrets shall be openable, and what is to be sealed beside what was pasted.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The namespace; with several Secrets, of those that name none.
    pub namespace: &'a str,
    /// The name; with several Secrets, each has its own.
    pub name: &'a str,
    /// The scope, in place of each Secret's own.
    pub scope: Option<Scope>,
    /// The type, in place of the only Secret's own.
    pub secret_type: Option<SecretType>,
    /// The values that were typed for the only Secret.
    pub rows: &'a Edits,
    /// What is known of its pasted values.
    pub pasted: &'a [ValueSummary],
    /// What the only Secret has besides its values, where no manifest says it.
    pub details: Option<&'a Details>,
}

/// Something without which nothing can be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A certificate.
    Certificate,
    /// A namespace: the scope binds to it.
    Namespace,
    /// A namespace that Kubernetes would take.
    BetterNamespace,
    /// A name.
    Name,
    /// A name that Kubernetes would take.
    BetterName,
    /// Other names for keys.
    Keys,
    /// The values of keys.
    Values,
    /// Another value for a key of its type.
    Correction,
    /// Other labels, annotations or templates.
    Details,
}

/// Whom a file is sealed for.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    /// The cluster, if it has a name.
    pub cluster: Option<&'a str>,
    /// Its certificate.
    pub cert: &'a SealingCert,
}

/// Secrets that are sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The file: one YAML document for each Secret.
    pub yaml: String,
    /// What the file should be called.
    pub file_name: String,
    /// The same for the other clusters.
    pub others: Vec<Other>,
    /// Where each can be opened.
    pub openings: Vec<Opening>,
    /// How many values were sealed in all.
    pub values: usize,
    /// What changed, if the values were put into a file that was there.
    pub merged: Option<Merged>,
}

/// The file of another cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// The cluster.
    pub cluster: String,
    /// The file.
    pub yaml: Rc<str>,
    /// What it should be called.
    pub file_name: String,
}

/// Where one SealedSecret can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Its own name.
    pub name: String,
    /// Its own namespace; may be empty when it opens anywhere.
    pub namespace: String,
    /// What its values are bound to.
    pub binding: Binding,
}

/// Why nothing was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Something is missing.
    Needs(Vec<Need>),
    /// It can't be.
    Problem(Problem),
    /// The file can't be changed; the new values by themselves are lines of `encryptedData`.
    Refused {
        /// Why.
        problem: Problem,
        /// The lines; empty without a new value.
        lines: String,
    },
    /// There is nothing to change yet.
    Unchanged,
    /// The turn is over before all is sealed: the next one goes on.
    Unfinished,
}

impl Desk {
    /// An empty desk. The salt must be random: it keeps digests of values from being guessed.
    pub fn new(salt: [u8; 32]) -> Self {
        Self {
            salt,
            manifests: Vec::new(),
            typed: Vec::new(),
            sealed: Vec::new(),
            files: 0,
            findings: Vec::new(),
        }
    }

    /// Reads a text in place of the one before, and says what it is. With a SealedSecret to put values into, it
    /// has to hold values for that one.
    pub fn read(
        &mut self,
        text: &str,
        dialect: Dialect,
        secret_type: SecretType,
        into: Option<&Document>,
    ) -> Result<Reading, Problem> {
        self.manifests.clear();
        if reading::is_sealed(text) {
            return match into {
                Some(_) => Err(text::another_file()),
                None => SealedFile::read(text).map(|file| Reading::File(Rc::new(file))),
            };
        }
        let (summary, manifests) = reading::read(text, dialect, secret_type)?;
        if into.is_some_and(|document| !summary.fits(document)) {
            return Err(text::values_of_another());
        }
        self.manifests = manifests;
        Ok(Reading::Values(Rc::new(summary)))
    }

    /// What there is to say about the values that were last looked at to be sealed.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Forgets what was read from the box.
    pub fn forget_pasted(&mut self) {
        self.manifests.clear();
    }

    /// Forgets every value and every ciphertext.
    pub fn clear(&mut self) {
        self.manifests.clear();
        self.typed.clear();
        self.findings.clear();
        self.sealed.clear();
    }

    /// Seals all that lies here for everybody, or nothing. Of several recipients each gets a file of its own.
    pub fn seal<R: TryCryptoRng + ?Sized>(
        &mut self,
        target: Target<'_>,
        recipients: &[Recipient<'_>],
        mut turn: Turn<'_, R>,
    ) -> Result<Sealed, Obstacle> {
        self.findings.clear();
        let manifests = self.manifests(target)?;
        if let [SecretManifest { type_: Some(type_), data, .. }] = manifests.as_slice() {
            self.findings = check::findings(type_, data, turn.now);
        }
        let (requests, mut needs) = requests(manifests, target)?;
        if self.findings.iter().any(|finding| finding.remark.is_fatal()) {
            needs.push(Need::Correction);
        }
        if target.details.is_some_and(|details| !details.are_sound()) {
            needs.push(Need::Details);
        }
        if !target.rows.are_sound(&Document::default(), target.pasted) {
            needs.push(Need::Keys);
        } else if target.rows.waits() {
            needs.push(Need::Values);
        }
        let [first, others @ ..] = recipients else {
            needs.insert(0, Need::Certificate);
            return Err(Obstacle::Needs(needs));
        };
        if !needs.is_empty() {
            return Err(Obstacle::Needs(needs));
        }
        let openings: Vec<Opening> = requests.iter().map(opening).collect();
        let stem = stem(&openings);
        let mut kept = Vec::new();
        let yaml = self.file(&requests, &openings, first.cert, &mut turn, &mut kept)?;
        let mut files = Vec::new();
        for Recipient { cluster, cert } in others {
            let cluster = cluster.unwrap_or_default();
            files.push(Other {
                cluster: cluster.to_owned(),
                yaml: Rc::from(self.file(&requests, &openings, cert, &mut turn, &mut kept)?),
                file_name: file_name(&stem, Some(cluster)),
            });
        }
        self.sealed = kept;
        Ok(Sealed {
            yaml,
            file_name: file_name(&stem, first.cluster.filter(|_| !files.is_empty())),
            others: files,
            openings,
            values: requests.iter().map(|request| request.data().len()).sum(),
            merged: None,
        })
    }

    /// The file for one certificate.
    fn file<R: TryCryptoRng + ?Sized>(
        &mut self,
        requests: &[SealRequest],
        openings: &[Opening],
        cert: &SealingCert,
        turn: &mut Turn<'_, R>,
        kept: &mut Vec<([u8; 32], String)>,
    ) -> Result<String, Obstacle> {
        let expired = |_| Obstacle::Problem(text::expired(cert.not_after()));
        let key = cert.check(turn.now).map_err(expired).inspect_err(|_| self.sealed.append(kept))?;
        let fingerprint = cert.fingerprint();
        let mut documents = Vec::new();
        for (request, Opening { name, namespace, binding }) in requests.iter().zip(openings) {
            let place = Place { fingerprint: &fingerprint, namespace, name, binding };
            let encrypted = self.seal_values(request.data(), place, key, turn, kept)?;
            documents.push(emit::to_yaml(&request.around(encrypted)));
        }
        Ok(documents.join("---\n"))
    }

    /// The Secrets with all that is known of them.
    fn manifests(&self, target: Target<'_>) -> Result<Vec<SecretManifest>, Obstacle> {
        let mut manifests = self.manifests.clone();
        if target.rows.has_values() {
            if manifests.len() > 1 {
                return Err(Obstacle::Problem(text::rows_of_several()));
            }
            manifests.resize_with(1, SecretManifest::default);
            manifests[0].data = self.values(target.rows, 0)?;
        }
        if let [manifest] = manifests.as_mut_slice() {
            target.name.clone_into(&mut manifest.metadata.name);
            if let Some(secret_type) = target.secret_type.filter(|each| *each != SecretType::Opaque) {
                let templates = target.details.map_or(&[][..], Details::templates);
                let has = |key: &str| {
                    manifest.data.contains_key(key) || templates.iter().any(|template| template.key == key)
                };
                if !secret_type.accepts(has) && !target.rows.waits() {
                    return Err(Obstacle::Problem(text::keys_of_type(secret_type)));
                }
                manifest.type_ = Some(secret_type.name().to_owned());
            }
            if let Some(details) = target.details {
                // Where there is a mistake nothing is sealed.
                manifest.metadata.labels = details.labels().unwrap_or_default();
                manifest.metadata.annotations = details.annotations().unwrap_or_default();
                manifest.immutable = details.immutable.then_some(true);
            }
        }
        Ok(manifests)
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Desk")
    }
}

#[cfg(test)]
mod tests;
