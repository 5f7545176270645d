//! The flags about the log.

use clap::{ArgAction, Args, ValueEnum};

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(next_help_heading = "Logging")]
pub struct LogArgs {
    /// Log news to stdout and trouble to stderr; with false everything to stderr.
    #[arg(long, value_name = "BOOL", default_value = "true", action = ArgAction::Set)]
    pub log_info_stdout: bool,
    /// How much is logged.
    #[arg(long, value_name = "LEVEL", default_value = "info", ignore_case = true)]
    pub log_level: LogLevel,
    /// How it is logged.
    #[arg(long, value_name = "FORMAT", default_value = "text", ignore_case = true)]
    pub log_format: LogFormat,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Everything that this program does.
    Debug,
    /// What changes.
    Info,
    /// What may need somebody.
    Warn,
    /// What does not work.
    Error,
}

/// How it is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}
