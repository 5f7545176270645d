//! Files as people write them (`vectors/merge`): one edit for all, and what becomes of each.
//!
//! The edit sets `password` and `token`. Each folder holds the file before it, and either the file after it or why it is
//! refused with the document written anew, as kubeseal writes it then.

#![allow(
    clippy::unwrap_used,
    reason = "clippy.toml allows it in test functions; helpers of tests are no different"
)]

use std::fs;
use std::path::{Path, PathBuf};

use sealer_core::merge::{Changes, SealedText};
use sealer_core::{Policy, SealedSecret};

struct Case {
    name: String,
    folder: PathBuf,
    extension: &'static str,
    before: String,
}

impl Case {
    fn file(&self, stem: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(format!("{stem}.{}", self.extension))).ok()
    }

    fn target(&self, policy: Policy) -> SealedSecret {
        let text = SealedText::read(&self.before, policy).unwrap();
        text.target("db", "payments").unwrap().sealed().clone()
    }
}

fn cases() -> Vec<Case> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/merge");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
        .into_iter()
        .map(|folder| {
            let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
            let extension = if folder.join("before.json").exists() { "json" } else { "yaml" };
            let before = fs::read_to_string(folder.join(format!("before.{extension}"))).unwrap();
            Case { name, folder, extension, before }
        })
        .collect()
}

fn edit() -> Changes {
    let pairs = [("password", "AQNewPassword="), ("token", "AQNewToken=")];
    Changes {
        encrypted_data: pairs.map(|(key, text)| (key.to_owned(), text.to_owned())).into(),
        ..Changes::default()
    }
}

#[test]
fn each_file_becomes_what_is_written_beside_it() {
    let cases = cases();
    for case in &cases {
        let text = SealedText::read(&case.before, Policy::Kubeseal).unwrap();
        let target = text.target("db", "payments").unwrap();
        let refused = fs::read_to_string(case.folder.join("refused.txt")).ok();
        match (target.edited(&edit()), refused) {
            (Ok(after), None) => assert_eq!(Some(after), case.file("after"), "{}", case.name),
            (Err(why), Some(refused)) => {
                assert_eq!(format!("{why}\n"), refused, "{}", case.name);
                assert!(why.is_about_style(), "{}", case.name);
                assert_eq!(target.rewritten(&edit()).ok(), case.file("anew"), "{}", case.name);
            }
            (edited, refused) => panic!("{}: {edited:?}, not {refused:?}", case.name),
        }
    }
    assert!(cases.len() > 50);
}

#[test]
fn what_says_the_same_to_all_readers_is_edited_under_both_policies() {
    for case in cases().iter().filter(|case| case.file("after").is_some()) {
        let text = SealedText::read(&case.before, Policy::Strict).unwrap();
        let edited = text.target("db", "payments").unwrap().edited(&edit()).unwrap();
        assert_eq!(Some(edited), case.file("after"), "{}", case.name);
        assert_eq!(case.target(Policy::Strict), case.target(Policy::Kubeseal), "{}", case.name);
    }
}

#[test]
fn a_diff_touches_only_the_lines_of_the_two_keys() {
    for case in cases() {
        let Some(after) = case.file("after") else { continue };
        if case.before.lines().count() == 1 {
            continue;
        }
        for (sign, line) in diff(&case.before, &after) {
            let word = line.trim_matches([' ', '\t', '\r', '\n', '"', '\'', ',', ':']);
            let is_meant = ["AQNewPassword=", "AQNewToken=", "AQOldPassword=", "password:", "token:"]
                .iter()
                .any(|part| line.contains(part))
                // Where there was no value before.
                || word.starts_with("encryptedData") || word == "spec" || word == "}"
                // The three lines of one old value, and a last line that gets its line break.
                || ["AQ", "OldPassword", "=", "namespace: payments", "type: Opaque"].contains(&word);
            assert!(is_meant, "{}: {sign} {line:?}", case.name);
        }
    }
}

#[test]
fn removing_a_key_takes_only_its_lines_and_renaming_it_changes_one() {
    let key = || "password".to_owned();
    let mut moved = 0;
    for case in cases().iter().filter(|case| case.file("after").is_some()) {
        let text = SealedText::read(&case.before, Policy::Strict).unwrap();
        let target = text.target("db", "payments").unwrap();
        if !target.sealed().encrypted_data.contains_key("password") {
            continue;
        }
        moved += 1;
        let edited =
            |changes: &Changes| target.edited(changes).unwrap_or_else(|why| panic!("{}: {why}", case.name));
        let removed = edited(&Changes { removed: [key()].into(), ..Changes::default() });
        let renamed =
            edited(&Changes { renamed: [(key(), "PASS_WORD".into())].into(), ..Changes::default() });
        let ends = [&case.before, &removed, &renamed].map(|text| text.ends_with('\n'));
        assert!(ends.iter().all(|end| *end == ends[0]), "{}", case.name);
        if case.before.lines().count() == 1 {
            continue;
        }
        for (sign, line) in diff(&case.before, &removed) {
            let word = line.trim_matches([' ', '\t', '\r', '\n', '"', '\'']);
            let is_its_line = line.contains("password")
                || line.contains("AQOldPassword=")
                || word.starts_with("encryptedData");
            let is_meant = match sign {
                '-' => is_its_line || ["AQ", "OldPassword", "=", "}", "},"].contains(&word),
                _ => word.contains("encryptedData") || word.is_empty(),
            };
            // In JSON the comma of the line before goes along; without a final line break the one before does.
            let is_neighbour = case.before.contains(line.trim_end())
                && removed.contains(line.trim_end_matches([',', '\r', '\n']));
            assert!(is_meant || is_neighbour, "{}: {sign} {line:?}", case.name);
        }
        let changed = diff(&case.before, &renamed);
        assert_eq!(changed.iter().map(|(sign, _)| *sign).collect::<String>(), "-+", "{}", case.name);
        let [(_, old), (_, new)] = changed[..] else { unreachable!() };
        assert!(old.contains("password") && new.contains("PASS_WORD"), "{}: {old:?} {new:?}", case.name);
    }
    assert!(moved > 30, "{moved}");
}

/// The lines that went and came, by the longest common subsequence.
fn diff<'t>(before: &'t str, after: &'t str) -> Vec<(char, &'t str)> {
    let (a, b): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let mut common = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] =
                if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && common[i + 1][j] >= common[i][j + 1] {
            lines.push(('-', a[i]));
            i += 1;
        } else {
            lines.push(('+', b[j]));
            j += 1;
        }
    }
    lines
}
