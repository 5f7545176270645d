//! What the operating system asks for.

use std::io;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tracing::info;

use crate::stop::Stopper;

/// The signals that mean something here.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    renew: Signal,
}

impl Signals {
    /// Takes the signals over: from now on none of them ends the process by itself.
    pub fn take_over() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            renew: signal(SignalKind::user_defined1())?,
        })
    }

    /// Tells `renew` at SIGUSR1, and stops at SIGTERM or SIGINT.
    pub async fn obey(mut self, stopper: Stopper, renew: Arc<Notify>) {
        let name = loop {
            tokio::select! {
                _ = self.terminate.recv() => break "SIGTERM",
                _ = self.interrupt.recv() => break "SIGINT",
                _ = self.renew.recv() => {
                    info!(signal = "SIGUSR1", "a new sealing key is asked for");
                    renew.notify_one();
                }
            }
        };
        info!(signal = name, "stopping");
        stopper.stop();
    }
}
