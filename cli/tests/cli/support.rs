//! A web server that answers from a closure, and kubeseal run in a clean environment.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the server does with a request.
pub enum Answer {
    /// Status line and body.
    Reply(&'static str, String),
    /// Nothing, until the client goes away.
    Silence,
    /// The end of the connection, in the middle of an answer.
    HangUp,
}

/// A server on a free port of this machine; it ends with its owner.
pub struct Server {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers every request by its text, which begins with e.g. `GET /cert.pem HTTP/1.1`.
    pub fn new(answer: impl Fn(&str) -> Answer + Send + 'static) -> Self {
        Self::of(move |stream, seen| serve(stream, &answer, seen))
    }

    /// The same over TLS.
    pub fn secure(config: ServerConfig, answer: impl Fn(&str) -> Answer + Send + 'static) -> Self {
        let config = Arc::new(config);
        Self::of(move |stream, seen| {
            let session = ServerConnection::new(config.clone()).unwrap();
            serve(StreamOwned::new(session, stream), &answer, seen);
        })
    }

    fn of(serve: impl Fn(TcpStream, &Mutex<Vec<String>>) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let ended = Arc::new(AtomicBool::new(false));
        let (seen, over) = (requests.clone(), ended.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                serve(stream.unwrap(), &seen);
            }
        });
        Self { address, requests, ended, thread: Some(thread) }
    }

    /// All requests so far, each with its body.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(stream: impl Read + Write, answer: &impl Fn(&str) -> Answer, seen: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head).is_ok_and(|length| length > 2) {}
    if head.is_empty() {
        return;
    }
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let request = head + &String::from_utf8(body).unwrap();
    let answer = answer(&request);
    seen.lock().unwrap().push(request);
    match answer {
        Answer::Reply(status, body) => {
            let length = body.len();
            let reply =
                format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            // The client may be gone already.
            let _ = reader.get_mut().write_all(reply.as_bytes());
        }
        Answer::HangUp => {
            let _ = reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of");
        }
        Answer::Silence => {
            let mut rest = String::new();
            let _ = reader.read_line(&mut rest);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Runs kubeseal in a folder, without anything of this machine's environment.
pub fn kubeseal(folder: &Path, args: &[&str], environment: &[(&str, &str)], stdin: &[u8]) -> Output {
    program(env!("CARGO_BIN_EXE_kubeseal"), folder, args, environment, stdin)
}

/// The same for sealwright.
pub fn sealwright(folder: &Path, args: &[&str], stdin: &[u8]) -> Output {
    program(env!("CARGO_BIN_EXE_sealwright"), folder, args, &[], stdin)
}

fn program(
    program: &str,
    folder: &Path,
    args: &[&str],
    environment: &[(&str, &str)],
    stdin: &[u8],
) -> Output {
    let mut child = Command::new(program)
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("HOME", "/nonexistent")
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without reading anything.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

/// The exit code, stdout and stderr.
pub fn told(output: &Output) -> (i32, String, String) {
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout.clone()).unwrap(),
        String::from_utf8(output.stderr.clone()).unwrap(),
    )
}

/// The folder of the vectors.
pub fn vectors() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}
