//! A proxy before the API server that breaks off some of its answers.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::chance::Chance;

/// A running proxy, without TLS on either side; it ends with the program.
pub struct Cutter {
    address: SocketAddr,
    cuts: Arc<AtomicUsize>,
}

/// What the connections share.
#[derive(Clone)]
struct Shared {
    to: SocketAddr,
    one_in: u64,
    chance: Arc<Mutex<Chance>>,
    cuts: Arc<AtomicUsize>,
}

impl Cutter {
    /// Leads to `to` and breaks off one in so many answers, at half their length.
    pub fn start(to: SocketAddr, one_in: u64, chance: Chance) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let cuts = Arc::new(AtomicUsize::new(0));
        let shared = Shared { to, one_in, chance: Arc::new(Mutex::new(chance)), cuts: Arc::clone(&cuts) };
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = shared.clone();
                // Either side may go away at any time; the other one notices.
                thread::spawn(move || drop(pass(client, &shared)));
            }
        });
        Ok(Self { address, cuts })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many answers it has broken off.
    pub fn cuts(&self) -> usize {
        self.cuts.load(Ordering::Relaxed)
    }
}

/// First line, and the other lines of the head.
struct Head {
    first: String,
    lines: Vec<String>,
}

impl Head {
    fn read(from: &mut impl io::BufRead) -> io::Result<Self> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if from.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if line.trim_end().is_empty() {
                break;
            }
            lines.push(line.trim_end().to_owned());
        }
        Ok(Self { first: lines.remove(0), lines })
    }

    fn length(&self) -> usize {
        self.lines.iter().find_map(|line| value(line, "content-length")?.parse().ok()).unwrap_or(0)
    }

    /// Without the lines about the connection and the body's form, which are this proxy's own.
    fn text(&self, first: &str, own: &[String]) -> String {
        let ours = ["connection", "content-length", "transfer-encoding"];
        let kept = self.lines.iter().filter(|line| ours.iter().all(|name| value(line, name).is_none()));
        let lines: Vec<&str> = std::iter::once(first)
            .chain(kept.map(String::as_str))
            .chain(own.iter().map(String::as_str))
            .collect();
        format!("{}\r\n\r\n", lines.join("\r\n"))
    }
}

fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (found, value) = line.split_once(':')?;
    found.eq_ignore_ascii_case(name).then(|| value.trim())
}

/// One request and its answer; then the connection ends.
fn pass(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut from_client = BufReader::new(client.try_clone()?);
    let request = Head::read(&mut from_client)?;
    let mut body = vec![0; request.length()];
    from_client.read_exact(&mut body)?;

    let mut server = TcpStream::connect(shared.to)?;
    // HTTP/1.0: the answer is not in chunks and ends with the connection.
    let first = request.first.replace("HTTP/1.1", "HTTP/1.0");
    server.write_all(request.text(&first, &[format!("Content-Length: {}", body.len())]).as_bytes())?;
    server.write_all(&body)?;

    let mut from_server = BufReader::new(server);
    let answer = Head::read(&mut from_server)?;
    let first = answer.first.replace("HTTP/1.0", "HTTP/1.1");
    let close = "Connection: close".to_owned();
    let cut = shared.chance.lock().is_ok_and(|mut chance| chance.below(shared.one_in) == 0);
    if request.first.contains("watch=") {
        client.write_all(answer.text(&first, &[close]).as_bytes())?;
        return watch(&mut from_server, &mut client, cut, shared);
    }
    let mut body = Vec::new();
    from_server.read_to_end(&mut body)?;
    let mut length = body.len();
    if cut && !body.is_empty() {
        shared.cuts.fetch_add(1, Ordering::Relaxed);
        // Every other time the answer looks whole, and only its text breaks off.
        if shared.cuts.load(Ordering::Relaxed).is_multiple_of(2) {
            length /= 2;
        }
        body.truncate(body.len() / 2);
    }
    client.write_all(answer.text(&first, &[close, format!("Content-Length: {length}")]).as_bytes())?;
    client.write_all(&body)
}

/// Hands events on as they come. One that is cut ends within its first ones.
fn watch(
    from: &mut BufReader<TcpStream>,
    client: &mut TcpStream,
    cut: bool,
    shared: &Shared,
) -> io::Result<()> {
    loop {
        let events = from.fill_buf()?;
        let length = events.len();
        if length == 0 {
            return Ok(());
        }
        if cut {
            shared.cuts.fetch_add(1, Ordering::Relaxed);
            return client.write_all(&events[..length / 2]);
        }
        client.write_all(events)?;
        from.consume(length);
    }
}
