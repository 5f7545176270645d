//! The likely cause when a SealedSecret does not open.
//!
//! Whoever asks learns no more than from changing the annotations of the object and looking whether it opens: only
//! labels of the object's own place are tried, and nothing of what opens gets out of here.

use std::collections::BTreeSet;
use std::fmt;

use sealer_core::{Binding, Envelope, Metadata, Scope, SealedSecret};

use crate::error::{ItemFault, UnsealError};
use crate::job::Job;
use crate::keyring::Keyring;
use crate::open::{try_keys, with_envelope};

/// The longest name that Kubernetes has; what is longer is not repeated in a message.
const NAME_BYTES: usize = 253;

/// The likely cause, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// There is nothing to open it with.
    NoKeys,
    /// The value was changed or cut after it was sealed.
    Damaged,
    /// No key here has the size that the value was sealed for.
    OtherSize {
        /// The size in bits of the key that it was sealed for.
        sealed: usize,
        /// The sizes of the keys here.
        here: BTreeSet<usize>,
    },
    /// It opens under another scope of the same name and namespace.
    OtherScope {
        /// The scope that it was sealed for.
        sealed: Scope,
        /// The annotations that say otherwise.
        remove: Vec<&'static str>,
        /// The annotation that is missing.
        add: Option<&'static str>,
    },
    /// The template still has the name and namespace that it was sealed for, and the object has others.
    Moved {
        /// What the template says.
        from: String,
        /// What the object says.
        to: String,
    },
    /// Nothing of all that.
    Unknown,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKeys => f.write_str("there is no usable sealing key here"),
            Self::Damaged => f.write_str(
                "it was changed or cut after it was sealed; copy it again, or seal the value again",
            ),
            Self::OtherSize { sealed, here } => {
                let here: Vec<String> = here.iter().map(usize::to_string).collect();
                write!(
                    f,
                    "it was sealed for a key of {sealed} bits, and the keys here have {}: probably for another \
                     cluster; seal it again with this cluster's certificate",
                    here.join(" and ")
                )
            }
            Self::OtherScope { sealed, remove, add } => {
                write!(f, "it was sealed {sealed}: ")?;
                match (remove.as_slice(), add) {
                    ([], Some(add)) => write!(f, "the annotation {add}: \"true\" is missing"),
                    (remove, None) => write!(f, "remove the annotation {}", remove.join(" and ")),
                    (remove, Some(add)) => {
                        write!(f, "remove the annotation {} and add {add}: \"true\"", remove.join(" and "))
                    }
                }
            }
            Self::Moved { from, to } => write!(
                f,
                "its template says {from}, so it was probably sealed for that place and then moved or renamed; \
                 seal it again for {to}"
            ),
            Self::Unknown => f.write_str(
                "it was sealed for another cluster, or for another name or namespace, or it is damaged; \
                 seal it again for this place with this cluster's certificate",
            ),
        }
    }
}

impl Cause {
    /// A value opens under this scope: what has to change in the annotations for the object to have it.
    pub fn other_scope(sealed: Scope, metadata: &Metadata) -> Self {
        let says = |scope: Scope| {
            scope
                .annotation()
                .filter(|name| metadata.annotations.get(*name).is_some_and(|value| value == "true"))
        };
        let wider = Scope::ALL.into_iter().filter(|scope| *scope > sealed);
        let remove = wider.filter_map(says).collect();
        let add = sealed.annotation().filter(|_| says(sealed).is_none());
        Self::OtherScope { sealed, remove, add }
    }

    /// A value opens under no scope: what the names of its object tell.
    pub fn of_place(sealed: &SealedSecret) -> Self {
        moved(sealed.scope(), &sealed.metadata, &sealed.template.metadata).unwrap_or(Self::Unknown)
    }
}

impl Job<'_> {
    /// Adds the likely cause to an error of this job, and says how many keys were tried to find it.
    ///
    /// Looks at the first item that no key opens; at most two trials for each key.
    pub fn diagnose(&self, error: UnsealError, ring: &Keyring) -> (UnsealError, u32) {
        let mut trials = 0;
        let error = match error {
            UnsealError::Items { failed, cause: _ } => {
                let first = failed.iter().find(|item| item.fault == ItemFault::NoKey);
                let text = first.and_then(|item| self.sealed.encrypted_data.get(&item.key));
                let cause = text.map_or(Cause::Damaged, |text| self.cause(text, ring, &mut trials));
                UnsealError::Items { failed, cause: Some(cause) }
            }
            UnsealError::Deprecated { cause: _ } => {
                let text = self.sealed.deprecated_data.as_deref();
                let cause = text.map_or(Cause::Damaged, |text| self.cause(text, ring, &mut trials));
                UnsealError::Deprecated { cause: Some(cause) }
            }
            other @ (UnsealError::Binding(_)
            | UnsealError::BothForms
            | UnsealError::DeprecatedOff
            | UnsealError::DeprecatedContent
            | UnsealError::NoKeys
            | UnsealError::Template(_)) => other,
        };
        (error, trials)
    }

    fn cause(&self, text: &str, ring: &Keyring, trials: &mut u32) -> Cause {
        let cause = with_envelope(text, |envelope| Ok(of_envelope(self.sealed, envelope, ring, trials)));
        cause.unwrap_or(Cause::Damaged)
    }
}

fn of_envelope(sealed: &SealedSecret, envelope: &Envelope<'_>, ring: &Keyring, trials: &mut u32) -> Cause {
    let here: BTreeSet<usize> = ring.candidates().map(|candidate| candidate.key.bits()).collect();
    if here.is_empty() {
        return Cause::NoKeys;
    }
    let size = envelope.key_bits();
    if !here.contains(&size) {
        // No tool makes keys of such sizes: then it is the length itself that is damaged.
        let odd = !(1024..=16384).contains(&size) || !size.is_multiple_of(256);
        return if odd { Cause::Damaged } else { Cause::OtherSize { sealed: size, here } };
    }
    let metadata = &sealed.metadata;
    let scope = sealed.scope();
    for other in Scope::ALL.into_iter().filter(|other| *other != scope) {
        // A name that the other scope needs may be missing.
        let Ok(binding) = Binding::new(other, &metadata.namespace, &metadata.name) else { continue };
        if try_keys(envelope, &binding.label(), ring, None, trials).is_some() {
            return Cause::other_scope(other, metadata);
        }
    }
    Cause::of_place(sealed)
}

/// kubeseal leaves the names that it sealed for in the template. Nothing is tried under them: that would tell who may
/// write here what opens elsewhere.
fn moved(scope: Scope, metadata: &Metadata, template: &Metadata) -> Option<Cause> {
    let place = |metadata: &Metadata| match scope {
        Scope::Strict => Some(format!("{}/{}", metadata.namespace, metadata.name)),
        Scope::NamespaceWide => Some(metadata.namespace.clone()),
        Scope::ClusterWide => None,
    };
    let named = |name: &str| {
        (1..=NAME_BYTES).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
    };
    if !named(&template.namespace) || !named(&template.name) {
        return None;
    }
    let (from, to) = (place(template)?, place(metadata)?);
    (from != to).then_some(Cause::Moved { from, to })
}
