//! `sealwright inspect`: shows what a SealedSecret tells without a key.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use sealer_core::inspect::{Inspection, Item, inspect};
use serde_json::{Value, json};

use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::{ClusterArgs, Format};
use crate::sealwright::sealed_files::{self, SealedFile, name};
use crate::sealwright::verdict::{Failure, Verdict};

/// What is shown, and how.
#[derive(Debug, Args)]
#[command(after_help = "\
No key and no cluster is needed: the lengths of the values and the size of the key they are sealed for are not hidden.
Which key sealed a value can't be seen, nor when; with --cert its size is compared with the certificate's.

Examples:
  sealwright inspect apps/db.yaml
  sealwright inspect --cert cert.pem apps/
  sealwright inspect --format json - < db.yaml")]
pub struct InspectArgs {
    /// Files and directories with SealedSecrets; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Compare with this certificate: a file or a URL; the empty text asks the controller
    #[arg(long, value_name = "FILE")]
    pub cert: Option<String>,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs, reason = "its type says it")]
    pub cluster: ClusterArgs,
}

/// Shows every SealedSecret of the files.
pub fn run(args: &InspectArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    let files = sealed_files::read(&args.files)?;
    let bits = match &args.cert {
        Some(cert) => {
            let source = args.cluster.cert_source(Some(cert), io::stderr().is_terminal());
            Some(source.certificate(surroundings)?.bits())
        }
        None => None,
    };
    let shown = match args.format {
        Format::Text => text(&files, bits),
        Format::Json => {
            let objects = each(&files).map(|(path, seen)| object(path, &seen, bits)).collect::<Vec<_>>();
            format!("{:#}\n", json!({ "version": 1, "objects": objects }))
        }
    };
    output::write(&Output::Stdout, shown.as_bytes(), Privacy::Public)?;
    Ok(Verdict::Yes)
}

fn each(files: &[SealedFile]) -> impl Iterator<Item = (&str, Inspection<'_>)> {
    files.iter().flat_map(|file| file.sealed.iter().map(|sealed| (file.path.as_str(), inspect(sealed))))
}

fn text(files: &[SealedFile], bits: Option<usize>) -> String {
    let objects: Vec<String> = each(files).map(|(path, seen)| paragraph(path, &seen, bits)).collect();
    objects.join("\n")
}

fn paragraph(path: &str, seen: &Inspection<'_>, bits: Option<usize>) -> String {
    let (sealed, template) = (seen.sealed, &seen.sealed.template);
    let mut text = format!("{path}: {}\n", name(sealed));
    let mut line = |head: &str, rest: &str| text.push_str(&format!("  {head:<11}{}\n", one_line(rest)));
    line("scope", &format!("{}. {}", seen.scope, seen.consequence()));
    line("type", template.type_.as_deref().unwrap_or("Opaque, as none is given"));
    if let Some(immutable) = template.immutable {
        line("immutable", if immutable { "yes: changes need the Secret to be deleted first" } else { "no" });
    }
    let width = seen.items.keys().map(|key| key.chars().count()).max().unwrap_or_default();
    for (index, (key, item)) in seen.items.iter().enumerate() {
        line(if index == 0 { "values" } else { "" }, &format!("{key:<width$}  {}", words(*item)));
    }
    if sealed.deprecated_data.is_some() {
        line("values", "all in one under spec.data, the deprecated form");
    }
    let labels = template.metadata.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    for (head, pairs) in [("labels", labels.collect::<Vec<_>>()), ("annotated", seen.annotations().collect())]
    {
        for (index, (key, value)) in pairs.into_iter().enumerate() {
            line(if index == 0 { head } else { "" }, &format!("{key}: {value}"));
        }
    }
    for (index, (key, value)) in template.data.iter().enumerate() {
        let head = if index == 0 { "templates" } else { "" };
        line(head, &format!("{key}  not encrypted, {} bytes", value.len()));
    }
    if let Some(age) = seen.age(bits) {
        line("keys", &age);
    }
    text
}

fn words(item: Item) -> String {
    match item {
        Item::Sealed { plaintext, sealed, key_bits } => {
            format!("{plaintext} bytes, sealed in {sealed} for an RSA key of {key_bits} bits")
        }
        Item::NotBase64 => "not base64: it can't be opened".to_owned(),
        Item::Truncated => "no whole sealed value: it can't be opened".to_owned(),
    }
}

fn object(path: &str, seen: &Inspection<'_>, bits: Option<usize>) -> Value {
    let (metadata, template) = (&seen.sealed.metadata, &seen.sealed.template);
    let values: BTreeMap<&str, Value> = seen.items.iter().map(|(key, item)| (*key, value(*item))).collect();
    json!({
        "path": path,
        "namespace": metadata.namespace,
        "name": metadata.name,
        "scope": seen.scope.as_str(),
        "consequence": seen.consequence(),
        "type": template.type_,
        "immutable": template.immutable,
        "deprecated": seen.sealed.deprecated_data.is_some(),
        "values": values,
        "labels": template.metadata.labels,
        "annotations": seen.annotations().collect::<BTreeMap<_, _>>(),
        "templates": template.data,
        "keys": seen.age(bits),
    })
}

fn value(item: Item) -> Value {
    match item {
        Item::Sealed { plaintext, sealed, key_bits } => {
            json!({ "bytes": plaintext, "sealedBytes": sealed, "keyBits": key_bits })
        }
        Item::NotBase64 => json!({ "fault": "not-base64" }),
        Item::Truncated => json!({ "fault": "truncated" }),
    }
}

/// Annotations and keys may hold any text; here each has one line.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
