//! Prometheus's text format 0.0.4, the only one that upstream serves.
//!
//! The library writes OpenMetrics. The two differ in three small things, which are turned here, so that every series
//! has the name and the labels it has with upstream whatever the scraper accepts.

use prometheus_client::encoding::text::encode_registry;
use prometheus_client::registry::Registry;

/// What the text is, as Prometheus's own clients say it.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn encode(registry: &Registry) -> String {
    let mut open_metrics = String::new();
    encode_registry(&mut open_metrics, registry).expect("writing to a String never fails");
    convert(&open_metrics)
}

fn convert(open_metrics: &str) -> String {
    let mut text = String::with_capacity(open_metrics.len());
    let mut lines = open_metrics.lines().peekable();
    while let Some(line) = lines.next() {
        let counter = |line: &str| line.starts_with("# TYPE ") && line.ends_with(" counter");
        let about_counter = counter(line) || lines.peek().is_some_and(|next| counter(next));
        if about_counter && line.starts_with("# ") {
            // A counter's family has the name of its series here.
            let mut words = line.splitn(4, ' ');
            let words: [&str; 4] = std::array::from_fn(|_| words.next().unwrap_or_default());
            text.push_str(&format!("{} {} {}_total {}", words[0], words[1], words[2], words[3]));
        } else if let Some((series, rest)) = whole_bound(line) {
            text.push_str(series);
            text.push_str(rest);
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

/// A bucket whose bound is written `1.0` in OpenMetrics and `1` here; the line without these two characters.
fn whole_bound(line: &str) -> Option<(&str, &str)> {
    let (name, labels) = line.split_once('{')?;
    if !name.ends_with("_bucket") {
        return None;
    }
    let bound = labels.find("le=\"")? + "le=\"".len();
    let end = bound + labels[bound..].find('"')?;
    let series_end = name.len() + 1 + end;
    let series = line[..series_end].strip_suffix(".0")?;
    Some((series, &line[series_end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_counters_and_whole_bounds_change() {
        let open_metrics = "# HELP a Some words.\n# TYPE a counter\na_total{x=\"1.0\"} 1\n\
            # HELP b More words.\n# TYPE b histogram\n\
            b_bucket{le=\"0.5\",p=\"/\"} 1\nb_bucket{le=\"10.0\",p=\"2.0\"} 1\nb_bucket{le=\"+Inf\"} 1\n\
            # HELP c Words.\n# TYPE c gauge\nc 2.0\n";
        let text = "# HELP a_total Some words.\n# TYPE a_total counter\na_total{x=\"1.0\"} 1\n\
            # HELP b More words.\n# TYPE b histogram\n\
            b_bucket{le=\"0.5\",p=\"/\"} 1\nb_bucket{le=\"10\",p=\"2.0\"} 1\nb_bucket{le=\"+Inf\"} 1\n\
            # HELP c Words.\n# TYPE c gauge\nc 2.0\n";
        assert_eq!(convert(open_metrics), text);
    }
}
