//! One pass over a directory: every object is triaged, planned and told of as in a cluster.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use sealer_core::{PlainSecret, SealedSecret};
use tracing::{info, warn};
use unsealer::{Identity, Job, UnsealError};

use super::sealed::{self, Found};
use super::secrets::SecretDir;
use crate::clock;
use crate::decide::{Applied, Drift, Keys, Look, Record, Told, Triage, Verdict, event, status, triage};
use crate::facts::{Cause, ObjectKey, Outcome, Sealed, SecretVersion, Unsealable};
use crate::keys::Ring;

/// A directory and what was done to it so far.
#[derive(Debug)]
pub(super) struct Directory {
    sealed: PathBuf,
    secrets: SecretDir,
    records: HashMap<ObjectKey, Record>,
    /// What has been said about unusable files.
    told: BTreeMap<PathBuf, String>,
}

impl Directory {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            sealed: root.join("sealed"),
            secrets: SecretDir::new(root.join("secrets")),
            records: HashMap::new(),
            told: BTreeMap::new(),
        }
    }

    /// Removes what an earlier process has left behind when it was killed.
    pub(super) fn clear(&self) {
        if let Err(error) = self.secrets.clear() {
            warn!("cannot clear away what an earlier run left among the Secrets: {error}");
        }
    }

    /// Looks at every file once.
    pub(super) fn pass(&mut self, ring: &Ring) {
        let found = sealed::find(&self.sealed);
        self.tell_faults(&found);
        for (key, (path, sealed)) in &found.objects {
            self.judge(key, path, sealed, ring);
        }
        // A file that can't be read just now may hold any of them: then none is taken for gone.
        if found.faults.is_empty() {
            self.records.retain(|key, _| found.objects.contains_key(key));
            for orphan in self.secrets.orphans(|key| found.objects.contains_key(key)) {
                match fs::remove_file(&orphan) {
                    Ok(()) => info!(secret = %orphan.display(), "removed: its sealed file is gone"),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => warn!(secret = %orphan.display(), "cannot remove it: {error}"),
                }
            }
        }
    }

    fn tell_faults(&mut self, found: &Found) {
        let faults: BTreeMap<PathBuf, String> =
            found.faults.iter().map(|(path, fault)| (path.clone(), fault.to_string())).collect();
        for (path, fault) in &faults {
            if self.told.get(path) != Some(fault) {
                warn!(file = %path.display(), "this file can't be used: {fault}");
            }
        }
        self.told = faults;
    }

    fn judge(&mut self, key: &ObjectKey, path: &Path, sealed: &Sealed, ring: &Ring) {
        let record = self.records.get(key);
        // Names that are no names of files are no reason to look for one.
        let observed = sealed.content.is_ok().then(|| self.secrets.observe(key)).flatten();
        let cause = match triage(Look {
            sealed,
            observed: observed.as_ref(),
            watched: true,
            vanished: None,
            record,
            keys: &ring.ids,
            receipt: None,
            drift: Drift::Heal,
        }) {
            Triage::Skip | Triage::Trust(_) | Triage::Tell(_) | Triage::Wait(_) => return,
            // Nothing is remembered of values here: they are opened and compared.
            Triage::Compare(_) => Cause::Drift,
            Triage::Unseal(cause) => cause,
        };
        let (outcome, version) = self.settle(sealed, ring, cause);
        let told = record.and_then(|record| record.told.clone());
        let old = told.as_ref().map(|told| &told.status);
        let new = status(old, &outcome, None, sealed.generation, clock::timestamp());
        // Nobody remembers what was told before a start: it tells only what it does.
        let untold = record.is_none() && outcome == (Outcome::Synced { written: false });
        if let Some(note) = event(old, new.as_ref(), &outcome).filter(|_| !untold) {
            if note.warning {
                warn!(object = %key, file = %path.display(), reason = note.reason, "{}", note.message);
            } else {
                info!(object = %key, file = %path.display(), reason = note.reason, "{}", note.message);
            }
        }
        let applied = version.as_ref().filter(|_| matches!(outcome, Outcome::Synced { .. }));
        let applied = applied.map(|secret| Applied {
            version: sealed.version(),
            secret: Some(secret.uid.clone()),
            digest: None,
            keys: Keys::clone(&ring.ids),
        });
        let verdict = match (outcome, version) {
            (Outcome::Synced { .. }, Some(version)) => Verdict::Synced(version),
            (Outcome::Unsealable(_), _) => Verdict::Unsealable,
            (Outcome::Refused(_), version) => Verdict::Refused(version),
            (Outcome::Synced { .. } | Outcome::Pending(_), _) => Verdict::Pending,
        };
        let record = Record {
            version: sealed.version(),
            verdict,
            keys: Keys::clone(&ring.ids),
            applied,
            attempts: 0,
            told: new.map(|status| Arc::new(Told { resource_version: None, status })).or(told),
            untold: None,
            history: None,
        };
        self.records.insert(key.clone(), record);
    }

    fn settle(&self, sealed: &Sealed, ring: &Ring, cause: Cause) -> (Outcome, Option<SecretVersion>) {
        let opened = match &sealed.content {
            Ok(content) => open(content, sealed.identity(), ring).map_err(Unsealable::from),
            Err(malformed) => Err(malformed.clone().into()),
        };
        match opened {
            Ok(desired) => self.secrets.apply(&desired, &sealed.owner(), cause),
            Err(why) => (Outcome::Unsealable(why), None),
        }
    }
}

/// Opens a file's object, or says the likely cause.
fn open(content: &SealedSecret, identity: Identity<'_>, ring: &Ring) -> Result<PlainSecret, UnsealError> {
    let job = Job::new(content, true)?.identified(identity);
    match job.assemble(job.open_all(&ring.keys), &ring.keys) {
        Ok(opened) => Ok(opened.secret),
        Err(error) => Err(job.diagnose(error, &ring.keys).0),
    }
}
