//! Listening and serving.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tracing::info;

/// A server that listens and does not serve yet: whoever fails to listen ends before anything else has begun.
#[derive(Debug)]
pub struct Server {
    name: &'static str,
    listener: TcpListener,
}

/// An address can't be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address:?} ({flag}): {source}")]
pub struct ListenError {
    /// The flag that says it.
    pub flag: &'static str,
    /// What it says.
    pub address: String,
    /// Why not.
    pub source: io::Error,
}

impl Server {
    /// Listens on an address in Go's notation: `:8080` is every interface. Logs the address that was really taken.
    pub async fn listen(name: &'static str, flag: &'static str, address: &str) -> Result<Self, ListenError> {
        let failed = |source| ListenError { flag, address: address.to_owned(), source };
        let listener = bind(address).await.map_err(failed)?;
        let local = listener.local_addr().map_err(failed)?;
        info!(server = name, "listening on http://{}", reachable(local));
        Ok(Self { name, listener })
    }

    /// The URL under which this machine reaches it.
    pub fn url(&self) -> io::Result<String> {
        Ok(format!("http://{}/", reachable(self.listener.local_addr()?)))
    }

    /// Serves until `stop`, and then until the running requests are answered.
    pub async fn serve(self, router: Router, stop: impl Future<Output = ()> + Send + 'static) {
        if let Err(error) = axum::serve(self.listener, router).with_graceful_shutdown(stop).await {
            tracing::error!(server = self.name, "the server ended: {error}");
        }
    }
}

async fn bind(address: &str) -> io::Result<TcpListener> {
    let Some(port) = address.strip_prefix(':') else { return TcpListener::bind(address).await };
    let port: u16 = port.parse().map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "not a port"))?;
    match TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await {
        Ok(listener) => Ok(listener),
        // Where there is no IPv6.
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
            TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await
        }
        Err(error) => Err(error),
    }
}

/// Every interface includes this machine's own.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_in_use_is_an_error_that_names_flag_and_address() {
        let first = Server::listen("api", "--listen-addr", "127.0.0.1:0").await.unwrap();
        let taken = first.listener.local_addr().unwrap().to_string();
        let error = Server::listen("page", "--page-listen-addr", &taken).await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("cannot listen on {taken:?} (--page-listen-addr): ")));
        assert!(Server::listen("api", "--listen-addr", ":http").await.is_err());
    }

    #[test]
    fn every_interface_is_shown_as_one_that_can_be_opened() {
        assert_eq!(reachable("[::]:8082".parse().unwrap()).to_string(), "127.0.0.1:8082");
        assert_eq!(reachable("0.0.0.0:8082".parse().unwrap()).to_string(), "127.0.0.1:8082");
        assert_eq!(reachable("10.0.0.1:80".parse().unwrap()).to_string(), "10.0.0.1:80");
    }
}
