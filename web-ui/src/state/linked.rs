//! What a link fills in, and the link that says what stands here.

use std::rc::Rc;

use sealer_core::SealingCert;

use super::{Input, State};
use crate::folder::Folder;
use crate::link::{Link, LinkProblem};
use crate::secret_type::SecretType;

impl State {
    /// What the link says, if there is one that is followed.
    pub fn followed(&self) -> Option<&Rc<Link>> {
        self.link.as_ref()?.as_ref().ok()
    }

    /// The folder that a new file goes to, and whether it is the link that says so: a link is for one task, the server's list
    /// for all.
    pub fn folder(&self) -> Option<(&Folder, bool)> {
        let linked = self.followed().and_then(|link| link.folder.as_ref());
        let cluster = self.clusters.iter().find(|each| self.cluster_name() == Some(&each.name));
        match linked {
            Some(folder) => Some((folder, true)),
            None => cluster?.folder.as_ref().map(|folder| (folder, false)),
        }
    }

    /// The link that fills in what stands here now.
    pub fn as_link(&self) -> Link {
        let typed = self.rows.typed().iter().map(|typed| &typed.key).filter(|key| !key.is_empty());
        let keys = self.pasted().iter().map(|value| value.key.to_string()).chain(typed.cloned());
        Link {
            namespace: self.namespace.text.clone(),
            name: self.name.text.clone(),
            scope: self.shown_scope(),
            secret_type: self.shown_type(),
            keys: keys.collect(),
            fingerprint: self.certificate.as_ref().map(|each| each.cert.fingerprint()).unwrap_or_default(),
            folder: None,
        }
    }

    /// Follows a link; what an earlier one filled in gives way.
    pub(super) fn follow_link(&mut self, link: Result<Rc<Link>, LinkProblem>) {
        if let Some(before) = self.followed().cloned() {
            for (field, said) in [(&mut self.namespace, &before.namespace), (&mut self.name, &before.name)] {
                if field.text == *said && field.said.is_empty() {
                    field.text.clear();
                }
            }
            self.rows.drop_waiting(|key| before.keys.iter().any(|each| each == key));
        }
        self.link = Some(link);
        self.follow();
    }

    /// Fills in what is empty with what the link says. A certificate that it does not ask for is not sealed for.
    pub(super) fn follow(&mut self) {
        let Some(link) = self.followed().cloned() else { return };
        for (field, says) in [(&mut self.namespace, &link.namespace), (&mut self.name, &link.name)] {
            if field.text.is_empty() {
                field.text.clone_from(says);
            }
        }
        if link.secret_type != SecretType::Opaque {
            self.choose_type(link.secret_type);
        }
        let keys: Vec<&str> = link.keys.iter().map(String::as_str).collect();
        self.rows.ask_for(&keys);
        let is_other = |cert: &Rc<SealingCert>| cert.fingerprint() != link.fingerprint;
        if !link.fingerprint.is_empty() && self.certificate.as_ref().is_none_or(|known| is_other(&known.cert))
        {
            let index = self
                .clusters
                .iter()
                .position(|each| each.certificate.as_ref().is_ok_and(|cert| !is_other(cert)));
            let before = self.certificate.take();
            match index {
                Some(index) => self.choose_cluster(index),
                None => {
                    self.changing_certificate = true;
                    // Refused, with both fingerprints.
                    if let Some(before) = before {
                        self.take(before);
                    }
                }
            }
        }
    }

    /// Rows for the keys that belong to this type; those of another that nobody filled in go.
    pub(super) fn choose_type(&mut self, secret_type: SecretType) {
        let before = self.shown_type().keys();
        self.rows.drop_waiting(|key| before.contains(&key));
        self.secret_type = Some(secret_type);
        let pasted = self.pasted();
        let missing: Vec<&str> = secret_type
            .keys()
            .iter()
            .filter(|key| !pasted.iter().any(|value| *value.key == ***key))
            .copied()
            .collect();
        self.rows.ask_for(&missing);
        if !matches!(self.input, Input::Empty | Input::Wiped(_)) {
            // A key or a certificate by itself belongs to another key of the Secret then.
            self.read_again();
        }
    }
}
