//! The state of the page and the one function that changes it. No value of a Secret is ever in it.

use std::rc::Rc;

use sealer_core::Scope;
use sealer_core::check::Finding;
use sealer_core::dotenv::Dialect;

use crate::desk::{Need, Sealed};
use crate::details::{Detail, Details};
use crate::edits::{Edit, Edits, Typed};
use crate::link::{Link, LinkProblem};
use crate::reading::{Kind, Problem, Reading, Summary, ValueSummary};
use crate::sealed_file::SealedFile;
use crate::secret_type::SecretType;
use crate::text;

mod action;
mod certificate;
mod linked;
mod parts;
mod presence;

pub use action::Action;
pub use certificate::{Certificate, CertificateProblem, Cluster, Seen, Source};
pub use parts::{Field, Input, Kept, Opened, Outcome, Pace};
pub use presence::Presence;

/// Everything that is shown, besides the text in the box itself.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The clusters that this page's server seals for.
    pub clusters: Vec<Cluster>,
    /// The certificate that is sealed for.
    pub certificate: Option<Certificate>,
    /// Which of the clusters get a file of their own beside that.
    pub beside: Vec<usize>,
    /// Whether the place for another certificate is open.
    pub changing_certificate: bool,
    /// Why the last certificate was not taken.
    pub certificate_problem: Option<CertificateProblem>,
    /// The file that values are put into, if there is one.
    pub opened: Option<Opened>,
    /// The name of the file that the text in the box came from, if it came from one.
    pub chosen_file: Option<Rc<str>>,
    /// The link that this page was opened by, if it was one; or why it is not followed.
    pub link: Option<Result<Rc<Link>, LinkProblem>>,
    /// What is known of the text in the box.
    pub input: Input,
    /// The values that are typed into rows of their own where no file is open.
    pub rows: Edits,
    /// The type, where somebody chose one; else what was recognised has its own.
    pub secret_type: Option<SecretType>,
    /// How quotation marks in `KEY=value` lines are read.
    pub dialect: Dialect,
    /// The namespace.
    pub namespace: Field,
    /// The name.
    pub name: Field,
    /// The scope, where somebody chose one; else each Secret's own.
    pub scope: Option<Scope>,
    /// What the Secret that is made here has besides its values.
    pub details: Details,
    /// What came of it.
    pub outcome: Outcome,
    /// What there is to say about values of the Secret's type, as of the last outcome: it stays while somebody types.
    pub findings: Vec<Finding>,
    /// Counts the changes of the text.
    pub revision: u32,
    /// Counts the changes of anything that the outcome depends on.
    pub serial: u32,
    /// Whether the last change was one step of many.
    pub pace: Pace,
    /// What became of the sealed text.
    pub kept: Kept,
    /// Whether somebody is there.
    pub presence: Presence,
    /// Counts how often the box was to be emptied.
    pub emptied: u32,
}

impl State {
    /// The page at its start: the first cluster's certificate is taken where it is good.
    pub fn new(clusters: Vec<Cluster>) -> Self {
        let mut state = Self {
            clusters,
            certificate: None,
            beside: Vec::new(),
            changing_certificate: false,
            certificate_problem: None,
            opened: None,
            chosen_file: None,
            link: None,
            input: Input::Empty,
            rows: Edits::default(),
            secret_type: None,
            dialect: Dialect::Godotenv,
            namespace: Field::default(),
            name: Field::default(),
            scope: None,
            details: Details::default(),
            outcome: Outcome::Nothing,
            findings: Vec::new(),
            revision: 0,
            serial: 0,
            pace: Pace::Now,
            kept: Kept::Not,
            presence: Presence::There,
            emptied: 0,
        };
        state.choose_cluster(0);
        state.changing_certificate = state.certificate.is_none();
        state
    }

    /// Whether the outcome belongs to what stands in the fields now.
    pub fn is_settled(&self) -> bool {
        !matches!(self.input, Input::Unread) && !self.is_working()
    }

    /// Whether the outcome is still being worked out.
    pub fn is_working(&self) -> bool {
        let has_more = self.opened.is_some() || self.rows.has_values();
        let something =
            matches!(self.input, Input::Read(_)) || (has_more && matches!(self.input, Input::Empty));
        something && matches!(self.outcome, Outcome::Nothing)
    }

    /// The sealed text, if it belongs to what stands in the fields now.
    pub fn sealed(&self) -> Option<&Rc<Sealed>> {
        match &self.outcome {
            Outcome::Sealed(sealed) => Some(sealed),
            Outcome::Nothing
            | Outcome::Needs(_)
            | Outcome::Failed(_)
            | Outcome::Refused { .. }
            | Outcome::Unchanged => None,
        }
    }

    /// The scope to show as chosen, where there is one for all Secrets.
    pub fn shown_scope(&self) -> Option<Scope> {
        let linked = self.followed().and_then(|link| link.scope).filter(|_| self.is_made_here());
        self.scope
            .or(linked)
            .or_else(|| self.summary().map_or(Some(Scope::default()), |summary| summary.scope()))
    }

    /// The scope that is sealed for, where it is not each Secret's own.
    pub fn wanted_scope(&self) -> Option<Scope> {
        if self.is_made_here() { self.shown_scope() } else { self.scope }
    }

    /// The type of the Secret that is made.
    pub fn shown_type(&self) -> SecretType {
        let recognised = match self.summary().map(|summary| summary.kind) {
            Some(Kind::Typed(secret_type)) => Some(secret_type),
            _ => None,
        };
        self.secret_type.or(recognised).unwrap_or_default()
    }

    /// Whether the Secret is made of lines and rows, so that nothing but this page says of what type and scope it is.
    pub fn is_made_here(&self) -> bool {
        let is_manifest = self.summary().is_some_and(|summary| summary.kind == Kind::Manifests);
        self.opened.is_none() && !is_manifest
    }

    /// Whether the Secret that is made here has templates.
    pub fn wants_templates(&self) -> bool {
        self.is_made_here() && self.details.templates().iter().any(|template| !template.key.is_empty())
    }

    /// Whether rows are shown: of several Secrets none is the one that new values would belong to.
    pub fn shows_rows(&self) -> bool {
        let is_one = self.summary().is_none_or(|summary| summary.only().is_some());
        self.opened.is_none() && (is_one || !self.rows.typed().is_empty())
    }

    /// What is typed into rows and wanted otherwise, in the open file or in the Secret that is made.
    pub fn edits(&self) -> &Edits {
        self.opened.as_ref().map_or(&self.rows, |opened| &opened.edits)
    }

    /// What the box was found to hold.
    pub fn summary(&self) -> Option<&Rc<Summary>> {
        match &self.input {
            Input::Read(summary) | Input::Wiped(Some(summary)) => Some(summary),
            Input::Empty | Input::Unread | Input::Bad(_) | Input::Wiped(None) => None,
        }
    }

    /// Whether the values are gone, so that nothing can be sealed again.
    pub fn is_wiped(&self) -> bool {
        matches!(self.input, Input::Wiped(_))
    }

    /// Whether the page may write the result into the file that was opened.
    pub fn is_writable(&self) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.writable)
    }

    /// The values in the box, if they are for one Secret.
    pub fn pasted(&self) -> &[ValueSummary] {
        self.summary().and_then(|summary| summary.only()).map_or(&[], |secret| &secret.values)
    }

    /// The cluster that is sealed for, if the server named it.
    pub fn cluster_name(&self) -> Option<&str> {
        match &self.certificate.as_ref()?.source {
            Source::Cluster(name) => Some(name),
            Source::Brought => None,
        }
    }

    /// The first of these that is missing.
    pub fn need(&self, wanted: [Need; 2]) -> Option<Need> {
        let Outcome::Needs(needs) = &self.outcome else { return None };
        needs.iter().find(|need| wanted.contains(need)).copied()
    }

    /// The state after something happened.
    pub fn reduce(mut self, action: Action) -> Self {
        match action {
            Action::TextChanged { blank, pace } => {
                self.begin_anew();
                self.input = if blank { Input::Empty } else { Input::Unread };
                self.revision += 1;
                self.chosen_file = None;
                self.touched(pace);
            }
            Action::FileChosen(name) => self.chosen_file = Some(name),
            Action::FileOpened { name, file, writable } => {
                self.chosen_file = Some(name);
                self.open(file, writable);
                self.read_again();
                self.touched(Pace::Now);
            }
            Action::Read(revision, read) if revision == self.revision => self.read(read),
            Action::Worked(serial, outcome, findings) if serial == self.serial => {
                (self.outcome, self.findings) = (outcome, findings);
            }
            // The answer to a question that nobody asks any more.
            Action::Read(..) | Action::Worked(..) => {}
            Action::Saved(serial) => self.saved(serial),
            Action::DocumentChosen(index) => self.choose_document(index),
            Action::Edited(edit) => self.edit(edit),
            Action::FileTaken(taken) => self.take_file(taken),
            Action::DialectChosen(dialect) => {
                self.dialect = dialect;
                self.input = Input::Unread;
                self.revision += 1;
                self.touched(Pace::Now);
            }
            Action::NamespaceTyped(text) => {
                self.namespace.text = text;
                self.touched(Pace::Typing);
            }
            Action::NameTyped(text) => {
                self.name.text = text;
                self.touched(Pace::Typing);
            }
            Action::ScopeChosen(scope) => {
                self.scope = Some(scope);
                self.touched(Pace::Now);
            }
            Action::TypeChosen(secret_type) => {
                self.choose_type(secret_type);
                self.touched(Pace::Now);
            }
            Action::Detailed(change) => {
                let is_typed = matches!(change, Detail::Typed(..));
                self.details.apply(change);
                self.touched(if is_typed { Pace::Typing } else { Pace::Now });
            }
            // Nothing can be added to what is cleared.
            Action::LinkFollowed(_) if self.is_wiped() => {
                return self.reduce(Action::StartOver).reduce(action);
            }
            Action::LinkFollowed(link) => {
                self.follow_link(link);
                self.touched(Pace::Now);
            }
            Action::ChangeCertificate(open) => {
                self.changing_certificate = open;
                self.certificate_problem = None;
            }
            Action::CertificateBrought(Ok(cert)) => {
                self.take(Certificate { cert, source: Source::Brought });
            }
            Action::CertificateBrought(Err(error)) => {
                self.certificate_problem = Some(CertificateProblem::Unusable(error));
            }
            Action::ClusterChosen(index) => self.choose_cluster(index),
            Action::ClusterBeside(index) => self.toggle_beside(index),
            Action::ChangeExpected(name) => self.expect_change(&name),
            Action::Kept(kept) => self.kept = kept,
            Action::Noticed(presence) => self = self.notice(presence),
            Action::Wiped => {
                self.input = Input::Wiped(self.summary().cloned());
                self.emptied += 1;
            }
            Action::StartOver => {
                let rows = Edits::after(self.edits());
                let (link, clusters, certificate) = (self.link, self.clusters, self.certificate);
                let beside = self.beside;
                let (revision, serial, emptied) = (self.revision + 1, self.serial + 1, self.emptied + 1);
                let changing_certificate = certificate.is_none();
                self = Self::new(Vec::new());
                self = Self {
                    clusters,
                    certificate,
                    beside,
                    changing_certificate,
                    link,
                    rows,
                    revision,
                    serial,
                    emptied,
                    ..self
                };
                self.follow();
            }
        }
        self
    }

    /// Something changed that the outcome depends on.
    fn touched(&mut self, pace: Pace) {
        self.outcome = Outcome::Nothing;
        self.kept = Kept::Not;
        self.presence = Presence::There;
        self.serial += 1;
        self.pace = pace;
    }

    fn read(&mut self, read: Result<Reading, Problem>) {
        self.touched(Pace::Now);
        self.input = match read {
            Ok(Reading::File(file)) => {
                self.open(file, false);
                // The file is no plaintext and is kept here: the box is free for values.
                self.emptied += 1;
                self.revision += 1;
                Input::Empty
            }
            // Where values may be opened is the file's business then.
            Ok(Reading::Values(summary)) if self.opened.is_some() => Input::Read(summary),
            Ok(Reading::Values(summary)) => {
                // With several Secrets, each has a name of its own and the namespace is for those without one.
                let (name, namespace) = match summary.only() {
                    Some(secret) => (secret.name.as_str(), secret.namespace.as_str()),
                    None => ("", ""),
                };
                self.name.hears(name);
                self.namespace.hears(namespace);
                if let Some(secret) = summary.only() {
                    self.rows.drop_waiting(|key| secret.values.iter().any(|value| &*value.key == key));
                }
                Input::Read(summary)
            }
            Err(problem) => Input::Bad(problem),
        };
    }

    fn open(&mut self, file: Rc<SealedFile>, writable: bool) {
        let name = self.chosen_file.take().unwrap_or_else(|| text::name_of(&file).into());
        let edits = Edits::after(&self.rows);
        self.opened = Some(Opened { file, name, writable, index: 0, edits });
        self.rows = Edits::default();
        self.namespace = Field::default();
    }

    /// The file holds the result now, and the next change is one of that; its values are of no more use. Where somebody has
    /// changed more meanwhile, all of it stays a change of what was opened.
    fn saved(&mut self, serial: u32) {
        if let (Some(opened), Outcome::Sealed(sealed)) = (&mut self.opened, &self.outcome)
            && serial == self.serial
            && let Ok(file) = SealedFile::read(&sealed.yaml)
        {
            (opened.file, opened.edits) = (Rc::new(file), Edits::after(&opened.edits));
            self.input = Input::Empty;
            self.emptied += 1;
            self.revision += 1;
            self.touched(Pace::Now);
            self.outcome = Outcome::Unchanged;
            self.kept = Kept::Saved;
        }
    }

    /// What is in the box has to fit another SealedSecret now.
    fn read_again(&mut self) {
        self.input = match self.input {
            Input::Empty | Input::Wiped(_) => Input::Empty,
            Input::Unread | Input::Read(_) | Input::Bad(_) => Input::Unread,
        };
        self.revision += 1;
    }

    fn choose_document(&mut self, index: usize) {
        if let Some(opened) = &mut self.opened
            && index < opened.file.documents.len()
        {
            (opened.index, opened.edits) = (index, Edits::default());
            self.read_again();
            self.touched(Pace::Now);
        }
    }

    /// After everything was wiped, what is known of values in rows goes as well.
    fn begin_anew(&mut self) {
        if self.is_wiped() {
            if let Some(opened) = &mut self.opened {
                opened.edits = Edits::default();
            }
            self.rows.emptied();
            self.input = Input::Empty;
        }
    }

    fn take_file(&mut self, mut taken: Typed) {
        self.begin_anew();
        let document = self.opened.as_ref().map(Opened::document);
        taken.replaces = document.is_some_and(|document| document.has(&taken.key));
        self.edits_mut().take_file(taken);
        self.touched(Pace::Now);
    }

    fn edits_mut(&mut self) -> &mut Edits {
        self.opened.as_mut().map_or(&mut self.rows, |opened| &mut opened.edits)
    }

    fn edit(&mut self, edit: Edit) {
        let wiped = self.is_wiped();
        let pace = match edit {
            Edit::Type { .. } | Edit::Name(..) | Edit::Rename(..) => Pace::Typing,
            Edit::Remove(_) | Edit::Replace(_) | Edit::Add | Edit::Undo(_) | Edit::Drop(_) => Pace::Now,
        };
        if !wiped {
            self.edits_mut().apply(edit);
            self.touched(pace);
        }
    }
}

#[cfg(test)]
mod tests;
