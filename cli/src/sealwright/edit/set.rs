//! `sealwright set`: seals values into a SealedSecret that is there.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

use clap::Args;
use sealer_core::builders::{Built, MAX_BYTES, TooLarge};
use sealer_core::inspect::{Item, inspect};
use sealer_core::merge::{self, Changes, MergeError};
use sealer_core::seal::seal_item;
use sealer_core::{Binding, Plaintext, SealError, SealedSecret, SealingKey};

use super::{EditError, FileArgs};
use crate::cert_source::CertSourceError;
use crate::clock::now;
use crate::error::say;
use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::values::ValueArgs;
use crate::sealwright::verdict::{Failure, Verdict};

/// Where, the values, and what they are sealed with.
#[derive(Debug, Args)]
#[command(after_help = "\
Keys that are there are replaced, others added; no other byte of the file changes. Name, namespace and scope are the
file's: a value that is sealed for others would never open in it.

Examples:
  sealwright set apps/db.yaml password
  pwgen -s 32 1 | tr -d '\\n' | sealwright set apps/db.yaml password --cert prod.pem
  sealwright set apps/db.yaml ca.crt --from-file certs/root.pem
  sealwright set apps/app.yaml --from-env-file .env --dialect godotenv --dry-run")]
pub struct SetArgs {
    #[command(flatten)]
    file: FileArgs,
    /// One key to set: its value is asked for, unseen, or read from standard input or from --from-file PATH
    #[arg(conflicts_with_all = ["from_env_file", "from_stdin", "prompt", "insecure_argv"])]
    key: Option<String>,
    /// Certificate to seal with, a file or URL [default: the controller's]
    #[arg(long, value_name = "FILE|URL", env = "SEALED_SECRETS_CERT", hide_env = true)]
    cert: Option<String>,
    #[command(flatten)]
    values: ValueArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Seals the values into the file.
pub fn run(
    args: &SetArgs,
    surroundings: &Surroundings,
    stderr_is_terminal: bool,
) -> Result<Verdict, Failure> {
    let file = &args.file;
    let before = file.read()?;
    let sealed = file.sealed(&before)?;
    let target = file.target(&sealed)?;
    let binding = file.binding(target.sealed())?;
    // Standard input is read before a cluster is asked: a credential plugin of the kubeconfig inherits it.
    let values = match &args.key {
        Some(key) => args.values.read_one(key, io::stdin().is_terminal())?,
        None => args.values.read()?,
    };
    for note in &values.notes {
        say(&format!("warning: {note}\n"));
    }
    let bytes = bytes_together(target.sealed(), &values.data);
    if bytes > MAX_BYTES {
        return Err(EditError::TooLarge { path: file.path.clone(), source: TooLarge { bytes } }.into());
    }
    let cert = args.cluster.cert_source(args.cert.as_deref(), stderr_is_terminal);
    let cert = cert.certificate(surroundings)?;
    let key = cert.check(now()).map_err(CertSourceError::from)?;
    let encrypted_data = seal_all(&values, &binding, key)?;
    let changes = Changes { encrypted_data, ..Changes::default() };
    let after = match file.edited(&target, &changes) {
        Err(error) => return Err(with_lines(error, &changes)?),
        Ok(after) => after,
    };
    let done = summary(target.sealed(), &changes);
    file.finish(&before, &after)?;
    if !file.is_dry_run() {
        say(&format!("{}: {done}\n", file.path.display()));
    }
    Ok(Verdict::Yes)
}

/// How many bytes the values will have together. What is sealed shows its length.
fn bytes_together(before: &SealedSecret, values: &BTreeMap<String, Plaintext>) -> usize {
    let stays = inspect(before).items.into_iter().filter(|(key, _)| !values.contains_key(*key));
    let sealed = stays.map(|(_, item)| match item {
        Item::Sealed { plaintext, .. } => plaintext,
        Item::NotBase64 | Item::Truncated => 0,
    });
    sealed.chain(values.values().map(Plaintext::len)).sum()
}

fn seal_all(
    values: &Built,
    binding: &Binding,
    key: &SealingKey,
) -> Result<BTreeMap<String, String>, EditError> {
    let seal = |(name, value)| match seal_item(value, binding, key, &mut getrandom::SysRng) {
        Ok(sealed) => Ok((String::clone(name), sealed)),
        Err(source) => Err(SealError { key: name.clone(), source }.into()),
    };
    values.data.iter().map(seal).collect()
}

/// Where only the way the file is written stands in the way, gives out the lines that somebody can paste.
fn with_lines(error: EditError, changes: &Changes) -> Result<Failure, Failure> {
    match error {
        EditError::Edit { path, keys, source: source @ MergeError::NotInPlace { .. }, .. } => {
            let lines = merge::lines(&changes.encrypted_data);
            output::write(&Output::Stdout, lines.as_bytes(), Privacy::Public)?;
            Ok(EditError::Edit { path, keys, lines_shown: true, source }.into())
        }
        other => Ok(other.into()),
    }
}

/// What happened to which keys: a name that is mistyped is added, where one was to be replaced.
fn summary(before: &SealedSecret, changes: &Changes) -> String {
    let is_there = |key: &&String| before.encrypted_data.contains_key(*key);
    let (replaced, added): (Vec<&String>, Vec<&String>) = changes.encrypted_data.keys().partition(is_there);
    let mut parts = Vec::new();
    for (what, keys) in [("replaced", replaced), ("added", added)] {
        if !keys.is_empty() {
            let keys: Vec<&str> = keys.into_iter().map(String::as_str).collect();
            parts.push(format!("{what} {}", keys.join(", ")));
        }
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use sealer_core::encode_base64;

    use super::*;

    #[test]
    fn the_values_that_stay_count_with_the_new_ones() {
        let sealed = |length: usize| encode_base64(&[&[1, 0], &vec![7; 256 + 16 + length][..]].concat());
        let before = SealedSecret {
            encrypted_data: [("a", sealed(5)), ("b", sealed(70)), ("c", "AgA".to_owned())]
                .map(|(key, text)| (key.to_owned(), text))
                .into(),
            ..SealedSecret::default()
        };
        for (values, bytes) in [(&[][..], 75), (&[("b", 1000)], 1005), (&[("c", 3), ("d", 0)], 78)] {
            let values = values
                .iter()
                .map(|(key, length)| ((*key).to_owned(), Plaintext::new(vec![0; *length])))
                .collect();
            assert_eq!(bytes_together(&before, &values), bytes);
        }
    }

    #[test]
    fn the_summary_tells_what_was_there_from_what_is_new() {
        let values = |keys: &[&str]| keys.iter().map(|key| ((*key).to_owned(), String::new())).collect();
        let before = SealedSecret { encrypted_data: values(&["a", "b"]), ..SealedSecret::default() };
        for (keys, text) in [
            (&["a"][..], "replaced a"),
            (&["c", "d"], "added c, d"),
            (&["c", "b", "a"], "replaced a, b; added c"),
        ] {
            let changes = Changes { encrypted_data: values(keys), ..Changes::default() };
            assert_eq!(summary(&before, &changes), text);
        }
    }
}
