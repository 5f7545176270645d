//! The database of the demo: its image, and a client that logs in.

use std::net::SocketAddrV4;
use std::path::PathBuf;
use std::process::Command;

use crate::programs::repository;

/// Why a login was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The server knows no such user, or not by this password.
    Denied,
    /// Nobody answers at this address, or not in time.
    Unreachable,
    /// The client said something else.
    Other(String),
}

/// The program that stands for the image `mariadb`.
pub fn image() -> PathBuf {
    repository().join("tests/node/images/mariadb")
}

/// Logs in as root by MariaDB's own client. The password is on no command line.
pub fn login(address: SocketAddrV4, password: &str) -> Result<(), Refusal> {
    let output = Command::new("mariadb")
        .args(["--no-defaults", "--protocol=tcp", "--user=root", "--connect-timeout=5"])
        .arg(format!("--host={}", address.ip()))
        .arg(format!("--port={}", address.port()))
        .args(["--batch", "--skip-column-names", "--execute=SELECT CURRENT_USER()"])
        .env("MYSQL_PWD", password)
        .output()
        .expect("MariaDB's client is installed");
    if output.status.success() && output.stdout.starts_with(b"root@") {
        return Ok(());
    }
    Err(Refusal::of(&String::from_utf8_lossy(&output.stderr)))
}

impl Refusal {
    /// Reads what the client says, such as `ERROR 1045 (28000): Access denied for user …`.
    fn of(said: &str) -> Self {
        let number = said.trim_start().strip_prefix("ERROR ").and_then(|rest| rest.split(' ').next());
        match number {
            Some("1045") => Self::Denied,
            // No connection, no host, the connection ended before an answer.
            Some("2002" | "2003" | "2005" | "2013") => Self::Unreachable,
            _ => Self::Other(said.trim().to_owned()),
        }
    }
}
