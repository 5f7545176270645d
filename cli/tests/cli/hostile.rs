//! Input that nobody means well, and systems that fail: a clear error, nothing half written, no more memory than there is
//! input for.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::{kubeseal, told, vectors};

const KUBESEAL: &str = env!("CARGO_BIN_EXE_kubeseal");
const SEALWRIGHT: &str = env!("CARGO_BIN_EXE_sealwright");
const HEAD: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\n";
const SECRET: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\nstringData: {k: hunter2}\n";
const OLD: &str = "what was there before\n";
/// What a program may take that has no input.
const BASE: usize = 16 << 20;

fn cert() -> String {
    vectors().join("keys/2048.crt").to_str().unwrap().to_owned()
}

/// The program, run by a shell that does something about its streams and limits first.
fn in_shell(folder: &Path, script: &str, program: &str, args: &[&str]) -> Output {
    let output = Command::new("bash")
        .args(["-c", script, "bash", program])
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.signal(), None, "{args:?}: {output:?}");
    for said in [&output.stdout, &output.stderr] {
        let said = String::from_utf8_lossy(said);
        assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{args:?}: {said}");
    }
    output
}

/// A folder with a Secret `in.yaml` and a file `old.yaml` that must stay as it is.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.yaml"), SECRET).unwrap();
    fs::write(folder.path().join("old.yaml"), OLD).unwrap();
    folder
}

fn is_untouched(folder: &Path) {
    assert_eq!(fs::read_to_string(folder.join("old.yaml")).unwrap(), OLD);
    let left: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

#[test]
fn a_closed_stdin_is_an_empty_one() {
    let folder = folder();
    let args = ["--cert", &cert(), "-w", "old.yaml"];
    let (code, stdout, stderr) = told(&in_shell(folder.path(), "exec \"$@\" <&-", KUBESEAL, &args));
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.starts_with("error: no secrets found."), "{stderr}");
    is_untouched(folder.path());
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let folder = folder();
    for (program, args) in [
        (KUBESEAL, &["--cert", &cert(), "-f", "in.yaml"][..]),
        (KUBESEAL, &["--help"]),
        (SEALWRIGHT, &["completion", "bash"]),
        (SEALWRIGHT, &["man", "kubeseal"]),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(program)
            .args(args)
            .current_dir(folder.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(writer)
            .output()
            .unwrap();
        assert_eq!(told(&output), (141, String::new(), String::new()), "{args:?}");
    }
}

#[test]
fn a_full_disk_is_told_and_costs_no_file() {
    let folder = folder();
    let cert = cert();
    for (program, args, code, error) in [
        (
            KUBESEAL,
            &["--cert", &cert, "-f", "in.yaml"][..],
            1,
            "error: cannot write to standard output: no space left on device\n",
        ),
        (KUBESEAL, &["--version"], 1, "error: cannot write to standard output: no space left on device\n"),
        (
            KUBESEAL,
            &["--cert", &cert, "-f", "in.yaml", "-w", "/dev/full"],
            1,
            "error: cannot write /dev/full: no space left on device\n",
        ),
        (
            SEALWRIGHT,
            &["man", "kubeseal"],
            2,
            "error: cannot write to standard output: no space left on device\n",
        ),
    ] {
        let output = in_shell(folder.path(), "exec \"$@\" >/dev/full", program, args);
        assert_eq!(told(&output), (code, String::new(), error.to_owned()), "{args:?}");
    }
    // No file may grow beyond this, as on a disk that is full.
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$@\"";
    let args = ["--cert", &cert, "-f", "in.yaml", "-w", "old.yaml"];
    let (code, stdout, stderr) = told(&in_shell(folder.path(), script, KUBESEAL, &args));
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert_eq!(stderr, "error: cannot write old.yaml: file too large\n");
    is_untouched(folder.path());
}

#[test]
fn errors_that_nobody_can_read_end_it_all_the_same() {
    let folder = folder();
    for (program, args, code) in [
        (KUBESEAL, &["--cert", "none.crt", "-f", "in.yaml", "stray"][..], 1),
        (SEALWRIGHT, &["man", "none"], 2),
    ] {
        for script in ["exec \"$@\" 2>/dev/full", "exec \"$@\" 2>&-", "exec \"$@\" >&- 2>&- <&-"] {
            let output = in_shell(folder.path(), script, program, args);
            assert_eq!(told(&output), (code, String::new(), String::new()), "{args:?}, {script}");
        }
    }
}

#[test]
fn a_place_that_takes_no_file_is_told_before_anything_is_sealed() {
    let folder = folder();
    symlink("loop", folder.path().join("loop")).unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    let cert = cert();
    for (target, cause) in [
        ("old.yaml/x", "not a directory"),
        ("none/x", "no such file or directory"),
        ("sub", "is a directory"),
        ("loop", "too many levels of symbolic links"),
        ("/proc/x.yaml", "no such file or directory"),
    ] {
        let args = ["--cert", &cert, "-f", "in.yaml", "-w", target];
        let output = told(&kubeseal(folder.path(), &args, &[], b""));
        assert_eq!(
            output,
            (1, String::new(), format!("error: cannot write {target}: {cause}\n")),
            "{target}"
        );
    }
    let output = in_shell(folder.path(), "exec \"$@\"", SEALWRIGHT, &["man", "--out-dir", "old.yaml"]);
    let stderr = "error: cannot write old.yaml/kubeseal.1: not a directory\n".to_owned();
    assert_eq!(told(&output), (2, String::new(), stderr));
    is_untouched(folder.path());
}

#[test]
fn a_folder_that_is_not_ones_own_keeps_its_files() {
    let folder = folder();
    let open = |mode: u32, name: &str| {
        fs::set_permissions(folder.path().join(name), Permissions::from_mode(mode)).unwrap();
    };
    open(0o555, "");
    open(0o444, "old.yaml");
    // Whoever is root may do everything, and has to become somebody else.
    let is_root = File::options().append(true).open(folder.path().join("old.yaml")).is_ok();
    let nobody = "exec setpriv --reuid 65534 --regid 65534 --clear-groups -- \"$@\"";
    let script = if is_root { nobody } else { "exec \"$@\"" };
    let can_run = in_shell(folder.path(), script, KUBESEAL, &["--version"]);
    if !can_run.status.success() {
        eprintln!("SKIPPED: nobody else can run the program here: {can_run:?}");
        return;
    }
    let pem = fs::read(cert()).unwrap();
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
    let cert = place.path().join("cert.pem");
    fs::write(&cert, pem).unwrap();
    for flag in ["-w", "--merge-into"] {
        let args = ["--cert", cert.to_str().unwrap(), "-f", "in.yaml", flag, "old.yaml"];
        let (code, stdout, stderr) = told(&in_shell(folder.path(), script, KUBESEAL, &args));
        assert_eq!((code, stdout.as_str()), (1, ""), "{flag}");
        assert!(stderr.starts_with("error: ") && stderr.contains("old.yaml: permission denied"), "{stderr}");
    }
    open(0o755, "");
    is_untouched(folder.path());
}

#[test]
fn what_is_no_file_to_read_is_told() {
    let folder = folder();
    symlink("loop", folder.path().join("loop")).unwrap();
    let cert = cert();
    for (name, cause) in [
        (".", "read .: is a directory"),
        ("loop", "open loop: too many levels of symbolic links"),
        ("old.yaml/x", "open old.yaml/x: not a directory"),
    ] {
        let args = ["--cert", &cert, "-f", name, "-w", "old.yaml"];
        let stderr = format!("error: Could not read file specified with --secret-file\n{cause}\n");
        let output = told(&kubeseal(folder.path(), &args, &[], b""));
        assert_eq!(output, (1, String::new(), stderr), "{name}");
    }
    is_untouched(folder.path());
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_pipe_is_read_and_written_and_never_merged_into() {
    let folder = folder();
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    fifo(&input);
    fifo(&output);
    let writer = std::thread::spawn(move || fs::write(input, SECRET).unwrap());
    let reader = std::thread::spawn(move || fs::read_to_string(output).unwrap());
    let args = ["--cert", &cert(), "-f", "in", "-w", "out"];
    let done = told(&kubeseal(folder.path(), &args, &[], b""));
    assert_eq!(done, (0, String::new(), String::new()));
    writer.join().unwrap();
    assert!(reader.join().unwrap().contains("\"encryptedData\""));

    let args = ["--cert", &cert(), "-f", "in.yaml", "--merge-into", "out"];
    let done = told(&kubeseal(folder.path(), &args, &[], b""));
    assert_eq!(done, (1, String::new(), "error: open out: not a regular file\n".to_owned()));
    is_untouched(folder.path());
}

/// What kubeseal comes to if `meanwhile` is done after it has opened its input and before it has its certificate, which it
/// gets from a pipe.
fn interrupted(folder: &Path, args: &[&str], meanwhile: impl FnOnce()) -> (i32, String, String) {
    fifo(&folder.join("cert"));
    let child = Command::new(KUBESEAL)
        .args(["--cert", "cert"])
        .args(args)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // This waits until the other end is opened.
    let mut pipe = File::options().write(true).open(folder.join("cert")).unwrap();
    meanwhile();
    pipe.write_all(&fs::read(cert()).unwrap()).unwrap();
    drop(pipe);
    told(&child.wait_with_output().unwrap())
}

#[test]
fn a_file_that_vanishes_is_told_unless_it_is_open_already() {
    let folder = folder();
    let place = folder.path();
    let (code, _, stderr) = interrupted(place, &["-f", "in.yaml", "-o", "yaml"], || {
        fs::remove_file(place.join("in.yaml")).unwrap();
    });
    assert_eq!((code, stderr.as_str()), (0, ""));

    for (args, stderr) in [
        (
            &["--raw", "--name", "a", "-n", "b", "--from-file", "gone"][..],
            "error: open gone: no such file or directory\n",
        ),
        (&["--merge-into", "gone"], "error: open gone: no such file or directory\n"),
        (
            &["--raw", "--scope", "cluster-wide", "-w", "sub/new"],
            "error: cannot write sub/new: no such file or directory\n",
        ),
    ] {
        fs::remove_file(place.join("cert")).unwrap();
        fs::write(place.join("gone"), SECRET).unwrap();
        fs::create_dir(place.join("sub")).unwrap();
        let done = interrupted(place, args, || {
            fs::remove_file(place.join("gone")).unwrap();
            fs::remove_dir(place.join("sub")).unwrap();
        });
        assert_eq!(done, (1, String::new(), stderr.to_owned()), "{args:?}");
    }
    is_untouched(place);
}

/// Seals a text from a file, with no more memory for data than three times the text's besides what any run takes.
fn in_bounds(name: &str, text: &[u8], expected: &str) {
    let folder = folder();
    fs::write(folder.path().join(name), text).unwrap();
    let kibibytes = (BASE + 3 * text.len()) / 1024;
    let script = format!("ulimit -d {kibibytes} && exec \"$@\"");
    let args = ["--cert", &cert(), "-f", name, "-w", "old.yaml"];
    let (code, stdout, stderr) = told(&in_shell(folder.path(), &script, KUBESEAL, &args));
    assert_eq!((code, stdout.as_str()), (1, ""), "{name}: {stderr}");
    assert_eq!(stderr, expected, "{name}");
    is_untouched(folder.path());
}

#[test]
fn a_hundred_megabytes_in_one_text_are_refused_in_bounded_memory() {
    const LENGTH: usize = 100_000_000;
    let long = |before: &str, after: &str| [before, &"x".repeat(LENGTH), after].concat().into_bytes();
    in_bounds(
        "quoted.yaml",
        &long(&format!("{HEAD}stringData: {{k: '"), "'}\n"),
        "error: line 4, column 16777155: the text goes on for more than 16 MiB\n",
    );
    in_bounds(
        "long.json",
        &long("{\"metadata\":{\"name\":\"a\",\"namespace\":\"b\"},\"stringData\":{\"k\":\"", "\"}}"),
        "error: line 1, column 16777217: the text goes on for more than 16 MiB\n",
    );
    let utf16: Vec<u8> = format!("{HEAD}stringData: {{k: '{}'}}\n", "x".repeat(LENGTH / 5))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    in_bounds(
        "utf16.yaml",
        &utf16,
        "error: line 4, column 16777155: the text goes on for more than 16 MiB\n",
    );
}

#[test]
fn a_million_empty_documents_cost_no_more_than_their_text() {
    let expected = "error: no secrets found. Ensure the input is valid and UTF-8 encoded\n";
    in_bounds("empty.yaml", "---\n".repeat(1_250_000).as_bytes(), expected);
}

#[test]
fn aliases_that_multiply_cost_no_more_than_their_text() {
    let levels = |open: char, first: &str, item: fn(usize, usize) -> String, close: char| {
        let mut text = format!("a0: &a0 {first}\n");
        for level in 1..12 {
            let items: Vec<String> = (0..9).map(|number| item(number, level - 1)).collect();
            text.push_str(&format!("a{level}: &a{level} {open}{}{close}\n", items.join(",")));
        }
        text
    };
    let lists = levels('[', "x", |_, level| format!("*a{level}"), ']');
    in_bounds(
        "lists.yaml",
        format!("{lists}{HEAD}stringData: {{k: *a11}}\n").as_bytes(),
        "error: line 12, column 11: a text is expected here\n",
    );
    let maps = levels('{', "{k: v}", |number, level| format!("k{number}: *a{level}"), '}');
    in_bounds(
        "maps.yaml",
        format!("{maps}{HEAD}stringData: *a11\n").as_bytes(),
        "error: line 11, column 11: a text is expected here\n",
    );
}

#[test]
fn what_is_nested_a_hundred_thousand_deep_is_refused_where_it_begins_to_be() {
    const DEPTH: usize = 100_000;
    const NONE: &str = "error: no secrets found. Ensure the input is valid and UTF-8 encoded\n";
    let (open, close) = ("[".repeat(DEPTH), "]".repeat(DEPTH));
    in_bounds(
        "deep.yaml",
        format!("{HEAD}stringData: {{k: {open}{close}}}\n").as_bytes(),
        &format!("{NONE}line 4, column 116: nested too deeply\n"),
    );
    in_bounds(
        "lists.json",
        format!("{{\"stringData\":{{\"k\":{open}{close}}}}}").as_bytes(),
        "error: line 1, column 118: nested too deeply\n",
    );
    in_bounds(
        "objects.json",
        [&"{\"a\":".repeat(DEPTH), "1", &"}".repeat(DEPTH)].concat().as_bytes(),
        "error: line 1, column 501: nested too deeply\n",
    );
}

#[test]
fn a_nul_is_no_text() {
    const NONE: &str = "error: no secrets found. Ensure the input is valid and UTF-8 encoded\n";
    const HINT: &str = "this character can't stand here; put the text in quotes\n";
    in_bounds(
        "nul.yaml",
        format!("{HEAD}stringData: {{k: hunter\02}}\n").as_bytes(),
        &format!("{NONE}line 4, column 23: {HINT}"),
    );
    in_bounds("nuls.yaml", &[0; 1000], &format!("{NONE}line 1, column 1: {HINT}"));
}

#[test]
fn utf_16_is_sealed_and_never_merged_into() {
    let folder = folder();
    let sealed = fs::read_to_string(vectors().join("sealed/2048-strict.yaml")).unwrap();
    for (mark, bytes_of) in [
        ("\u{FEFF}", u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ("\u{FEFF}", u16::to_be_bytes),
        ("", u16::to_le_bytes),
        ("", u16::to_be_bytes),
    ] {
        let encoded = |text: &str| -> Vec<u8> {
            mark.encode_utf16().chain(text.encode_utf16()).flat_map(bytes_of).collect()
        };
        for text in
            [SECRET, "{\"metadata\":{\"name\":\"a\",\"namespace\":\"b\"},\"stringData\":{\"k\":\"v\"}}"]
        {
            let output = kubeseal(folder.path(), &["--cert", &cert(), "-o", "yaml"], &[], &encoded(text));
            let (code, stdout, stderr) = told(&output);
            assert_eq!((code, stderr.as_str()), (0, ""), "{mark:?} {text}");
            assert!(stdout.starts_with("---\napiVersion: bitnami.com/v1alpha1\n"), "{stdout}");
        }
        let before = encoded(&sealed);
        fs::write(folder.path().join("sealed.yaml"), &before).unwrap();
        let args = ["--cert", &cert(), "-f", "in.yaml", "--merge-into", "sealed.yaml"];
        let stderr = "error: sealed.yaml: not UTF-8\nsave it as UTF-8\n".to_owned();
        assert_eq!(told(&kubeseal(folder.path(), &args, &[], b"")), (1, String::new(), stderr), "{mark:?}");
        assert!(fs::read(folder.path().join("sealed.yaml")).unwrap() == before);
    }
}

#[test]
fn a_mark_of_utf_8_is_no_part_of_the_text() {
    let folder = folder();
    for text in [SECRET, "{\"metadata\":{\"name\":\"a\",\"namespace\":\"b\"},\"stringData\":{\"k\":\"v\"}}"] {
        let output = kubeseal(folder.path(), &["--cert", &cert()], &[], format!("\u{FEFF}{text}").as_bytes());
        assert_eq!(told(&output).0, 0, "{output:?}");
    }
}
