//! Whether somebody is there, and what they would leave behind.

use super::{Action, Input, State};

/// Whether somebody uses the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Somebody does.
    There,
    /// Nobody has for a while: the values go soon.
    Away,
    /// They are gone.
    Gone,
}

impl State {
    /// Whether there are values that somebody could come across.
    pub fn holds_values(&self) -> bool {
        !matches!(self.input, Input::Empty | Input::Wiped(_))
            || (!self.is_wiped() && self.edits().has_values())
    }

    /// The state when somebody came or went. With somebody who is gone the values go; what is sealed stays.
    pub(super) fn notice(mut self, presence: Presence) -> Self {
        if presence == Presence::Gone && self.holds_values() {
            let clear = if self.sealed().is_some() { Action::Wiped } else { Action::StartOver };
            self = self.reduce(clear);
        }
        self.presence = presence;
        self
    }
}
