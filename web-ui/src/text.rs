//! Every word that the page says, the loading and failure messages in `index.html` apart.

use std::fmt::Display;

use sealer_core::dotenv::DotenvError;
use sealer_core::hybrid::HybridError;
use sealer_core::manifest::Problem as ManifestProblem;
use sealer_core::merge::MergeError;
use sealer_core::{CertError, ManifestError, Scope, Timestamp};

use crate::desk::{Counts, Need, Sealed};
use crate::edits::Complaint;
use crate::reading::{Kind, Problem, SecretSummary, Summary};
use crate::sealed_file::{Document, SealedFile};
use crate::services::theme::Theme;
use crate::state::CertificateProblem;

pub const SKIP: &str = "Skip to the result";
pub const PROMISE: &str = "Nothing you type leaves this page.";
pub const HOW_TO_CHECK: &str = "How to check";
pub const CHECKS: [&str; 3] = [
    "Open the browser's developer tools and their Network tab. From now on nothing appears there: the page has forbidden itself every request, to its own server too.",
    "Cut the network, or switch to flight mode, and seal. It works the same.",
    "Compare the fingerprint of the sealing key with the one that your administrator sees.",
];
pub const LIMITS: &str = "What this can't show: that whoever serves this page serves everybody the same one, and what your browser's extensions do.";

pub const KEY: &str = "Sealing key";
pub const NO_KEY: &str = "No sealing key yet";
pub const CHANGE: &str = "Change";
pub const KEEP: &str = "Keep this one";
pub const THE_KEY: &str = " the sealing key";
pub const WHOLE_FINGERPRINT: &str = ", show the whole fingerprint";
pub const BROUGHT: &str = "brought by you";
pub const BRING_TITLE: &str = "Another sealing key";
pub const BRING: &str = "Paste the cluster's certificate";
pub const BROWSE_CERTIFICATE: &str = "Browse for it";
pub const GET_IT: &str = "Whoever has access to the cluster gets it with";
pub const FETCH_CERT: &str = "kubeseal --fetch-cert";
pub const CLUSTER: &str = "Cluster";
pub const CERTIFICATE_TAKEN: &str = "Certificate taken.";
pub const BRING_CERTIFICATE: &str = "Paste it above. Your text stays here meanwhile.";

pub const INPUT_TITLE: &str = "Your secret";
pub const INPUT_HOW: &str = "Paste a Secret manifest, KEY=value lines, or a SealedSecret to change.\nOr drop a file anywhere on this page.";
pub const NEW_VALUES: &str = "New values";
pub const NEW_VALUES_HOW: &str =
    "Paste KEY=value lines: keys that are there get the new value, others are added.";
pub const CLOSE_FILE: &str = "Close file";
pub const BROWSE: &str = "Browse files";
pub const HIDE: &str = "Hide the text";
pub const START_OVER: &str = "Start over";
pub const DIALECT: &str = "Quotation marks";
pub const DIALECT_DOTENV: &str = "are removed, as in .env files";
pub const DIALECT_DOCKER: &str = "belong to the value, as in docker --env-file";
pub const COLUMN_KEY: &str = "Key";
pub const COLUMN_VALUE: &str = "Value";
pub const COLUMN_SIZE: &str = "Size";
pub const HIDDEN_VALUE: &str = "hidden value";
pub const LINE_BREAK: &str = "Ends with a line break. Apps often take it as part of the password.";

pub const FILE_CAPTION: &str = "The values of this file";
pub const COLUMN_ACTIONS: &str = "Actions";
pub const WHICH_DOCUMENT: &str = "Which SealedSecret in this file";
pub const STAYS: &str = "sealed, stays as it is";
pub const GOES: &str = "sealed, will be gone";
pub const NOT_WHOLE: &str = "not a whole sealed value: the controller can't open it";
pub const WAITS_FOR_VALUE: &str = "sealed, until there is a new value";
pub const REPLACE: &str = "Replace";
pub const RENAME: &str = "Rename";
pub const REMOVE: &str = "Remove";
pub const UNDO: &str = "Undo";
pub const SHOW: &str = "Show";
pub const NEW: &str = "+ new";
pub const REPLACED: &str = "~ replaced";
pub const REMOVED: &str = "− removed";
pub const RENAMED: &str = "~ renamed";
pub const ADD_VALUE: &str = "Add a value";
pub const NEW_VALUE: &str = "A new value";
pub const KEY_NAME: &str = "Key";

pub const TARGET_TITLE: &str = "Where it may be opened";
pub const NAMESPACE: &str = "Namespace";
pub const NAMESPACE_FOR_OTHERS: &str = "Namespace of Secrets that name none";
pub const NAME: &str = "Name";
pub const SCOPE_LEGEND: &str = "Who can open it";
pub const SOME_NAME: &str = "its name";
pub const SOME_NAMESPACE: &str = "its namespace";
pub const ANYWHERE: &str = "Whoever can create SealedSecrets in any namespace can have a copy opened there.";
pub const SET_BY_FILE: &str = "set by the file";
pub const TO_CHANGE_TARGET: &str = "To change that, all values have to be entered again.";
pub const FILE_OPENS_ANYWHERE: &str = "Under any name, in any namespace of the cluster.";
pub const NAMESPACE_OF_FILE: &str = "Namespace, which the file does not name";
pub const LOCKED: &str = "The values are cleared. To change where it opens, paste them again.";

pub const RESULT_TITLE: &str = "Result";
pub const SAFE: &str = "safe to commit";
pub const EMPTY: &str = "Paste a secret; the sealed file appears here.";
pub const STEPS: [&str; 2] = [
    "Your browser encrypts each value with the cluster's public key.",
    "You download a SealedSecret and commit it like any other file.",
];
pub const THE_CLUSTER: &str = "that cluster";
pub const SEALING: &str = "Sealing…";
pub const FIX_THE_TEXT: &str = "The text needs a correction first.";
pub const NEARLY: &str = "Nearly there.";
pub const FILL_IN: &str = "Say where it may be opened, and it is sealed at once.";
pub const OPENS_ANYWHERE: &str = "Can be opened under any name, in any namespace of the cluster";
pub const SHORT_ANYWHERE: &str = "anywhere in the cluster";
pub const DOWNLOAD: &str = "Download";
pub const DOWNLOADED: &str = "Downloaded.";
pub const COPY: &str = "Copy";
pub const COPIED_BUTTON: &str = "Copied";
pub const COPIED: &str = "Copied.";
pub const COPY_REFUSED: &str = "The browser did not let it be copied. Download it, or select the text below.";
pub const COPY_FILE: &str = "Copy file";
pub const COPY_LINES: &str = "Copy just the new lines";
pub const REST_STAYS: &str = "Everything else in the file stays as it is, byte for byte.";
pub const UNCHANGED: &str = "Nothing changes yet.";
pub const UNCHANGED_HOW: &str =
    "Replace, rename or remove a value, add one, or paste KEY=value lines. The changed lines appear here.";
pub const NAME_KEYS: &str = "A key needs another name.";
pub const LINES_INSTEAD: &str =
    "The values are sealed all the same. Copy these lines and put them under `encryptedData` by hand.";
pub const LINES_LABEL: &str = "New lines";
pub const DIFF_LABEL: &str = "Changed lines";
pub const DIFF_ADDED: &str = "added: ";
pub const DIFF_CUT: &str = "removed: ";
pub const NEXT_FOR_FILE: &str = "Next: put it in the place of the old file and commit.";
pub const YAML_LABEL: &str = "Sealed YAML";
pub const NEXT: &str = "Next: put it in your repository and commit. The Secret appears after the next sync.";
pub const VALUES_STAY: &str = "Your text is cleared when you leave this page.";
pub const WIPE: &str = "Clear it now";
pub const WIPED: &str = "Your text is cleared.";
pub const BAR: &str = "Result, in short";

pub const LEDGER_LOADING: &str = " requests to load this page, all to its own server";
pub const LEDGER_ONE_FILE: &str = " requests to load this page: everything is in this file";
pub const LEDGER_SINCE: &str = " since";
pub const ONE_FILE: &str = "Download this page as one file";
pub const ONE_FILE_ADDRESS: &str = "sealer.html";

pub fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "Theme: system",
        Theme::Light => "Theme: light",
        Theme::Dark => "Theme: dark",
    }
}

pub fn from_cluster(name: &str, in_this_file: bool) -> String {
    format!("from {name}, {}", if in_this_file { "in this file" } else { "at load" })
}

pub fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Strict => "This name in this namespace",
        Scope::NamespaceWide => "Any name in this namespace",
        Scope::ClusterWide => "Anywhere in the cluster",
    }
}

pub fn scope_of_several(scope: Scope) -> &'static str {
    match scope {
        Scope::Strict => {
            "Each only under its own name. Renaming or moving one breaks it, also by Kustomize prefixes."
        }
        Scope::NamespaceWide => "Each under any name in its own namespace. Not in other namespaces.",
        Scope::ClusterWide => ANYWHERE,
    }
}

/// The heading over the values of a Secret.
pub fn values_of(secret: &SecretSummary, several: bool) -> String {
    match (several, secret.namespace.is_empty()) {
        (false, _) => "What was found".to_owned(),
        (true, true) => secret.name.clone(),
        (true, false) => format!("{} in {}", secret.name, secret.namespace),
    }
}

fn problem(what: impl Into<String>, next: impl Into<Option<&'static str>>) -> Problem {
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

pub fn merge_problem(error: &MergeError) -> Problem {
    match error {
        MergeError::Manifest(error) => manifest_problem(error),
        MergeError::Several { .. } => problem(
            "There are several SealedSecrets of this name in the file.",
            "Give each a name and a namespace of its own.",
        ),
        MergeError::Twice { first, at } => Problem {
            at: Some(*at),
            what: format!("This SealedSecret stands on line {first} already."),
            next: Some("Remove one of the two: the cluster takes only one of them."),
        },
        MergeError::Deprecated { at } => Problem {
            at: Some(*at),
            what: "This SealedSecret has the old `spec.data`, which holds all values in one.".to_owned(),
            next: Some("Seal the whole Secret again: paste its manifest."),
        },
        MergeError::NoKey { key } => problem(format!("There is no key “{key}” in this SealedSecret."), None),
        MergeError::KeyTaken { key } => {
            problem(format!("There is a key “{key}” already."), "Choose another name for it.")
        }
        MergeError::NotInPlace { at, obstacle } => Problem {
            at: Some(*at),
            what: sentence(&obstacle.to_string()),
            next: Some("The file was not changed."),
        },
        MergeError::Unconfirmed => problem(
            "The changed file does not read back as it was meant, so it is not given out.",
            "The file was not changed. This is a mistake of this page: please report it.",
        ),
    }
}

pub fn secret_beside_sealed() -> Problem {
    problem(
        "There is a plaintext Secret beside the SealedSecret in this text.",
        "Seal the Secret by itself first, and keep the plaintext out of the repository.",
    )
}

pub fn another_file() -> Problem {
    problem("A file is open already.", "Close it before you open another one.")
}

pub fn values_of_another() -> Problem {
    problem(
        "These are not values for this SealedSecret: name or namespace differ, or there are several Secrets.",
        "Paste KEY=value lines, or a Secret of the same name.",
    )
}

pub fn nameless_sealed_secret() -> Problem {
    problem(
        "The SealedSecret has no name, or no namespace, and its values are bound to both.",
        "Give it a `metadata.name` and a `metadata.namespace`.",
    )
}

pub fn complaint(complaint: Complaint) -> &'static str {
    match complaint {
        Complaint::Missing => "Say the key.",
        Complaint::Invalid => "Keys are made of letters, digits, “-”, “_” and “.”, at most 253 of them.",
        Complaint::Taken => "This key is given twice. Choose another, or take one of the two back.",
    }
}

pub fn lines_problem(error: &DotenvError) -> Problem {
    Problem { at: Some(error.at), what: sentence(&error.problem.to_string()), next: None }
}

pub fn private_key_in_the_box() -> Problem {
    problem(
        "This is a private key by itself.",
        "To seal it as a value, put it in a Secret manifest under `stringData`, with a name of its own.",
    )
}

pub fn certificate_in_the_box() -> Problem {
    problem(
        "This is a certificate or key, not a Secret.",
        "If it is the cluster's sealing certificate, choose “Change” above and paste it there. To seal it as a value, put it in a Secret manifest.",
    )
}

pub fn unknown_text() -> Problem {
    problem(
        "This is neither a Secret manifest nor KEY=value lines.",
        "A manifest begins with lines such as `apiVersion: v1` and `kind: Secret`; otherwise write one `KEY=value` in each line.",
    )
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

pub fn expired(error: &CertError) -> Problem {
    problem(
        sentence(&error.to_string()),
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
        "This file could not be read as text.",
        "Binary values belong in a Secret manifest under `data`, in base64.",
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

pub fn certificate_problem(problem: &CertificateProblem) -> (String, &'static str) {
    let CertificateProblem::Unusable(error) = problem else {
        return match problem {
            CertificateProblem::OtherFingerprint => (
                "The certificate that came is not the one that this server announces.".to_owned(),
                "Nothing was sealed. Reload the page; if it stays, tell whoever runs this server.",
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
        CertError::Missing => {
            (sentence(&error.to_string()), "Paste the whole text, from BEGIN CERTIFICATE to END CERTIFICATE.")
        }
        CertError::Malformed => {
            (sentence(&error.to_string()), "Copy it again, whole: from BEGIN CERTIFICATE to END CERTIFICATE.")
        }
        CertError::Expired { .. } => (
            sentence(&error.to_string()),
            "Get the current one from the cluster. It makes a new one every 30 days, unless it was told otherwise.",
        ),
        CertError::NotRsa { .. } | CertError::Key(_) => (
            sentence(&error.to_string()),
            "Is it the sealing certificate? A web server's certificate is another thing.",
        ),
    }
}

pub fn need(need: Need, scope: Option<Scope>) -> &'static str {
    match need {
        Need::Certificate => "To seal, this page needs the cluster's certificate. It is public.",
        Need::Namespace if scope == Some(Scope::NamespaceWide) => {
            "Say the namespace: it becomes part of the encryption."
        }
        Need::Namespace => "Say the namespace: it becomes part of the encryption.",
        Need::Name if matches!(scope, None | Some(Scope::Strict)) => {
            "Say the name: it becomes part of the encryption."
        }
        Need::Name => "Say the name of the Secret.",
        Need::Keys => NAME_KEYS,
        Need::BetterNamespace => "Kubernetes takes lower-case letters, digits and “-”, at most 63.",
        Need::BetterName => "Kubernetes takes lower-case letters, digits, “-” and “.”, at most 253.",
    }
}

pub fn recognised(summary: &Summary) -> String {
    let values = count(summary.values(), "value");
    match (summary.kind, summary.secrets.len()) {
        (Kind::Lines(_), _) => format!("recognised as KEY=value lines, {values}"),
        (Kind::Manifests, 1) => format!("recognised as a Secret manifest, {values}"),
        (Kind::Manifests, secrets) => format!("recognised as {secrets} Secret manifests, {values}"),
    }
}

pub fn recognised_file(document: &Document) -> String {
    let type_ = match document.type_.as_deref() {
        None | Some("Opaque") => String::new(),
        Some(type_) => format!(", {type_}"),
    };
    format!("an existing SealedSecret, {}{type_}", count(document.keys.len(), "value"))
}

/// One of several SealedSecrets of a file.
pub fn document(document: &Document) -> String {
    match document.namespace.as_str() {
        "" => document.name.clone(),
        namespace => format!("{} in {namespace}", document.name),
    }
}

/// What a file is called that was pasted without a name.
pub fn name_of(file: &SealedFile) -> String {
    let ending = if file.is_json() { "json" } else { "yaml" };
    match file.documents.as_slice() {
        [one] if one.namespace.is_empty() => format!("{}.sealedsecret.{ending}", one.name),
        [one] => format!("{}-{}.sealedsecret.{ending}", one.namespace, one.name),
        several => format!("{}-secrets.sealedsecret.{ending}", several.len()),
    }
}

pub fn opened_announcement(document: &Document) -> String {
    format!("{}: {}. {UNCHANGED}", self::document(document), recognised_file(document))
}

pub fn value_of(key: &str) -> String {
    if key.is_empty() { "Value".to_owned() } else { format!("Value of {key}") }
}

/// Makes the name of a button whole.
pub fn of_value(key: &str) -> String {
    if key.is_empty() { " the new value".to_owned() } else { format!(" {key}") }
}

pub fn new_name(key: &str) -> String {
    format!("New name of {key}")
}

/// The length before and after.
pub fn size_change(before: Option<usize>, after: usize) -> String {
    match before {
        Some(before) if before < 1000 && after < 1000 => format!("{before} → {}", size(after)),
        Some(before) => format!("{} → {}", size(before), size(after)),
        None => size(after),
    }
}

/// What changes in a file, without a stop.
pub fn changes(counts: Counts) -> String {
    let Counts { added, replaced, removed, renamed } = counts;
    let each = [(added, "added"), (replaced, "replaced"), (removed, "removed"), (renamed, "renamed")];
    let mut words = String::new();
    for (number, what) in each.into_iter().filter(|(number, _)| *number > 0) {
        match words.is_empty() {
            true => words = format!("{} {what}", count(number, "value")),
            false => words.push_str(&format!(", {number} {what}")),
        }
    }
    words
}

/// The word beside the title of the result.
pub fn badge(sealed: &Sealed) -> String {
    match &sealed.merged {
        Some(merged) => format!("{}, {SAFE}", count(merged.counts.total(), "change")),
        None => SAFE.to_owned(),
    }
}

/// What the title of the window says.
pub fn title(sealed: &Sealed) -> String {
    match &sealed.merged {
        Some(merged) => count(merged.counts.total(), "change"),
        None => format!("Sealed {}", count(sealed.values, "value")),
    }
}

/// Says what of a cluster's own doing was left out of the file.
pub fn stripped(summary: &Summary) -> Option<String> {
    let mut fields: Vec<&str> = Vec::new();
    for field in summary.secrets.iter().flat_map(|secret| &secret.stripped) {
        if !fields.contains(field) {
            fields.push(field);
        }
    }
    let last = fields.iter().any(|field| field.contains("last-applied"));
    let warning = if last { " One of them held the values in clear text." } else { "" };
    (!fields.is_empty())
        .then(|| format!("Left out what a cluster had added: {}.{warning}", fields.join(", ")))
}

pub fn sealed_announcement(sealed: &Sealed) -> String {
    if let Some(merged) = &sealed.merged {
        return format!("{}. {REST_STAYS}", changes(merged.counts));
    }
    let values = count(sealed.values, "value");
    match sealed.openings.as_slice() {
        [one] if one.namespace.is_empty() => format!("Sealed {values} for {}.", one.name),
        [one] => format!("Sealed {values} for {} in {}.", one.name, one.namespace),
        several => format!("Sealed {values} in {} Secrets.", several.len()),
    }
}

/// A number with its noun.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A size for people.
pub fn size(bytes: usize) -> String {
    let tenths = |unit: usize, name: &str| {
        let tenths = (bytes * 10 + unit / 2) / unit;
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1000 => count(bytes, "byte"),
        1000..1_000_000 => tenths(1000, "kB"),
        _ => tenths(1_000_000, "MB"),
    }
}

/// Digits in groups of three.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// How long ago, in the largest unit that fits.
pub fn age(since: Timestamp, now: Timestamp) -> String {
    let days = now.unix_seconds().saturating_sub(since.unix_seconds()) / 86_400;
    let days = usize::try_from(days).unwrap_or(usize::MAX);
    match days {
        _ if since > now => format!("valid from {}", date(since)),
        0 => "made today".to_owned(),
        1..=60 => format!("{} old", count(days, "day")),
        61..=730 => format!("{} old", count(days / 30, "month")),
        _ => format!("{} old", count(days / 365, "year")),
    }
}

/// A date for people: `20 November 2036`.
pub fn date(moment: Timestamp) -> String {
    let date = moment.long_date();
    let mut words = date.split([' ', ',']).filter(|word| !word.is_empty());
    match (words.next(), words.next(), words.next()) {
        (Some(month), Some(day), Some(year)) => format!("{day} {month} {year}"),
        _ => date,
    }
}

/// The beginning and the end of a fingerprint: for looking, never for comparing.
pub fn short_fingerprint(fingerprint: &str) -> String {
    match (fingerprint.get(..8), fingerprint.len().checked_sub(5).and_then(|at| fingerprint.get(at..))) {
        (Some(start), Some(end)) => format!("{start}:…:{end}"),
        _ => fingerprint.to_owned(),
    }
}

/// Where in the text, in words.
pub fn place(line: impl Display, column: impl Display) -> String {
    format!("Line {line}, column {column}: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_read_well() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(1300), "1.3 kB");
        assert_eq!(size(1_048_576), "1.0 MB");
        assert_eq!(grouped(728), "728");
        assert_eq!(grouped(1_398_808), "1\u{202f}398\u{202f}808");
    }

    #[test]
    fn an_age_is_told_in_the_unit_that_people_would_use() {
        let at = |days: u64| Timestamp::from_unix_seconds(days * 86_400);
        assert_eq!(age(at(10), at(10)), "made today");
        assert_eq!(age(at(10), at(11)), "1 day old");
        assert_eq!(age(at(10), at(22)), "12 days old");
        assert_eq!(age(at(0), at(100)), "3 months old");
        assert_eq!(age(at(0), at(800)), "2 years old");
        assert_eq!(age(at(11), at(10)), "valid from 12 January 1970");
    }

    #[test]
    fn a_short_fingerprint_shows_both_ends() {
        assert_eq!(short_fingerprint("4F:9A:0C:11:22:E7:21"), "4F:9A:0C:…:E7:21");
        assert_eq!(short_fingerprint("4F"), "4F");
    }

    #[test]
    fn sentences_begin_large_and_end_once() {
        assert_eq!(sentence("it is so"), "It is so.");
        assert_eq!(sentence("Is it so?"), "Is it so?");
        assert_eq!(sentence(""), "");
    }
}
