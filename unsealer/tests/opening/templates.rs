//! `spec.template.data`: what templates see, what wins, and that an object renders to the same bytes every time.

use std::collections::BTreeMap;

use sealer_core::{Scope, SealedSecret, Timestamp};
use unsealer::{Identity, Job, Keyring, UnsealError};

use crate::support::{BIG, NEW, OLD, VALUES, ring, sealed};

const TIME: u64 = 1_767_323_045;

fn identity(uid: &str) -> Identity<'_> {
    Identity { uid, time: Timestamp::from_unix_seconds(TIME) }
}

/// [`VALUES`] with these templates.
fn with(templates: &[(&str, &str)]) -> SealedSecret {
    let mut sealed = sealed(Scope::Strict, &NEW);
    let templates = templates.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
    sealed.template.data = templates.collect();
    sealed
}

fn rendered_in(
    sealed: &SealedSecret,
    ring: &Keyring,
    identity: Identity<'_>,
) -> Result<BTreeMap<String, String>, UnsealError> {
    let job = Job::new(sealed, true)?.identified(identity);
    let secret = job.assemble(job.open_all(ring), ring)?.secret;
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
    Ok(secret.data.iter().map(|(key, value)| (key.clone(), text(value.expose()))).collect())
}

fn rendered(sealed: &SealedSecret) -> Result<BTreeMap<String, String>, UnsealError> {
    rendered_in(sealed, &ring(&[&NEW]), identity("u1"))
}

#[test]
fn templates_see_opened_values_and_the_texts_of_templates_and_the_former_win() {
    let data = rendered(&with(&[
        ("plain", "db.internal"),
        ("url", "mysql://{{ .user }}:{{ .password | urlquery }}@{{ .plain }}"),
        ("of-a-template", "{{ .url }}"),
        ("token", "{{ .token | upper }}"),
        ("missing", "{{ .nothing }}"),
    ]));
    let data = data.unwrap();
    assert_eq!(data["url"], "mysql://admin:hunter2@db.internal");
    // The text, not what it renders to: the order in which they are rendered must not matter.
    assert!(data["of-a-template"].starts_with("mysql://{{ .user }}"));
    // What is rendered wins over the sealed value of the same key, which it saw.
    assert_eq!(data["token"], "S3CR3T");
    assert_eq!(data["missing"], "<no value>");
    assert_eq!(data["password"], "hunter2");
}

#[test]
fn the_deprecated_form_has_no_templates() {
    let sealed = with(&[("a", "b")]);
    assert!(Job::new(&sealed, true).unwrap().renders());
    let deprecated =
        SealedSecret { deprecated_data: Some(String::new()), encrypted_data: BTreeMap::new(), ..sealed };
    assert!(!Job::new(&deprecated, true).unwrap().renders());
}

#[test]
fn random_functions_and_the_time_give_the_same_for_the_same_object_and_only_for_it() {
    let random =
        r#"{{ randAlphaNum 32 }} {{ uuidv4 }} {{ randInt 0 1000000 }} {{ shuffle "abcdefghijklmnop" }}"#;
    let object =
        with(&[("one", random), ("two", random), ("now", r#"{{ now | date "2006-01-02T15:04:05" }}"#)]);
    let first = rendered(&object).unwrap();
    assert_eq!(first["now"], "2026-01-02T03:04:05");
    assert_ne!(first["one"], first["two"], "each key has randomness of its own");
    // Another start, with more keys in another order.
    let again = rendered_in(&object, &ring(&[&OLD, &NEW, &BIG]), identity("u1")).unwrap();
    assert_eq!(first, again);
    let other_object = rendered_in(&object, &ring(&[&NEW]), identity("u2")).unwrap();
    assert_ne!(first["one"], other_object["one"]);
    // Sealed anew, the same values are other ciphertexts, and that is another object.
    let mut resealed = with(&[]);
    resealed.template.data.clone_from(&object.template.data);
    assert_ne!(first["one"], rendered(&resealed).unwrap()["one"]);
}

#[test]
fn without_any_key_nothing_is_rendered() {
    let mut object = with(&[("password", "{{ randAlphaNum 32 }}")]);
    object.encrypted_data.clear();
    assert_eq!(rendered_in(&object, &ring(&[]), identity("u1")), Err(UnsealError::NoKeys));
    assert_eq!(rendered_in(&object, &ring(&[&NEW]), identity("u1")).unwrap()["password"].len(), 32);
}

#[test]
fn an_error_names_the_key_the_place_and_the_function_and_no_value() {
    let calls = [
        "fail .password",
        "atoi .password | fail",
        "mustRegexMatch .password .user",
        "b64dec .password | fail",
        "genCAWithKey .password 1 .password",
        "mustToDate .password .user",
        "mustFromJson .password",
        "dict .password | fail",
        "semver .password",
        "urlParse (print \"%\" .password)",
        "index .password 1000",
        "slice .password 5 2",
        "template .password",
        "decryptAES .password .token",
        "buildCustomCert .password .token",
        "regexFind \"[\" .password",
        "substr 9 1 .password",
        "nosuch .password",
        "derivePassword 1 .password .password .password .password",
        "bcrypt (repeat 99 .password)",
        "genPrivateKey .password | mustRegexMatch .password",
        "set . .password 1",
        "dig .password .password .password .password",
        "mustDateModify .password now",
        "duration .password | fail",
    ];
    for call in calls {
        let text = format!("line\n  {{{{ {call} }}}}");
        match rendered(&with(&[("app.conf", &text)])) {
            // Sprig swallows some of these.
            Ok(_) => {}
            Err(error) => {
                let told = format!("{error} {error:?}");
                assert!(told.starts_with("spec.template.data: app.conf:2:"), "{told}");
                for (_, value) in VALUES {
                    assert!(!told.contains(value), "{call}: {told}");
                }
            }
        }
    }
    let error = rendered(&with(&[("app.conf", "a\n{{ fail .password }}")])).unwrap_err().to_string();
    assert!(error.starts_with("spec.template.data: app.conf:2:4: function fail: "), "{error}");
    let error = rendered(&with(&[("two\nlines", "{{")])).unwrap_err().to_string();
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn all_templates_of_an_object_share_one_budget() {
    // Each alone would stay below the bound of 1 MiB.
    let half = r#"{{ repeat 600000 "x" }}"#;
    assert_eq!(rendered(&with(&[("a", half)])).unwrap()["a"].len(), 600_000);
    let error = rendered(&with(&[("a", half), ("b", half)])).unwrap_err();
    assert_eq!(error.to_string(), "spec.template.data: b:1:4: gives too much output");
    let costly = r#"{{ range 3000000 }}{{ end }}"#;
    let many: Vec<(String, &str)> = (0..40).map(|index| (format!("k{index:02}"), costly)).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(key, text)| (key.as_str(), *text)).collect();
    let error = rendered(&with(&many)).unwrap_err().to_string();
    assert!(error.ends_with("takes too long to render"), "{error}");
}
