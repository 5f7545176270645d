//! Asks the API server no faster than told.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::Request;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};
use tower::{Layer, Service};

use crate::cluster::settings::Throttle;

/// What client-go takes zero for.
const DEFAULT: Throttle = Throttle { qps: 5.0, burst: 10 };
/// A slower pace than a request an hour would not be told from standing still.
const SLOWEST: Duration = Duration::from_secs(3600);

/// Lets requests pass at a pace. Lists and watches pass freely: there are few, and everything waits for them.
#[derive(Debug, Clone)]
pub struct Pace {
    gate: Arc<Mutex<Gate>>,
}

/// Whose turn it is when. Who waits holds the lock, so the others wait in line behind it, and whoever gives up
/// waiting takes nobody's turn away.
#[derive(Debug)]
struct Gate {
    interval: Duration,
    /// How far ahead of the pace requests may come.
    credit: Duration,
    /// When the next request were due if all had come at the pace.
    due: Instant,
}

impl Pace {
    /// The pace that is told, with zero read as client-go reads it; `None` for no limit.
    pub fn new(throttle: Throttle) -> Option<Self> {
        let qps = if throttle.qps == 0.0 { DEFAULT.qps } else { throttle.qps };
        let burst = if throttle.burst == 0 { DEFAULT.burst } else { throttle.burst };
        if qps.is_nan() || qps < 0.0 {
            return None;
        }
        let interval = Duration::try_from_secs_f64(1.0 / f64::from(qps)).unwrap_or(SLOWEST).min(SLOWEST);
        let gate = Gate { interval, credit: interval.saturating_mul(burst - 1), due: Instant::now() };
        Some(Self { gate: Arc::new(Mutex::new(gate)) })
    }

    /// Waits for its turn.
    pub async fn turn(&self) {
        let mut gate = self.gate.lock().await;
        let now = Instant::now();
        let due = gate.due.max(now);
        // Tokio sleeps until a moment that is past not at all.
        sleep_until(due.checked_sub(gate.credit).unwrap_or(now)).await;
        gate.due = due + gate.interval;
    }
}

impl<S> Layer<S> for Pace {
    type Service = Paced<S>;

    fn layer(&self, service: S) -> Paced<S> {
        Paced { service, pace: self.clone() }
    }
}

/// A client whose requests wait for their turn.
#[derive(Debug, Clone)]
pub struct Paced<S> {
    service: S,
    pace: Pace,
}

impl<S, B> Service<Request<B>> for Paced<S>
where
    S: Service<Request<B>, Future: Send + 'static>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let free = is_list_or_watch(request.uri().query().unwrap_or_default());
        // Nothing is sent before it is first polled.
        let answer = self.service.call(request);
        if free {
            return Box::pin(answer);
        }
        let pace = self.pace.clone();
        Box::pin(async move {
            pace.turn().await;
            answer.await
        })
    }
}

fn is_list_or_watch(query: &str) -> bool {
    query.split('&').any(|pair| pair.starts_with("limit=") || pair.starts_with("watch="))
}

#[cfg(test)]
mod tests {
    use kube::Api;
    use kube::api::ListParams;
    use kube::core::DynamicObject;
    use tower::ServiceExt as _;

    use super::*;
    use crate::pass::report::sealed_secrets;

    fn pace(qps: f32, burst: u32) -> Pace {
        Pace::new(Throttle { qps, burst }).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_at_once_and_the_rest_at_the_pace() {
        let pace = pace(2.0, 3);
        let start = Instant::now();
        let mut times = Vec::new();
        for _ in 0..6 {
            pace.turn().await;
            times.push(start.elapsed().as_millis());
        }
        assert_eq!(times, [0, 0, 0, 500, 1000, 1500]);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let start = Instant::now();
        for _ in 0..3 {
            pace.turn().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO, "a rest earns one burst");
        pace.turn().await;
        assert_eq!(start.elapsed(), Duration::from_millis(500), "and no more");
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_takes_nobodys_turn_away() {
        let pace = pace(1.0, 1);
        pace.turn().await;
        let start = Instant::now();
        for _ in 0..5 {
            assert!(tokio::time::timeout(Duration::from_millis(10), pace.turn()).await.is_err());
        }
        pace.turn().await;
        assert_eq!(start.elapsed(), Duration::from_secs(1));
    }

    #[test]
    fn a_negative_pace_is_no_limit() {
        assert!(Pace::new(Throttle { qps: -1.0, burst: 10 }).is_none());
        assert!(Pace::new(Throttle { qps: f32::NAN, burst: 10 }).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn zero_is_what_client_go_takes_it_for_and_no_number_breaks_it() {
        for (qps, burst, passes, interval) in [
            (0.0, 0, 10, Duration::from_millis(200)),
            (0.0, 1, 1, Duration::from_millis(200)),
            (1.0, 0, 10, Duration::from_secs(1)),
            (f32::MIN_POSITIVE, 1, 1, SLOWEST),
            (f32::INFINITY, 1, 1, Duration::ZERO),
            (f32::MAX, u32::MAX, 1, Duration::ZERO),
        ] {
            let pace = pace(qps, burst);
            let start = Instant::now();
            for _ in 0..passes {
                pace.turn().await;
            }
            assert_eq!(start.elapsed(), Duration::ZERO, "{qps} {burst}");
            pace.turn().await;
            assert_eq!(start.elapsed(), interval, "{qps} {burst}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn lists_and_watches_pass_freely() {
        let service = tower::service_fn(|request: Request<()>| async move {
            Ok::<_, std::convert::Infallible>(request.uri().to_string())
        });
        let service = pace(1.0, 1).layer(service);
        let start = Instant::now();
        for uri in [
            "/a?limit=500",
            "/a?&watch=true&timeoutSeconds=50",
            "/a",
            "/a?limit=500",
            "/a?fieldManager=limit",
        ] {
            let request = Request::builder().uri(uri).body(()).unwrap();
            service.clone().oneshot(request).await.unwrap();
        }
        assert_eq!(start.elapsed(), Duration::from_secs(1), "two of them waited in line");
    }

    #[tokio::test(start_paused = true)]
    async fn the_lists_of_a_client_are_known_by_their_queries() {
        let (seen, mut uris) = tokio::sync::mpsc::unbounded_channel();
        let service = tower::service_fn(move |request: Request<kube::client::Body>| {
            seen.send(request.uri().query().unwrap_or_default().to_owned()).unwrap();
            let list = r#"{"apiVersion":"v1","kind":"List","metadata":{},"items":[]}"#;
            std::future::ready(Ok::<_, std::convert::Infallible>(axum::http::Response::new(
                kube::client::Body::from(list.as_bytes().to_vec()),
            )))
        });
        let client = kube::Client::new(service, "default");
        let api: Api<DynamicObject> = Api::all_with(client, &sealed_secrets());
        api.list(&ListParams::default().limit(100)).await.unwrap();
        drop(api.watch(&kube::api::WatchParams::default(), "1").await);
        for _ in 0..2 {
            assert!(is_list_or_watch(&uris.recv().await.unwrap()));
        }
    }
}
