//! The rules about flags, as tables.

use std::path::PathBuf;

use sealer_core::{Binding, Metadata, Scope, SecretManifest};
use sealwright_cli::cert_source::CertSource;
use sealwright_cli::input::Input;
use sealwright_cli::kubeconfig::KubeconfigChoice;
use sealwright_cli::kubeseal::command::{
    Command, Facts, FlagError, Format, NamespaceSource, SealCommand, choose, overrides, raw_binding,
    value_source,
};
use sealwright_cli::kubeseal::pflag;
use sealwright_cli::output::Output;

const TERMINAL: Facts = Facts { stdin_is_terminal: true, stderr_is_terminal: true };

fn chosen(line: &str, facts: Facts) -> Result<(Command, Vec<String>), FlagError> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    choose(&pflag::parse(&words, |_| None).unwrap().args, facts)
}

fn command(line: &str) -> Command {
    chosen(line, Facts::default()).unwrap().0
}

fn sealing(line: &str) -> SealCommand {
    match command(line) {
        Command::Seal(command) => command,
        other => panic!("{line}: {other:?}"),
    }
}

fn mode(line: &str) -> &'static str {
    match command(line) {
        Command::Help => "help",
        Command::Version => "version",
        Command::FetchCert { .. } => "fetch",
        Command::Merge(_) => "merge",
        Command::ReEncrypt(_) => "re-encrypt",
        Command::Seal(_) => "seal",
        Command::SealValue(_) => "value",
        Command::Unseal(_) => "unseal",
        Command::Validate(_) => "validate",
    }
}

#[test]
fn the_first_mode_that_applies_wins() {
    for (line, wins) in [
        ("", "seal"),
        ("--raw", "value"),
        ("--raw --merge-into a", "merge"),
        ("--raw --merge-into a --fetch-cert", "fetch"),
        ("--raw --merge-into a --fetch-cert --cert c --re-encrypt", "re-encrypt"),
        ("--raw --merge-into a --fetch-cert --cert c --rotate", "re-encrypt"),
        ("--raw --fetch-cert --re-encrypt --validate", "validate"),
        ("--raw --fetch-cert --re-encrypt --validate --recovery-unseal", "unseal"),
        ("--raw --fetch-cert --recovery-unseal", "unseal"),
        ("--raw --fetch-cert --recovery-unseal --help", "help"),
        ("--raw --fetch-cert --recovery-unseal --help --version", "version"),
        ("--help=false --raw=false --version=0", "seal"),
    ] {
        assert_eq!(mode(line), wins, "{line}");
    }
}

#[test]
fn a_file_for_one_value_needs_raw_in_every_mode_but_help() {
    for line in [
        "--from-file a",
        "--from-file a --fetch-cert",
        "--from-file a --recovery-unseal",
        "--from-file a --validate",
        "--from-file a --re-encrypt",
    ] {
        assert_eq!(chosen(line, Facts::default()).unwrap_err(), FlagError::FromFileWithoutRaw, "{line}");
    }
    assert_eq!(mode("--from-file a --help"), "help");
    assert_eq!(mode("--from-file a --raw"), "value");
}

#[test]
fn arguments_that_are_no_flags_are_ignored_and_said() {
    assert_eq!(chosen("--raw", Facts::default()).unwrap().1, Vec::<String>::new());
    for (line, note) in [
        ("secret.yaml", "ignoring one argument that is no flag; the input comes from stdin or -f FILE"),
        ("a b --raw", "ignoring arguments that are no flag; the input comes from stdin or -f FILE"),
    ] {
        assert_eq!(chosen(line, Facts::default()).unwrap().1, [note], "{line}");
    }
}

#[test]
fn flags_that_merging_has_no_use_for_are_said() {
    assert_eq!(
        chosen("--merge-into a -w b --name c -o yaml", Facts::default()).unwrap().1,
        [
            "ignoring --sealed-secret-file: --merge-into writes to its own file",
            "ignoring --name: --merge-into takes the name of the SealedSecret"
        ]
    );
}

#[test]
fn checking_and_opening_write_no_file_of_their_own_accord() {
    for (line, notes) in [
        ("--validate", vec![]),
        ("--validate -f a.yaml --cert c", vec![]),
        ("--validate -w b.yaml", vec!["ignoring --sealed-secret-file: --validate writes nothing"]),
        ("--validate --rotate -f a.yaml", vec!["ignoring --re-encrypt: --validate only checks"]),
        (
            "--recovery-unseal --re-encrypt -f a.yaml",
            vec!["ignoring --re-encrypt: --recovery-unseal only opens"],
        ),
    ] {
        let (command, said) = chosen(line, Facts::default()).unwrap();
        assert_eq!(said, notes, "{line}");
        if let Command::Unseal(command) = command {
            assert_eq!(command.output, Output::Stdout, "{line}");
        }
    }
}

/// flags -> where the result goes, whether the input came from there, the format
#[test]
fn sealing_again_takes_the_place_of_its_input_unless_another_is_named() {
    for (line, output, is_in_place, format) in [
        ("", None, false, Format::Json),
        ("-o yaml", None, false, Format::Yaml),
        ("-w b.yaml", Some("b.yaml"), false, Format::Yaml),
        ("-f a.yaml", Some("a.yaml"), true, Format::Yaml),
        ("-f a.yml -o json", Some("a.yml"), true, Format::Yaml),
        ("-f a.json", Some("a.json"), true, Format::Json),
        ("-f a.json -o yaml", Some("a.json"), true, Format::Yaml),
        ("-f a.yaml -w b", Some("b"), false, Format::Json),
        ("-f a.yaml -w a.yaml", Some("a.yaml"), false, Format::Yaml),
    ] {
        let Command::ReEncrypt(command) = command(&format!("--re-encrypt {line}")) else { panic!("{line}") };
        let expected = output.map_or(Output::Stdout, |path| Output::File(path.into()));
        assert_eq!((command.output, command.is_in_place), (expected, is_in_place), "{line}");
        assert_eq!(command.format.judge(), Ok(format), "{line}");
    }
}

#[test]
fn recovery_keys_without_recovery_are_said_to_people_only() {
    let line = "--recovery-private-key k";
    assert_eq!(chosen(line, Facts::default()).unwrap().1.len(), 0);
    assert_eq!(
        chosen(line, TERMINAL).unwrap().1,
        ["warning: ignoring --recovery-private-key because unseal command not chosen with --recovery-unseal"]
    );
    assert_eq!(chosen("--recovery-unseal --recovery-private-key k", TERMINAL).unwrap().1.len(), 0);
}

#[test]
fn somebody_at_a_terminal_is_told_what_is_expected() {
    let resource = Some("(tty detected: expecting json/yaml k8s resource in stdin)");
    for (line, facts, input) in [
        ("", TERMINAL, Input::Stdin { prompt: resource }),
        ("", Facts::default(), Input::Stdin { prompt: None }),
        ("-f a.yaml", TERMINAL, Input::File("a.yaml".into())),
    ] {
        let Command::Seal(command) = chosen(line, facts).unwrap().0 else { panic!("{line}") };
        assert_eq!(command.input, input, "{line}");
    }
    let Command::Unseal(command) = chosen("--recovery-unseal", TERMINAL).unwrap().0 else { panic!() };
    assert_eq!(command.input, Input::Stdin { prompt: resource });
    let Command::SealValue(command) = chosen("--raw", TERMINAL).unwrap().0 else { panic!() };
    assert_eq!(command.prompt, Some("(tty detected: expecting a secret to encrypt in stdin)"));
}

#[test]
fn the_format_is_judged_late_and_the_name_of_the_file_decides_first() {
    for (line, format) in [
        ("", Ok(Format::Json)),
        ("-o=", Err(FlagError::Format("=".into()))),
        ("--format=", Ok(Format::Json)),
        ("-o YAML", Ok(Format::Yaml)),
        ("-o Json", Ok(Format::Json)),
        ("-o toml", Err(FlagError::Format("toml".into()))),
        ("-o json -w a.yaml", Ok(Format::Yaml)),
        ("-o toml -w a.b.yml", Ok(Format::Yaml)),
        ("-w a.YAML", Ok(Format::Json)),
        ("-o yaml -w a.json", Ok(Format::Yaml)),
        ("-w yaml", Ok(Format::Json)),
    ] {
        assert_eq!(sealing(line).format.judge(), format, "{line}");
    }
    assert_eq!(mode("--raw -o toml"), "value");
}

#[test]
fn the_output_and_the_certificate_are_taken_from_their_flags() {
    assert_eq!(sealing("").output, Output::Stdout);
    assert_eq!(sealing("-w a/b.yaml").output, Output::File("a/b.yaml".into()));
    assert_eq!(sealing("--cert c.pem").cert, CertSource::File("c.pem".into()));
    let CertSource::Cluster(controller) =
        sealing("--controller-name c --controller-namespace ns --kubeconfig k --context x").cert
    else {
        panic!()
    };
    assert_eq!((controller.name.as_str(), controller.namespace.as_str()), ("c", "ns"));
    assert_eq!(
        controller.kubeconfig,
        KubeconfigChoice { path: Some("k".into()), context: Some("x".into()), ..KubeconfigChoice::default() }
    );
}

/// flags, the manifest's namespace and scope annotation -> the namespace insisted on, the fallback, the scope set
#[test]
fn the_namespace_of_the_command_line_has_no_say_in_a_cluster_wide_secret() {
    let fallback = Some("fallback");
    for (line, annotated, insisted, scope) in [
        ("", Scope::Strict, None, None),
        ("-n x", Scope::Strict, Some("x"), None),
        ("-n x --scope strict", Scope::NamespaceWide, Some("x"), None),
        ("-n x --scope namespace-wide", Scope::Strict, Some("x"), Some(Scope::NamespaceWide)),
        ("-n x --scope cluster-wide", Scope::Strict, None, Some(Scope::ClusterWide)),
        ("-n x", Scope::ClusterWide, None, None),
        ("-n x --scope strict", Scope::ClusterWide, None, None),
        ("-n x --scope namespace-wide", Scope::ClusterWide, Some("x"), Some(Scope::NamespaceWide)),
    ] {
        let mut metadata = Metadata::default();
        annotated.write_annotations(&mut metadata.annotations);
        let manifest = SecretManifest { metadata, ..SecretManifest::default() };
        let command = sealing(line);
        let overrides = overrides(&command, &manifest, fallback);
        assert_eq!((overrides.namespace, overrides.scope), (insisted, scope), "{line}, {annotated}");
        assert_eq!(overrides.default_namespace, fallback);
    }
}

#[test]
fn names_and_empty_data_are_passed_on() {
    let command = sealing("--name db --allow-empty-data");
    let manifest = SecretManifest::default();
    let overrides = overrides(&command, &manifest, None);
    assert_eq!((overrides.name, overrides.allow_empty_data), (Some("db"), true));
    let command = sealing("--name=");
    assert_eq!(sealwright_cli::kubeseal::command::overrides(&command, &manifest, None).name, None);
    assert_eq!(sealing("-n=ns").namespace, NamespaceSource::Given("ns".into()));
    assert_eq!(
        sealing("--namespace= --context c").namespace,
        NamespaceSource::Kubeconfig(KubeconfigChoice {
            context: Some("c".into()),
            ..KubeconfigChoice::default()
        })
    );
}

#[test]
fn one_value_is_bound_to_what_its_scope_needs() {
    for (scope, namespace, name, outcome) in [
        (Scope::Strict, "ns", Some("db"), Ok("ns/db")),
        (Scope::Strict, "ns", None, Err("must provide the --name flag with --raw and --scope strict")),
        (
            Scope::Strict,
            "",
            Some("db"),
            Err("must provide the --namespace flag with --raw and --scope strict"),
        ),
        (Scope::NamespaceWide, "ns", None, Ok("ns")),
        (
            Scope::NamespaceWide,
            "",
            None,
            Err("must provide the --namespace flag with --raw and --scope namespace-wide"),
        ),
        (Scope::ClusterWide, "", None, Ok("")),
        (Scope::ClusterWide, "ns", Some("db"), Ok("")),
    ] {
        let bound = raw_binding(scope, namespace, name);
        let labelled: Result<String, String> =
            bound.as_ref().map(Binding::label).map_err(ToString::to_string);
        assert_eq!(
            labelled,
            outcome.map(str::to_owned).map_err(str::to_owned),
            "{scope} {namespace} {name:?}"
        );
    }
}

#[test]
fn one_file_holds_one_value_and_a_key_before_it_has_no_use() {
    let files = |list: &[&str]| value_source(&list.iter().map(|file| (*file).to_owned()).collect::<Vec<_>>());
    assert_eq!(files(&[]), Ok(None));
    assert_eq!(files(&["a.txt"]), Ok(Some(PathBuf::from("a.txt"))));
    assert_eq!(files(&["key=a=b.txt"]), Ok(Some(PathBuf::from("a=b.txt"))));
    assert_eq!(files(&["a", "b"]), Err(FlagError::OneFromFile));
}
