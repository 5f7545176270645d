//! The manual pages and completion scripts, read by the programs that they are for.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clap::CommandFactory;
use sealwright_cli::kubeseal::help;
use sealwright_cli::sealwright::args::Cli;

fn sealwright(args: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_sealwright")).args(args).env_clear().output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
    output.stdout
}

/// What a reader says of a file; nothing where this machine does not have the reader.
fn read_by(reader: &[&str], file: &Path) -> Option<Output> {
    let command = Command::new(reader[0])
        .args(&reader[1..])
        .arg(file)
        .stdin(Stdio::null())
        .env("LC_ALL", "C.UTF-8")
        .output();
    match command {
        Ok(output) => Some(output),
        Err(error) => {
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{reader:?}");
            eprintln!("SKIPPED: {} is not there to read {}", reader[0], file.display());
            None
        }
    }
}

#[test]
fn all_manual_pages_are_written_and_formatted_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    sealwright(&["man", "--out-dir", folder.path().to_str().unwrap()]);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(
            fs::read(&path).unwrap(),
            sealwright(&["man", name.strip_suffix(".1").unwrap()]),
            "{name}"
        );
        if let Some(output) = read_by(&["groff", "-man", "-Tutf8", "-ww", "-z"], &path) {
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success() && said.is_empty(), "{name}: {said}");
        }
        names.push(name);
    }
    for name in ["kubeseal.1", "sealwright.1", "sealwright-completion.1", "sealwright-man.1"] {
        assert!(names.iter().any(|there| there == name), "{name} is not in {names:?}");
    }
}

#[test]
fn completion_scripts_know_every_flag_and_bash_can_read_its_own() {
    let programs = [("sealwright", Cli::command()), ("kubeseal", help::command())];
    for (program, mut command) in programs {
        command.build();
        let mut all = vec![command.clone()];
        all.extend(command.get_subcommands().cloned());
        let flags: Vec<&str> =
            all.iter().flat_map(clap::Command::get_arguments).filter_map(clap::Arg::get_long).collect();
        assert!(!flags.is_empty());
        for shell in ["bash", "zsh", "fish"] {
            let script = sealwright(&["completion", shell, "--program", program]);
            let script = String::from_utf8(script).unwrap();
            for flag in &flags {
                // fish writes `-l cert`.
                let shown = if shell == "fish" { format!("-l {flag}") } else { format!("--{flag}") };
                assert!(script.contains(&shown), "{program}'s script for {shell} lacks --{flag}");
            }
            let place = tempfile::NamedTempFile::new().unwrap();
            fs::write(place.path(), script).unwrap();
            if let Some(output) = read_by(&[shell, "-n"], place.path()) {
                assert!(output.status.success(), "{program}, {shell}: {output:?}");
            }
        }
    }
}
