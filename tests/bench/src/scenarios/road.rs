//! From `git push` to the Secret, with Flux on the way.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use sealwright_gitops::{Flux, GitServer, Repository, following};
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
    let (mut roads, mut ends) = (Vec::new(), Vec::new());
    for number in 0..WARM + pushes {
        let name = format!("pushed-{number:02}");
        add(&repository, &name, &kubeseal, &certificate)?;
        // A push is as likely at one time between two looks as at any other.
        tokio::time::sleep(POLL * u32::try_from(number % pushes)? / u32::try_from(pushes)?).await;
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
        if number >= WARM {
            let arrived = arrivals.of(&name)?;
            roads.push(arrived.saturating_duration_since(pushed));
            ends.push(arrived.saturating_duration_since(arrivals.of_sealed(&name)?));
        }
    }
    Ok([spread(Phase::Road, roads), spread(Phase::RoadEnd, ends)].concat())
}

/// Puts a Secret of this name, sealed by this kubeseal, into the work tree.
fn add(repository: &Repository, name: &str, kubeseal: &Kubeseal, certificate: &Path) -> Result<(), Failure> {
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": name, "namespace": NAMESPACE },
        "stringData": { "password": format!("the value of {name}") },
    });
    let arguments = ["--cert".as_ref(), certificate.as_os_str(), "--format".as_ref(), "yaml".as_ref()];
    let run = kubeseal.run(repository.work_tree(), &arguments, secret.to_string().as_bytes())?;
    if run.exit != Some(0) {
        return Err(format!("kubeseal refused {name}: {}", run.stderr).into());
    }
    Ok(fs::write(repository.work_tree().join(format!("{name}.yaml")), run.stdout)?)
}
