//! The wish to end, handed to whoever runs.

use tokio::sync::watch;

/// Says when to stop. Clones say it together.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

/// Ends everything that holds a [`Stop`].
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// A pair of both.
pub fn channel() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stop {
    /// Returns when it is time to stop; also when whoever could say so is gone.
    pub async fn wait(mut self) {
        // An error means that the sender is gone, which is a reason to stop as well.
        drop(self.0.wait_for(|stop| *stop).await);
    }
}

impl Stopper {
    /// Says that it is time to stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}
