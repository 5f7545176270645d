//! `sealwright keys`: listed, backed up, lost and restored.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use sealer_core::encode_base64;
use serde_json::{Value, json};

use crate::cluster::{kubeconfig, status};
use crate::support::{Answer, Server, kubeseal, sealwright, told, vectors};

const SECRETS: &str = "/api/v1/namespaces/kube-system/secrets";
const LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";

pub type Store = Arc<Mutex<BTreeMap<String, Value>>>;

/// A key Secret as an API server gives it.
fn key(name: &str, bits: &str, state: &str, created: &str) -> Value {
    let file = |end: &str| encode_base64(&fs::read(vectors().join(format!("keys/{bits}.{end}"))).unwrap());
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": "kube-system",
            "uid": "11111111-1111-1111-1111-111111111111",
            "resourceVersion": "7",
            "creationTimestamp": created,
            "labels": { LABEL: state },
        },
        "type": "kubernetes.io/tls",
        "data": { "tls.crt": file("crt"), "tls.key": file("pkcs1.pem") },
    })
}

pub fn three() -> Store {
    let keys = [
        key("sealed-secrets-keyaaaaa", "2048", "compromised", "2026-01-01T00:00:00Z"),
        key("sealed-secrets-keybbbbb", "3072", "active", "2026-03-01T00:00:00Z"),
        key("sealed-secrets-keyccccc", "4096", "active", "2026-02-01T00:00:00Z"),
    ];
    let named = keys.into_iter().map(|key| (key["metadata"]["name"].as_str().unwrap().to_owned(), key));
    Arc::new(Mutex::new(named.collect()))
}

/// An API server that knows Secrets: lists the marked ones, gives one, takes one.
pub fn api_server(store: &Store) -> Server {
    let store = store.clone();
    Server::new(move |request| {
        let mut store = store.lock().unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let mut words = head.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let ok = |value: Value| Answer::Reply("200 OK", value.to_string());
        match (method, path.strip_prefix(SECRETS)) {
            ("GET", Some("")) if query.contains("labelSelector=") => {
                let items: Vec<&Value> = store.values().collect();
                ok(json!({ "apiVersion": "v1", "kind": "SecretList", "metadata": {}, "items": items }))
            }
            ("GET", Some(name)) => match store.get(name.trim_start_matches('/')) {
                Some(secret) => ok(secret.clone()),
                None => Answer::Reply(
                    "404 Not Found",
                    json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound",
                            "message": "not found", "code": 404 })
                    .to_string(),
                ),
            },
            ("POST", Some("")) => {
                let mut secret: Value = serde_json::from_str(body).unwrap();
                secret["metadata"]["namespace"] = "kube-system".into();
                secret["metadata"]["creationTimestamp"] = "2026-11-01T00:00:00Z".into();
                store.insert(secret["metadata"]["name"].as_str().unwrap().to_owned(), secret.clone());
                Answer::Reply("201 Created", secret.to_string())
            }
            _ => status("404 Not Found", 404, "unexpected request"),
        }
    })
}

fn keys(folder: &Path, args: &[&str], stdin: &[u8]) -> (i32, String, String) {
    told(&sealwright(folder, &[&["keys"], args, &["--kubeconfig", "config"]].concat(), stdin))
}

#[test]
fn keys_are_listed_oldest_first_and_the_one_that_seals_is_marked() {
    let server = api_server(&three());
    let folder = kubeconfig(&server);
    let (code, text, stderr) = keys(folder.path(), &["list"], b"");
    assert_eq!((code, stderr.as_str()), (0, ""));
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0][..4], ["NAME", "STATE", "SEALS", "CREATED"]);
    assert_eq!(rows[1][..4], ["sealed-secrets-keyaaaaa", "compromised", "2026-01-01T00:00:00Z", "2048"]);
    assert_eq!(rows[2][..4], ["sealed-secrets-keyccccc", "active", "yes", "2026-02-01T00:00:00Z"]);
    assert_eq!(rows[3][..4], ["sealed-secrets-keybbbbb", "active", "2026-03-01T00:00:00Z", "3072"]);

    let (code, list, _) = keys(folder.path(), &["list", "--format", "json"], b"");
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!((code, list.as_array().unwrap().len()), (0, 3));
    assert_eq!((&list[1]["newest"], &list[1]["bits"]), (&true.into(), &4096.into()));
    assert_eq!((&list[0]["active"], &list[0]["state"]), (&false.into(), &"compromised".into()));
    assert!(text.contains(list[0]["fingerprint"].as_str().unwrap()));
}

#[test]
fn a_secret_that_is_no_key_is_shown_as_one_and_is_a_finding() {
    let store = three();
    let other = fs::read(vectors().join("keys/3072.crt")).unwrap();
    store.lock().unwrap().get_mut("sealed-secrets-keyaaaaa").unwrap()["data"]["tls.crt"] =
        encode_base64(&other).into();
    let server = api_server(&store);
    let folder = kubeconfig(&server);
    let (code, text, _) = keys(folder.path(), &["list"], b"");
    assert_eq!(code, 1);
    assert!(text.contains("unusable: tls.crt and tls.key do not belong together\n"), "{text}");
}

#[test]
fn who_may_not_read_secrets_is_told_which_right_is_missing() {
    let server = Server::new(|_| status("403 Forbidden", 403, "secrets is forbidden"));
    let folder = kubeconfig(&server);
    let (code, stdout, stderr) = keys(folder.path(), &["list"], b"");
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert_eq!(
        stderr,
        "error: cannot list Secrets in kube-system: secrets is forbidden\nit needs the right to list secrets in \
         kube-system, which is as good as all that was ever sealed\n"
    );
}

#[test]
fn keys_that_were_lost_come_back_as_they_were_and_none_is_written_over() {
    for passphrase in [None, Some("correct horse")] {
        let store = three();
        let server = api_server(&store);
        let folder = kubeconfig(&server);
        let mut secret = Vec::new();
        if let Some(passphrase) = passphrase {
            fs::write(folder.path().join("pass"), format!("{passphrase}\n")).unwrap();
            secret = vec!["--passphrase-file", "pass"];
        }
        let args = [&["backup", "-o", "backup"], &secret[..]].concat();
        let said = "the backup has the keys of kube-system: 3 in all, 1 retired\n";
        assert_eq!(keys(folder.path(), &args, b""), (0, String::new(), said.to_owned()));
        let backup = folder.path().join("backup");
        assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
        let content = fs::read(&backup).unwrap();
        assert_eq!(content.starts_with(b"age-encryption.org/v1\n"), passphrase.is_some());
        assert_eq!(content.windows(8).any(|window| window == b"tls.key:"), passphrase.is_none());

        let before = store.lock().unwrap().clone();
        store.lock().unwrap().remove("sealed-secrets-keyaaaaa");
        store.lock().unwrap().remove("sealed-secrets-keybbbbb");
        let restore = [&["restore", "backup"], &secret[..]].concat();
        let (code, stdout, _) = keys(folder.path(), &[&restore[..], &["--dry-run"]].concat(), b"");
        assert_eq!((code, stdout.matches(": would be created\n").count()), (0, 2));
        assert_eq!(store.lock().unwrap().len(), 1);

        let (code, stdout, stderr) = keys(folder.path(), &restore, b"");
        assert_eq!(code, 0);
        assert_eq!(
            (stdout.matches(": created\n").count(), stdout.matches(": there already\n").count()),
            (2, 1)
        );
        assert!(stderr.contains("upstream's has to be restarted"), "{stderr}");
        for (name, secret) in store.lock().unwrap().iter() {
            assert_eq!(secret["data"], before[name]["data"]);
            assert_eq!(secret["type"], before[name]["type"]);
            assert_eq!(secret["metadata"]["labels"], before[name]["metadata"]["labels"]);
        }
    }
}

#[test]
fn a_key_whose_name_is_taken_comes_back_under_another_and_only_once() {
    let store = three();
    let server = api_server(&store);
    let folder = kubeconfig(&server);
    assert_eq!(keys(folder.path(), &["backup", "-o", "backup"], b"").0, 0);
    let lost = store.lock().unwrap().remove("sealed-secrets-keyaaaaa").unwrap();
    let taker = json!({ "metadata": { "name": "sealed-secrets-keyaaaaa", "labels": { LABEL: "active" } },
                        "data": { "tls.crt": "", "tls.key": "" } });
    store.lock().unwrap().insert("sealed-secrets-keyaaaaa".to_owned(), taker.clone());
    let (code, stdout, _) = keys(folder.path(), &["restore", "backup"], b"");
    assert_eq!((code, stdout.matches(": there already\n").count()), (0, 2), "{stdout}");
    let name = stdout
        .lines()
        .find_map(|line| line.strip_prefix("sealed-secrets-keyaaaaa: created as ")?.split(',').next())
        .unwrap();
    let stored = store.lock().unwrap().clone();
    assert_eq!((&stored["sealed-secrets-keyaaaaa"], stored.len()), (&taker, 4));
    assert_eq!(stored[name]["data"], lost["data"]);
    assert_eq!(stored[name]["metadata"]["labels"], lost["metadata"]["labels"]);

    let (code, stdout, stderr) = keys(folder.path(), &["restore", "backup"], b"");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains(&format!("sealed-secrets-keyaaaaa: there already as {name}\n")), "{stdout}");
    assert_eq!(*store.lock().unwrap(), stored);
}

#[test]
fn a_backup_opens_what_was_sealed_with_each_of_its_keys() {
    let server = api_server(&three());
    let folder = kubeconfig(&server);
    let (code, backup, _) = keys(folder.path(), &["backup"], b"");
    assert_eq!(code, 0);
    fs::write(folder.path().join("keys.yaml"), backup).unwrap();
    for bits in ["2048", "3072", "4096"] {
        let sealed = fs::read(vectors().join(format!("sealed/{bits}-strict.yaml"))).unwrap();
        let args = ["--recovery-unseal", "--recovery-private-key", "keys.yaml"];
        assert_eq!(told(&kubeseal(folder.path(), &args, &[], &sealed)).0, 0, "{bits}");
    }
}

#[test]
fn what_is_no_backup_for_this_controller_creates_nothing() {
    let store = Store::default();
    let server = api_server(&store);
    let folder = kubeconfig(&server);
    let sound = fs::read_to_string(vectors().join("inputs/key-secrets.yaml")).unwrap();
    for (text, why) in [
        (
            sound.replace("namespace: kube-system", "namespace: sealing"),
            "give --controller-namespace sealing;",
        ),
        (sound.replace(LABEL, "app"), "which is not marked as a sealing key\nnothing was created;"),
        (sound.replace("tls.key: ", "tls.pem: "), "can't be used as a key: tls.key is missing"),
        ("hello\n".to_owned(), "error: the backup can't be read: "),
        (
            "age-encryption.org/v1\nnothing\n".to_owned(),
            "error: the backup is encrypted by age, and is damaged",
        ),
    ] {
        fs::write(folder.path().join("pass"), "correct horse\n").unwrap();
        let args = ["restore", "-", "--passphrase-file", "pass"];
        let (code, stdout, stderr) = keys(folder.path(), &args, text.as_bytes());
        assert_eq!((code, stdout.as_str()), (2, ""), "{why}");
        assert!(stderr.contains(why), "{stderr}");
    }
    assert!(store.lock().unwrap().is_empty());
    assert_eq!(keys(folder.path(), &["restore", "-"], sound.as_bytes()).0, 0);
    assert_eq!(store.lock().unwrap().len(), 2);
}
