//! The flags about what is served over HTTP.

use std::time::Duration;

use clap::{ArgAction, Args};

use crate::args::duration;
use crate::http::Limits;

/// What is served, and where.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(next_help_heading = "Serving")]
pub struct ServingArgs {
    /// Where the certificate, the probes, verify and rotate are served.
    #[arg(long, value_name = "ADDRESS", default_value = ":8080")]
    pub listen_addr: String,
    /// Where metrics are served.
    #[arg(long, value_name = "ADDRESS", default_value = ":8081")]
    pub listen_metrics_addr: String,
    /// Where the sealing page is served.
    #[arg(long, value_name = "ADDRESS", default_value = ":8082")]
    pub page_listen_addr: String,
    /// How the page calls this cluster.
    #[arg(long, value_name = "NAME", default_value = "this cluster")]
    pub cluster_name: String,
    /// The folder of a repository that the page offers to open new files in: its address on GitHub or Gitea, as browsers show
    /// it, such as https://github.com/acme/gitops/tree/main/prod.
    #[arg(long, value_name = "URL", value_parser = folder)]
    pub page_folder: Option<String>,
    /// How many requests to verify and rotate are answered in a second; with 0, none is.
    #[arg(long, value_name = "COUNT", default_value_t = 2)]
    pub rate_limit: u32,
    /// How many more may come at once after a rest.
    #[arg(long, value_name = "COUNT", default_value_t = 2)]
    pub rate_limit_burst: u32,
    /// How long a client may take to send a request.
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration::parse)]
    pub read_timeout: Duration,
    /// How long an answer may take.
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration::parse)]
    pub write_timeout: Duration,
    /// Leave out the metric that lists every SealedSecret by name.
    #[arg(long, value_name = "BOOL", default_value = "false", hide_default_value = true, action = ArgAction::Set)]
    pub metrics_omit_secret_labels: bool,
}

/// The page makes nothing of other addresses, and says nothing of them either.
fn folder(address: &str) -> Result<String, String> {
    let is_one = address.starts_with("https://")
        && (address.contains("/tree/") || address.contains("/src/branch/"))
        && !address.contains(['@', '?', '#', ' ']);
    match is_one {
        true => Ok(address.to_owned()),
        false => Err("give a folder as https://HOST/OWNER/REPOSITORY/tree/BRANCH/FOLDER, with src/branch in place of tree \
                      on Gitea, without user, query and fragment"
            .to_owned()),
    }
}

impl ServingArgs {
    /// What a client may take of the servers.
    pub fn limits(&self) -> Limits {
        Limits {
            rate: self.rate_limit,
            burst: self.rate_limit_burst,
            read_timeout: self.read_timeout,
            write_timeout: self.write_timeout,
        }
    }
}
