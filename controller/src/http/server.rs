//! Listening and serving.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::{debug, info, warn};

/// Connections at once; further ones wait to be accepted. Each server has its own bound, so that visitors of the
/// page can't keep the probes away from the API.
const CONNECTIONS: usize = 256;
/// How long a client may take for the head of a request. A connection that stays idle so long ends as well.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection may live: whoever asks and never reads the answer gives it back then. Upstream's limit.
const LIFE: Duration = Duration::from_secs(120);
/// How long after a failed accept the next is tried: what failed may be the limit of open files.
const PAUSE: Duration = Duration::from_secs(1);

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
        self.serve_at_most(CONNECTIONS, router, stop).await;
    }

    async fn serve_at_most(self, connections: usize, router: Router, stop: impl Future<Output = ()>) {
        let slots = Arc::new(Semaphore::new(connections));
        let service = TowerToHyperService::new(router);
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD);
        let graceful = GracefulShutdown::new();
        let mut stop = pin!(stop);
        loop {
            let (slot, stream) = tokio::select! {
                () = &mut stop => break,
                accepted = self.accept(&slots) => accepted,
            };
            let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service.clone()));
            let server = self.name;
            tokio::spawn(async move {
                match tokio::time::timeout(LIFE, connection).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => debug!(server, "a connection broke off: {error}"),
                    Err(_) => debug!(server, "a connection was cut off after {} s", LIFE.as_secs()),
                }
                drop(slot);
            });
        }
        graceful.shutdown().await;
    }

    async fn accept(&self, slots: &Arc<Semaphore>) -> (OwnedSemaphorePermit, TcpStream) {
        let slot = Arc::clone(slots).acquire_owned().await.expect("the slots are never closed");
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => return (slot, stream),
                Err(error) => {
                    warn!(server = self.name, "cannot accept a connection: {error}");
                    tokio::time::sleep(PAUSE).await;
                }
            }
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn an_address_in_use_is_an_error_that_names_flag_and_address() {
        let first = Server::listen("api", "--listen-addr", "127.0.0.1:0").await.unwrap();
        let taken = first.listener.local_addr().unwrap().to_string();
        let error = Server::listen("page", "--page-listen-addr", &taken).await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("cannot listen on {taken:?} (--page-listen-addr): ")));
        assert!(Server::listen("api", "--listen-addr", ":http").await.is_err());
    }

    /// A server that says `yes`, for as many clients at once, and the way to it.
    async fn start(connections: usize) -> SocketAddr {
        let server = Server::listen("api", "--listen-addr", "127.0.0.1:0").await.unwrap();
        let address = server.listener.local_addr().unwrap();
        let router = Router::new().route("/", axum::routing::get(async || "yes"));
        tokio::spawn(server.serve_at_most(connections, router, std::future::pending()));
        address
    }

    async fn say(address: SocketAddr, words: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(words.as_bytes()).await.unwrap();
        stream
    }

    async fn hear_all(mut stream: TcpStream) -> String {
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        heard
    }

    // The clock of these tests jumps to the next timer whenever everybody waits.
    #[tokio::test(start_paused = true)]
    async fn a_request_that_never_ends_is_cut_off() {
        let slow = say(start(8).await, "GET / HTTP/1.1\r\nhost: a\r\nx: ").await;
        let heard = tokio::time::timeout(LIFE / 2, hear_all(slow)).await;
        assert!(!heard.expect("the head has its own limit").contains("yes"));
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_when_all_places_are_taken_waits_for_one() {
        let address = start(1).await;
        let mut first = say(address, "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        first.readable().await.unwrap();
        let mut second = say(address, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
        let early = tokio::time::timeout(HEAD / 2, second.read_u8()).await;
        assert!(early.is_err(), "the first one still holds the place");
        first.shutdown().await.unwrap();
        assert!(hear_all(second).await.ends_with("yes"));
    }

    #[test]
    fn every_interface_is_shown_as_one_that_can_be_opened() {
        assert_eq!(reachable("[::]:8082".parse().unwrap()).to_string(), "127.0.0.1:8082");
        assert_eq!(reachable("0.0.0.0:8082".parse().unwrap()).to_string(), "127.0.0.1:8082");
        assert_eq!(reachable("10.0.0.1:80".parse().unwrap()).to_string(), "10.0.0.1:80");
    }
}
