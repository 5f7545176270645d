//! Counting requests.

use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::MethodRouter;
use tokio::time::Instant;

use crate::metrics::Metrics;

/// Counts what a route answers, under the path of the route and not the one that the client asked for.
pub(super) fn counted(path: &'static str, metrics: &Arc<Metrics>, route: MethodRouter) -> MethodRouter {
    let metrics = Arc::clone(metrics);
    route.layer(from_fn(move |request: Request, next: Next| {
        let metrics = Arc::clone(&metrics);
        async move {
            let (began, method) = (Instant::now(), request.method().clone());
            let answer = next.run(request).await;
            metrics.http_answered(path, &method, answer.status(), began.elapsed());
            answer
        }
    }))
}
