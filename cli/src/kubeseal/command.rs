//! Every rule about flags, as pure functions: flags and facts in, one command out.

use std::path::{Path, PathBuf};

use sealer_core::{Binding, Overrides, Scope, SecretManifest};

use crate::cert_source::CertSource;
use crate::cluster::Controller;
use crate::input::Input;
use crate::kubeconfig::KubeconfigChoice;
use crate::kubeseal::args::Args;
use crate::output::Output;

/// What is known about the surroundings before anything is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Somebody would have to type the input.
    pub stdin_is_terminal: bool,
    /// Somebody reads stderr.
    pub stderr_is_terminal: bool,
}

/// What to do. Flags that another one makes meaningless are left out, as upstream leaves them out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Print the usage.
    Help,
    /// Print the version.
    Version,
    /// Write the certificate, byte for byte.
    FetchCert {
        /// Where it is.
        cert: CertSource,
        /// Where it goes.
        output: Output,
        /// `--secret-file`: it has to be there, and is not read.
        unread: Option<PathBuf>,
    },
    /// Ask the controller whether SealedSecrets open.
    Validate(ValidateCommand),
    /// Have the controller seal SealedSecrets again.
    ReEncrypt(ReEncryptCommand),
    /// Seal Secrets.
    Seal(SealCommand),
    /// Seal one Secret into a file that is there.
    Merge(MergeCommand),
    /// Seal one value.
    SealValue(SealValueCommand),
    /// Open SealedSecrets with private keys from a backup.
    Unseal(UnsealCommand),
}

/// Asks the controller whether it opens SealedSecrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidateCommand {
    /// The SealedSecrets.
    pub input: Input,
    /// Who is asked.
    pub controller: Controller,
}

/// Has the controller seal SealedSecrets again, with its newest key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReEncryptCommand {
    /// The SealedSecrets.
    pub input: Input,
    /// Who is asked.
    pub controller: Controller,
    /// Where the result goes.
    pub output: Output,
    /// Whether that is where the input comes from.
    pub is_in_place: bool,
    /// The form it gets.
    pub format: FormatWord,
}

/// Seals the Secrets of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealCommand {
    /// The manifest.
    pub input: Input,
    /// The certificate to seal with.
    pub cert: CertSource,
    /// Where the SealedSecrets go.
    pub output: Output,
    /// The form they get.
    pub format: FormatWord,
    /// The name, in place of the manifest's.
    pub name: Option<String>,
    /// The namespace of the command line or the kubeconfig.
    pub namespace: NamespaceSource,
    /// `--scope`; strict is the same as nothing.
    pub scope: Scope,
    /// Whether a Secret without values is sealed.
    pub allow_empty_data: bool,
}

/// Seals a Secret into a SealedSecret that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeCommand {
    /// The manifest with the new values.
    pub input: Input,
    /// The certificate to seal with.
    pub cert: CertSource,
    /// The file with the SealedSecret.
    pub target: PathBuf,
    /// `--format`: judged, and otherwise without effect, as the file keeps its own.
    pub format: FormatWord,
    /// The namespace of the command line or the kubeconfig.
    pub namespace: NamespaceSource,
    /// `--scope`, where it is given.
    pub scope: Option<Scope>,
    /// Whether a Secret without values is merged, for its labels and annotations.
    pub allow_empty_data: bool,
}

/// Seals one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealValueCommand {
    /// What `--from-file` says; see [`value_source`].
    pub from_file: Vec<String>,
    /// `--secret-file`: it has to be there, and is not read.
    pub unread: Option<PathBuf>,
    /// Said before a value is read from a terminal.
    pub prompt: Option<&'static str>,
    /// The certificate to seal with.
    pub cert: CertSource,
    /// Where the sealed value goes.
    pub output: Output,
    /// `--name`
    pub name: Option<String>,
    /// The namespace of the command line or the kubeconfig.
    pub namespace: NamespaceSource,
    /// `--scope`
    pub scope: Scope,
}

/// Opens SealedSecrets without a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsealCommand {
    /// The SealedSecrets.
    pub input: Input,
    /// The files with private keys.
    pub keys: Vec<PathBuf>,
    /// Where the plaintext goes.
    pub output: Output,
    /// The form it gets.
    pub format: FormatWord,
}

/// Where the namespace comes from when the input names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamespaceSource {
    /// `-n`: it must not contradict the input.
    Given(String),
    /// The kubeconfig's context.
    Kubeconfig(KubeconfigChoice),
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Indented JSON.
    Json,
    /// YAML documents.
    Yaml,
}

/// The word of `--format`. It is judged when something is to be written, as upstream judges it: `--raw -o x` works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatWord(String);

/// A rule about flags is broken. The texts are upstream's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlagError {
    /// `--from-file` without `--raw`.
    #[error("--from-file requires --raw")]
    FromFileWithoutRaw,
    /// More than one `--from-file`.
    #[error("must provide only one --from-file when encrypting a single item with --raw")]
    OneFromFile,
    /// `--raw` in a scope that needs a name.
    #[error("must provide the --name flag with --raw and --scope {0}")]
    RawName(Scope),
    /// `--raw` in a scope that needs a namespace.
    #[error("must provide the --namespace flag with --raw and --scope {0}")]
    RawNamespace(Scope),
    /// Neither json nor yaml.
    #[error("unsupported output format: {0}")]
    Format(String),
}

/// What the flags ask for, and what is to be said about those that ask for nothing.
///
/// The first that applies wins: version, help, recovery, checking, sealing again, fetching, merging, one value, Secrets.
pub fn choose(args: &Args, facts: Facts) -> Result<(Command, Vec<String>), FlagError> {
    let mut notes = Vec::new();
    if !args.positional.is_empty() {
        let count = args.positional.len();
        let what = if count == 1 { "one argument that is" } else { "arguments that are" };
        notes.push(format!("ignoring {what} no flag; the input comes from stdin or -f FILE"));
    }
    if args.version {
        return Ok((Command::Version, notes));
    }
    if args.help {
        return Ok((Command::Help, notes));
    }
    if !args.from_file.is_empty() && !args.raw {
        return Err(FlagError::FromFileWithoutRaw);
    }
    if args.recovery_unseal {
        let keys = args.recovery_private_key.iter().map(PathBuf::from).collect();
        if args.re_encrypt {
            notes.push("ignoring --re-encrypt: --recovery-unseal only opens".to_owned());
        }
        let command = UnsealCommand {
            input: input(args, facts),
            keys,
            output: output(args),
            format: format(args, &args.sealed_secret_file),
        };
        return Ok((Command::Unseal(command), notes));
    }
    if !args.recovery_private_key.is_empty() && facts.stderr_is_terminal {
        notes.push(
            "warning: ignoring --recovery-private-key because unseal command not chosen with --recovery-unseal"
                .to_owned(),
        );
    }
    if args.validate {
        if args.re_encrypt {
            notes.push("ignoring --re-encrypt: --validate only checks".to_owned());
        }
        if !args.sealed_secret_file.is_empty() {
            notes.push("ignoring --sealed-secret-file: --validate writes nothing".to_owned());
        }
        let command = ValidateCommand { input: input(args, facts), controller: controller(args, facts) };
        return Ok((Command::Validate(command), notes));
    }
    if args.re_encrypt {
        return Ok((Command::ReEncrypt(re_encryption(args, facts)), notes));
    }
    let cert = CertSource::new(&args.cert, args.request_timeout, || controller(args, facts));
    let unread = given(&args.secret_file).map(PathBuf::from);
    if args.fetch_cert {
        return Ok((Command::FetchCert { cert, output: output(args), unread }, notes));
    }
    if !args.merge_into.is_empty() {
        if !args.sealed_secret_file.is_empty() {
            notes.push("ignoring --sealed-secret-file: --merge-into writes to its own file".to_owned());
        }
        if !args.name.is_empty() {
            notes.push("ignoring --name: --merge-into takes the name of the SealedSecret".to_owned());
        }
        let command = MergeCommand {
            input: input(args, facts),
            cert,
            target: PathBuf::from(&args.merge_into),
            format: FormatWord(args.format.clone()),
            namespace: namespace(args),
            scope: args.scope,
            allow_empty_data: args.allow_empty_data,
        };
        return Ok((Command::Merge(command), notes));
    }
    if args.raw {
        if !args.secret_file.is_empty() {
            notes.push("ignoring --secret-file: --raw reads the value from --from-file or stdin".to_owned());
        }
        let command = SealValueCommand {
            from_file: args.from_file.clone(),
            unread,
            prompt: facts
                .stdin_is_terminal
                .then_some("(tty detected: expecting a secret to encrypt in stdin)"),
            cert,
            output: output(args),
            name: given(&args.name),
            namespace: namespace(args),
            scope: args.scope.unwrap_or_default(),
        };
        return Ok((Command::SealValue(command), notes));
    }
    let command = SealCommand {
        input: input(args, facts),
        cert,
        output: output(args),
        format: format(args, &args.sealed_secret_file),
        name: given(&args.name),
        namespace: namespace(args),
        scope: args.scope.unwrap_or_default(),
        allow_empty_data: args.allow_empty_data,
    };
    Ok((Command::Seal(command), notes))
}

/// A file that is read and no other that is written: the result takes its place.
fn re_encryption(args: &Args, facts: Facts) -> ReEncryptCommand {
    let is_in_place = args.sealed_secret_file.is_empty() && !args.secret_file.is_empty();
    let file = if is_in_place { &args.secret_file } else { &args.sealed_secret_file };
    ReEncryptCommand {
        input: input(args, facts),
        controller: controller(args, facts),
        output: given(file).map_or(Output::Stdout, |path| Output::File(path.into())),
        is_in_place,
        format: format(args, file),
    }
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn input(args: &Args, facts: Facts) -> Input {
    match given(&args.secret_file) {
        Some(path) => Input::File(path.into()),
        None => Input::Stdin {
            prompt: facts
                .stdin_is_terminal
                .then_some("(tty detected: expecting json/yaml k8s resource in stdin)"),
        },
    }
}

fn output(args: &Args) -> Output {
    given(&args.sealed_secret_file).map_or(Output::Stdout, |path| Output::File(path.into()))
}

/// A file that is called yaml gets yaml, whatever `--format` says.
fn format(args: &Args, file: &str) -> FormatWord {
    let is_yaml =
        Path::new(file).extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    FormatWord(if is_yaml { "yaml".to_owned() } else { args.format.clone() })
}

fn kubeconfig(args: &Args) -> KubeconfigChoice {
    KubeconfigChoice {
        path: given(&args.kubeconfig).map(PathBuf::from),
        context: given(&args.context),
        overrides: Box::new(args.overrides.clone()),
    }
}

fn namespace(args: &Args) -> NamespaceSource {
    given(&args.namespace)
        .map_or_else(|| NamespaceSource::Kubeconfig(kubeconfig(args)), NamespaceSource::Given)
}

fn controller(args: &Args, facts: Facts) -> Controller {
    Controller {
        kubeconfig: kubeconfig(args),
        namespace: args.controller_namespace.clone(),
        name: args.controller_name.clone(),
        timeout: args.request_timeout,
        tells_waiting: facts.stderr_is_terminal,
    }
}

impl FormatWord {
    /// The format, if it is one.
    pub fn judge(&self) -> Result<Format, FlagError> {
        match self.0.to_lowercase().as_str() {
            "" | "json" => Ok(Format::Json),
            "yaml" => Ok(Format::Yaml),
            _ => Err(FlagError::Format(self.0.clone())),
        }
    }
}

/// What [`SealCommand`] wants otherwise than this manifest says.
///
/// A strict `--scope` is the default and can't undo the manifest's annotations. For a cluster-wide Secret the
/// namespace has no say: neither is it compared nor set.
pub fn overrides<'a>(
    command: &'a SealCommand,
    manifest: &SecretManifest,
    fallback: Option<&'a str>,
) -> Overrides<'a> {
    let scope = Some(command.scope).filter(|scope| *scope != Scope::Strict);
    let bound = scope.unwrap_or_else(|| Scope::from_annotations(&manifest.metadata.annotations));
    let namespace = match &command.namespace {
        NamespaceSource::Given(namespace) if bound != Scope::ClusterWide => Some(namespace.as_str()),
        NamespaceSource::Given(_) | NamespaceSource::Kubeconfig(_) => None,
    };
    Overrides {
        name: command.name.as_deref(),
        namespace,
        default_namespace: fallback,
        scope,
        allow_empty_data: command.allow_empty_data,
    }
}

/// What a single value is bound to.
pub fn raw_binding(scope: Scope, namespace: &str, name: Option<&str>) -> Result<Binding, FlagError> {
    Binding::new(scope, namespace, name.unwrap_or_default()).map_err(|wrong| match wrong {
        sealer_core::BindingError::NamespaceMissing => FlagError::RawNamespace(scope),
        sealer_core::BindingError::NameMissing => FlagError::RawName(scope),
    })
}

/// The file that a single value is read from, if not stdin: `path`, or `key=path` as kubectl writes it.
pub fn value_source(from_file: &[String]) -> Result<Option<PathBuf>, FlagError> {
    match from_file {
        [] => Ok(None),
        [one] => Ok(Some(PathBuf::from(one.split_once('=').map_or(one.as_str(), |(_key, path)| path)))),
        _ => Err(FlagError::OneFromFile),
    }
}
