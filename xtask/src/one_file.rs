//! Makes `sealer.html`: the page as one file, from the same index.html, glue and wasm as the page that is served.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// Its name beside the page.
pub const NAME: &str = "sealer.html";

/// A part that is not as expected: the name of a file, and why.
pub type Unexpected = (&'static str, &'static str);

/// What it is made of.
pub struct Parts<'a> {
    /// `index.html` as it is written, before Trunk.
    pub index: &'a str,
    /// The styles.
    pub look: &'a str,
    /// The icon, in SVG.
    pub icon: &'a str,
    /// wasm-bindgen's module.
    pub glue: &'a str,
    /// What starts the page (`one-file.js`).
    pub boot: &'a str,
    /// The wasm under gzip.
    pub wasm: &'a [u8],
    /// What the build is called, so that people can compare.
    pub build: &'a str,
}

/// The tag that says about the whole page.
pub const HTML: &str = r#"<html lang="en">"#;

/// The same tag of a page that was built.
pub fn html_tag(build: &str, more: &str) -> String {
    format!("<html lang=\"en\" data-build=\"{build}\"{more}>")
}

/// The tags of index.html that Trunk would replace, and what stands in their place here. The theme's script is not
/// needed: the file remembers nothing.
const THEME: &str = r#"<script data-trunk crossorigin src="web-ui/assets/theme.js"></script>"#;
const CROSSORIGIN: &str =
    "<!-- crossorigin: an Integrity-Policy passes only hashed scripts that are fetched in CORS mode. -->\n";
const LOOK: &str = r#"<link data-trunk rel="css" href="web-ui/assets/look.css">"#;
const ICON: &str = r#"<link data-trunk rel="icon" type="image/svg+xml" href="web-ui/assets/favicon.svg">"#;
const BOOT: &str = r#"<link data-trunk rel="copy-file" href="web-ui/assets/boot.js">"#;
const RUST: &str = r#"<link data-trunk rel="rust" "#;

/// Where a host's policy forbids the script no message could be shown later.
const LOADING: &str = "Loading the sealing code. You can paste already.";
const STARTING: &str = "Starting. If this line stays, this file may not run where it is shown: save it, and open it from your disk.";

/// The whole file. The module comes before what it needs, so that a file that was cut off says so: modules wait for
/// the end of the document.
pub fn assemble(parts: &Parts<'_>) -> Result<String, Unexpected> {
    let module = format!("{}\n{}", parts.glue, parts.boot);
    if module.contains("</script") || module.contains("<!--") {
        return Err(("the glue", "it can't stand inside of a script element"));
    }
    if parts.look.contains("</style") {
        return Err(("look.css", "it can't stand inside of a style element"));
    }
    let policy = [
        "default-src 'none'",
        "connect-src 'none'",
        &format!("script-src '{}' 'wasm-unsafe-eval'", source_hash(&module)),
        &format!("style-src '{}'", source_hash(parts.look)),
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    .join("; ");
    let icon = BASE64_STANDARD.encode(parts.icon);
    let wasm = BASE64_STANDARD.encode(parts.wasm);
    let rust = tag(parts.index, RUST)?;
    let mut html = parts.index.to_owned();
    for (from, to) in [
        (HTML, html_tag(parts.build, " data-one-file")),
        // Before anything that it has a say about.
        (
            "<meta charset=\"utf-8\">\n",
            format!(
                "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"
            ),
        ),
        (CROSSORIGIN, String::new()),
        (THEME, format!("<script type=\"module\">{module}</script>")),
        (LOOK, format!("<style>{}</style>", parts.look)),
        (
            ICON,
            format!("<link rel=\"icon\" type=\"image/svg+xml\" href=\"data:image/svg+xml;base64,{icon}\">"),
        ),
        (BOOT, String::new()),
        (LOADING, STARTING.to_owned()),
        // Data, not scripts: the policy has no say about them, and changing the list of clusters needs no new hash.
        (
            rust,
            format!(
                "<script type=\"application/json\" id=\"clusters\">{{\"clusters\":[]}}</script>\n\
                 <script type=\"application/gzip\" id=\"code\">{wasm}</script>"
            ),
        ),
    ] {
        if parts.index.matches(from).count() != 1 {
            return Err(("index.html", "a tag that the one file needs is missing"));
        }
        html = html.replacen(from, &to, 1);
    }
    if html.contains("data-trunk") {
        return Err(("index.html", "something was left unfinished"));
    }
    Ok(html)
}

/// A hash as a policy names it.
fn source_hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// The whole of the tag that starts like this.
fn tag<'a>(html: &'a str, start: &str) -> Result<&'a str, Unexpected> {
    let found = html.find(start).map(|at| &html[at..]);
    let found = found.and_then(|rest| rest.find('>').map(|end| &rest[..=end]));
    found.ok_or(("index.html", "the tag of the code is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = include_str!("../../index.html");

    fn parts() -> Parts<'static> {
        Parts {
            index: INDEX,
            look: "p{}",
            icon: "<svg/>",
            glue: "let glue;",
            boot: "let boot;",
            wasm: b"\0asm",
            build: "0123",
        }
    }

    #[test]
    fn everything_is_inside_and_allowed_by_its_hash_alone() {
        let html = assemble(&parts()).unwrap();
        assert!(
            html.contains(&format!(
                "script-src '{}' 'wasm-unsafe-eval'",
                source_hash("let glue;\nlet boot;")
            ))
        );
        assert!(html.contains(&format!("style-src '{}'", source_hash("p{}"))));
        assert!(html.contains("<script type=\"module\">let glue;\nlet boot;</script>"));
        assert!(html.contains("id=\"code\">AGFzbQ==</script>"));
        for word in ["src=", "href=\"web-ui", "unsafe-inline", "http://", "https://"] {
            assert!(!html.contains(word), "{word}");
        }
    }

    #[test]
    fn certificates_can_be_put_in() {
        let html = assemble(&parts()).unwrap();
        assert_eq!(sealer_core::one_file::with_clusters(&html, &[]).as_deref(), Ok(html.as_str()));
    }

    #[test]
    fn what_would_end_the_script_or_is_missing_is_refused() {
        for broken in [
            Parts { glue: "'</script>'", ..parts() },
            Parts { boot: "'<!--'", ..parts() },
            Parts { look: "</style>", ..parts() },
            Parts { index: "<html></html>", ..parts() },
        ] {
            assert!(assemble(&broken).is_err());
        }
    }
}
