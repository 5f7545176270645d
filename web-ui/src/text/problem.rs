//! What is wrong, and what to do next.

use sealer_core::dotenv::DotenvError;
use sealer_core::hybrid::HybridError;
use sealer_core::manifest::Problem as ManifestProblem;
use sealer_core::{CertError, ManifestError, Timestamp};

use super::{date, short_fingerprint, size};
use crate::link::LinkProblem;
use crate::reading::Problem;
use crate::secret_type::SecretType;
use crate::state::CertificateProblem;

const OTHER_CERTIFICATE: &str = "Is it the sealing certificate? A web server's certificate is another thing.";

pub(super) fn problem(what: impl Into<String>, next: impl Into<Option<&'static str>>) -> Problem {
    Problem { at: None, what: what.into(), next: next.into() }
}

/// Starts with a capital and ends with a stop.
pub fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return String::new() };
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{}{stop}", first.to_ascii_uppercase(), characters.as_str())
}

pub fn manifest_problem(error: &ManifestError) -> Problem {
    let (what, next) = match error.problem() {
        Some(what) => (sentence(&what.to_string()), manifest_next(what)),
        None => (
            "There is no Secret in this text.".to_owned(),
            Some("A Secret manifest says `kind: Secret`. KEY=value lines need a `=` in each line."),
        ),
    };
    Problem { at: error.position(), what, next }
}

fn manifest_next(what: &ManifestProblem) -> Option<&'static str> {
    match what {
        ManifestProblem::AlreadySealed => Some(
            "It needs nothing more: commit it as it is. To change a value, paste it by itself, outside of a list.",
        ),
        ManifestProblem::OtherKind { .. } => {
            Some("Only Secrets can be sealed. Remove the other documents from the text.")
        }
        _ => None,
    }
}

pub fn lines_problem(error: &DotenvError) -> Problem {
    Problem { at: Some(error.at), what: sentence(&error.problem.to_string()), next: None }
}

pub fn unusable_key() -> Problem {
    problem(
        "This is not one private key that a program could use: it has a passphrase, is cut off, or there are several.",
        "Take the passphrase off, which nobody would type, or drop each file by itself to seal it as it is.",
    )
}

pub fn certificate_in_the_box() -> Problem {
    problem(
        "This is a certificate or key, not a Secret.",
        "If it is the cluster's sealing certificate, choose “Change” above and paste it there. To seal it for TLS, paste its private key below it, or choose the type TLS.",
    )
}

pub fn unknown_text() -> Problem {
    problem(
        "This is neither a Secret manifest nor KEY=value lines.",
        "A manifest begins with lines such as `apiVersion: v1` and `kind: Secret`; otherwise write one `KEY=value` in each line. A file of any kind can be dropped here.",
    )
}

pub fn link_problem(link: LinkProblem) -> Problem {
    let what = match link {
        LinkProblem::Malformed => "The link that you followed is not whole.",
        LinkProblem::Characters => "The link that you followed holds characters that are not seen.",
        LinkProblem::Twice => "The link that you followed says something twice.",
        LinkProblem::Namespace => "The link that you followed names no possible namespace.",
        LinkProblem::Name => "The link that you followed names no possible Secret.",
        LinkProblem::Scope => "The link that you followed names a scope that there is not.",
        LinkProblem::Type => "The link that you followed names a type that this page does not make.",
        LinkProblem::Keys => "The link that you followed asks for keys that Kubernetes would not take.",
        LinkProblem::Fingerprint => "The link that you followed holds a fingerprint that is none.",
        LinkProblem::Folder => "The link that you followed names no folder on GitHub or Gitea.",
    };
    problem(what, "Nothing was taken from it. Ask for another one, or fill in the fields yourself.")
}

pub fn rows_of_several() -> Problem {
    problem(
        "Values in rows belong to one Secret, and this text holds several.",
        "Take the rows back, or seal the Secrets one by one.",
    )
}

pub fn keys_of_type(secret_type: SecretType) -> Problem {
    let what = match secret_type {
        SecretType::BasicAuth => format!("A Secret of this type needs {}.", secret_type.keys().join(" or ")),
        _ => format!("A Secret of this type needs {}.", secret_type.keys().join(" and ")),
    };
    problem(what, "Name the keys so, or choose another type.")
}

pub fn key_problem(key: &str) -> Problem {
    problem(
        format!("Kubernetes does not take “{key}” as a key."),
        "Keys are made of letters, digits, `-`, `_` and `.`, at most 253 of them.",
    )
}

pub fn too_large(bytes: usize) -> Problem {
    problem(
        format!("The values have {} together; Kubernetes takes at most 1 MiB in one Secret.", size(bytes)),
        "Split them over several Secrets.",
    )
}

pub fn nameless_secret(index: usize) -> Problem {
    problem(
        format!("The {} Secret has no usable name or namespace.", ordinal(index)),
        "With several Secrets in one text, each says its own `metadata.name`, in lower-case letters, digits and `-`.",
    )
}

pub fn no_values(index: usize) -> Problem {
    problem(format!("The {} Secret has no values.", ordinal(index)), "Put at least one under `stringData`.")
}

pub fn expired(on: Timestamp) -> Problem {
    problem(
        expired_on(on),
        "Get the current certificate from the cluster: reload the page, or choose “Change”.",
    )
}

pub fn sealing_problem(key: &str, error: HybridError) -> Problem {
    problem(
        format!("“{key}” could not be sealed: {error}."),
        "Nothing was made. Reload the page and try again.",
    )
}

pub fn unreadable_file() -> Problem {
    problem(
        "This file could not be read, or it is too large.",
        "Kubernetes takes at most 1 MiB in one Secret.",
    )
}

fn ordinal(index: usize) -> String {
    match index {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        _ => format!("{}th", index + 1),
    }
}

fn expired_on(moment: Timestamp) -> String {
    format!("This certificate expired on {}.", date(moment))
}

pub fn certificate_problem(problem: &CertificateProblem) -> (String, &'static str) {
    let CertificateProblem::Unusable(error) = problem else {
        return match problem {
            CertificateProblem::OtherFingerprint => (
                "The certificate that came is not the one that this server announces.".to_owned(),
                "Nothing was sealed. Reload the page; if it stays, tell whoever runs this server.",
            ),
            CertificateProblem::NotOfLink { wanted, found } => (
                format!(
                    "The link that you followed asks for the sealing key {}, and this is {}.",
                    short_fingerprint(wanted),
                    short_fingerprint(found)
                ),
                "Nothing is sealed for it. Ask whoever gave you the link, or paste the certificate that it means.",
            ),
            _ => (
                "The cluster's certificate could not be fetched.".to_owned(),
                "Reload the page to try again, or paste the certificate here.",
            ),
        };
    };
    match error {
        CertError::PrivateKey => (
            "That is a private key. It was not kept.".to_owned(),
            "Don't paste it anywhere. This page needs the certificate (BEGIN CERTIFICATE), which is public.",
        ),
        CertError::Missing => (
            "There is no certificate in this text.".to_owned(),
            "Paste the whole of it, from BEGIN CERTIFICATE to END CERTIFICATE.",
        ),
        CertError::Malformed => {
            (sentence(&error.to_string()), "Copy it again, whole: from BEGIN CERTIFICATE to END CERTIFICATE.")
        }
        CertError::Expired { on } => (
            expired_on(*on),
            "Get the current one from the cluster. It makes a new one every 30 days, unless it was told otherwise.",
        ),
        CertError::NotRsa { .. } => {
            ("The key of this certificate is not RSA, which sealing needs.".to_owned(), OTHER_CERTIFICATE)
        }
        CertError::Key(_) => (sentence(&error.to_string()), OTHER_CERTIFICATE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_begin_large_and_end_once() {
        assert_eq!(sentence("it is so"), "It is so.");
        assert_eq!(sentence("Is it so?"), "Is it so?");
        assert_eq!(sentence(""), "");
    }
}
