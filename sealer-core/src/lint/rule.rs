//! What is looked for: the rules, with their ids, which stay, and the words that explain them.

use std::fmt;
use std::str::FromStr;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Note,
    /// Probably a mistake, or a risk.
    Warning,
    /// It does not work, or a secret is in the open.
    Error,
}

/// One thing that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "`summary` says of each what it is")]
pub enum Rule {
    Syntax,
    Encoding,
    NotChecked,
    Ambiguous,
    DuplicateKey,
    WrongType,
    UnknownField,
    Kind,
    NoValues,
    DeprecatedData,
    BothForms,
    Base64,
    Envelope,
    KeySize,
    MixedKeySizes,
    ScopeMismatch,
    ScopeBoth,
    ScopeValue,
    NameMissing,
    Name,
    NamespaceMissing,
    Moved,
    DataKey,
    SecretSize,
    ObjectSize,
    ApplySize,
    Plaintext,
    PlaintextCopy,
    SameCiphertext,
    DuplicateObject,
    TemplateSyntax,
    Allow,
}

/// The word is the id of no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such rule; `sealwright lint --rules` lists them")]
pub struct RuleError;

struct About {
    id: &'static str,
    severity: Severity,
    summary: &'static str,
    advice: &'static str,
}

impl Rule {
    /// All rules, in the order in which they are listed.
    pub const ALL: [Self; 32] = [
        Self::Syntax,
        Self::Encoding,
        Self::NotChecked,
        Self::Ambiguous,
        Self::DuplicateKey,
        Self::WrongType,
        Self::UnknownField,
        Self::Kind,
        Self::NoValues,
        Self::DeprecatedData,
        Self::BothForms,
        Self::Base64,
        Self::Envelope,
        Self::KeySize,
        Self::MixedKeySizes,
        Self::ScopeMismatch,
        Self::ScopeBoth,
        Self::ScopeValue,
        Self::NameMissing,
        Self::Name,
        Self::NamespaceMissing,
        Self::Moved,
        Self::DataKey,
        Self::SecretSize,
        Self::ObjectSize,
        Self::ApplySize,
        Self::Plaintext,
        Self::PlaintextCopy,
        Self::SameCiphertext,
        Self::DuplicateObject,
        Self::TemplateSyntax,
        Self::Allow,
    ];

    /// The word for this rule in comments, flags and reports; it stays.
    pub fn id(self) -> &'static str {
        self.about().id
    }

    /// How bad it is.
    pub fn severity(self) -> Severity {
        self.about().severity
    }

    /// What is found, in one sentence.
    pub fn summary(self) -> &'static str {
        self.about().summary
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        self.about().advice
    }

    fn about(self) -> About {
        use Severity::{Error, Note, Warning};
        let (id, severity, summary, advice) = match self {
            Self::Syntax => (
                "syntax",
                Error,
                "A document with a SealedSecret or a Secret is not valid YAML or JSON.",
                "Repair the place; nothing else of the document was checked.",
            ),
            Self::Encoding => (
                "encoding",
                Error,
                "A manifest is not UTF-8.",
                "Save it as UTF-8; PowerShell's `>` writes UTF-16, `Out-File -Encoding utf8` does not.",
            ),
            Self::NotChecked => (
                "not-checked",
                Note,
                "A SealedSecret stands in a template of another program, or the file is too long, so it was not checked.",
                "Check what the program makes of it, e.g. `helm template . | sealwright lint -`.",
            ),
            Self::Ambiguous => (
                "ambiguous",
                Error,
                "YAML 1.1 and YAML 1.2 read a text differently, so two tools would see two values.",
                "Put the text in quotes, or write out what an alias or a merge key stands for.",
            ),
            Self::DuplicateKey => (
                "duplicate-key",
                Error,
                "The same key stands twice in one mapping; most readers drop one of the two in silence.",
                "Remove one of them.",
            ),
            Self::WrongType => (
                "wrong-type",
                Error,
                "A value is of a type that the API server refuses, or that makes the Secret come out empty.",
                "Write a text, in quotes where it looks like something else.",
            ),
            Self::UnknownField => (
                "unknown-field",
                Error,
                "A SealedSecret has no such field; the API server drops it.",
                "Correct the name, or remove the field.",
            ),
            Self::Kind => (
                "kind",
                Error,
                "apiVersion or kind is nearly that of a SealedSecret, but no cluster takes it for one.",
                "Write `apiVersion: bitnami.com/v1alpha1` and `kind: SealedSecret`.",
            ),
            Self::NoValues => (
                "no-values",
                Warning,
                "A SealedSecret holds no sealed value and no template, so its Secret is empty.",
                "Add values under `spec.encryptedData`; if the file is a patch for Kustomize, allow it.",
            ),
            Self::DeprecatedData => (
                "deprecated-data",
                Warning,
                "`spec.data` is the form before `spec.encryptedData`; a controller may refuse it.",
                "Seal the Secret again: every key gets its own entry under `spec.encryptedData`.",
            ),
            Self::BothForms => (
                "both-forms",
                Error,
                "`spec.data` and `spec.encryptedData` at once; the controller refuses the object.",
                "Keep `spec.encryptedData`.",
            ),
            Self::Base64 => (
                "base64",
                Error,
                "A sealed value is not standard base64 with padding, so it can't be opened.",
                "Copy the value again as it was sealed.",
            ),
            Self::Envelope => (
                "envelope",
                Error,
                "A value is base64, but no whole sealed value: cut short, damaged, or never sealed.",
                "Copy it again, or seal the value again. Base64 of a plain value is not encryption.",
            ),
            Self::KeySize => (
                "key-size",
                Warning,
                "A value is sealed for an RSA key of a size that no usual tool makes.",
                "Compare with the certificate of the cluster: sealwright inspect --cert.",
            ),
            Self::MixedKeySizes => (
                "mixed-key-sizes",
                Note,
                "The values of one object are sealed for RSA keys of several sizes, so for several keys.",
                "This works as long as the controller has all the keys; seal again to use the newest for all.",
            ),
            Self::ScopeMismatch => (
                "scope-mismatch",
                Error,
                "The annotations of `spec.template.metadata` say another scope than those of `metadata`, which alone count.",
                "Make both say the scope that the values were sealed for.",
            ),
            Self::ScopeBoth => (
                "scope-both",
                Warning,
                "Both scope annotations are set; cluster-wide wins.",
                "Remove the one that was not meant.",
            ),
            Self::ScopeValue => (
                "scope-value",
                Warning,
                "A scope annotation has another value than \"true\", so it counts as not set.",
                "Write \"true\" in quotes, or remove the annotation.",
            ),
            Self::NameMissing => (
                "name-missing",
                Error,
                "A SealedSecret has no `metadata.name`.",
                "Write the name that it was sealed for.",
            ),
            Self::Name => (
                "name",
                Error,
                "A name or namespace is not one that Kubernetes takes (lower case, digits, `-`).",
                "Correct the name. Under the scope strict, and for a namespace, seal the values again for it.",
            ),
            Self::NamespaceMissing => (
                "namespace-missing",
                Note,
                "The scope binds the values to one namespace, and the file does not say which.",
                "Whoever adds it, e.g. Kustomize, has to add the one that the values were sealed for.",
            ),
            Self::Moved => (
                "moved",
                Warning,
                "The template has another name or namespace than the object: it was probably renamed or moved after sealing.",
                "Put the old name back, or seal the values again for the new one.",
            ),
            Self::DataKey => (
                "data-key",
                Error,
                "A key is not one that a Secret can have (letters, digits, `-`, `_`, `.`).",
                "Rename the key; no scope binds a value to its key.",
            ),
            Self::SecretSize => (
                "secret-size",
                Error,
                "The opened values are larger than the 1 MiB that a Secret holds.",
                "Split it into several Secrets.",
            ),
            Self::ObjectSize => (
                "object-size",
                Error,
                "The object is larger than the 1.5 MiB that etcd takes by default.",
                "Split it into several SealedSecrets.",
            ),
            Self::ApplySize => (
                "apply-size",
                Warning,
                "The object does not fit into the annotation of `kubectl apply` (262,144 bytes).",
                "Use `kubectl apply --server-side`; Argo CD has the option ServerSideApply=true.",
            ),
            Self::Plaintext => (
                "plaintext",
                Error,
                "A Secret lies here in plain text; base64 is no encryption.",
                "Seal it and remove this file. If it was pushed, take the values for known and change them.",
            ),
            Self::PlaintextCopy => (
                "plaintext-copy",
                Error,
                "The annotation last-applied-configuration holds a copy of the Secret in plain text.",
                "Remove the annotation. If it was pushed, take the values for known and change them.",
            ),
            Self::SameCiphertext => (
                "same-ciphertext",
                Warning,
                "The same sealed value stands in two places; sealing gives another text each time, so it was copied.",
                "Seal the value for each place.",
            ),
            Self::DuplicateObject => (
                "duplicate-object",
                Note,
                "Two documents describe the SealedSecret of the same name and namespace.",
                "Nothing, if they are for different clusters; else the one applied last wins.",
            ),
            Self::TemplateSyntax => (
                "template-syntax",
                Error,
                "A template under `spec.template.data` is not valid, so the controller can't make the Secret.",
                "Correct the template; `{{ \"{{\" }}` writes two braces as they are.",
            ),
            Self::Allow => (
                "allow",
                Warning,
                "A comment allows a rule that does not exist, so it allows nothing.",
                "`sealwright lint --rules` lists the ids.",
            ),
        };
        About { id, severity, summary, advice }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(id: &str) -> Result<Self, RuleError> {
        Self::ALL.into_iter().find(|rule| rule.id() == id).ok_or(RuleError)
    }
}

impl Severity {
    /// All of them, the mildest first.
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_distinct_words_and_name_their_rules() {
        let ids: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            assert_eq!(rule.id().parse(), Ok(rule));
            assert!(
                rule.id().bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'0'..=b'9'))
            );
            assert!(rule.summary().ends_with('.') && rule.advice().ends_with('.'), "{rule}");
        }
        assert_eq!("Base64".parse::<Rule>(), Err(RuleError));
    }
}
