//! Opens with private keys at hand, and seals for a certificate.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use indicatif::ProgressBar;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use sealer_core::merge::{Changes, Target};
use sealer_core::seal::seal_item;
use sealer_core::{CertError, SealError, SealedSecret, SealingCert, SealingKey, cert};
use unsealer::{ItemError, Job, KeyPairError, Keyring, Opening, PrivateKey, SealingKeyPair, UnsealError};

use super::ResealArgs;
use super::file::{self, At, Fault, Mode, Renewed, Resealed};
use crate::cert_source::CertSourceError;
use crate::clock::now;
use crate::kubeconfig::Surroundings;
use crate::private_keys;
use crate::sealwright::verdict::{Advice, Failure};

/// Nothing can be sealed again.
#[derive(Debug, thiserror::Error)]
pub(super) enum OfflineError {
    /// There is no key to open with.
    #[error("there is no private key in the files of --private-key")]
    NoKeys {
        /// What is wrong with them.
        notes: Vec<String>,
    },
    /// The certificate can't be sealed for.
    #[error(transparent)]
    Certificate(#[from] CertError),
    /// The certificate does not fit its own key.
    #[error(transparent)]
    Pair(#[from] KeyPairError),
    /// The system has no threads to give.
    #[error("cannot start threads: {0}")]
    Threads(#[from] ThreadPoolBuildError),
}

impl Advice for OfflineError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoKeys { notes } => Some(notes.join("; ")).filter(|notes| !notes.is_empty()),
            Self::Certificate(_) | Self::Pair(_) | Self::Threads(_) => None,
        }
    }
}

/// Each file that is written waits until the disk has it, and that takes longer than its cryptography. With so many threads
/// there is always one that does not wait.
const THREADS_PER_CORE: usize = 4;

/// What is opened with, and what is sealed for.
struct Keys {
    ring: Keyring,
    key: SealingKey,
    /// The certificate's fingerprint, if its private key is in the ring: then what it opens is known to be on it.
    newest: Option<String>,
}

/// Reseals the files on all cores.
pub(super) fn reseal(
    args: &ResealArgs,
    files: &[PathBuf],
    mode: Mode,
    progress: &ProgressBar,
    surroundings: &Surroundings,
) -> Result<Vec<Resealed>, Failure> {
    let backup = private_keys::read(&args.private_keys)?;
    if backup.keys.is_empty() {
        return Err(OfflineError::NoKeys { notes: backup.notes }.into());
    }
    for note in &backup.notes {
        eprintln!("{note}");
    }
    let pem = args.cluster.cert_source(args.cert.as_deref(), !progress.is_hidden()).load(surroundings)?;
    let pem = String::from_utf8(pem).map_err(|_| CertSourceError::Encoding)?;
    let keys = Keys::new(backup.keys, pem)?;
    let files = files.par_iter().map(|path| one_file(path, &keys, mode)).inspect(|_| progress.inc(1));
    Ok(threads()?.install(|| files.collect()))
}

fn threads() -> Result<ThreadPool, OfflineError> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    Ok(ThreadPoolBuilder::new().num_threads(cores * THREADS_PER_CORE).build()?)
}

impl Keys {
    fn new(private: Vec<PrivateKey>, pem: String) -> Result<Self, OfflineError> {
        let certificate: SealingCert = cert::parse(&pem)?;
        let key = certificate.check(now())?.clone();
        let (mut own, others): (Vec<PrivateKey>, Vec<PrivateKey>) =
            private.into_iter().partition(|private| *private.public() == key);
        // A key that is in several files is one key.
        let pair =
            own.pop().map(|own| SealingKeyPair::new(String::new(), own, pem, certificate.not_before()));
        let pair = pair.transpose()?;
        let newest = pair.as_ref().map(|pair| pair.fingerprint().to_owned());
        let ring = Keyring::new(pair.into_iter().collect()).with_private_keys(others);
        Ok(Self { ring, key, newest })
    }
}

fn one_file(path: &Path, keys: &Keys, mode: Mode) -> Resealed {
    let resealed = || -> Result<Option<Resealed>, Fault> {
        let Some(text) = file::read(path, mode)? else { return Ok(None) };
        let Some(sealed) = file::sealed(&text)? else { return Ok(None) };
        let targets: Vec<Target<'_, '_>> = sealed.all().collect();
        let renewed = targets.par_iter().map(|target| renewed(target, keys)).collect();
        Ok(Some(file::finish(path, &text, &sealed, renewed, mode)))
    };
    match resealed() {
        Ok(resealed) => resealed.unwrap_or_else(|| Resealed::untouched(path, Vec::new())),
        Err(fault) => Resealed::untouched(path, vec![fault]),
    }
}

/// The values of one SealedSecret that are not on the key yet, sealed for exactly what they were bound to.
fn renewed(target: &Target<'_, '_>, keys: &Keys) -> Result<Renewed, Fault> {
    target.check()?;
    let sealed = target.sealed();
    let locked = |source| Fault::Locked {
        at: At::of(target),
        source: Box::new(source),
        key_is_missing: keys.newest.is_none(),
    };
    let openings = openings(sealed, keys).map_err(locked)?;
    let binding = sealed.binding().map_err(|error| locked(error.into()))?;
    let is_current = |opening: &Opening| opening.key.is_some() && opening.key == keys.newest;
    let current = openings.iter().filter(|opening| is_current(opening)).count();
    let outdated = sealed.encrypted_data.keys().zip(&openings).filter(|(_, opening)| !is_current(opening));
    let anew = outdated.filter_map(|(name, opening)| Some((name, opening.value()?))).map(|(name, value)| {
        let text = seal_item(value, &binding, &keys.key, &mut getrandom::SysRng);
        text.map(|text| (name.clone(), text)).map_err(|source| SealError { key: name.clone(), source })
    });
    match anew.collect() {
        Ok(encrypted_data) => {
            Ok(Renewed { changes: Changes { encrypted_data, ..Changes::default() }, current })
        }
        Err(source) => Err(Fault::Seal { at: At::of(target), source }),
    }
}

/// All items in the order of their keys, each of them open; or why not, with the likely cause.
fn openings(sealed: &SealedSecret, keys: &Keys) -> Result<Vec<Opening>, UnsealError> {
    let job = Job::new(sealed, false)?;
    let openings: Vec<Opening> =
        (0..job.len()).into_par_iter().map(|index| job.open(index, &keys.ring, None)).collect();
    let refusals = openings.iter().filter_map(|opening| job.refusal(opening));
    let failed: Vec<ItemError> = refusals
        .flat_map(|refusal| match refusal {
            UnsealError::Items { failed, cause: _ } => failed,
            // Of other forms there are no items, and this is not one of them.
            _ => Vec::new(),
        })
        .collect();
    if failed.is_empty() {
        return Ok(openings);
    }
    Err(job.diagnose(UnsealError::Items { failed, cause: None }, &keys.ring).0)
}
