//! A program that this crate's tests run in a Pod: an HTTP server on `PORT` that greets `NAME`.
//!
//! `/ready` answers 200 once the file `ready` is in its folder, and 503 before; a word of argument follows the greeting.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;

fn main() -> io::Result<()> {
    let variable = |name| env::var(name).map_err(|error| io::Error::other(format!("{name}: {error}")));
    let port = variable("PORT")?.parse().map_err(io::Error::other)?;
    let greeting = format!("hello {}{}\n", variable("NAME")?, env::args().nth(1).unwrap_or_default());
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port))?;
    println!("greeting on {port}");
    for connection in listener.incoming() {
        // Whoever hangs up early is no reason to end.
        let _ = connection.and_then(|connection| answer(connection, &greeting));
    }
    Ok(())
}

fn answer(mut connection: TcpStream, greeting: &str) -> io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let (status, body) = match request.split(' ').nth(1) {
        Some("/ready") if Path::new("ready").exists() => ("200 OK", "ready\n"),
        Some("/ready") => ("503 Service Unavailable", "not yet\n"),
        _ => ("200 OK", greeting),
    };
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
