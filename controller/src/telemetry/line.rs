//! One line of the log, in the two shapes of Go's slog: `time=… level=INFO msg="…" key=value`, and JSON with the
//! same names. Whatever reads upstream's lines reads these.

use std::fmt::{self, Write as _};

use k8s_openapi::jiff;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::args::LogFormat;
use crate::clock;

/// Writes events as lines of that format.
pub(super) struct Line(pub(super) LogFormat);

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let level = event.metadata().level().as_str();
        writeln!(writer, "{}", line(self.0, clock::now(), level, &fields))
    }
}

/// What an event says: its message apart, the rest in its order.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, Value)>,
}

impl Fields {
    fn keep(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(message)) => self.message = message,
            (name, value) => self.others.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.keep(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, Value::String(value.to_owned()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.keep(field, value.into());
    }
}

fn line(format: LogFormat, now: jiff::Timestamp, level: &str, fields: &Fields) -> String {
    match format {
        LogFormat::Text => {
            let mut line = format!("time={now:.3} level={level} msg={}", text(&fields.message));
            for (name, value) in &fields.others {
                let value = value.as_str().map_or_else(|| value.to_string(), text);
                // A String takes everything.
                let _ = write!(line, " {name}={value}");
            }
            line
        }
        LogFormat::Json => {
            let first = [("time", format!("{now:.9}").into()), ("level", level.into())];
            let message = [("msg", fields.message.as_str().into())];
            let all = first.iter().chain(&message).chain(&fields.others);
            let pairs: Vec<String> = all.map(|(name, value)| format!("{name:?}:{value}")).collect();
            format!("{{{}}}", pairs.join(","))
        }
    }
}

/// A text as slog shows it: quoted where it would not be one word.
fn text(text: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !['"', '=', '\\'].contains(&c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("{text:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(message: &str, others: &[(&'static str, Value)]) -> Fields {
        Fields { message: message.into(), others: others.to_vec() }
    }

    // The first of each was printed by upstream's controller, but for its time.
    #[test]
    fn lines_have_the_shape_of_gos_slog() {
        let now = jiff::Timestamp::new(1_790_000_000, 151_000_000).unwrap();
        let start = fields("Starting sealed-secrets controller", &[("version", "v0.36.6".into())]);
        assert_eq!(
            line(LogFormat::Text, now, "INFO", &start),
            "time=2026-09-21T14:13:20.151Z level=INFO msg=\"Starting sealed-secrets controller\" version=v0.36.6"
        );
        assert_eq!(
            line(LogFormat::Json, now, "INFO", &start),
            r#"{"time":"2026-09-21T14:13:20.151000000Z","level":"INFO","msg":"Starting sealed-secrets controller","version":"v0.36.6"}"#
        );
        let odd = fields("ready", &[("count", 3.into()), ("text", "a \"b\"\nc".into()), ("none", "".into())]);
        assert_eq!(
            line(LogFormat::Text, now, "WARN", &odd),
            "time=2026-09-21T14:13:20.151Z level=WARN msg=ready count=3 text=\"a \\\"b\\\"\\nc\" none=\"\""
        );
    }
}
