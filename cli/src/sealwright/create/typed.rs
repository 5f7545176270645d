//! The types whose keys Kubernetes prescribes.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use sealer_core::builders::{self, Built, DOCKER_HUB, DockerLogin, Expired, Leaf};
use sealer_core::{Plaintext, Timestamp};

use super::password::PasswordArgs;
use super::{CommonArgs, CreateError};
use crate::input;

/// A certificate chain and its key.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sealwright create tls shop --tls-cert fullchain.pem --tls-key privkey.pem -n web -o shop-tls.yaml
  sealwright create tls shop --tls-cert shop.crt --tls-key shop.key --dry-run")]
pub(super) struct TlsArgs {
    #[command(flatten)]
    pub(super) common: CommonArgs,
    /// The server's certificate and those of its issuers, in any order (PEM)
    #[arg(long, value_name = "FILE", help_heading = "Values")]
    tls_cert: PathBuf,
    /// The private key of the server's certificate, without a passphrase (PEM)
    #[arg(long, value_name = "FILE", help_heading = "Values")]
    tls_key: PathBuf,
    /// Take a certificate that is over
    #[arg(long, help_heading = "Values")]
    allow_expired: bool,
}

/// The login to a registry.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("login").required(true).args(["docker_username", "config"]))]
#[command(after_help = "\
Examples:
  sealwright create docker-registry pull --docker-server ghcr.io --docker-username me --password-file token
  sealwright create docker-registry pull --config ~/.docker/config.json")]
pub(super) struct DockerArgs {
    #[command(flatten)]
    pub(super) common: CommonArgs,
    /// The registry
    #[arg(long, value_name = "SERVER", default_value = DOCKER_HUB, help_heading = "Values")]
    docker_server: String,
    /// The user; the password is asked for, unless one of the next two says where it is
    #[arg(long, value_name = "NAME", help_heading = "Values")]
    docker_username: Option<String>,
    #[command(flatten, next_help_heading = "Values")]
    password: PasswordArgs,
    /// An e-mail address, which few registries ask for
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "",
        hide_default_value = true,
        help_heading = "Values"
    )]
    docker_email: String,
    /// A config.json of docker that holds logins, as it is
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["docker_server", "docker_email", "password_stdin", "password_file"],
        help_heading = "Values"
    )]
    config: Option<PathBuf>,
}

/// A user name and a password.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sealwright create basic-auth git --username deploy -n flux-system -o git.yaml
  pwgen -s 32 1 | tr -d '\\n' | sealwright create basic-auth admin --username admin --password-stdin")]
pub(super) struct BasicAuthArgs {
    #[command(flatten)]
    pub(super) common: CommonArgs,
    /// The user name
    #[arg(long, value_name = "NAME", help_heading = "Values")]
    username: Option<String>,
    #[command(flatten, next_help_heading = "Values")]
    password: PasswordArgs,
    /// Leave the password out
    #[arg(long, conflicts_with_all = ["password_stdin", "password_file"], help_heading = "Values")]
    no_password: bool,
}

/// A private key.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  sealwright create ssh-auth deploy --ssh-key id_ed25519 -n flux-system -o deploy-key.yaml")]
pub(super) struct SshAuthArgs {
    #[command(flatten)]
    pub(super) common: CommonArgs,
    /// The private key, without a passphrase
    #[arg(long, value_name = "FILE", help_heading = "Values")]
    ssh_key: PathBuf,
}

impl TlsArgs {
    /// Reads and checks both.
    pub(super) fn build(&self, now: Timestamp) -> Result<(Built, Leaf), CreateError> {
        let (chain, key) = (input::value(&self.tls_cert)?, input::value(&self.tls_key)?);
        let expired = if self.allow_expired { Expired::Told } else { Expired::Refused };
        builders::tls(&chain, &key, now, expired).map_err(CreateError::Tls)
    }
}

impl DockerArgs {
    /// Writes the login down, or reads one.
    pub(super) fn build(&self) -> Result<Built, CreateError> {
        let built = match &self.config {
            Some(path) => builders::docker_config(input::value(path)?),
            None => builders::docker_login(DockerLogin {
                registry: &self.docker_server,
                username: self.docker_username.as_deref().unwrap_or_default(),
                password: &self.password.password()?,
                email: &self.docker_email,
            }),
        };
        built.map_err(CreateError::Docker)
    }
}

impl BasicAuthArgs {
    /// Reads both.
    pub(super) fn build(&self) -> Result<Built, CreateError> {
        let username = self.username.as_ref().map(|name| Plaintext::new(name.clone().into_bytes()));
        let password = if self.no_password { None } else { Some(self.password.password()?) };
        builders::basic_auth(username, password).map_err(CreateError::BasicAuth)
    }
}

impl SshAuthArgs {
    /// Reads and checks it.
    pub(super) fn build(&self) -> Result<Built, CreateError> {
        builders::ssh_auth(&input::value(&self.ssh_key)?).map_err(CreateError::SshAuth)
    }
}
