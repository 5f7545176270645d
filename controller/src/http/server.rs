//! Listening and serving.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tracing::{info, warn};

use super::connection::{self, Patience};
use super::limits::Limits;
use super::places::Places;
use crate::stop::Stop;

/// Connections at once, for each server, so that visitors of the page can't keep the probes away from the API.
const CONNECTIONS: usize = 256;
/// How long a client may take for the head of a request, and a connection may be idle.
const HEAD: Duration = Duration::from_secs(10);
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
    pub async fn serve(self, router: Router, limits: Limits, stop: Stop) {
        // No time at all is no limit, as in Go.
        let time = |limit: Duration| if limit.is_zero() { Duration::MAX } else { limit };
        let (life, last) = (time(limits.read_timeout), time(limits.write_timeout));
        let patience = Patience { head: HEAD.min(life), life, last };
        self.serve_at_most(CONNECTIONS, router, patience, stop).await;
    }

    async fn serve_at_most(self, connections: usize, router: Router, patience: Patience, stop: Stop) {
        let places = Places::new(connections);
        loop {
            let accepted = async { (self.accept().await, places.take().await) };
            let (stream, place) = tokio::select! {
                () = stop.clone().wait() => break,
                accepted = accepted => accepted,
            };
            tokio::spawn(connection::serve(stream, router.clone(), place, patience, stop.clone(), self.name));
        }
        places.empty().await;
    }

    async fn accept(&self) -> TcpStream {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => return stream,
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
    use std::sync::Arc;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::Notify;

    use super::*;
    use crate::stop::{self, Stopper};

    #[tokio::test]
    async fn an_address_in_use_is_an_error_that_names_flag_and_address() {
        let first = Server::listen("api", "--listen-addr", "127.0.0.1:0").await.unwrap();
        let taken = first.listener.local_addr().unwrap().to_string();
        let error = Server::listen("page", "--page-listen-addr", &taken).await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("cannot listen on {taken:?} (--page-listen-addr): ")));
        assert!(Server::listen("api", "--listen-addr", ":http").await.is_err());
    }

    const FOR_EVER: Patience = Patience { head: DAY, life: DAY, last: DAY };
    const DAY: Duration = Duration::from_secs(86_400);

    /// A server that says `yes` at `/`, and at `/held` once it may.
    struct Started {
        address: SocketAddr,
        begun: Arc<Notify>,
        may: Arc<Notify>,
        stopper: Stopper,
    }

    async fn start(connections: usize, patience: Patience) -> Started {
        let server = Server::listen("api", "--listen-addr", "127.0.0.1:0").await.unwrap();
        let address = server.listener.local_addr().unwrap();
        let (begun, may) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (begins, held) = (Arc::clone(&begun), Arc::clone(&may));
        let router = Router::new().route("/", get(async || "yes")).route(
            "/held",
            get(async move || {
                begins.notify_one();
                held.notified().await;
                "at last"
            }),
        );
        let (stopper, stop) = stop::channel();
        tokio::spawn(server.serve_at_most(connections, router, patience, stop));
        Started { address, begun, may, stopper }
    }

    async fn say(address: SocketAddr, words: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(words.as_bytes()).await.unwrap();
        stream
    }

    async fn hear_all(mut stream: TcpStream) -> String {
        let mut heard = Vec::new();
        // A connection that is closed before all of its request was read is reset.
        drop(stream.read_to_end(&mut heard).await);
        String::from_utf8(heard).unwrap()
    }

    // The clock of this test jumps to the next timer whenever everybody waits.
    #[tokio::test(start_paused = true)]
    async fn a_request_that_never_ends_is_cut_off() {
        let server = start(8, Patience { head: HEAD, ..FOR_EVER }).await;
        let slow = say(server.address, "GET / HTTP/1.1\r\nhost: a\r\nx: ").await;
        let heard = tokio::time::timeout(DAY / 2, hear_all(slow)).await;
        assert!(!heard.expect("the head has its own limit").contains("yes"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_takes_too_long_is_cut_off() {
        let patience = Patience { life: HEAD, last: HEAD, ..FOR_EVER };
        let server = start(8, patience).await;
        let held = say(server.address, "GET /held HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let heard = tokio::time::timeout(DAY / 2, hear_all(held)).await;
        assert_eq!(heard.expect("the answer has its own limit"), "");
    }

    // Nothing here waits for a clock: the limits are far away.
    #[tokio::test]
    async fn half_open_connections_give_way_to_requests() {
        let server = start(4, FOR_EVER).await;
        let mut half_open = Vec::new();
        for _ in 0..8 {
            half_open.push(say(server.address, "GET / HTTP/1.1\r\nhost: a\r\nx: ").await);
        }
        let asked = say(server.address, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
        assert!(hear_all(asked).await.ends_with("yes"));
        assert_eq!(hear_all(half_open.remove(0)).await, "", "the first of them had to go");
    }

    #[tokio::test]
    async fn who_comes_while_every_place_is_busy_waits_for_one() {
        let server = start(1, FOR_EVER).await;
        let first = say(server.address, "GET /held HTTP/1.1\r\nhost: a\r\n\r\n").await;
        server.begun.notified().await;
        server.may.notify_one();
        let second = say(server.address, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
        assert!(hear_all(second).await.ends_with("yes"));
        assert!(hear_all(first).await.ends_with("at last"), "it was answered before it had to go");
    }

    #[tokio::test]
    async fn a_request_under_way_is_answered_before_the_end() {
        let server = start(8, FOR_EVER).await;
        let idle = TcpStream::connect(server.address).await.unwrap();
        let asked = say(server.address, "GET /held HTTP/1.1\r\nhost: a\r\n\r\n").await;
        server.begun.notified().await;
        server.stopper.stop();
        assert_eq!(hear_all(idle).await, "");
        server.may.notify_one();
        assert!(hear_all(asked).await.ends_with("at last"));
    }

    #[test]
    fn every_interface_is_shown_as_one_that_can_be_opened() {
        assert_eq!(reachable("[::]:8082".parse().unwrap()).to_string(), "127.0.0.1:8082");
        assert_eq!(reachable("0.0.0.0:8082".parse().unwrap()).to_string(), "127.0.0.1:8082");
        assert_eq!(reachable("10.0.0.1:80".parse().unwrap()).to_string(), "10.0.0.1:80");
    }
}
