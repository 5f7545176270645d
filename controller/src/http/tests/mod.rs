//! The answers, byte for byte.

mod sealed;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt as _;
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::page::{Asset, HEADERS};
use super::{Api, Limits, Page, page};
use crate::keys::tests::stored;
use crate::keys::{Ring, RingReceiver};
use crate::metrics::Metrics;
use crate::opener::Opener;
use crate::ready::{Phase, Readiness};

fn ring() -> (RingReceiver, String, String) {
    let key = stored("k", 1_800_000_000);
    let fingerprint = key.pair().unwrap().certificate.fingerprint();
    let (ring, faults) = Ring::load(std::slice::from_ref(&key));
    assert!(faults.is_empty());
    (watch::channel(Arc::new(ring)).1, key.certificate_pem, fingerprint)
}

fn no_keys() -> RingReceiver {
    watch::channel(Arc::new(Ring::default())).1
}

const FOLDER: &str = "https://github.com/acme/gitops/tree/main/staging";

fn site(ring: RingReceiver) -> Router {
    let assets = [
        Asset { name: "index.html", plain: b"<!doctype html>", br: Some(b"html-br"), gzip: None },
        Asset {
            name: "app-0123456789abcdef_bg.wasm",
            plain: b"wasm",
            br: Some(b"wasm-br"),
            gzip: Some(b"wasm-gz"),
        },
        Asset { name: "look-123456789abcde.css", plain: b"look", br: None, gzip: None },
        Asset { name: "boot.js", plain: b"boot", br: None, gzip: Some(b"boot-gz") },
        Asset {
            name: "sealer.html",
            plain: br#"default-src 'none'; connect-src 'none'; script-src 'sha256-x'
<script type="application/json" id="clusters">{"clusters":[]}</script></html>"#,
            br: None,
            gzip: None,
        },
    ];
    page(Arc::new(Page::new(&assets, "staging".into(), Some(FOLDER.into()))), ring)
}

fn parts(ring: RingReceiver) -> Api {
    let metrics = Arc::new(Metrics::new("v", false));
    Api {
        ring,
        opener: Arc::new(Opener::new(2, true, Arc::clone(&metrics))),
        readiness: Arc::new(Readiness::default()),
        metrics,
    }
}

const LIMITS: Limits =
    Limits { rate: 1000, burst: 1000, read_timeout: Duration::ZERO, write_timeout: Duration::ZERO };

fn api(ring: RingReceiver) -> Router {
    super::api(parts(ring), &LIMITS)
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(router: &Router, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()).await
}

async fn answer(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn get(router: &Router, path: &str) -> Answer {
    ask(router, Method::GET, path, &[]).await
}

#[tokio::test]
async fn the_probe_says_ok() {
    let answer = get(&api(no_keys()), "/healthz").await;
    assert_eq!((answer.status, answer.body.as_slice()), (StatusCode::OK, b"ok\n".as_slice()));
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn it_is_ready_once_it_knows_its_keys_and_objects_and_until_it_stops() {
    let parts = parts(no_keys());
    let readiness = Arc::clone(&parts.readiness);
    let router = super::api(parts, &LIMITS);
    for (phase, status, body) in [
        (Phase::Keys, 503, "starting: there is no sealing key yet\n"),
        (Phase::Objects, 503, "starting: not every object is known yet\n"),
        (Phase::Ready, 200, "ok\n"),
        (Phase::Stopping, 503, "stopping\n"),
    ] {
        readiness.reach(phase);
        let answer = get(&router, "/readyz").await;
        assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (status, body.as_bytes()));
        assert_eq!(get(&router, "/healthz").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn prometheus_gets_its_own_format_and_only_known_paths_are_counted() {
    let parts = parts(no_keys());
    let metrics = Arc::clone(&parts.metrics);
    let router = super::api(parts, &LIMITS);
    for path in ["/v1/cert.pem", "/v1/cert.pem?a=b", "/healthz", "/v1/secret", "/"] {
        get(&router, path).await;
    }
    ask(&router, Method::from_bytes(b"BREW").unwrap(), "/v1/cert.pem", &[]).await;
    let answer = get(&super::metrics(metrics), "/metrics").await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let text = String::from_utf8(answer.body).unwrap();
    let mut counted: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("sealed_secrets_controller_http_requests_total"))
        .collect();
    counted.sort_unstable();
    assert_eq!(
        counted,
        [
            "{code=\"405\",method=\"unknown\",path=\"/v1/cert.pem\"} 1",
            "{code=\"500\",method=\"get\",path=\"/v1/cert.pem\"} 2",
        ]
    );
}

#[tokio::test]
async fn the_certificate_is_served_tagged_and_open_to_other_origins() {
    let (ring, pem, _) = ring();
    let router = api(ring);
    let answer = get(&router, "/v1/cert.pem").await;
    assert_eq!((answer.status, answer.body), (StatusCode::OK, pem.into_bytes()));
    for (name, value) in [
        ("content-type", "application/x-pem-file"),
        ("cache-control", "no-cache"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(answer.headers.get(name).unwrap(), value, "{name}");
    }
    let tag = answer.headers.get(header::ETAG).unwrap().to_str().unwrap();
    let again = ask(&router, Method::GET, "/v1/cert.pem", &[("if-none-match", tag)]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.header("etag"), tag);
}

#[tokio::test]
async fn without_a_key_there_is_no_certificate() {
    let answer = get(&api(no_keys()), "/v1/cert.pem").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.body, b"cannot get certificate\n");
    let answer = get(&site(no_keys()), "/config.json").await;
    assert_eq!(answer.body, br#"{"clusters":[]}"#);
}

#[tokio::test]
async fn a_new_key_is_served_at_once() {
    let (ring, faults) = Ring::load(&[stored("old", 1_700_000_000)]);
    assert!(faults.is_empty());
    let (sender, receiver) = watch::channel(Arc::new(ring));
    let router = api(receiver);
    let before = get(&router, "/v1/cert.pem").await;
    let new = stored("new", 1_800_000_000);
    sender.send_replace(Arc::new(Ring::load(std::slice::from_ref(&new)).0));
    let after = get(&router, "/v1/cert.pem").await;
    assert_eq!(after.body, new.certificate_pem.into_bytes());
    assert_ne!(before.header("etag"), after.header("etag"));
}

#[tokio::test]
async fn every_answer_of_the_page_carries_every_header() {
    let router = site(ring().0);
    for path in [
        "/",
        "/index.html",
        "/boot.js",
        "/cert.pem",
        "/config.json",
        "/sealer.html",
        "/none",
        "/../etc/passwd",
    ] {
        let answer = get(&router, path).await;
        for (name, value) in HEADERS {
            assert_eq!(answer.header(name), value, "{path} {name}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
    let policy = HEADERS[0].1;
    assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self';"));
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains(','));
}

#[tokio::test]
async fn the_entry_is_never_kept_and_hashed_files_for_ever() {
    let router = site(ring().0);
    for (path, caching, media) in [
        ("/", "no-store", "text/html; charset=utf-8"),
        ("/index.html", "no-store", "text/html; charset=utf-8"),
        ("/app-0123456789abcdef_bg.wasm", "public, max-age=31536000, immutable", "application/wasm"),
        ("/look-123456789abcde.css", "public, max-age=31536000, immutable", "text/css; charset=utf-8"),
        ("/boot.js", "no-cache", "text/javascript; charset=utf-8"),
        ("/cert.pem", "no-cache", "application/x-pem-file"),
        ("/config.json", "no-cache", "application/json"),
    ] {
        let answer = get(&router, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(
            (answer.header("cache-control"), answer.header("content-type")),
            (caching, media),
            "{path}"
        );
    }
    assert_eq!(get(&router, "/").await.body, b"<!doctype html>");
}

#[tokio::test]
async fn the_smallest_accepted_form_is_sent_and_has_a_tag_of_its_own() {
    let router = site(ring().0);
    let wasm = "/app-0123456789abcdef_bg.wasm";
    let mut tags = Vec::new();
    for (accepted, coding, body) in [
        ("gzip, deflate, br", "br", "wasm-br"),
        ("gzip", "gzip", "wasm-gz"),
        ("br;q=0, gzip;q=0.5", "gzip", "wasm-gz"),
        ("identity", "", "wasm"),
        ("*", "", "wasm"),
    ] {
        let answer = ask(&router, Method::GET, wasm, &[("accept-encoding", accepted)]).await;
        assert_eq!(
            (answer.header("content-encoding"), answer.body.as_slice()),
            (coding, body.as_bytes()),
            "{accepted}"
        );
        assert_eq!(answer.header("vary"), "accept-encoding");
        tags.push(answer.header("etag").to_owned());
        let known = [("accept-encoding", accepted), ("if-none-match", answer.header("etag"))];
        let again = ask(&router, Method::GET, wasm, &known).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{accepted}");
    }
    tags.sort_unstable();
    tags.dedup();
    assert_eq!(tags.len(), 3);
    assert_eq!(ask(&router, Method::GET, "/boot.js", &[("accept-encoding", "br")]).await.body, b"boot");
}

#[tokio::test]
async fn config_names_the_certificate_beside_the_page() {
    let (ring, _, fingerprint) = ring();
    let answer = get(&site(ring), "/config.json").await;
    let config: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let cluster = serde_json::json!({ "name": "staging", "certificate": "cert.pem", "fingerprint": fingerprint, "folder": FOLDER });
    assert_eq!(config, serde_json::json!({ "clusters": [cluster] }));
}

#[tokio::test]
async fn the_one_file_is_for_keeping_and_has_the_newest_certificate_inside() {
    let (ring, pem, fingerprint) = ring();
    let answer = get(&site(ring), "/sealer.html").await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"sealer.html\"");
    assert_eq!(
        (answer.header("content-type"), answer.header("cache-control")),
        ("text/html; charset=utf-8", "no-store")
    );
    let text = String::from_utf8(answer.body).unwrap();
    let list = text.split_once("id=\"clusters\">").unwrap().1.split_once("</script>").unwrap().0;
    let list: serde_json::Value = serde_json::from_str(list).unwrap();
    let cluster = serde_json::json!({ "name": "staging", "certificate": pem, "fingerprint": fingerprint });
    assert_eq!(list, serde_json::json!({ "clusters": [cluster] }));

    let without_a_key = get(&site(no_keys()), "/sealer.html").await;
    assert!(String::from_utf8(without_a_key.body).unwrap().contains("{\"clusters\":[]}"));
    let not_built = page(Arc::new(Page::new(&[], "x".into(), None)), no_keys());
    assert_eq!(get(&not_built, "/sealer.html").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn head_is_get_without_a_body_and_nothing_else_is_taken() {
    let (ring, ..) = ring();
    for (router, path) in [
        (api(ring.clone()), "/healthz"),
        (api(ring.clone()), "/v1/cert.pem"),
        (site(ring.clone()), "/"),
        (site(ring.clone()), "/boot.js"),
        (site(ring.clone()), "/cert.pem"),
        (site(ring.clone()), "/sealer.html"),
        (site(ring), "/config.json"),
    ] {
        let head = ask(&router, Method::HEAD, path, &[]).await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0), "{path}");
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let answer = ask(&router, method.clone(), path, &[]).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(answer.header("allow"), "GET,HEAD");
        }
    }
}

#[tokio::test]
async fn without_a_built_page_the_answer_says_how_to_build_it() {
    let router = page(Arc::new(Page::new(&[], "x".into(), None)), ring().0);
    let answer = get(&router, "/").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(String::from_utf8(answer.body).unwrap().contains("cargo xtask dist"));
    assert_eq!(get(&router, "/cert.pem").await.status, StatusCode::OK);
}
