//! `sealwright bundle`: puts certificates into the page that is a single file.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use sealer_core::one_file::{self, Cluster, OneFileError};
use sealer_core::{CertError, cert};

use crate::cert_source::CertSourceError;
use crate::clock::now;
use crate::error::FileError;
use crate::input;
use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::verdict::{Advice, Failure, Verdict};

/// Into which page, and which certificates.
#[derive(Debug, Args)]
#[command(after_help = "\
The result is a page that seals without a network: open it from a disk, a USB stick or an artifact store. A certificate
is public; with it inside, whoever opens the file need not bring one. Certificates that were inside are replaced.

Examples:
  The page of one cluster:  sealwright bundle --page sealer.html --cert prod-eu.pem -o prod-eu.html
  Of two, with names:       sealwright bundle --page sealer.html --cert prod=a.pem --cert staging=b.pem -o sealer.html
  As the cluster has it:    sealwright bundle --page sealer.html --context prod-eu -o prod-eu.html")]
pub struct BundleArgs {
    /// The page as one file: `sealer.html` of a release, or from the foot of the page that a controller serves
    #[arg(long, value_name = "FILE")]
    pub page: PathBuf,
    /// Certificate to put in, a file or a URL, more than once for several clusters; the page shows NAME, or the
    /// name of the file without its ending [default: the controller's]
    #[arg(long, value_name = "[NAME=]FILE")]
    pub cert: Vec<String>,
    /// Where the result goes [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Where the controller is asked for its certificate
    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// No page was made.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The page can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The page is no text.
    #[error("{}: not UTF-8", path.display())]
    Encoding {
        /// Its file.
        path: PathBuf,
    },
    /// Nothing can be put into it.
    #[error("cannot put certificates into {}", path.display())]
    Page {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: OneFileError,
    },
    /// A certificate can't be had, or not be sealed for.
    #[error("cannot use the certificate of {name:?}")]
    Certificate {
        /// Its name on the page.
        name: String,
        /// Why.
        source: CertSourceError,
    },
    /// Nobody could tell them apart on the page.
    #[error("two certificates have the name {name:?}")]
    SameName {
        /// The name.
        name: String,
    },
}

impl Advice for BundleError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::Page { .. } | Self::Encoding { .. } => Some(
                "get sealer.html anew: from the foot of the page that a controller serves, or from a release"
                    .to_owned(),
            ),
            Self::Certificate { source: CertSourceError::Certificate(CertError::PrivateKey), .. } => {
                Some("never give a private key away; the page needs the certificate alone".to_owned())
            }
            Self::Certificate { source, .. } => source.hint(),
            Self::SameName { .. } => Some("give each a name of its own: --cert NAME=FILE".to_owned()),
            Self::File(_) => None,
        }
    }
}

/// Writes the page with the certificates inside.
pub fn run(args: &BundleArgs, surroundings: &Surroundings) -> Result<Verdict, Failure> {
    let output = args.output.clone().map_or(Output::Stdout, Output::File);
    output::check(&output)?;
    let (page, clusters) = bundle(args, surroundings)?;
    output::write(&output, page.as_bytes(), Privacy::Public)?;
    for cluster in clusters {
        eprintln!("seals for {}, SHA-256 {}", cluster.name, cluster.fingerprint);
    }
    Ok(Verdict::Yes)
}

fn bundle(args: &BundleArgs, surroundings: &Surroundings) -> Result<(String, Vec<Cluster>), BundleError> {
    let path = || args.page.clone();
    let page = input::text(input::file(&args.page)?).ok_or_else(|| BundleError::Encoding { path: path() })?;
    let clusters = clusters(args, surroundings)?;
    let page = one_file::with_clusters(&page, &clusters)
        .map_err(|source| BundleError::Page { path: path(), source })?;
    Ok((page, clusters))
}

fn clusters(args: &BundleArgs, surroundings: &Surroundings) -> Result<Vec<Cluster>, BundleError> {
    let wanted: Vec<(&str, Option<&str>)> = if args.cert.is_empty() {
        vec![(args.cluster.context.as_deref().unwrap_or("cluster"), None)]
    } else {
        args.cert.iter().map(|text| named(text)).map(|(name, source)| (name, Some(source))).collect()
    };
    let mut clusters: Vec<Cluster> = Vec::new();
    for (name, source) in wanted {
        if clusters.iter().any(|cluster| cluster.name == name) {
            return Err(BundleError::SameName { name: name.to_owned() });
        }
        let cluster = cluster(name, source, args, surroundings);
        clusters.push(cluster.map_err(|source| BundleError::Certificate { name: name.to_owned(), source })?);
    }
    Ok(clusters)
}

fn cluster(
    name: &str,
    source: Option<&str>,
    args: &BundleArgs,
    surroundings: &Surroundings,
) -> Result<Cluster, CertSourceError> {
    let source = args.cluster.cert_source(source, std::io::stderr().is_terminal());
    let pem = String::from_utf8(source.load(surroundings)?).map_err(|_| CertSourceError::Encoding)?;
    // Everybody gets the page: a bundle with a private key in it is a slip, even if only its certificate is used.
    if cert::contains_private_key(&pem) {
        return Err(CertError::PrivateKey.into());
    }
    let certificate = cert::parse(&pem)?;
    certificate.check(now())?;
    Ok(Cluster {
        name: name.to_owned(),
        certificate: first_certificate(&pem),
        fingerprint: certificate.fingerprint(),
    })
}

/// The name that the page shows, and where the certificate is. Before the `=` of a name stands no path and no URL.
fn named(text: &str) -> (&str, &str) {
    match text.split_once('=') {
        Some((name, source)) if !name.is_empty() && !name.contains(['/', ':']) => (name, source),
        _ => {
            let file = text.rsplit('/').next().unwrap_or(text);
            (file.rsplit_once('.').map_or(file, |(stem, _)| stem), text)
        }
    }
}

/// The first certificate of a PEM text that has one, without what stands around it.
fn first_certificate(pem: &str) -> String {
    const END: &str = "-----END CERTIFICATE-----";
    let lines = pem.lines().map(str::trim).skip_while(|line| *line != "-----BEGIN CERTIFICATE-----");
    let body: Vec<&str> = lines.take_while(|line| *line != END).collect();
    format!("{}\n{END}\n", body.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_has_the_name_it_is_given_or_that_of_its_file() {
        for (text, name, source) in [
            ("prod-eu.pem", "prod-eu", "prod-eu.pem"),
            ("keys/prod.eu.crt", "prod.eu", "keys/prod.eu.crt"),
            ("prod", "prod", "prod"),
            ("prod=keys/a.pem", "prod", "keys/a.pem"),
            ("prod (EU)=https://example.com/cert.pem", "prod (EU)", "https://example.com/cert.pem"),
            ("https://example.com/v1/cert.pem?a=b", "cert", "https://example.com/v1/cert.pem?a=b"),
            ("./a=b.pem", "a=b", "./a=b.pem"),
        ] {
            assert_eq!(named(text), (name, source), "{text}");
        }
    }

    #[test]
    fn only_the_certificate_that_is_sealed_for_goes_in() {
        let pem = "note\r\n-----BEGIN CERTIFICATE-----\r\nAA==\r\n-----END CERTIFICATE-----\r\nmore\n-----BEGIN CERTIFICATE-----\n";
        assert_eq!(first_certificate(pem), "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n");
    }
}
