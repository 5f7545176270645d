//! Every word that the page says, the loading and failure messages in `index.html` apart.

use sealer_core::Scope;

use crate::desk::{Need, Sealed};
use crate::reading::{Kind, SecretSummary, Summary, Trap};
use crate::secret_type::SecretType;
use crate::services::theme::Theme;
use crate::state::Seen;

mod details;
mod file;
mod measure;
mod problem;
mod remark;

pub use details::*;
pub use file::*;
pub use measure::*;
pub use problem::*;
pub use remark::*;

pub const SKIP: &str = "Skip to the result";
pub const PROMISE: &str = "Nothing you type leaves this page.";
pub const HOW_TO_CHECK: &str = "How to check";
pub const CHECKS: [&str; 4] = [
    "Open the browser's developer tools and their Network tab. From now on nothing appears there: the page has forbidden itself every request, to its own server too.",
    "Cut the network, or switch to flight mode, and seal. It works the same.",
    "Compare the fingerprint of the sealing key with the one that your administrator sees.",
    "Compare the build at the foot of the page: it begins the SHA-256 of the sealing code, which the release publishes.",
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
pub const CHANGE_EXPECTED: &str = "Remember the new key";
pub const BESIDE: &str = "A file of its own also for";
pub const CERTIFICATE_TAKEN: &str = "Certificate taken.";
pub const BRING_CERTIFICATE: &str = "Paste it above. Your text stays here meanwhile.";

pub const INPUT_TITLE: &str = "Your secret";
pub const INPUT_HOW: &str = "Paste a Secret, KEY=value lines, a certificate and key, or a SealedSecret to change.\nOr drop files anywhere on this page.";
pub const BROWSE: &str = "Browse files";
pub const HIDE: &str = "Hide the text";
pub const AS_ONE_VALUE: &str = "Take the file as one value";
pub const START_OVER: &str = "Start over";
pub const DIALECT: &str = "Quotation marks";
pub const DIALECT_DOTENV: &str = "are removed, as in .env files";
pub const DIALECT_DOCKER: &str = "belong to the value, as in docker --env-file";
pub const COLUMN_KEY: &str = "Key";
pub const COLUMN_VALUE: &str = "Value";
pub const COLUMN_SIZE: &str = "Size";
pub const HIDDEN_VALUE: &str = "hidden value";

pub const TARGET_TITLE: &str = "Where it may be opened";
pub const NAMESPACE: &str = "Namespace";
pub const NAMESPACE_FOR_OTHERS: &str = "Namespace of Secrets that name none";
pub const NAME: &str = "Name";
pub const SCOPE_LEGEND: &str = "Who can open it";
pub const SOME_NAME: &str = "its name";
pub const SOME_NAMESPACE: &str = "its namespace";
pub const ANYWHERE: &str = "Whoever can create SealedSecrets in any namespace can have a copy opened there.";
pub const LOCKED: &str = "The values are cleared. To change where it opens, paste them again.";

pub const TYPE: &str = "Type";
pub const FROM_LINK: &str = "from a link";
pub const FROM_FILE: &str = "from the file ";
pub const MAKE_LINK: &str = "Make a link";
pub const MAKE_LINK_HOW: &str =
    "Whoever follows it finds these names and the keys to fill in, never a value.";
pub const LINK: &str = "Link";
pub const COPY_LINK: &str = "Copy the link";

pub const RESULT_TITLE: &str = "Result";
pub const SAFE: &str = "safe to commit";
pub const EMPTY: &str = "Paste a secret; the sealed file appears here.";
pub const EMPTY_ROWS: &str = "Fill in the values; the sealed file appears here.";
pub const TRY_EXAMPLE: &str = "Try it with an example";
pub const EXAMPLE: &str = "# An example. Nobody's secret.\napiVersion: v1\nkind: Secret\nmetadata:\n  name: example\n  namespace: default\nstringData:\n  password: hunter2\n";
pub const STEPS: [&str; 2] = [
    "Your browser encrypts each value with the cluster's public key.",
    "You download a SealedSecret and commit it like any other file.",
];
pub const THE_CLUSTER: &str = "that cluster";
pub const SEALING: &str = "Sealing…";
pub const FIX_THE_TEXT: &str = "The text needs a correction first.";
pub const NEARLY: &str = "Nearly there.";
pub const FILL_IN: &str = "Say where it may be opened, and it is sealed at once.";
pub const FILL_VALUES: &str = "Fill in the value of every key, or remove its row.";
pub const OPENS_ANYWHERE: &str = "Can be opened under any name, in any namespace of the cluster";
pub const SHORT_ANYWHERE: &str = "anywhere in the cluster";
pub const DOWNLOAD: &str = "Download";
pub const DOWNLOADED: &str = "Downloaded.";
pub const COPY: &str = "Copy";
pub const COPIED_BUTTON: &str = "Copied";
pub const COPIED: &str = "Copied.";
pub const YAML_LABEL: &str = "Sealed YAML";
pub const COMMAND: &str = "The same on a command line";
pub const COMMAND_HOW: &str = "“sealwright cert fetch” writes the certificate into a file. What is secret comes from files, or is asked for.";
pub const NEXT: &str = "Next: put it in your repository and commit. The Secret appears after the next sync.";
pub const VALUES_STAY: &str = "Your text is cleared when you leave this page.";
pub const IDLE: &str = "Nobody has used this page for a while. In a minute what was entered is cleared; any key or click keeps it.";
pub const IDLE_CLEARED: &str = "What was entered was cleared, since nobody had used this page for a while.";
pub const WIPE: &str = "Clear it now";
pub const WIPED: &str = "Your text is cleared.";
pub const BAR: &str = "Result, in short";

pub const LEDGER_LOADING: &str = " requests to load this page, all to its own server";
pub const LEDGER_ONE_FILE: &str = " requests to load this page: everything is in this file";
pub const LEDGER_SINCE: &str = " since";
pub const ONE_FILE: &str = "Download this page as one file";
pub const ONE_FILE_ADDRESS: &str = "sealer.html";

/// GitHub by its name; nobody else can have its address.
pub fn open_in(host: &str) -> String {
    format!("Open in {}", if host == "github.com" { "GitHub" } else { host })
}

pub fn goes_to(host: &str) -> String {
    format!("That takes the sealed file to {host}, as a new file there: names and ciphertext, no value.")
}

pub fn too_long_for(host: &str) -> String {
    format!("It is too long to be taken to {host} in an address. Download or copy it.")
}

pub fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "Theme: system",
        Theme::Light => "Theme: light",
        Theme::Dark => "Theme: dark",
    }
}

pub fn trap(trap: Trap) -> &'static str {
    match trap {
        Trap::LineBreak => "Ends with a line break. Apps often take it as part of the password.",
        Trap::Base64 => {
            "This is base64 of a text, and the app gets it as such. If it was to get the text, decode it first."
        }
    }
}

/// What changed, and what to do about it.
pub fn certificate_changed(cluster: &str, before: &Seen, fingerprint: &str) -> (String, &'static str) {
    let what = format!(
        "The sealing key of {cluster} is another one than on {}: {}, before {}.",
        date(before.at),
        short_fingerprint(fingerprint),
        short_fingerprint(&before.fingerprint),
    );
    (
        what,
        "That is usual after a renewal: clusters make a new key every 30 days. If nobody expects it, compare the whole fingerprint with your administrator.",
    )
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

pub fn secret_type(secret_type: SecretType) -> &'static str {
    match secret_type {
        SecretType::Opaque => "Opaque",
        SecretType::Tls => "TLS",
        SecretType::Docker => "Docker registry",
        SecretType::BasicAuth => "Basic auth",
        SecretType::SshAuth => "SSH key",
    }
}

/// What a link did, and what is left to do.
pub fn followed(keys: usize) -> String {
    match keys {
        0 => "The link that you followed filled in what is marked.".to_owned(),
        _ => {
            format!("The link that you followed filled in what is marked. Fill in {}.", count(keys, "value"))
        }
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
        Need::Values => FILL_VALUES,
        Need::Details => CORRECT_DETAILS,
        Need::Correction => CORRECT_VALUE,
        Need::BetterNamespace => "Kubernetes takes lower-case letters, digits and “-”, at most 63.",
        Need::BetterName => "Kubernetes takes lower-case letters, digits, “-” and “.”, at most 253.",
    }
}

pub fn recognised(summary: &Summary) -> String {
    let values = count(summary.values(), "value");
    match (summary.kind, summary.secrets.len()) {
        (Kind::Lines(_), _) => format!("recognised as KEY=value lines, {values}"),
        (Kind::Typed(SecretType::Tls), _) => "recognised as a TLS certificate and key".to_owned(),
        (Kind::Typed(SecretType::SshAuth), _) => "recognised as a private key for SSH".to_owned(),
        (Kind::Typed(_), _) => "recognised as docker's config.json".to_owned(),
        (Kind::Certificates, _) => "recognised as a certificate".to_owned(),
        (Kind::PrivateKey, _) => "recognised as a private key".to_owned(),
        (Kind::Manifests, 1) => format!("recognised as a Secret manifest, {values}"),
        (Kind::Manifests, secrets) => format!("recognised as {secrets} Secret manifests, {values}"),
    }
}

/// The word beside the title of the result.
pub fn badge(sealed: &Sealed) -> String {
    match &sealed.merged {
        Some(merged) => format!("{}, {SAFE}", count(merged.counts.total(), "change")),
        None => SAFE.to_owned(),
    }
}

/// What the button says that downloads all files.
pub fn download(sealed: &Sealed) -> String {
    match sealed.others.len() {
        0 => DOWNLOAD.to_owned(),
        others => format!("{DOWNLOAD} {}", count(others + 1, "file")),
    }
}

/// For whom there are other files.
pub fn files_of_others(sealed: &Sealed) -> String {
    let clusters: Vec<&str> = sealed.others.iter().map(|other| &*other.cluster).collect();
    format!("There is a file of its own for {}.", clusters.join(", "))
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
    let files = match sealed.others.len() {
        0 => String::new(),
        others => format!(" {}.", count(others + 1, "file")),
    };
    match sealed.openings.as_slice() {
        [one] if one.namespace.is_empty() => format!("Sealed {values} for {}.{files}", one.name),
        [one] => format!("Sealed {values} for {} in {}.{files}", one.name, one.namespace),
        several => format!("Sealed {values} in {} Secrets.{files}", several.len()),
    }
}
