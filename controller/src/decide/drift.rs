//! What to do about a Secret that somebody else has changed.

/// What to do about a Secret that somebody else has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Drift {
    /// Say so, and leave it.
    #[default]
    Report,
    /// Write what was sealed back.
    Heal,
    /// Nothing.
    Ignore,
}
