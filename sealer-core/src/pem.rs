//! The blocks of a PEM text (RFC 7468). Text around them is skipped.

use zeroize::Zeroizing;

use crate::base64;

/// One block.
pub(crate) struct Block<'a> {
    /// What stands behind `BEGIN`.
    pub(crate) label: &'a str,
    /// All of it, with both lines of dashes and without the last line break.
    pub(crate) text: &'a str,
    /// Whether a header says that the body is encrypted (RFC 1421, section 4.6.1.1).
    pub(crate) encrypted: bool,
    /// The body, wiped in the end since it may be a private key; `None` where it is broken or has no end.
    pub(crate) der: Option<Zeroizing<Vec<u8>>>,
}

/// All blocks in their order. One without an end reaches to the next beginning.
pub(crate) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut begins = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(label) = dashed(line, "BEGIN") {
            begins.push((at + line.len() - line.trim_start().len(), at + line.len(), label));
        }
        at += line.len();
    }
    let ends = begins.iter().skip(1).map(|(start, ..)| *start).chain([text.len()]);
    begins.iter().zip(ends).map(|(&(start, body, label), end)| block(text, start, body, end, label)).collect()
}

/// The certificates of a PEM text and its only private key, each as it is written. There may be no certificates; with an
/// encrypted key, without a key or with several there is no pair.
pub fn split_pair(pem: &str) -> Option<(String, Zeroizing<String>)> {
    let blocks = blocks(pem);
    let mut certificates = String::new();
    let mut keys = Vec::new();
    for block in &blocks {
        if block.label == "CERTIFICATE" {
            certificates.push_str(block.text);
            certificates.push('\n');
        } else if block.label.ends_with("PRIVATE KEY") {
            keys.push(block);
        }
    }
    let [key] = keys.as_slice() else { return None };
    let is_open = key.der.is_some() && !key.encrypted && !key.label.starts_with("ENCRYPTED");
    is_open.then(|| {
        let mut text = Zeroizing::new(String::with_capacity(key.text.len() + 1));
        text.push_str(key.text);
        text.push('\n');
        (certificates, text)
    })
}

fn block<'a>(text: &'a str, start: usize, body: usize, end: usize, label: &'a str) -> Block<'a> {
    let mut encoded = Zeroizing::new(String::with_capacity(end - body));
    let mut encrypted = false;
    let mut at = body;
    for line in text[body..end].split_inclusive('\n') {
        let bare = line.trim();
        if dashed(line, "END") == Some(label) {
            let whole = text[start..at + line.len()].trim_end();
            let der = base64::decode(&encoded).ok().map(Zeroizing::new).filter(|der| !der.is_empty());
            return Block { label, text: whole, encrypted, der };
        }
        if bare.contains(':') {
            encrypted |= bare.starts_with("Proc-Type:") && bare.ends_with("ENCRYPTED");
        } else {
            encoded.push_str(bare);
        }
        at += line.len();
    }
    Block { label, text: text[start..end].trim_end(), encrypted, der: None }
}

/// The label of a line such as `-----BEGIN CERTIFICATE-----`.
fn dashed<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.trim().strip_prefix("-----")?.strip_suffix("-----")?.strip_prefix(word)?.strip_prefix(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_split_from_its_certificates_unless_it_is_not_one_usable_key() {
        let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----");
        let (certificate, key) = (block("CERTIFICATE"), block("PRIVATE KEY"));
        let pair = |text: &str| split_pair(text).map(|(certificates, key)| (certificates, key.to_string()));
        let split = Some((format!("{certificate}\n{certificate}\n"), format!("{key}\n")));
        assert_eq!(pair(&format!("{certificate}\n{key}\nnotes\n{certificate}")), split);
        let parameters = block("EC PARAMETERS");
        let ssh = block("OPENSSH PRIVATE KEY");
        assert_eq!(pair(&format!("{parameters}\n{ssh}")), Some((String::new(), format!("{ssh}\n"))));
        let old =
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----";
        let cut = "-----BEGIN PRIVATE KEY-----\nAAAA\n";
        for none in [&*certificate, &format!("{key}\n{key}"), &block("ENCRYPTED PRIVATE KEY"), old, cut, ""] {
            assert_eq!(pair(none), None, "{none}");
        }
    }

    #[test]
    fn blocks_are_found_among_other_text_and_broken_ones_have_no_body() {
        let text = "intro\n-----BEGIN A-----\r\nTWE=\r\n-----END A-----\r\n-----BEGIN B-----\nTW\n\
                    -----BEGIN C KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x,y\n\nTWE=\n  -----END C KEY-----\nend";
        let found: Vec<_> = blocks(text)
            .into_iter()
            .map(|block| (block.label, block.text.len(), block.encrypted, block.der.map(|der| der.to_vec())))
            .collect();
        assert_eq!(
            found,
            [
                ("A", 40, false, Some(b"Ma".to_vec())),
                ("B", 20, false, None),
                ("C KEY", 86, true, Some(b"Ma".to_vec())),
            ]
        );
        assert!(blocks("").is_empty());
    }
}
