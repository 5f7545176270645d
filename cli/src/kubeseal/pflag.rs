//! Reads a command line by the grammar of Go's `pflag`, which scripts that call kubeseal rely on.
//!
//! A general parser differs in small ways that break them: here a value may begin with a dash, a switch takes its
//! value after `=` only, flags and other words mix, lists append, and the texts of mistakes are `pflag`'s.

use crate::kubeseal::args::Args;
use crate::kubeseal::flags::{self, Flag};
use crate::kubeseal::value::ValueError;

/// A command line that was read: what it says, and what about the environment had to be ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The flags' values.
    pub args: Args,
    /// Sentences for stderr.
    pub notes: Vec<String>,
    /// What `pflag` prints to stdout on the way: one line for each time that an old name is used.
    pub deprecations: Vec<String>,
}

/// The command line can't be read, or asks for the usage. The texts are `pflag`'s.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// `-h`, which is no flag of the table.
    #[error("help requested")]
    Help,
    /// A long flag that does not exist.
    #[error("unknown flag: --{0}")]
    Unknown(String),
    /// A letter that does not exist.
    #[error("unknown shorthand flag: {letter:?} in -{word}")]
    UnknownLetter {
        /// The letter.
        letter: char,
        /// The letters it stands among.
        word: String,
    },
    /// A long flag at the end of the line that needs a value.
    #[error("flag needs an argument: --{0}")]
    Needs(&'static str),
    /// A letter at the end of the line that needs a value.
    #[error("flag needs an argument: {letter:?} in -{word}")]
    LetterNeeds {
        /// The letter.
        letter: char,
        /// The letters it stands among.
        word: String,
    },
    /// A value that does not fit.
    #[error("invalid argument {text:?} for {flag:?} flag: {wrong}")]
    Invalid {
        /// The value.
        text: String,
        /// The flag.
        flag: String,
        /// What is wrong with it.
        wrong: ValueError,
    },
    /// `--=x` and the like.
    #[error("bad flag syntax: {0}")]
    Syntax(String),
}

/// Reads the words after the program's name. The environment comes first, so that the command line wins; a value
/// from there that does not fit is ignored, as upstream ignores it, and said.
pub fn parse(words: &[String], variable: impl Fn(&str) -> Option<String>) -> Result<Parsed, UsageError> {
    let mut args = Args::default();
    let mut notes = Vec::new();
    for flag in flags::all() {
        let Some(name) = flag.variable() else { continue };
        if let Some(Err(wrong)) = variable(&name).map(|text| flag.set(&mut args, &text)) {
            let wrong = match wrong {
                ValueError::Switch(_) => "must be true or false".to_owned(),
                ValueError::Integer { .. }
                | ValueError::List
                | ValueError::Logging(_)
                | ValueError::Scope
                | ValueError::Timeout(_) => wrong.to_string(),
            };
            notes.push(format!("ignoring {name} from the environment: {wrong}"));
        }
    }
    let mut deprecations = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            None | Some("") => args.positional.push(word.clone()),
            Some("-") => args.positional.extend(words.by_ref().cloned()),
            Some(rest) => match rest.strip_prefix('-') {
                Some(long) => {
                    let flag = long_flag(&mut args, long, &mut words)?;
                    deprecations.extend(
                        flag.deprecation()
                            .map(|instead| format!("Flag --{} has been deprecated, {instead}", flag.name)),
                    );
                }
                None => letters(&mut args, rest, &mut words)?,
            },
        }
    }
    Ok(Parsed { args, notes, deprecations })
}

fn long_flag<'a>(
    args: &mut Args,
    word: &str,
    words: &mut impl Iterator<Item = &'a String>,
) -> Result<&'static Flag, UsageError> {
    if word.starts_with(['-', '=']) {
        return Err(UsageError::Syntax(format!("--{word}")));
    }
    let (name, inline) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    let flag =
        flags::all().find(|flag| flag.name == name).ok_or_else(|| UsageError::Unknown(name.to_owned()))?;
    let value = match inline {
        Some(value) => value,
        None if flag.is_switch() => "true",
        None => words.next().ok_or(UsageError::Needs(flag.name))?,
    };
    set(args, flag, value)?;
    Ok(flag)
}

/// `-ofoo`, `-o=foo`, `-o foo`; letters of switches could stand together.
fn letters<'a>(
    args: &mut Args,
    word: &str,
    words: &mut impl Iterator<Item = &'a String>,
) -> Result<(), UsageError> {
    let mut rest = word;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        let Some(flag) = flags::all().find(|flag| flag.short == Some(letter)) else {
            return Err(match letter {
                'h' => UsageError::Help,
                _ => UsageError::UnknownLetter { letter, word: rest.to_owned() },
            });
        };
        if let Some(value) = after.strip_prefix('=').filter(|value| !value.is_empty()) {
            return set(args, flag, value);
        }
        if flag.is_switch() {
            set(args, flag, "true")?;
            rest = after;
            continue;
        }
        if !after.is_empty() {
            return set(args, flag, after);
        }
        let value = words.next().ok_or_else(|| UsageError::LetterNeeds { letter, word: rest.to_owned() })?;
        return set(args, flag, value);
    }
    Ok(())
}

fn set(args: &mut Args, flag: &Flag, text: &str) -> Result<(), UsageError> {
    flag.set(args, text).map_err(|wrong| UsageError::Invalid {
        text: text.to_owned(),
        flag: flag.shown(),
        wrong,
    })
}

#[cfg(test)]
mod tests {
    use sealer_core::Scope;

    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn args(line: &str) -> Args {
        parse(&words(line), |_| None).unwrap().args
    }

    #[test]
    fn values_stand_in_every_place_that_pflag_takes() {
        for line in ["-o yaml", "-oyaml", "-o=yaml", "--format yaml", "--format=yaml", "-o json -o yaml"] {
            assert_eq!(args(line).format, "yaml", "{line}");
        }
        assert_eq!(
            args("--name -x --cert=a=b"),
            Args { name: "-x".into(), cert: "a=b".into(), ..Args::default() }
        );
        assert_eq!(args("--cert=").cert, "");
        assert_eq!(args("-o= ").format, "=", "pflag reads a lone = as the value");
        assert_eq!(args("--scope=").scope, Some(Scope::Strict));
    }

    #[test]
    fn a_switch_takes_its_value_after_an_equals_sign_only() {
        assert!(args("--raw").raw);
        assert!(!args("--raw=false").raw);
        assert!(!args("--raw --raw=0").raw);
        let mixed = args("--raw false --name x");
        assert!(mixed.raw);
        assert_eq!((mixed.positional, mixed.name), (vec!["false".to_owned()], "x".to_owned()));
    }

    #[test]
    fn flags_of_logs_are_taken_and_change_nothing() {
        for line in [
            "-v 5",
            "-v5",
            "-v=5",
            "--v 5",
            "--v=-1",
            "--logtostderr --alsologtostderr=false",
            "--vmodule=a=1,b=2 --log_dir /tmp --stderrthreshold error",
        ] {
            assert_eq!(args(line), Args::default(), "{line}");
        }
        let environment = |name: &str| name.ends_with("_V").then(|| "x".to_owned());
        assert_eq!(parse(&[], environment).unwrap().notes, [""; 0], "none of them has a variable");
    }

    #[test]
    fn credentials_come_from_the_environment_too() {
        let environment = |name: &str| (name == "SEALED_SECRETS_TOKEN").then(|| "t".to_owned());
        assert_eq!(parse(&[], environment).unwrap().args, args("--token t"));
        assert_eq!(parse(&words("--token other"), environment).unwrap().args, args("--token other"));
    }

    #[test]
    fn groups_are_kept_with_their_commas() {
        assert_eq!(args("--as-group a,b --as-group=c").overrides.impersonate_groups, ["a,b", "c"]);
    }

    #[test]
    fn an_old_name_is_said_each_time_that_the_command_line_has_it() {
        let line = "Flag --rotate has been deprecated, please use --re-encrypt instead";
        for (words_of, re_encrypt, lines) in [
            ("--rotate", true, vec![line]),
            ("--rotate --rotate=false", false, vec![line, line]),
            ("--rotate --re-encrypt=false", false, vec![line]),
            ("--re-encrypt", true, vec![]),
        ] {
            let read = parse(&words(words_of), |_| None).unwrap();
            assert_eq!(
                (read.args.re_encrypt, read.deprecations),
                (re_encrypt, lines.iter().map(|&line| line.to_owned()).collect()),
                "{words_of}"
            );
        }
        let environment = |name: &str| (name == "SEALED_SECRETS_ROTATE").then(|| "true".to_owned());
        let read = parse(&[], environment).unwrap();
        assert_eq!((read.args.re_encrypt, read.deprecations), (true, vec![]));
    }

    #[test]
    fn lists_append_and_a_double_dash_ends_the_flags() {
        let read = args("--from-file a,b first --from-file c -- --raw -");
        assert_eq!(read.from_file, ["a", "b", "c"]);
        assert_eq!(read.positional, ["first", "--raw", "-"]);
        assert!(!read.raw);
    }

    #[test]
    fn mistakes_are_told_in_pflags_words() {
        for (line, text) in [
            ("--bogus", "unknown flag: --bogus"),
            ("--bogus=1", "unknown flag: --bogus"),
            ("-x", "unknown shorthand flag: 'x' in -x"),
            ("-xo", "unknown shorthand flag: 'x' in -xo"),
            ("--cert", "flag needs an argument: --cert"),
            ("-f", "flag needs an argument: 'f' in -f"),
            ("--=x", "bad flag syntax: --=x"),
            ("---x", "bad flag syntax: ---x"),
            (
                "--scope foo",
                "invalid argument \"foo\" for \"--scope\" flag: must be one of: strict, namespace-wide, cluster-wide",
            ),
            ("--server", "flag needs an argument: --server"),
            (
                "-v x",
                "invalid argument \"x\" for \"-v, --v\" flag: strconv.ParseInt: parsing \"x\": invalid syntax",
            ),
            (
                "--raw=maybe",
                "invalid argument \"maybe\" for \"--raw\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax",
            ),
        ] {
            assert_eq!(parse(&words(line), |_| None).unwrap_err().to_string(), text, "{line}");
        }
        assert_eq!(parse(&words("-h"), |_| None), Err(UsageError::Help));
    }

    #[test]
    fn the_environment_is_read_first_and_the_command_line_wins() {
        let environment = |name: &str| match name {
            "SEALED_SECRETS_CONTROLLER_NAME" => Some("sealed-secrets".to_owned()),
            "SEALED_SECRETS_FORMAT" => Some("yaml".to_owned()),
            "SEALED_SECRETS_FROM_FILE" => Some("a".to_owned()),
            _ => None,
        };
        let read = parse(&words("-o json --from-file b"), environment).unwrap();
        assert_eq!(read.args.controller_name, "sealed-secrets");
        assert_eq!(read.args.format, "json");
        assert_eq!(read.args.from_file, ["a", "b"]);
        assert_eq!(read.notes, Vec::<String>::new());
    }

    #[test]
    fn an_invalid_environment_is_ignored_and_said_without_its_value() {
        let environment = |name: &str| match name {
            "SEALED_SECRETS_SCOPE" => Some("everywhere".to_owned()),
            "SEALED_SECRETS_VERSION" => Some("0.36.6".to_owned()),
            _ => None,
        };
        let read = parse(&[], environment).unwrap();
        assert_eq!(read.args, Args::default());
        assert_eq!(
            read.notes,
            [
                "ignoring SEALED_SECRETS_SCOPE from the environment: \
             must be one of: strict, namespace-wide, cluster-wide",
                "ignoring SEALED_SECRETS_VERSION from the environment: must be true or false",
            ]
        );
    }
}
