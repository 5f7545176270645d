//! What the API server and the controllers count themselves.

use std::fmt;

use http::Request;
use kube::Client;

use crate::Failure;

/// Requests of a controller that the API server has answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    /// Creations and changes of Secrets.
    pub secrets: u64,
    /// Changes of SealedSecrets and their statuses.
    pub statuses: u64,
    /// Creations and changes of events.
    pub events: u64,
    /// Single Secrets that were read.
    pub reads: u64,
}

impl fmt::Display for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { secrets, statuses, events, reads } = self;
        write!(f, "writes of Secrets {secrets}, of statuses {statuses}, of events {events}; reads {reads}")
    }
}

impl Requests {
    /// Asks the API server.
    pub async fn so_far(client: &Client) -> Result<Self, Failure> {
        Ok(Self::parse(&text(client, "/metrics").await?))
    }

    /// Everything that changed something.
    pub fn writes(self) -> u64 {
        self.secrets + self.statuses + self.events
    }

    /// What came since then.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            secrets: self.secrets - earlier.secrets,
            statuses: self.statuses - earlier.statuses,
            events: self.events - earlier.events,
            reads: self.reads - earlier.reads,
        }
    }

    fn parse(metrics: &str) -> Self {
        let mut sum = Self::default();
        for (labels, value) in samples(metrics, "apiserver_request_total") {
            if label(labels, "dry_run").is_some_and(|dry| !dry.is_empty()) {
                continue;
            }
            let (Some(verb), Some(resource)) = (label(labels, "verb"), label(labels, "resource")) else {
                continue;
            };
            let writes = ["POST", "PUT", "PATCH", "APPLY", "DELETE"].contains(&verb);
            match resource {
                "secrets" if writes => sum.secrets += value as u64,
                "secrets" if verb == "GET" => sum.reads += value as u64,
                "sealedsecrets" if writes => sum.statuses += value as u64,
                "events" if writes => sum.events += value as u64,
                _ => {}
            }
        }
        sum
    }
}

/// The sum of a metric over all of its labels; `None` when it is not there.
pub async fn metric(client: &Client, name: &str) -> Result<Option<f64>, Failure> {
    let text = text(client, "/metrics").await?;
    Ok(samples(&text, name).map(|(_, value)| value).reduce(|sum, value| sum + value))
}

async fn text(client: &Client, path: &str) -> Result<String, Failure> {
    Ok(client.request_text(Request::get(path).body(Vec::new())?).await?)
}

/// Labels and value of every sample of one metric in the Prometheus text format.
fn samples<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = (&'a str, f64)> {
    text.lines().filter_map(move |line| {
        let rest = line.strip_prefix(name)?;
        let (labels, value) = match rest.strip_prefix('{') {
            // The last brace: a label's value may hold others.
            Some(rest) => rest.rsplit_once('}')?,
            None if rest.starts_with(' ') => ("", rest),
            None => return None,
        };
        Some((labels, value.split_whitespace().next()?.parse().ok()?))
    })
}

fn label<'a>(labels: &'a str, name: &str) -> Option<&'a str> {
    labels.split(',').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then(|| value.trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"# TYPE apiserver_request_total counter
apiserver_request_total{code="201",dry_run="",group="",resource="secrets",subresource="",verb="POST"} 7
apiserver_request_total{code="201",dry_run="All",group="",resource="secrets",subresource="",verb="POST"} 90
apiserver_request_total{code="409",dry_run="",group="",resource="secrets",subresource="",verb="PUT"} 1
apiserver_request_total{code="200",dry_run="",group="",resource="secrets",subresource="",verb="GET"} 5
apiserver_request_total{code="200",dry_run="",group="",resource="secrets",subresource="",verb="LIST"} 3
apiserver_request_total{code="200",dry_run="",group="b",resource="sealedsecrets",subresource="status",verb="PUT"} 1e+01
apiserver_request_total{code="201",dry_run="",group="",resource="leases",subresource="",verb="PUT"} 40
apiserver_request_total_more{resource="events",verb="POST"} 4
plain 2
"#;

    #[test]
    fn writes_are_counted_by_resource_and_dry_runs_are_not() {
        let counted = Requests::parse(TEXT);
        assert_eq!(counted, Requests { secrets: 8, statuses: 10, events: 0, reads: 5 });
        assert_eq!(counted.writes(), 18);
        assert_eq!(counted.since(Requests { secrets: 3, ..Requests::default() }).secrets, 5);
    }

    #[test]
    fn a_metric_without_labels_is_read() {
        assert_eq!(samples(TEXT, "plain").collect::<Vec<_>>(), [("", 2.0)]);
        assert_eq!(samples(TEXT, "missing").count(), 0);
    }
}
