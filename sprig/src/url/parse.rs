//! A URL and its parts.

use go_template::Fault;

use super::escape::Part;
use super::host;

/// A URL's parts, unescaped where Go holds them so.
#[derive(Default)]
pub(super) struct Url {
    pub scheme: Vec<u8>,
    pub opaque: Vec<u8>,
    pub user: Option<User>,
    pub host: Vec<u8>,
    pub path: Vec<u8>,
    pub query: Vec<u8>,
    pub fragment: Vec<u8>,
}

/// A user, with a password or without.
pub(super) struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

impl Url {
    pub(super) fn parse(text: &[u8]) -> Result<Self, Fault> {
        let (text, fragment) = cut(text, b'#');
        if text.iter().any(u8::is_ascii_control) {
            return Err(Fault::new("the URL has a control character"));
        }
        let fragment = fragment.unwrap_or_default();
        let mut url = if text == b"*" {
            Self { path: b"*".to_vec(), ..Self::default() }
        } else {
            Self::parse_before_fragment(text)?
        };
        url.fragment = Part::Fragment.unescape(fragment)?.into_owned();
        Ok(url)
    }

    fn parse_before_fragment(text: &[u8]) -> Result<Self, Fault> {
        let (scheme, rest) = cut_scheme(text)?;
        let (rest, query) = cut(rest, b'?');
        let mut url = Self {
            scheme: scheme.to_ascii_lowercase(),
            query: query.unwrap_or_default().to_vec(),
            ..Self::default()
        };
        let has_scheme = !url.scheme.is_empty();
        if !rest.starts_with(b"/") && has_scheme {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if !rest.starts_with(b"/") && cut(rest, b'/').0.contains(&b':') {
            return Err(Fault::new("the first segment of the URL's path has a colon"));
        }
        let mut path = rest;
        if rest.starts_with(b"//") && (has_scheme || !rest.starts_with(b"///")) {
            let slash = rest[2..].iter().position(|byte| *byte == b'/').map_or(rest.len(), |slash| slash + 2);
            path = &rest[slash..];
            url.parse_authority(&rest[2..slash])?;
        }
        url.path = Part::Path.unescape(path)?.into_owned();
        Ok(url)
    }

    fn parse_authority(&mut self, authority: &[u8]) -> Result<(), Fault> {
        let at = authority.iter().rposition(|byte| *byte == b'@');
        self.host = host::parse(&self.scheme, &authority[at.map_or(0, |at| at + 1)..])?;
        self.user = at.map(|at| User::parse(&authority[..at])).transpose()?;
        Ok(())
    }

    /// The whole URL as text, from parts alone: how they were escaped once is not remembered.
    pub(super) fn join(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.join_hierarchy(&mut out);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend_from_slice(&Part::Fragment.escape(&self.fragment));
        }
        out
    }

    fn join_hierarchy(&self, out: &mut Vec<u8>) {
        let authority = !self.host.is_empty() || self.user.is_some();
        if authority || (!self.scheme.is_empty() && !self.path.is_empty()) {
            out.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            out.extend_from_slice(&user.escaped());
            out.push(b'@');
        }
        out.extend_from_slice(&Part::Host.escape(&self.host));
        let path = if self.path == b"*" { self.path.clone() } else { Part::Path.escape(&self.path) };
        if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
            out.push(b'/');
        }
        // Otherwise the first segment would read as a scheme.
        if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
            out.extend_from_slice(b"./");
        }
        out.extend_from_slice(&path);
    }
}

impl User {
    fn parse(text: &[u8]) -> Result<Self, Fault> {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
        if !text.iter().all(allowed) {
            return Err(Fault::new("the user of the URL has an invalid character"));
        }
        let (name, password) = cut(text, b':');
        let unescape = |part| Part::UserPassword.unescape(part).map(std::borrow::Cow::into_owned);
        Ok(Self { name: unescape(name)?, password: password.map(unescape).transpose()? })
    }

    /// `name:password`, escaped.
    pub(super) fn escaped(&self) -> Vec<u8> {
        let mut out = Part::UserPassword.escape(&self.name);
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend_from_slice(&Part::UserPassword.escape(password));
        }
        out
    }
}

/// The text before a byte, and the text after it if the byte is there.
fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == at) {
        Some(place) => (&text[..place], Some(&text[place + 1..])),
        None => (text, None),
    }
}

fn cut_scheme(text: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    let (scheme, Some(rest)) = cut(text, b':') else { return Ok((b"", text)) };
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    match scheme {
        [] => Err(Fault::new("the URL has no scheme before its colon")),
        [first, ..] if first.is_ascii_alphabetic() && scheme.iter().all(allowed) => Ok((scheme, rest)),
        _ => Ok((b"", text)),
    }
}
