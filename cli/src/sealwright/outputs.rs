//! Seals for one certificate or for those of several clusters, and writes what comes out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use sealer_core::{CertError, SealError, SealRequest, SealedSecret, SealingCert, Timestamp, emit, seal};

use crate::cert_source::{CertSource, CertSourceError};
use crate::error::OsCause;
use crate::kubeconfig::Surroundings;
use crate::output::{self, Output, Privacy};
use crate::sealwright::args::ClusterArgs;
use crate::sealwright::verdict::{Advice, Failure};

/// What is sealed with, and where the result goes.
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// Certificate to seal with, a file or URL [default: the controller's]; repeat it for several clusters
    #[arg(long, value_name = "FILE|URL", env = "SEALED_SECRETS_CERT", hide_env = true)]
    pub cert: Vec<String>,
    /// File for the SealedSecrets [default: standard output]
    #[arg(short, long, value_name = "FILE", conflicts_with = "out_dir")]
    pub output: Option<PathBuf>,
    /// Folder for one file per SealedSecret: DIR/CERT/NAME.sealedsecret.yaml, where CERT is the certificate's file
    /// name without its ending
    #[arg(long, value_name = "DIR")]
    pub out_dir: Option<PathBuf>,
    /// Replace files that exist
    #[arg(long)]
    pub force: bool,
}

/// The SealedSecrets can't be made or written.
#[derive(Debug, thiserror::Error)]
pub enum OutputsError {
    /// One place for the results of several certificates.
    #[error("several certificates need --out-dir")]
    OnePlace,
    /// A certificate that no folder can be named after.
    #[error("no folder can be named after the certificate {cert:?}")]
    Nameless {
        /// What `--cert` says.
        cert: String,
    },
    /// Two certificates of one name.
    #[error("two certificates would write to the folder {folder:?}")]
    SameFolder {
        /// The name of both.
        folder: String,
    },
    /// Two SealedSecrets of one name.
    #[error("two SealedSecrets are called {name:?}, and would be one file")]
    SameName {
        /// The name of both.
        name: String,
    },
    /// The file is there.
    #[error("{} exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A certificate that can't be used.
    #[error("cannot seal with {which}")]
    Certificate {
        /// What `--cert` says.
        which: String,
        /// Why.
        source: CertSourceError,
    },
    /// Sealing failed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A folder that can't be made.
    #[error("cannot make the folder {}: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        cause: OsCause,
    },
}

impl Advice for OutputsError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::OnePlace => Some("each cluster gets a folder below it".to_owned()),
            Self::Nameless { .. } | Self::SameFolder { .. } => {
                Some("call the certificates' files after the clusters: dev.pem, prod.pem".to_owned())
            }
            Self::SameName { .. } => {
                Some("write them to one file with -o, or seal them one by one".to_owned())
            }
            Self::Exists { .. } => Some(
                "sealwright set changes a value in it and keeps the rest; --force replaces the file"
                    .to_owned(),
            ),
            Self::Certificate { source, .. } => source.hint(),
            Self::Seal(_) | Self::Folder { .. } => None,
        }
    }
}

/// Where the results go, one entry for each certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// All of them to one output.
    Together(Output),
    /// Each to a file of its own in this folder.
    Folder(PathBuf),
}

/// What is sealed with and where the results go, in order.
#[derive(Debug)]
pub struct Outputs {
    targets: Vec<(String, CertSource, Place)>,
    force: bool,
}

impl Outputs {
    /// Judges the flags.
    pub fn new(
        args: &OutputArgs,
        cluster: &ClusterArgs,
        stderr_is_terminal: bool,
    ) -> Result<Self, OutputsError> {
        let places = places(&args.cert, args.output.as_deref(), args.out_dir.as_deref())?;
        let source = |cert: Option<&str>| cluster.cert_source(cert, stderr_is_terminal);
        let targets = match args.cert.is_empty() {
            true => places
                .into_iter()
                .map(|place| ("the controller's certificate".to_owned(), source(None), place))
                .collect(),
            false => args
                .cert
                .iter()
                .zip(places)
                .map(|(cert, place)| (cert.clone(), source(Some(cert)), place))
                .collect(),
        };
        Ok(Self { targets, force: args.force })
    }

    /// Notices before anything is asked or sealed that the results of these names can't be written.
    pub fn check(&self, names: &[&str]) -> Result<(), Failure> {
        let mut seen = BTreeSet::new();
        for (_, _, place) in &self.targets {
            match place {
                Place::Together(output) => output::check(output)?,
                Place::Folder(_) => {
                    if let Some(name) = names.iter().find(|name| !seen.insert(**name)) {
                        return Err(OutputsError::SameName { name: (*name).to_owned() }.into());
                    }
                    seen.clear();
                }
            }
            for path in names.iter().filter_map(|name| place.file(name)) {
                if !self.force && fs::symlink_metadata(&path).is_ok() {
                    return Err(OutputsError::Exists { path }.into());
                }
            }
        }
        Ok(())
    }

    /// Seals every request with every certificate; only when all is sealed, the first is written.
    pub fn seal_and_write(
        &self,
        requests: &[SealRequest],
        surroundings: &Surroundings,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let mut results: Vec<(&Place, Vec<SealedSecret>)> = Vec::new();
        for (which, source, place) in &self.targets {
            let failed = |source| OutputsError::Certificate { which: which.clone(), source };
            let cert: SealingCert = source.certificate(surroundings).map_err(failed)?;
            let key = cert.check(now).map_err(|error: CertError| failed(error.into()))?;
            let sealed = requests.iter().map(|request| seal(request, key, &mut getrandom::SysRng));
            results.push((place, sealed.collect::<Result<_, _>>().map_err(OutputsError::from)?));
        }
        for (place, sealed) in results {
            match place {
                Place::Together(output) => {
                    let documents: Vec<String> = sealed.iter().map(emit::to_yaml).collect();
                    output::write(output, documents.join("---\n").as_bytes(), Privacy::Public)?;
                }
                Place::Folder(folder) => {
                    fs::create_dir_all(folder).map_err(|error| OutputsError::Folder {
                        path: folder.clone(),
                        cause: error.into(),
                    })?;
                    for one in &sealed {
                        let output = Output::File(file_in(folder, &one.metadata.name));
                        output::write(&output, emit::to_yaml(one).as_bytes(), Privacy::Public)?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Place {
    /// The file that a SealedSecret of this name is written to, if it is one.
    fn file(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Together(Output::Stdout) => None,
            Self::Together(Output::File(path)) => Some(path.clone()),
            Self::Folder(folder) => Some(file_in(folder, name)),
        }
    }
}

fn file_in(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.sealedsecret.yaml"))
}

/// One place for each certificate, or for the controller's where none is named.
fn places(
    certs: &[String],
    output: Option<&Path>,
    folder: Option<&Path>,
) -> Result<Vec<Place>, OutputsError> {
    let Some(folder) = folder else {
        let output = output.map_or(Output::Stdout, |path| Output::File(path.to_owned()));
        return if certs.len() > 1 { Err(OutputsError::OnePlace) } else { Ok(vec![Place::Together(output)]) };
    };
    if certs.is_empty() {
        return Ok(vec![Place::Folder(folder.to_owned())]);
    }
    let mut seen = BTreeSet::new();
    certs
        .iter()
        .map(|cert| {
            let name = stem(cert).ok_or_else(|| OutputsError::Nameless { cert: cert.clone() })?;
            if !seen.insert(name) {
                return Err(OutputsError::SameFolder { folder: name.to_owned() });
            }
            Ok(Place::Folder(folder.join(name)))
        })
        .collect()
}

/// The last part of a path or URL, without what follows its last dot.
fn stem(cert: &str) -> Option<&str> {
    let path = cert.split(['?', '#']).next().unwrap_or(cert);
    Path::new(path).file_stem()?.to_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_certificate_has_a_folder_of_its_name() {
        let folders = |certs: &[&str]| {
            let certs: Vec<String> = certs.iter().map(|cert| (*cert).to_owned()).collect();
            places(&certs, None, Some(Path::new("out")))
        };
        let folder = |name: &str| Place::Folder(Path::new("out").join(name));
        assert_eq!(folders(&[]).unwrap(), [Place::Folder("out".into())]);
        assert_eq!(folders(&["dev.pem"]).unwrap(), [folder("dev")]);
        assert_eq!(
            folders(&["certs/dev.eu.pem", "https://seal.example/v1/prod.crt?x=/y.z"]).unwrap(),
            [folder("dev.eu"), folder("prod")]
        );
        for (certs, error) in [
            (&["a/dev.pem", "b/dev.crt"][..], "two certificates would write to the folder \"dev\""),
            (&["dev.pem", ".."], "no folder can be named after the certificate \"..\""),
        ] {
            assert_eq!(folders(certs).unwrap_err().to_string(), error);
        }
    }

    #[test]
    fn one_place_is_enough_for_one_certificate_only() {
        let certs = ["a.pem".to_owned(), "b.pem".to_owned()];
        assert_eq!(places(&certs[..1], None, None).unwrap(), [Place::Together(Output::Stdout)]);
        let file = Output::File("x.yaml".into());
        assert_eq!(places(&[], Some(Path::new("x.yaml")), None).unwrap(), [Place::Together(file)]);
        assert!(matches!(places(&certs, None, None), Err(OutputsError::OnePlace)));
    }
}
