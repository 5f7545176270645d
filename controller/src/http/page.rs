//! The sealing page: files from the binary, the certificate, and headers that leave a hostile script nothing.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sealer_core::one_file::{self, Cluster};
use serde_json::json;

use super::{cert, etag};
use crate::keys::RingReceiver;

/// One embedded file with its compressed forms.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its path below the page.
    pub name: &'static str,
    /// Its bytes.
    pub plain: &'static [u8],
    /// The same under brotli.
    pub br: Option<&'static [u8]>,
    /// The same under gzip.
    pub gzip: Option<&'static [u8]>,
}

/// The page that was built before this binary; empty where none was.
pub static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// On every answer. `docs/threat-model.md` has a line on each.
pub const HEADERS: [(&str, &str); 11] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; manifest-src 'self'; font-src 'none'; media-src 'none'; object-src 'none'; \
         worker-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("integrity-policy", "blocked-destinations=(script)"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-dns-prefetch-control", "off"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=(), payment=(), \
         clipboard-read=(), clipboard-write=(self), browsing-topics=(), interest-cohort=()",
    ),
];

const INDEX: &str = "index.html";
const ONE_FILE: &str = "sealer.html";
const NOT_BUILT: &str = "The sealing page is not part of this binary.\n\
    Build it with `cargo xtask dist`, or point SEALWRIGHT_PAGE at a built page, and compile the controller again.\n\
    The certificate is at cert.pem all the same.\n";

/// The page with what it has to know of its cluster.
#[derive(Debug)]
pub struct Page {
    assets: HashMap<&'static str, Served>,
    cluster: String,
    folder: Option<String>,
}

#[derive(Debug)]
struct Served {
    asset: Asset,
    /// The tags of the plain, brotli and gzip forms.
    tags: [String; 3],
}

impl Page {
    /// A page of these files, for a cluster of this name and the folder of its files.
    pub fn new(assets: &[Asset], cluster: String, folder: Option<String>) -> Self {
        let served = |asset: &Asset| {
            let tag = |bytes: Option<&[u8]>, encoding| {
                bytes.map_or_else(String::new, |bytes| etag::of(bytes, encoding))
            };
            let tags = [tag(Some(asset.plain), ""), tag(asset.br, "br"), tag(asset.gzip, "gzip")];
            (asset.name, Served { asset: *asset, tags })
        };
        Self { assets: assets.iter().map(served).collect(), cluster, folder }
    }

    fn file(&self, name: &str, headers: &HeaderMap) -> Response {
        let Some(served) = self.assets.get(name) else {
            let text = if self.assets.is_empty() { NOT_BUILT } else { "there is no such file\n" };
            return (StatusCode::NOT_FOUND, text).into_response();
        };
        let (bytes, encoding, tag) = served.choose(headers);
        let mut common = HeaderMap::new();
        common.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        common.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching(name)));
        if name != INDEX {
            common.insert(header::ETAG, HeaderValue::from_str(tag).expect("a tag is hexadecimal"));
            if etag::matches(headers, tag) {
                return (StatusCode::NOT_MODIFIED, common).into_response();
            }
        }
        if let Some(encoding) = encoding {
            common.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        (common, [(header::CONTENT_TYPE, media_type(name))], bytes).into_response()
    }

    /// The page as one file, for this cluster: its certificate is inside. It is there to be kept: under the policy of
    /// this server its script would not run.
    fn one_file(&self, ring: &RingReceiver) -> Response {
        let Some(page) = self.assets.get(ONE_FILE).and_then(|served| str::from_utf8(served.asset.plain).ok())
        else {
            return self.file(ONE_FILE, &HeaderMap::new());
        };
        let cluster = ring.borrow().keys.newest().map(|newest| Cluster {
            name: self.cluster.clone(),
            certificate: newest.certificate_pem.clone(),
            fingerprint: newest.certificate.fingerprint(),
        });
        match one_file::with_clusters(page, cluster.as_slice()) {
            Ok(page) => {
                let headers = [
                    (header::CONTENT_TYPE, media_type(ONE_FILE)),
                    (header::CONTENT_DISPOSITION, "attachment; filename=\"sealer.html\""),
                    (header::CACHE_CONTROL, "no-store"),
                ];
                (headers, page).into_response()
            }
            // The page was built by something else than this version.
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
        }
    }

    fn config(&self, ring: &RingReceiver) -> Response {
        let cluster = ring.borrow().keys.newest().map(|newest| {
            let mut cluster = json!({
                "name": self.cluster,
                "certificate": "cert.pem",
                "fingerprint": newest.certificate.fingerprint(),
            });
            if let Some(folder) = &self.folder {
                cluster["folder"] = json!(folder);
            }
            cluster
        });
        let body = json!({ "clusters": cluster.into_iter().collect::<Vec<_>>() });
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
        (headers, body.to_string()).into_response()
    }
}

impl Served {
    /// The smallest form that the client takes.
    fn choose(&self, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>, &str) {
        if let Some(br) = self.asset.br.filter(|_| accepts(headers, "br")) {
            return (br, Some("br"), &self.tags[1]);
        }
        if let Some(gzip) = self.asset.gzip.filter(|_| accepts(headers, "gzip")) {
            return (gzip, Some("gzip"), &self.tags[2]);
        }
        (self.asset.plain, None, &self.tags[0])
    }
}

/// Whether the client takes a coding; `q=0` says no. A `*` is not enough: it is sent by tools that decode nothing.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
            let refused = parts
                .filter_map(|part| part.strip_prefix("q="))
                .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight == 0.0));
            named && !refused
        })
}

/// The entry is never kept; what has a hash in its name never changes; the rest is asked about.
fn caching(name: &str) -> &'static str {
    // Trunk's hashes: 64 bits in hexadecimal digits as a part of the name, without the zeros in front.
    let hashed = name
        .split(['-', '_', '.', '/'])
        .any(|part| (12..=16).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match (name, hashed) {
        (INDEX, _) => "no-store",
        (_, true) => "public, max-age=31536000, immutable",
        (_, false) => "no-cache",
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

pub(super) fn router(page: Arc<Page>, ring: RingReceiver) -> Router {
    let (index, one_file, file) = (Arc::clone(&page), Arc::clone(&page), Arc::clone(&page));
    let (config_ring, one_file_ring) = (ring.clone(), ring.clone());
    Router::new()
        .route("/", get(async move |headers: HeaderMap| index.file(INDEX, &headers)))
        .route("/cert.pem", get(async move |headers: HeaderMap| cert::respond(&ring, &headers)))
        .route("/config.json", get(async move || page.config(&config_ring)))
        .route("/sealer.html", get(async move || one_file.one_file(&one_file_ring)))
        .route(
            "/{*path}",
            get(async move |Path(path): Path<String>, headers: HeaderMap| file.file(&path, &headers)),
        )
        .layer(map_response(harden))
}

async fn harden(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
