//! Hosts: names and addresses, with a port or without.

use std::net::Ipv6Addr;

use go_template::Fault;

use super::escape::Part;

const ADDRESS: Fault = Fault::new("the URL has an invalid IPv6 address");
const PORT: Fault = Fault::new("the URL has an invalid port");

/// Reads the host of a URL with this scheme.
pub(super) fn parse(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, Fault> {
    match host.iter().rposition(|byte| *byte == b'[') {
        Some(0) => return parse_address(host),
        Some(_) => return Err(ADDRESS),
        None => {}
    }
    if let Some(first) = host.iter().position(|byte| *byte == b':') {
        let web = scheme == b"http" || scheme == b"https";
        let last = host.iter().rposition(|byte| *byte == b':').unwrap_or(first);
        if !is_port(&host[if web { first } else { last }..]) {
            return Err(PORT);
        }
    }
    Ok(Part::Host.unescape(host)?.into_owned())
}

/// `[address]` or `[address%25zone]`, and perhaps a port.
fn parse_address(host: &[u8]) -> Result<Vec<u8>, Fault> {
    let end = host.iter().rposition(|byte| *byte == b']').ok_or(ADDRESS)?;
    let port = &host[end + 1..];
    if !is_port(port) {
        return Err(PORT);
    }
    let inner = &host[1..end];
    let zone = inner.windows(3).position(|window| window == b"%25").unwrap_or(inner.len());
    let mut name = Part::Host.unescape(&inner[..zone])?.into_owned();
    name.extend_from_slice(&Part::Zone.unescape(&inner[zone..])?);
    if !is_address(&name) {
        return Err(ADDRESS);
    }
    Ok([b"[".as_slice(), &name, b"]", port].concat())
}

/// Whether it is an IPv6 address, with a zone that is not empty or without one.
fn is_address(name: &[u8]) -> bool {
    let zone = name.iter().position(|byte| *byte == b'%');
    if zone.is_some_and(|zone| zone + 1 == name.len()) {
        return false;
    }
    let address = &name[..zone.unwrap_or(name.len())];
    std::str::from_utf8(address).is_ok_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

/// Nothing, or a colon and digits, which may be none.
fn is_port(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// The host without port and brackets.
pub(super) fn name(host: &[u8]) -> &[u8] {
    let port = host.iter().rposition(|byte| *byte == b':').filter(|colon| is_port(&host[*colon..]));
    let host = &host[..port.unwrap_or(host.len())];
    match host {
        [b'[', inner @ .., b']'] => inner,
        _ => host,
    }
}
