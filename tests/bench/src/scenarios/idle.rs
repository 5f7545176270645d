//! One new object at a time, while nothing else happens.

use std::time::Duration;

use super::{Bench, Figures, spread};
use crate::Failure;
use crate::arrivals::Arrivals;
use crate::controller::{Limits, Who};
use crate::figures::Phase;

/// How often, for each number of items.
const OBJECTS: usize = 30;
/// Long enough for what follows a status, an event for example.
const REST: Duration = Duration::from_millis(50);

/// From the moment the creation is sent to the Secret.
pub async fn idle(bench: &Bench, who: Who) -> Result<Figures, Failure> {
    let world = bench.world().await?;
    let arrivals = Arrivals::follow(&world.client).await?;
    let mut controller = world.controller(who, Limits::Off)?;
    let mut written = 0;
    let mut figures = Figures::new();
    // Connections are opened and memory is warm after the first few, which count for nobody.
    let rounds = [
        (None, "warm", 3, 5),
        (Some(Phase::IdleOne), "one", 1, OBJECTS),
        (Some(Phase::IdleThree), "three", 3, OBJECTS),
    ];
    for (phase, prefix, items, objects) in rounds {
        let mut times = Vec::new();
        for json in bench.key.seal_many(prefix, objects, items)? {
            let (name, sent) = world.create(&json).await?;
            written += 1;
            let both = arrivals.wait(|seen| seen.secrets.contains_key(&name) && seen.statuses >= written);
            controller.until(both).await?;
            times.push(arrivals.of(&name)?.saturating_duration_since(sent));
            tokio::time::sleep(REST).await;
        }
        figures.extend(phase.map(|phase| spread(phase, times)).unwrap_or_default());
    }
    Ok(figures)
}
