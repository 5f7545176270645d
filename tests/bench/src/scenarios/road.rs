//! From `git push` to the Secret, with Flux on the way.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use sealwright_gitops::{Flux, GitServer, following};
use sealwright_interop::Kubeseal;
use serde_json::json;

use super::{Bench, Figures, spread};
use crate::Failure;
use crate::arrivals::Arrivals;
use crate::controller::{Limits, Who};
use crate::figures::Phase;
use crate::sealed::NAMESPACE;

/// Between two looks of Flux at the repository.
const POLL: Duration = Duration::from_secs(2);
/// How often something is pushed and measured.
const PUSHES: usize = 40;
/// Pushes before, which count for nobody.
const WARM: usize = 2;
/// From the SealedSecret of one push to the earliest next one: longer than either controller's part.
const REST: Duration = Duration::from_millis(500);
/// Longer than any push takes; only a Flux that fails meets it.
const LIMIT: Duration = Duration::from_secs(60);

/// Pushes one new file at a time, while nothing else happens.
pub async fn road(bench: &Bench, who: Who) -> Result<Figures, Failure> {
    let world = bench.world().await?;
    let folder = tempfile::tempdir()?;
    let gitops = &bench.programs.gitops;
    let git = GitServer::start(&gitops.gitserver, &folder.path().join("git"))?;
    let repository = git.create("app")?;
    let mut controller = world.controller(who, Limits::Default)?;
    let flux = Flux::start(world.cluster(), gitops, &folder.path().join("flux"))?;
    let arrivals = Arrivals::follow(&world.client).await?;
    let kubeseal = Kubeseal::at(bench.programs.kubeseal(who));
    let certificate = folder.path().join("cert.pem");
    fs::write(&certificate, bench.key.certificate())?;

    let pushes = bench.size(PUSHES);
    let sealed = (0..WARM + pushes).map(|number| {
        let name = format!("pushed-{number:02}");
        let text = sealed_by(&kubeseal, folder.path(), &certificate, &name)?;
        Ok((name, text))
    });
    let sealed = sealed.collect::<Result<Vec<_>, Failure>>()?;
    let (mut roads, mut ends) = (Vec::new(), Vec::new());
    let mut applied = Instant::now();
    for (number, (name, text)) in sealed.into_iter().enumerate() {
        fs::write(repository.work_tree().join(format!("{name}.yaml")), text)?;
        // A push is as likely at one time between two looks as at any other. Its time hangs on what Flux did and on
        // nothing of the controller's: the slower one would push nearer to the next look, and gain by it.
        let share = POLL * u32::try_from(number % pushes)? / u32::try_from(pushes)?;
        tokio::time::sleep_until((applied + REST + share).into()).await;
        repository.commit_and_push(&name)?;
        let pushed = Instant::now();
        if number == 0 {
            let poll = format!("{}s", POLL.as_secs());
            world.cluster().apply(&following("app", repository.url(), &poll))?;
        }
        let both = arrivals.wait(|seen| seen.secrets.contains_key(&name) && seen.statuses > number);
        tokio::time::timeout(LIMIT, controller.until(both))
            .await
            .map_err(|_| format!("{name} did not arrive; {}", flux.log_tails()))??;
        applied = arrivals.of_sealed(&name)?;
        if number >= WARM {
            let arrived = arrivals.of(&name)?;
            roads.push(arrived.saturating_duration_since(pushed));
            ends.push(arrived.saturating_duration_since(applied));
        }
    }
    Ok([spread(Phase::Road, roads), spread(Phase::RoadEnd, ends)].concat())
}

/// A SealedSecret of this name in YAML.
fn sealed_by(kubeseal: &Kubeseal, folder: &Path, certificate: &Path, name: &str) -> Result<Vec<u8>, Failure> {
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": name, "namespace": NAMESPACE },
        "stringData": { "password": format!("the value of {name}") },
    });
    let arguments = ["--cert".as_ref(), certificate.as_os_str(), "--format".as_ref(), "yaml".as_ref()];
    let run = kubeseal.run(folder, &arguments, secret.to_string().as_bytes())?;
    match run.exit {
        Some(0) => Ok(run.stdout),
        _ => Err(format!("kubeseal refused {name}: {}", run.stderr).into()),
    }
}
