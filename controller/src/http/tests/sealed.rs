//! Verify and rotate: what they answer, what they never do, and what they take.

use std::collections::BTreeMap;

use axum::body::Bytes;
use futures_util::future::join_all;
use futures_util::stream;
use getrandom::SysRng;
use proptest::prelude::*;
use sealer_core::manifest::SecretManifest;
use sealer_core::scope::{CLUSTER_WIDE_ANNOTATION, NAMESPACE_WIDE_ANNOTATION};
use sealer_core::{
    Metadata, Overrides, Plaintext, Policy, Scope, SealRequest, SealedSecret, Timestamp, emit, manifest, seal,
};
use serde_json::{Value, json};
use unsealer::unseal;

use super::*;

/// An API with two keys; new things are sealed with the second.
struct Desk {
    router: Router,
    ring: Arc<Ring>,
}

impl Desk {
    fn new(limits: &Limits) -> Self {
        let (ring, faults) = Ring::load(&[stored("old", 1_700_000_000), stored("new", 1_800_000_000)]);
        assert!(faults.is_empty());
        let ring = Arc::new(ring);
        let (sender, receiver) = watch::channel(Arc::clone(&ring));
        // A receiver shows the last value also when the sender is gone.
        drop(sender);
        Self { router: super::super::api(parts(receiver), limits), ring }
    }

    /// `payments/db` with two values, sealed under a scope for a key.
    fn sealed(&self, scope: Scope, key: &str) -> SealedSecret {
        let mut manifest = SecretManifest::default();
        manifest.metadata.name = "db".into();
        manifest.metadata.namespace = "payments".into();
        manifest.metadata.labels.insert("app".into(), "shop".into());
        manifest.metadata.annotations.insert("note".into(), "kept".into());
        manifest.data.insert("user".into(), Plaintext::new(b"canary-user".to_vec()));
        manifest.data.insert("word".into(), Plaintext::new(b"canary-word".to_vec()));
        let overrides = Overrides { scope: Some(scope), ..Overrides::default() };
        let request = SealRequest::new(manifest, overrides).unwrap();
        let pair = self.ring.keys.iter().find(|pair| pair.name == key).unwrap();
        let for_key = pair.certificate.check(Timestamp::from_unix_seconds(0)).unwrap();
        seal(&request, for_key, &mut SysRng).unwrap()
    }

    async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(path).body(body.into()).unwrap();
        answer(self.router.clone().oneshot(request).await.unwrap()).await
    }

    async fn verify(&self, sealed: &SealedSecret) -> Answer {
        self.post("/v1/verify", emit::to_json(sealed)).await
    }

    async fn rotate(&self, sealed: &SealedSecret) -> Answer {
        self.post("/v1/rotate", emit::to_yaml(sealed)).await
    }
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn sealed(&self) -> SealedSecret {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        manifest::read_sealed_secrets(self.text(), Policy::Strict).unwrap().remove(0)
    }
}

#[tokio::test]
async fn what_opens_is_verified_and_nothing_is_rendered() {
    let desk = Desk::new(&LIMITS);
    for scope in Scope::ALL {
        for key in ["old", "new"] {
            let mut sealed = desk.sealed(scope, key);
            sealed.template.data.insert("x".into(), "{{ fail .word }}{{ no such thing".into());
            let answer = desk.verify(&sealed).await;
            assert_eq!((answer.status, answer.text()), (StatusCode::OK, ""), "{scope} {key}");
        }
    }
}

#[tokio::test]
async fn whatever_does_not_open_is_one_answer() {
    let desk = Desk::new(&LIMITS);
    let sealed = desk.sealed(Scope::Strict, "new");
    let with_word = |text: String| {
        let mut changed = sealed.clone();
        changed.encrypted_data.insert("word".into(), text);
        changed
    };
    let flipped = |at: fn(usize) -> usize| {
        let mut bytes = sealer_core::decode_base64(&sealed.encrypted_data["word"]).unwrap();
        let at = at(bytes.len());
        bytes[at] ^= 1;
        with_word(sealer_core::encode_base64(&bytes))
    };
    let mut renamed = sealed.clone();
    renamed.metadata.name = "other".into();
    let mut nameless = sealed.clone();
    nameless.metadata.name.clear();
    let other = Desk::new(&LIMITS);
    let cases = [
        ("wrong label", renamed),
        ("no label", nameless),
        ("wrong key", other.sealed(Scope::Strict, "new")),
        ("damaged OAEP", flipped(|_| 40)),
        ("damaged GCM", flipped(|length| length - 1)),
        ("cut short", with_word("AgA=".into())),
        ("not base64", with_word("%".into())),
    ];
    let mut verified = Vec::new();
    let mut rotated = Vec::new();
    for (case, sealed) in &cases {
        let answer = desk.verify(sealed).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{case}");
        verified.push((answer.headers, answer.body));
        let answer = desk.rotate(sealed).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{case}");
        rotated.push((answer.headers, answer.body));
    }
    for answers in [verified, rotated] {
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }
}

#[tokio::test]
async fn rotate_answers_in_json_with_the_newest_key_and_keeps_the_template() {
    let desk = Desk::new(&LIMITS);

    for scope in Scope::ALL {
        let mut sealed = desk.sealed(scope, "old");
        sealed.template.data.insert("x".into(), "{{ fail .word }}".into());
        let answer = desk.rotate(&sealed).await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(!answer.text().contains("canary"));
        let rotated = answer.sealed();
        assert_eq!(rotated.template, sealed.template, "{scope}");
        assert_eq!(rotated.metadata, sealed.metadata, "{scope}");
        for (key, text) in &rotated.encrypted_data {
            assert_ne!(text, &sealed.encrypted_data[key], "{scope}");
        }
        assert_eq!(desk.verify(&rotated).await.status, StatusCode::OK);
    }
}

type Change = fn(&mut SealedSecret);

/// Ways to make something else of a SealedSecret. None of them may widen it.
const CHANGES: [(&str, Change); 14] = [
    ("nothing", |_| {}),
    ("rename", |it| it.metadata.name = "other".into()),
    ("move", |it| it.metadata.namespace = "other".into()),
    ("rename and move", |it| {
        it.metadata.name = "a".into();
        it.metadata.namespace = "b".into();
    }),
    ("own cluster-wide", |it| annotate(&mut it.metadata, CLUSTER_WIDE_ANNOTATION, "true")),
    ("own namespace-wide", |it| annotate(&mut it.metadata, NAMESPACE_WIDE_ANNOTATION, "true")),
    ("own True", |it| annotate(&mut it.metadata, CLUSTER_WIDE_ANNOTATION, "True")),
    ("own 1", |it| annotate(&mut it.metadata, NAMESPACE_WIDE_ANNOTATION, "1")),
    ("own none", |it| it.metadata.annotations.clear()),
    ("template cluster-wide", |it| annotate(&mut it.template.metadata, CLUSTER_WIDE_ANNOTATION, "true")),
    ("template namespace-wide", |it| annotate(&mut it.template.metadata, NAMESPACE_WIDE_ANNOTATION, "true")),
    ("template none", |it| it.template.metadata.annotations.clear()),
    ("both cluster-wide", |it| {
        annotate(&mut it.metadata, CLUSTER_WIDE_ANNOTATION, "true");
        annotate(&mut it.template.metadata, CLUSTER_WIDE_ANNOTATION, "true");
    }),
    ("values swapped", |it| {
        let word = it.encrypted_data["word"].clone();
        let user = it.encrypted_data.insert("user".into(), word).unwrap();
        it.encrypted_data.insert("word".into(), user);
    }),
];

fn annotate(metadata: &mut Metadata, name: &str, value: &str) {
    metadata.annotations.insert(name.into(), value.into());
}

fn label(sealed: &SealedSecret) -> String {
    sealed.binding().unwrap().label()
}

#[tokio::test]
async fn rotate_never_widens() {
    let desk = Desk::new(&LIMITS);
    for scope in Scope::ALL {
        let sealed = desk.sealed(scope, "old");
        for (change, make) in CHANGES {
            let mut changed = sealed.clone();
            make(&mut changed);
            let claimed = Scope::from_annotations(&changed.template.metadata.annotations);
            let agrees = claimed == Scope::Strict || claimed == changed.scope();
            let opens = label(&changed) == label(&sealed);
            let answer = desk.rotate(&changed).await;
            let refused = match (opens, agrees) {
                (true, true) => None,
                (true, false) => Some(StatusCode::UNPROCESSABLE_ENTITY),
                (false, _) => Some(StatusCode::INTERNAL_SERVER_ERROR),
            };
            if let Some(code) = refused {
                assert_eq!(answer.status, code, "{scope} {change}");
                continue;
            }
            let rotated = answer.sealed();
            assert_eq!(label(&rotated), label(&sealed), "{scope} {change}");
            // Exactly that label: the values open under it, and under no other scope of the same names.
            for other in Scope::ALL {
                let mut moved = rotated.clone();
                other.write_annotations(&mut moved.metadata.annotations);
                assert_eq!(
                    unseal(&moved, &desk.ring.keys).is_ok(),
                    other == scope,
                    "{scope} {change} {other}"
                );
            }
            let values = |sealed: &SealedSecret| unseal(sealed, &desk.ring.keys).unwrap().data;
            let plain = SealedSecret { template: sealed.template.clone(), ..changed };
            assert_eq!(values(&rotated), values(&plain), "{scope} {change}");
        }
    }
}

#[tokio::test]
async fn without_a_key_nothing_opens() {
    let desk = Desk::new(&LIMITS);
    let router = super::api(no_keys());
    let empty = Desk { router, ring: Arc::clone(&desk.ring) };
    let sealed = desk.sealed(Scope::Strict, "new");
    assert_eq!(empty.verify(&sealed).await.status, StatusCode::CONFLICT);
    assert_eq!(empty.rotate(&sealed).await.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn only_post_is_taken_and_no_page_of_another_origin_reads_the_answer() {
    let desk = Desk::new(&LIMITS);
    for path in ["/v1/verify", "/v1/rotate"] {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let answer = ask(&desk.router, method, path, &[]).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(answer.header("allow"), "POST");
        }
        let request = Request::post(path).header("origin", "https://example.org").body(Body::empty());
        let answer = answer(desk.router.clone().oneshot(request.unwrap()).await.unwrap()).await;
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

/// A body that is sent for ever and says nothing.
fn endless() -> Body {
    Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())
}

// The clock of these tests jumps to the next timer whenever everybody waits.
#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_given_up() {
    let desk = Desk::new(&LIMITS);
    let broken = Body::from_stream(stream::iter([Err::<Bytes, _>(std::io::Error::other("reset"))]));
    for body in [endless(), broken] {
        assert_eq!(desk.post("/v1/verify", body).await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test(start_paused = true)]
async fn bodies_are_held_in_small_numbers() {
    let desk = Desk::new(&LIMITS);
    let codes: Vec<u16> = join_all((0..10).map(|_| desk.post("/v1/rotate", endless())))
        .await
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    assert_eq!(codes, [400, 400, 400, 400, 400, 400, 400, 400, 429, 429]);
    assert_eq!(desk.post("/v1/rotate", "").await.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test(start_paused = true)]
async fn no_header_or_path_gets_around_the_limit() {
    let desk = Desk::new(&Limits { rate: 1, burst: 1, ..LIMITS });
    let ask = async |number: usize| {
        let path = if number.is_multiple_of(2) { "/v1/verify" } else { "/v1/rotate?a=b" };
        let mut request = Request::post(path);
        for name in ["x-forwarded-for", "x-real-ip", "forwarded", "host"] {
            request = request.header(name, format!("10.0.0.{number}"));
        }
        let request = request.body(Body::empty()).unwrap();
        answer(desk.router.clone().oneshot(request).await.unwrap()).await
    };
    let answers = join_all((0..9).map(ask)).await;
    let refused: Vec<&Answer> =
        answers.iter().filter(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS).collect();
    assert_eq!(
        refused.len(),
        2,
        "two at once, and one for each of the five seconds that a turn is waited for"
    );
    assert!(refused.iter().all(|answer| answer.header("retry-after") == "6"));
}

/// What the two may answer to anything at all that they are sent.
fn allowed(path: &str) -> &'static [u16] {
    if path == "/v1/verify" { &[200, 400, 409, 413, 429, 500] } else { &[200, 400, 413, 422, 429, 500] }
}

fn hostile(valid: &Value) -> Vec<(&'static str, Vec<u8>, u16)> {
    let text = valid.to_string();
    let with = |path: &str, value: Value| {
        let mut changed = valid.clone();
        *changed.pointer_mut(path).unwrap() = value;
        changed.to_string().into_bytes()
    };
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let bomb: String = (1..40).map(|n| format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1)).collect();
    let mut long = text.clone();
    long.push_str(&" ".repeat((3 << 20) + 1 - long.len()));
    let whole = long[..3 << 20].to_owned();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("nothing", vec![], 500),
        ("only space", b" \n\t".to_vec(), 500),
        ("byte order mark alone", "\u{feff}".into(), 500),
        ("byte order mark", format!("\u{feff}{text}").into(), 200),
        ("UTF-16", [&[0xff, 0xfe], utf16.as_slice()].concat(), 500),
        ("not UTF-8", [text.as_bytes(), &[0xff]].concat(), 500),
        ("NUL", format!("{text}\0").into(), 500),
        ("nested lists", nested("[", "]").into(), 500),
        ("nested maps", nested("{\"a\":", "}").into(), 500),
        ("nested YAML", "- ".repeat(10_000).into(), 500),
        ("anchors", format!("a0: &a0 x\n{bomb}").into(), 500),
        ("two documents", format!("{text}\n---\n{text}").into(), 500),
        ("two documents of YAML", format!("---\n{text}\n---\n{text}\n").into(), 500),
        ("two values", format!("{text}{text}").into(), 500),
        ("an empty document after it", format!("---\n{text}\n---\n# end\n").into(), 200),
        ("as long as may be", whole.into(), 200),
        ("too long", long.into(), 413),
        ("another kind", with("/kind", json!("Secret")), 500),
        ("kind is a number", with("/kind", json!(7)), 500),
        ("list of two", json!({ "kind": "List", "items": [valid, valid] }).to_string().into(), 500),
        ("empty list", json!({ "kind": "List", "items": [] }).to_string().into(), 500),
        ("a scalar", b"7".to_vec(), 500),
        ("a list", b"[]".to_vec(), 500),
        ("data is a list", with("/spec/encryptedData", json!([1])), 500),
        ("huge number", text.replace("\"kind\"", "\"status\":1e999999999,\"kind\"").into(), 200),
        (
            "many digits",
            text.replace("\"kind\"", &format!("\"status\":{},\"kind\"", "9".repeat(100_000))).into(),
            200,
        ),
    ]
}

#[tokio::test]
async fn hostile_bodies_are_answered_and_end_nothing() {
    let desk = Desk::new(&LIMITS);
    let valid: Value = serde_json::from_str(&emit::to_json(&desk.sealed(Scope::Strict, "new"))).unwrap();
    for (case, body, code) in hostile(&valid) {
        for path in ["/v1/verify", "/v1/rotate"] {
            let answer = desk.post(path, body.clone()).await;
            assert_eq!(answer.status.as_u16(), code, "{path}: {case}: {}", answer.text());
            assert!(!answer.text().contains("canary"));
        }
    }
}

#[tokio::test]
async fn odd_but_readable_objects_get_an_allowed_code() {
    let desk = Desk::new(&LIMITS);
    let valid: Value = serde_json::from_str(&emit::to_json(&desk.sealed(Scope::Strict, "new"))).unwrap();
    for path in ["/metadata", "/spec", "/spec/encryptedData", "/spec/template", "/spec/template/metadata"] {
        for value in [json!(null), json!({}), json!([]), json!(1), json!("x"), json!({ "a": null })] {
            let mut changed = valid.clone();
            *changed.pointer_mut(path).unwrap() = value;
            for route in ["/v1/verify", "/v1/rotate"] {
                let answer = desk.post(route, changed.to_string()).await;
                assert!(allowed(route).contains(&answer.status.as_u16()), "{route} {changed}");
            }
        }
    }
    let twice =
        valid.to_string().replacen("\"metadata\":", "\"metadata\":{\"name\":\"first\"},\"metadata\":", 1);
    for route in ["/v1/verify", "/v1/rotate"] {
        assert!(allowed(route).contains(&desk.post(route, twice.clone()).await.status.as_u16()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_change_of_bytes_gets_an_allowed_code(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..6),
        yaml in any::<bool>(),
    ) {
        thread_local! {
            static DESK: (Desk, BTreeMap<bool, Vec<u8>>) = {
                let desk = Desk::new(&LIMITS);
                let sealed = desk.sealed(Scope::NamespaceWide, "new");
                let texts = [(false, emit::to_json(&sealed)), (true, emit::to_yaml(&sealed))];
                let texts = texts.into_iter().map(|(yaml, text)| (yaml, text.into_bytes())).collect();
                (desk, texts)
            };
        }
        DESK.with(|(desk, texts)| {
            let mut body = texts[&yaml].clone();
            for (index, byte, kind) in changes {
                let at = index.index(body.len());
                match kind {
                    0 => body[at] = byte,
                    1 => body.insert(at, byte),
                    _ => drop(body.remove(at)),
                }
            }
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                for path in ["/v1/verify", "/v1/rotate"] {
                    let code = desk.post(path, body.clone()).await.status.as_u16();
                    prop_assert!(allowed(path).contains(&code), "{path} {code}");
                }
                Ok(())
            })
        })?;
    }
}
