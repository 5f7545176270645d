//! At a terminal: values and passphrases are asked for unseen, and only there is anything coloured.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::cluster::kubeconfig;
use crate::keys::{api_server, three};
use crate::support::{kubeseal, sealwright, told, vectors};

const HIDDEN: &str = "hunter2";

/// Runs sealwright at a terminal of its own, types each answer where its question stands and the terminal has stopped to
/// show what is typed, and gives the exit code and everything that was on the screen.
fn at_a_terminal(folder: &Path, args: &[&str], dialogue: &[(&str, &str)]) -> (i32, String) {
    let quoted: Vec<String> = args.iter().map(|arg| format!("'{arg}'")).collect();
    let line = format!("tty; exec '{}' {}", env!("CARGO_BIN_EXE_sealwright"), quoted.join(" "));
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .current_dir(folder)
        .env_clear()
        .envs([("HOME", "/nonexistent"), ("PATH", "/usr/bin:/bin"), ("TERM", "xterm")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script(1) gives a terminal");
    let (mut keyboard, mut display) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut read_until = |end: &str| {
        let mut screen = Vec::new();
        while !screen.ends_with(end.as_bytes()) {
            let mut byte = [0];
            assert_eq!(display.read(&mut byte).unwrap(), 1, "{end:?}: {}", String::from_utf8_lossy(&screen));
            screen.extend(byte);
        }
        String::from_utf8(screen).unwrap()
    };
    let terminal = read_until("\r\n");
    let mut screen = String::new();
    for (question, answer) in dialogue {
        screen.push_str(&read_until(question));
        wait_until_hidden(terminal.trim_end());
        writeln!(keyboard, "{answer}").unwrap();
    }
    display.read_to_string(&mut screen).unwrap();
    (child.wait().unwrap().code().unwrap(), screen)
}

/// Waits until a terminal does not show what is typed. The question may stand there a moment before.
fn wait_until_hidden(terminal: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let state = Command::new("stty").args(["-a", "-F", terminal]).output().unwrap();
        if String::from_utf8_lossy(&state.stdout).split([' ', '\n']).any(|word| word == "-echo") {
            return;
        }
        assert!(Instant::now() < deadline, "the terminal goes on to show what is typed");
    }
}

#[test]
fn a_value_is_asked_for_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "kind: SealedSecret\nmetadata:\n  name: db\n  namespace: payments\nspec:\n  encryptedData: {}\n";
    fs::write(folder.path().join("db.yaml"), text).unwrap();
    let cert = vectors().join("keys/2048.crt");
    let args = ["set", "db.yaml", "password", "--cert", cert.to_str().unwrap()];
    let (code, screen) = at_a_terminal(folder.path(), &args, &[("password: ", HIDDEN)]);
    assert_eq!((code, screen.as_str()), (0, "password: \r\ndb.yaml: added password\r\n"));

    let key = vectors().join("keys/2048.pkcs1.pem");
    let open = ["--recovery-unseal", "--recovery-private-key", key.to_str().unwrap(), "-f", "db.yaml"];
    let (code, secret, _) = told(&kubeseal(folder.path(), &open, &[], b""));
    assert_eq!(code, 0);
    assert!(secret.contains(&sealer_core::encode_base64(HIDDEN.as_bytes())), "{secret}");
}

#[test]
fn a_passphrase_is_asked_for_twice_and_a_slip_loses_no_keys() {
    let server = api_server(&three());
    let folder = kubeconfig(&server);
    let backup = ["keys", "backup", "--kubeconfig", "config", "--passphrase", "-o", "keys.age"];
    let (first, again) = ("Passphrase for the backup: ", "The same again: ");
    let (code, screen) = at_a_terminal(folder.path(), &backup, &[(first, HIDDEN), (again, "hunter3")]);
    assert_eq!(code, 2);
    assert!(screen.contains("error: the two passphrases differ"), "{screen}");
    assert!(!folder.path().join("keys.age").exists());

    let (code, screen) = at_a_terminal(folder.path(), &backup, &[(first, HIDDEN), (again, HIDDEN)]);
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains(HIDDEN), "{screen}");
    assert!(
        fs::read(folder.path().join("keys.age")).unwrap().starts_with(b"age-encryption.org/v1\n-> scrypt ")
    );

    let restore = ["keys", "restore", "--kubeconfig", "config", "keys.age"];
    let (code, screen) = at_a_terminal(folder.path(), &restore, &[("Passphrase of the backup: ", "hunter3")]);
    assert_eq!(code, 2);
    assert!(screen.contains("error: the backup does not open with this passphrase"), "{screen}");
    let (code, screen) = at_a_terminal(folder.path(), &restore, &[("Passphrase of the backup: ", HIDDEN)]);
    assert_eq!(code, 0, "{screen}");
}

#[test]
fn findings_are_coloured_at_a_terminal_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("db.yaml"), "kind: Secret\nmetadata: {name: db}\nstringData: {a: b}\n")
        .unwrap();
    let (code, screen) = at_a_terminal(folder.path(), &["lint", "db.yaml"], &[]);
    assert_eq!(code, 1);
    assert!(screen.contains("\u{1b}["), "{screen}");
    let (code, stdout, stderr) = told(&sealwright(folder.path(), &["lint", "db.yaml"], b""));
    assert_eq!(code, 1);
    assert!(!(stdout + &stderr).contains('\u{1b}'));
}

#[test]
fn a_long_command_says_how_far_it_is_and_takes_that_away_again() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = fs::read(vectors().join("sealed/2048-strict.yaml")).unwrap();
    let key = vectors().join("keys/2048.pkcs8.pem");
    for name in ["a.yaml", "b.yaml", "c.yaml"] {
        fs::write(folder.path().join(name), &sealed).unwrap();
    }
    for (args, what) in [
        (&["verify", "--private-key", key.to_str().unwrap(), "."][..], "SealedSecrets"),
        (
            &["reseal", "--dry-run", "--private-key", key.to_str().unwrap(), "--cert", "cert.pem", "."],
            "files",
        ),
    ] {
        fs::copy(vectors().join("keys/3072.crt"), folder.path().join("cert.pem")).unwrap();
        let (code, screen) = at_a_terminal(folder.path(), args, &[]);
        assert_eq!(code, 0, "{screen}");
        assert!(screen.contains(&format!(" of 3 {what}, ")), "{screen}");
        let (_, after) = screen.rsplit_once(&format!(" of 3 {what}, ")).unwrap();
        assert!(after.contains("\r\u{1b}[2K"), "the bar stays: {after:?}");
        let (_, _, stderr) = told(&sealwright(folder.path(), args, b""));
        assert!(!stderr.contains("of 3"), "{stderr}");
    }
}
