//! Free loopback ports.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below Linux's range for outgoing connections, so that no client takes a port between its choice and its use.
const FIRST: u16 = 10_000;
const COUNT: u16 = 20_000;

/// The next offset; one program never gives out the same port twice in a row.
static NEXT: AtomicU16 = AtomicU16::new(0);

/// Ports on 127.0.0.1 that nobody listens on.
pub fn free<const N: usize>() -> io::Result<[u16; N]> {
    let mut ports = [0; N];
    for port in &mut ports {
        *port = next_free()?;
    }
    Ok(ports)
}

fn next_free() -> io::Result<u16> {
    // Programs with neighbouring process numbers start far from each other.
    let own_start = (std::process::id().wrapping_mul(37) % u32::from(COUNT)) as u16;
    for _ in 0..COUNT {
        let port = FIRST + (own_start + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "no free port on 127.0.0.1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_not_given_out() {
        let held: Vec<_> =
            (0..8).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, next_free().unwrap())).unwrap()).collect();
        let more: [u16; 8] = free().unwrap();
        for listener in held {
            assert!(!more.contains(&listener.local_addr().unwrap().port()));
        }
    }
}
