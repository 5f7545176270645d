//! Many new objects at once, and a few while many wait.

use std::time::{Duration, Instant};

use super::{Bench, Figures, spread};
use crate::Failure;
use crate::arrivals::Arrivals;
use crate::controller::{Controller, Limits, Who};
use crate::figures::Phase;

/// Between two of the objects that come during a cold sync.
const STEP: Duration = Duration::from_millis(50);

/// 1,000 objects at once, while the controller runs.
pub async fn burst(bench: &Bench, who: Who) -> Result<Figures, Failure> {
    let world = bench.world().await?;
    let arrivals = Arrivals::follow(&world.client).await?;
    let mut controller = world.controller(who, Limits::Off)?;
    world.create_all(&bench.key.seal_many("warm", 1, 1)?).await?;
    controller.until(arrivals.wait(|seen| seen.statuses == 1)).await?;
    controller.quiet().await?;
    let objects = bench.key.seal_many("object", bench.size(1_000), 1)?;
    let sent = world.create_all(&objects).await?;
    times(&mut controller, &arrivals, Phase::Burst, &sent).await
}

/// 50 objects, one after the other, once a cold sync of 5,000 is well under way.
pub async fn newcomers(bench: &Bench, who: Who) -> Result<Figures, Failure> {
    let world = bench.world().await?;
    let backlog = bench.size(5_000);
    world.create_all(&bench.key.seal_many("object", backlog, 1)?).await?;
    let newcomers = bench.key.seal_many("new", bench.size(50), 1)?;
    let arrivals = Arrivals::follow(&world.client).await?;
    let mut controller = world.controller(who, Limits::Off)?;
    controller.until(arrivals.wait(|seen| seen.secrets.len() >= backlog / 50)).await?;
    let mut sent = Vec::new();
    for json in &newcomers {
        sent.push(world.create(json).await?);
        tokio::time::sleep(STEP).await;
    }
    let (secrets, _) = arrivals.counts();
    println!("    the last was created when {secrets} of {backlog} had their Secret");
    times(&mut controller, &arrivals, Phase::Newcomers, &sent).await
}

async fn times(
    controller: &mut Controller,
    arrivals: &Arrivals,
    phase: Phase,
    sent: &[(String, Instant)],
) -> Result<Figures, Failure> {
    let mut times = Vec::new();
    for (name, sent) in sent {
        controller.until(arrivals.wait(|seen| seen.secrets.contains_key(name))).await?;
        times.push(arrivals.of(name)?.saturating_duration_since(*sent));
    }
    Ok(spread(phase, times))
}
