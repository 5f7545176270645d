//! How far the controller has come.

use tokio::sync::watch;

/// What the controller is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It looks for its keys, or makes one.
    Keys,
    /// It learns which objects there are.
    Objects,
    /// It does its work.
    Ready,
    /// It ends.
    Stopping,
}

/// The phase, shared by those who change it and those who tell it.
#[derive(Debug)]
pub struct Readiness(watch::Sender<Phase>);

impl Default for Readiness {
    fn default() -> Self {
        Self(watch::Sender::new(Phase::Keys))
    }
}

impl Readiness {
    /// Goes on to a phase. There is no way back.
    pub fn reach(&self, phase: Phase) {
        self.0.send_if_modified(|now| {
            let further = *now < phase;
            *now = phase.max(*now);
            further
        });
    }

    /// The phase at this moment.
    pub fn phase(&self) -> Phase {
        *self.0.borrow()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_way_back() {
        let readiness = Readiness::default();
        assert_eq!(readiness.phase(), Phase::Keys);
        for (reached, phase) in [
            (Phase::Objects, Phase::Objects),
            (Phase::Keys, Phase::Objects),
            (Phase::Stopping, Phase::Stopping),
            (Phase::Ready, Phase::Stopping),
        ] {
            readiness.reach(reached);
            assert_eq!(readiness.phase(), phase);
        }
    }
}
