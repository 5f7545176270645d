//! What the controllers' own requests cost them.

use std::time::Duration;

use http::Request;
use kube::{Client, Config};

use super::{Bench, Figures, figure};
use crate::Failure;
use crate::controller::{Controller, Limits, Who};
use crate::figures::{Phase, Quantity};

/// Requests for the certificate: enough for a hundredth of a second, the clock's step, to be little.
const CERTIFICATES: usize = 20_000;
/// Requests to try an object.
const TRIES: usize = 500;

/// CPU time for each request; one connection, one request after the other.
pub async fn http(bench: &Bench, who: Who) -> Result<Figures, Failure> {
    let world = bench.world().await?;
    let mut controller = world.controller(who, Limits::Off)?;
    let client = Client::try_from(Config::new("http://127.0.0.1:8080".parse()?))?;
    let ready = async {
        while call(&client, "/v1/cert.pem", None).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    };
    controller.until(ready).await?;
    let object = bench.key.seal_many("object", 1, 1)?.remove(0);
    let certificate = load(&mut controller, &client, "/v1/cert.pem", None, bench.size(CERTIFICATES)).await?;
    let verify = load(&mut controller, &client, "/v1/verify", Some(&object), bench.size(TRIES)).await?;
    Ok(vec![
        figure(Phase::Certificate, Quantity::CpuEach, certificate),
        figure(Phase::Verify, Quantity::CpuEach, verify),
    ])
}

/// Milliseconds for each request.
async fn load(
    controller: &mut Controller,
    client: &Client,
    path: &str,
    body: Option<&str>,
    requests: usize,
) -> Result<f64, Failure> {
    // The first ones open the connection.
    for _ in 0..3 {
        call(client, path, body).await?;
    }
    controller.quiet().await?;
    let before = controller.cpu()?;
    let all = async {
        for _ in 0..requests {
            call(client, path, body).await?;
        }
        Ok(())
    };
    controller.until(all).await?;
    Ok((controller.cpu()? - before) * 1_000.0 / requests as f64)
}

/// One request that has to succeed.
async fn call(client: &Client, path: &str, body: Option<&str>) -> Result<(), Failure> {
    let request = match body {
        None => Request::get(path).body(Vec::new())?,
        Some(body) => Request::post(path).body(body.as_bytes().to_vec())?,
    };
    client.request_text(request).await?;
    Ok(())
}
