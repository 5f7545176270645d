//! Logging: lines in the shape of Go's slog, as upstream's are; news to stdout and trouble to stderr.

mod line;

use tracing::{Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::MakeWriterExt as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, Registry};

use crate::args::{LogArgs, LogFormat, LogLevel};
use line::Line;

/// What is logged. Compiled in: `kube_client::client` prints the whole body of an answer that it can't read, at WARN,
/// and such a body may be a Secret. No flag and no variable brings that back. Whatever else it says comes back to the
/// caller as an error.
fn filter(level: LogLevel) -> Targets {
    let level = match level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Error => LevelFilter::ERROR,
    };
    Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target("sealwright_controller", level)
        .with_target("kube_client::client", LevelFilter::OFF)
}

/// A subscriber that writes there.
pub fn subscriber<W>(level: LogLevel, format: LogFormat, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).event_format(Line(format));
    Registry::default().with(lines.with_filter(filter(level)))
}

/// Starts logging: to stderr, but for what is no trouble, which goes to stdout where it is asked for.
pub fn start(args: &LogArgs) {
    use std::io::{stderr, stdout};
    // Fails only where a subscriber is set already, and then that one logs.
    drop(if args.log_info_stdout {
        let split = stderr.with_max_level(Level::WARN).or_else(stdout);
        tracing::subscriber::set_global_default(subscriber(args.log_level, args.log_format, split))
    } else {
        tracing::subscriber::set_global_default(subscriber(args.log_level, args.log_format, stderr))
    });
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use axum::http::{Request, Response};
    use k8s_openapi::api::core::v1::Secret;
    use kube::client::Body;
    use kube::{Api, Client};

    use super::*;

    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Captured {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    /// A server whose every answer is a Secret that breaks off.
    fn truncating() -> Client {
        let service = tower::service_fn(|_: Request<Body>| async {
            let body = r#"{"apiVersion":"v1","kind":"Secret","data":{"password":"Q0FOQVJZ"},"metadata":{"#;
            Ok::<_, Infallible>(Response::new(Body::from(body.as_bytes().to_vec())))
        });
        Client::new(service, "default")
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_not_logged_at_any_level() {
        for (level, format) in [(LogLevel::Debug, LogFormat::Text), (LogLevel::Debug, LogFormat::Json)] {
            let captured = Captured::default();
            let writer = captured.clone();
            let guard = tracing::subscriber::set_default(subscriber(level, format, move || writer.clone()));
            let secrets: Api<Secret> = Api::namespaced(truncating(), "payments");
            let error = crate::api::call(secrets.get("db")).await.unwrap_err();
            tracing::info!("the end: {error}");
            drop(guard);
            let text = captured.text();
            assert!(text.contains("the end"), "{text}");
            assert!(!text.contains("Q0FOQVJZ"), "{text}");
        }
    }

    #[tokio::test]
    async fn without_the_filter_the_body_would_be_logged() {
        let captured = Captured::default();
        let writer = captured.clone();
        let lines = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
        let guard = tracing::subscriber::set_default(Registry::default().with(lines));
        let secrets: Api<Secret> = Api::namespaced(truncating(), "payments");
        assert!(secrets.get("db").await.is_err());
        drop(guard);
        assert!(captured.text().contains("Q0FOQVJZ"), "the trap this is about is gone: so may be the filter");
    }
}
