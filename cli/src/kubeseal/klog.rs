//! The flags of klog, which scripts may have: they are judged as klog judges them, and do nothing.
//!
//! klog says what Go's client for Kubernetes does. There is none here, so there is nothing to log, no file is made, and no
//! level of verbosity brings a header or a token to light.

use crate::kubeseal::args::Value;
use crate::kubeseal::flags::Flag;
use crate::kubeseal::value::{ValueError, integer, switch};

/// What the help says above these flags.
pub const HEADING: &str = "Flags of upstream's log, taken and without effect";

/// How klog reads a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// On or off.
    Switch,
    /// Any text.
    Text,
    /// A level of verbosity.
    Level,
    /// The name or the number of a severity.
    Severity,
    /// A size.
    Size,
    /// Patterns with levels: `file=1,other*=2`.
    Modules,
    /// A place in a source: `file.go:234`.
    Place,
}

/// The flags, in the order of their names.
pub const FLAGS: &[Flag] = &[
    flag("add_dir_header", Setting::Switch),
    flag("alsologtostderr", Setting::Switch),
    flag("alsologtostderrthreshold", Setting::Severity),
    flag("legacy_stderr_threshold_behavior", Setting::Switch),
    flag("log_backtrace_at", Setting::Place),
    flag("log_dir", Setting::Text),
    flag("log_file", Setting::Text),
    flag("log_file_max_size", Setting::Size),
    flag("logtostderr", Setting::Switch),
    flag("one_output", Setting::Switch),
    flag("skip_headers", Setting::Switch),
    flag("skip_log_headers", Setting::Switch),
    flag("stderrthreshold", Setting::Severity),
    Flag { short: Some('v'), ..flag("v", Setting::Level) },
    flag("vmodule", Setting::Modules),
];

const fn flag(name: &'static str, setting: Setting) -> Flag {
    Flag { name, short: None, value: Value::Logging(setting), help: "without effect" }
}

impl Setting {
    /// Says what is wrong with a value, in the words of klog and of Go's `flag`.
    pub fn judge(self, text: &str) -> Result<(), ValueError> {
        const WRONG_MODULES: ValueError =
            ValueError::Logging("syntax error: expect comma-separated list of filename=N");
        const WRONG_PLACE: ValueError = ValueError::Logging("syntax error: expect file.go:234");
        match self {
            Self::Switch => switch(text).map(drop).map_err(|_| ValueError::Logging("parse error")),
            Self::Text => Ok(()),
            Self::Level => integer(text).map(drop),
            Self::Severity => {
                let names = ["INFO", "WARNING", "ERROR", "FATAL"];
                if names.contains(&text.to_uppercase().as_str()) { Ok(()) } else { integer(text).map(drop) }
            }
            Self::Size => match text.parse::<u64>() {
                Ok(_) => Ok(()),
                Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                    Err(ValueError::Logging("value out of range"))
                }
                Err(_) => Err(ValueError::Logging("parse error")),
            },
            Self::Modules => {
                for module in text.split(',').filter(|module| !module.is_empty()) {
                    let level = match module.split('=').collect::<Vec<_>>()[..] {
                        [pattern, level] if !pattern.is_empty() && !level.is_empty() => integer(level),
                        _ => Err(WRONG_MODULES),
                    };
                    if level.map_err(|_| WRONG_MODULES)? < 0 {
                        return Err(ValueError::Logging("negative value for vmodule level"));
                    }
                }
                Ok(())
            }
            Self::Place if text.is_empty() => Ok(()),
            Self::Place => match text.split(':').collect::<Vec<_>>()[..] {
                [file, line] if file.contains('.') => match line.parse::<i64>() {
                    Ok(line) if line > 0 => Ok(()),
                    Ok(_) => Err(ValueError::Logging("negative or zero value for level")),
                    Err(_) => Err(WRONG_PLACE),
                },
                _ => Err(WRONG_PLACE),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_judged_as_klog_judges_them() {
        for (setting, good, wrong) in [
            (Setting::Switch, &["true", "0", "T"][..], &["", "yes"][..]),
            (Setting::Text, &["", "x"], &[]),
            (Setting::Level, &["0", "-1", "+10", "2147483647"], &["", "x", "1.5", "2147483648"]),
            (Setting::Severity, &["info", "WARNING", "Fatal", "2"], &["", "loud"]),
            (Setting::Size, &["0", "18446744073709551615"], &["", "-1", "1M", "18446744073709551616"]),
            (Setting::Modules, &["", "a=1", "a=1,b*=2,", "a=0"], &["a", "a=", "=1", "a=x", "a=-1", "a=1=2"]),
            (Setting::Place, &["", "a.go:1"], &["a.go", "a:1", "a.go:0", "a.go:x", "a.go:1:2"]),
        ] {
            for text in good {
                assert_eq!(setting.judge(text), Ok(()), "{setting:?} {text:?}");
            }
            for text in wrong {
                assert!(setting.judge(text).is_err(), "{setting:?} {text:?}");
            }
        }
    }
}
