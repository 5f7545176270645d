//! The smallest client that reads a status and a body.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddrV4, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// Long enough for a slow machine; only a server that hangs meets it.
const LIMIT: Duration = Duration::from_secs(60);

/// Asks with GET, or with POST when there is a body. Gives the status, the headers as text and the body.
pub fn ask(address: SocketAddrV4, path: &str, body: Option<&[u8]>) -> (u16, String, Vec<u8>) {
    let mut connection = connect(address);
    connection.set_read_timeout(Some(LIMIT)).expect("a limit can be set");
    let method = if body.is_some() { "POST" } else { "GET" };
    let body = body.unwrap_or_default();
    // HTTP/1.0: the answer ends with the connection.
    let head =
        format!("{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n", body.len());
    connection.write_all(&[head.as_bytes(), body].concat()).expect("the server takes the request");
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).expect("the server answers");
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer has a head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.expect("an answer has a status"), head, answer[end + 4..].to_vec())
}

/// Some servers say that they serve a moment before they listen.
fn connect(address: SocketAddrV4) -> TcpStream {
    let deadline = Instant::now() + LIMIT;
    loop {
        match TcpStream::connect(address) {
            Ok(connection) => return connection,
            Err(error) if error.kind() == ErrorKind::ConnectionRefused && Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(20));
            }
            Err(error) => panic!("no server at {address}: {error}"),
        }
    }
}
