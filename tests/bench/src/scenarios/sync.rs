//! Cold syncs and restarts.

use super::{Bench, Figures, figure, seconds};
use crate::Failure;
use crate::arrivals::Arrivals;
use crate::controller::{Controller, Limits, Who};
use crate::counters::Requests;
use crate::figures::{Phase, Quantity};
use crate::world::World;

/// How many objects, and what the figures are called.
pub struct Size {
    objects: usize,
    items: usize,
    cold: Phase,
    restart: Phase,
    /// How the restart beside as many foreign Secrets is called, where there is one.
    foreign: Option<Phase>,
}

/// 1,000 objects × 3 items.
pub const SMALLER: Size =
    Size { objects: 1_000, items: 3, cold: Phase::Cold1000, restart: Phase::Restart1000, foreign: None };
/// 5,000 objects × 1 item.
pub const LARGER: Size = Size {
    objects: 5_000,
    items: 1,
    cold: Phase::Cold5000,
    restart: Phase::Restart5000,
    foreign: Some(Phase::RestartForeign),
};
/// Objects that are synced with the controllers' own limits, and what their time is multiplied with: upstream needs
/// 13 minutes for 1,000.
const DEFAULTS: (usize, usize) = (200, 5);

/// Cold sync and, the first time, restarts.
pub async fn sync(bench: &Bench, who: Who, size: &Size, restarts: bool) -> Result<Figures, Failure> {
    let world = bench.world().await?;
    let objects = bench.size(size.objects);
    world.create_all(&bench.key.seal_many("object", objects, size.items)?).await?;
    let mut figures = cold(&world, who, size.cold, objects).await?;
    if restarts {
        figures.extend(restart(&world, who, size.restart, objects).await?);
        if let Some(phase) = size.foreign {
            world.create_foreign(objects).await?;
            figures.extend(restart(&world, who, phase, objects).await?);
        }
    }
    Ok(figures)
}

/// Cold sync as the controllers come, scaled to 1,000 objects.
pub async fn defaults(bench: &Bench, who: Who) -> Result<Figures, Failure> {
    let world = bench.world().await?;
    let objects = bench.size(DEFAULTS.0);
    world.create_all(&bench.key.seal_many("object", objects, 3)?).await?;
    let arrivals = Arrivals::follow(&world.client).await?;
    let mut controller = world.controller(who, Limits::Default)?;
    let wall = until_synced(&mut controller, &arrivals, objects).await?;
    Ok(vec![figure(Phase::ColdDefaults, Quantity::Wall, wall * DEFAULTS.1 as f64)])
}

async fn cold(world: &World<'_>, who: Who, phase: Phase, objects: usize) -> Result<Figures, Failure> {
    let arrivals = Arrivals::follow(&world.client).await?;
    let before = Requests::so_far(&world.client).await?;
    let mut controller = world.controller(who, Limits::Off)?;
    let wall = until_synced(&mut controller, &arrivals, objects).await?;
    let mut figures = vec![figure(phase, Quantity::Wall, wall)];
    let requests = read_off(world, &controller, phase, before, &mut figures).await?;
    figures.push(figure(phase, Quantity::WritesEach, requests.writes() as f64 / objects as f64));
    world.all_are_synced(objects).await?;
    Ok(figures)
}

async fn restart(world: &World<'_>, who: Who, phase: Phase, objects: usize) -> Result<Figures, Failure> {
    let before = Requests::so_far(&world.client).await?;
    let mut controller = world.controller(who, Limits::Off)?;
    let judged = controller.judged(objects).await?;
    let mut figures = vec![figure(phase, Quantity::Wall, seconds(controller.started(), judged))];
    let requests = read_off(world, &controller, phase, before, &mut figures).await?;
    figures.push(figure(phase, Quantity::Writes, requests.writes() as f64));
    figures.push(figure(phase, Quantity::Reads, requests.reads as f64));
    world.all_are_synced(objects).await?;
    Ok(figures)
}

/// Until every object has its Secret and its status.
async fn until_synced(
    controller: &mut Controller,
    arrivals: &Arrivals,
    objects: usize,
) -> Result<f64, Failure> {
    let all = arrivals.wait(|seen| seen.secrets.len() >= objects && seen.statuses >= objects);
    let end = controller.until(all).await?;
    Ok(seconds(controller.started(), end))
}

/// CPU, memory and RSA once the controller is quiet; gives its requests.
async fn read_off(
    world: &World<'_>,
    controller: &Controller,
    phase: Phase,
    before: Requests,
    figures: &mut Figures,
) -> Result<Requests, Failure> {
    controller.quiet().await?;
    figures.push(figure(phase, Quantity::Cpu, controller.cpu()?));
    figures.push(figure(phase, Quantity::Peak, controller.peak()?));
    if let Some(decryptions) = controller.decryptions().await {
        figures.push(figure(phase, Quantity::Decryptions, decryptions));
    }
    let requests = Requests::so_far(&world.client).await?.since(before);
    println!("    {phase}: {requests}");
    Ok(requests)
}
