//! The file whose SealedSecret is changed.

use std::path::PathBuf;

use clap::Args;
use sealer_core::merge::{Changes, MergeError, SealedText, Target};
use sealer_core::{Binding, Policy, SealedSecret};
use similar::TextDiff;
use zeroize::Zeroizing;

use super::EditError;
use crate::input;
use crate::output::{self, Output, Privacy};
use crate::sealwright::verdict::Failure;

/// Which SealedSecret is changed.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// The file that holds the SealedSecret
    #[arg(value_name = "FILE")]
    pub(super) path: PathBuf,
    /// Name of the SealedSecret, where the file holds several
    #[arg(long)]
    name: Option<String>,
    /// Namespace of the SealedSecret, where the file does not say it, or holds several of the same name
    #[arg(short, long)]
    namespace: Option<String>,
    /// Show what would change, and leave the file as it is
    #[arg(long)]
    dry_run: bool,
}

impl FileArgs {
    /// The text as it is. One that can't be written later is noticed now.
    pub(super) fn read(&self) -> Result<Zeroizing<String>, EditError> {
        let bytes = match self.dry_run {
            true => input::file(&self.path)?,
            false => input::file_to_change(&self.path)?,
        };
        input::utf8(bytes).ok_or_else(|| EditError::Encoding { path: self.path.clone() })
    }

    /// The SealedSecrets of the text.
    pub(super) fn sealed<'a>(&self, text: &'a str) -> Result<SealedText<'a>, EditError> {
        SealedText::read(text, Policy::Strict).map_err(|source| self.not_found(source))
    }

    /// The one that is meant.
    pub(super) fn target<'t, 'a>(&self, sealed: &'t SealedText<'a>) -> Result<Target<'t, 'a>, EditError> {
        let (name, namespace) = self.names();
        let target = sealed.target(name, namespace).map_err(|source| self.not_found(source))?;
        let metadata = &target.sealed().metadata;
        match fits(name, &metadata.name) && fits(namespace, &metadata.namespace) {
            true => Ok(target),
            false => Err(EditError::Other { path: self.path.clone() }),
        }
    }

    /// What a new value is bound to: the scope is the file's, and so are the names where it says them.
    pub(super) fn binding(&self, sealed: &SealedSecret) -> Result<Binding, EditError> {
        let (name, namespace) = self.names();
        let metadata = &sealed.metadata;
        let scope = sealed.scope();
        Binding::new(scope, either(&metadata.namespace, namespace), either(&metadata.name, name))
            .map_err(|missing| EditError::Unbound { path: self.path.clone(), scope, missing })
    }

    /// The text with these changes and no other.
    pub(super) fn edited(&self, target: &Target<'_, '_>, changes: &Changes) -> Result<String, EditError> {
        target.edited(changes).map_err(|source| EditError::Edit {
            path: self.path.clone(),
            keys: target.sealed().encrypted_data.keys().cloned().collect(),
            lines_shown: false,
            source,
        })
    }

    /// Replaces the file, or shows the difference.
    pub(super) fn finish(&self, before: &str, after: &str) -> Result<(), Failure> {
        if self.dry_run {
            let name = self.path.display().to_string();
            let diff = TextDiff::from_lines(before, after).unified_diff().header(&name, &name).to_string();
            return Ok(output::write(&Output::Stdout, diff.as_bytes(), Privacy::Public)?);
        }
        if before == after {
            return Ok(());
        }
        if !input::is_unchanged(&self.path, before.as_bytes()).map_err(EditError::from)? {
            return Err(EditError::Changed { path: self.path.clone() }.into());
        }
        Ok(output::write(&Output::File(self.path.clone()), after.as_bytes(), Privacy::Public)?)
    }

    /// Whether the file stays as it is.
    pub(super) fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    fn names(&self) -> (&str, &str) {
        (self.name.as_deref().unwrap_or_default(), self.namespace.as_deref().unwrap_or_default())
    }

    fn not_found(&self, source: MergeError) -> EditError {
        EditError::Target { path: self.path.clone(), source }
    }
}

/// Whether a name of the file is the one that is asked for; either of them may be missing.
fn fits(asked: &str, found: &str) -> bool {
    asked.is_empty() || found.is_empty() || asked == found
}

/// The file's name where it has one.
fn either<'n>(found: &'n str, asked: &'n str) -> &'n str {
    if found.is_empty() { asked } else { found }
}

#[cfg(test)]
mod tests {
    use sealer_core::Scope;

    use super::*;

    fn args(name: &str, namespace: &str) -> FileArgs {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        FileArgs { path: "f.yaml".into(), name: given(name), namespace: given(namespace), dry_run: false }
    }

    fn document(name: &str, namespace: &str) -> String {
        let line = |field: &str, value: &str| match value {
            "" => String::new(),
            value => format!("  {field}: {value}\n"),
        };
        let (name, namespace) = (line("name", name), line("namespace", namespace));
        format!(
            "kind: SealedSecret\nmetadata:\n{name}{namespace}  labels: {{}}\nspec:\n  encryptedData: {{}}\n"
        )
    }

    #[test]
    fn the_names_of_the_file_and_of_the_flags_must_not_contradict() {
        for (asked, text, found) in [
            (("", ""), document("db", "payments"), Ok(())),
            (("db", "payments"), document("db", "payments"), Ok(())),
            (("db", "payments"), document("db", ""), Ok(())),
            (
                ("other", ""),
                document("db", "payments"),
                Err("the SealedSecret in f.yaml has another name or namespace"),
            ),
            (
                ("", "other"),
                document("db", "payments"),
                Err("the SealedSecret in f.yaml has another name or namespace"),
            ),
            (("", ""), document("a", "one") + "---\n" + &document("b", "one"), Err("cannot change f.yaml")),
            (("b", ""), document("a", "one") + "---\n" + &document("b", "one"), Ok(())),
            (("a", ""), document("a", "one") + "---\n" + &document("a", "two"), Err("cannot change f.yaml")),
            (("a", "two"), document("a", "one") + "---\n" + &document("a", "two"), Ok(())),
        ] {
            let args = args(asked.0, asked.1);
            let sealed = args.sealed(&text).unwrap();
            let result = args.target(&sealed).map(|_| ()).map_err(|error| error.to_string());
            assert_eq!(result, found.map_err(str::to_owned), "{asked:?}\n{text}");
        }
    }

    #[test]
    fn a_value_is_bound_to_the_names_of_the_file_and_to_flags_only_where_it_says_none() {
        let sealed = |name: &str, namespace: &str, scope: Scope| {
            let mut sealed = SealedSecret::default();
            sealed.metadata.name = name.to_owned();
            sealed.metadata.namespace = namespace.to_owned();
            scope.write_annotations(&mut sealed.metadata.annotations);
            sealed
        };
        for (asked, file, bound) in [
            (("", ""), sealed("db", "payments", Scope::Strict), Some((Scope::Strict, "payments", "db"))),
            (("", "payments"), sealed("db", "", Scope::Strict), Some((Scope::Strict, "payments", "db"))),
            (("db", "other"), sealed("", "payments", Scope::Strict), Some((Scope::Strict, "payments", "db"))),
            (("", ""), sealed("db", "", Scope::Strict), None),
            (("", ""), sealed("", "payments", Scope::Strict), None),
            (("", ""), sealed("db", "", Scope::NamespaceWide), None),
            (
                ("", ""),
                sealed("", "payments", Scope::NamespaceWide),
                Some((Scope::NamespaceWide, "payments", "")),
            ),
            (("", ""), sealed("", "", Scope::ClusterWide), Some((Scope::ClusterWide, "", ""))),
        ] {
            let expected =
                bound.map(|(scope, namespace, name)| Binding::new(scope, namespace, name).unwrap());
            assert_eq!(args(asked.0, asked.1).binding(&file).ok(), expected, "{asked:?} {file:?}");
        }
    }
}
