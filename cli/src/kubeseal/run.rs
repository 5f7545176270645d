//! Carries a command out.

use rayon::prelude::*;
use sealer_core::seal::seal_item;
use sealer_core::{Policy, Scope, SealError, SealRequest, SealRequestError, emit, manifest, seal};
use unsealer::{Identity, Job, Keyring};
use zeroize::Zeroizing;

use crate::cert_source::CertSource;
use crate::clock::now;
use crate::input::{self, Opened};
use crate::kubeconfig::{self, KubeconfigError, Surroundings};
use crate::kubeseal::command::{
    Command, Format, NamespaceSource, SealCommand, SealValueCommand, UnsealCommand, overrides, raw_binding,
    value_source,
};
use crate::kubeseal::error::CliError;
use crate::kubeseal::help::help;
use crate::kubeseal::{merge, re_encrypt, validate};
use crate::output::Output;
use crate::output::{self, Privacy};
use crate::private_keys;

/// The version that `--version` prints; with a `v`, as scripts expect it.
const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));

/// From how many Secrets on all cores seal: starting their threads takes about as long as sealing a few.
const MANY: usize = 8;

/// Does what the command says. Nothing is written unless everything went well. What is to be said besides, however
/// it went, is added to the notes.
pub fn run(
    command: &Command,
    program: &str,
    surroundings: &Surroundings,
    notes: &mut Vec<String>,
) -> Result<(), CliError> {
    match command {
        Command::Help => Ok(output::write(&Output::Stdout, help(program).as_bytes(), Privacy::Public)?),
        Command::Version => {
            let line = format!("kubeseal version: {VERSION}\n");
            Ok(output::write(&Output::Stdout, line.as_bytes(), Privacy::Public)?)
        }
        Command::FetchCert { cert, output, unread } => {
            input::present(unread.as_deref())?;
            output::check(output)?;
            Ok(output::write(output, &cert.load(surroundings)?, Privacy::Public)?)
        }
        Command::Validate(command) => validate::validate(command, surroundings),
        Command::ReEncrypt(command) => re_encrypt::re_encrypt(command, surroundings, notes),
        Command::Seal(command) => seal_secrets(command, surroundings),
        Command::Merge(command) => merge::merge_into(command, surroundings, notes),
        Command::SealValue(command) => seal_value(command, surroundings),
        Command::Unseal(command) => unseal_secrets(command, notes),
    }
}

fn seal_secrets(command: &SealCommand, surroundings: &Surroundings) -> Result<(), CliError> {
    let mut input = input::open(&command.input)?;
    output::check(&command.output)?;
    if matches!(command.cert, CertSource::Cluster(_)) {
        input = input.secured()?;
    }
    let cert = command.cert.certificate(surroundings)?;
    let key = cert.check(now())?;
    let manifests = manifest::read_secrets(&input.text()?, Policy::Kubeseal)?;

    let (fallback, untold) = default_namespace(&command.namespace, surroundings);
    let requests: Result<Vec<SealRequest>, SealRequestError> = manifests
        .into_iter()
        .map(|manifest| {
            let overrides = overrides(command, &manifest, fallback.as_deref());
            SealRequest::new(manifest, overrides)
        })
        .collect();
    let requests = requests.map_err(|error| CliError::request(error, untold))?;

    let format = command.format.judge()?;
    let document = |request| {
        let sealed = seal(request, key, &mut getrandom::SysRng)?;
        Ok::<_, SealError>(match format {
            Format::Json => emit::to_json(&sealed),
            Format::Yaml => format!("---\n{}", emit::to_yaml(&sealed)),
        })
    };
    let documents: Result<Vec<String>, SealError> = if requests.len() < MANY {
        requests.iter().map(document).collect()
    } else {
        requests.par_iter().map(document).collect()
    };
    Ok(output::write(&command.output, documents?.concat().as_bytes(), Privacy::Public)?)
}

fn seal_value(command: &SealValueCommand, surroundings: &Surroundings) -> Result<(), CliError> {
    input::present(command.unread.as_deref())?;
    output::check(&command.output)?;
    let mut stdin = Opened::Stdin { prompt: command.prompt };
    if command.from_file.is_empty() && matches!(command.cert, CertSource::Cluster(_)) {
        stdin = stdin.secured()?;
    }
    let cert = command.cert.certificate(surroundings)?;
    let key = cert.check(now())?;
    let namespace = match &command.namespace {
        _ if command.scope == Scope::ClusterWide => String::new(),
        NamespaceSource::Given(namespace) => namespace.clone(),
        NamespaceSource::Kubeconfig(choice) => kubeconfig::namespace(choice, surroundings)?,
    };
    let binding = raw_binding(command.scope, &namespace, command.name.as_deref())?;
    let value = match value_source(&command.from_file)? {
        Some(file) => input::value(&file)?,
        None => stdin.value()?,
    };
    let sealed = seal_item(&value, &binding, key, &mut getrandom::SysRng)?;
    Ok(output::write(&command.output, sealed.as_bytes(), Privacy::Public)?)
}

fn unseal_secrets(command: &UnsealCommand, notes: &mut Vec<String>) -> Result<(), CliError> {
    let input = input::open(&command.input)?;
    output::check(&command.output)?;
    let backup = private_keys::read(&command.keys)?;
    notes.extend(backup.notes);
    let ring = Keyring::from_private_keys(backup.keys);
    let sealed = manifest::read_sealed_secrets(&input.text()?, Policy::Kubeseal)?;
    let mut secrets = Vec::with_capacity(sealed.len());
    for sealed in &sealed {
        // A file is no object of a cluster; its templates are rendered now.
        let job = Job::new(sealed, true)?.identified(Identity { uid: "", time: now() });
        secrets.push(job.assemble(job.open_all(&ring), &ring)?.secret);
    }

    let format = command.format.judge()?;
    let documents: Vec<Zeroizing<String>> = secrets
        .iter()
        .map(|secret| match format {
            Format::Json => emit::secret_to_json(secret),
            Format::Yaml => emit::secret_to_yaml(secret),
        })
        .collect();
    let separator = match format {
        Format::Json => "",
        Format::Yaml => "---\n",
    };
    // Made in one piece, so that no smaller buffer with plaintext is left behind.
    let length = documents.iter().map(|document| separator.len() + document.len()).sum();
    let mut text = Zeroizing::new(String::with_capacity(length));
    for document in &documents {
        text.push_str(separator);
        text.push_str(document);
    }
    Ok(output::write(&command.output, text.as_bytes(), Privacy::Plaintext)?)
}

/// The namespace where neither the input nor the command line names one. A kubeconfig that does not tell is no
/// mistake as long as nobody needs it.
pub(crate) fn default_namespace(
    source: &NamespaceSource,
    surroundings: &Surroundings,
) -> (Option<String>, Option<KubeconfigError>) {
    match source {
        NamespaceSource::Given(_) => (None, None),
        NamespaceSource::Kubeconfig(choice) => match kubeconfig::namespace(choice, surroundings) {
            Ok(namespace) => (Some(namespace), None),
            Err(error) => (None, Some(error)),
        },
    }
}
