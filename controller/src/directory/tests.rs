//! The directory from end to end: a key is made, values are sealed for it, Secrets appear, change and go.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use getrandom::SysRng;
use sealer_core::manifest::SecretManifest;
use sealer_core::{Overrides, Plaintext, Scope, SealRequest, Timestamp, seal};
use tokio::task::JoinHandle;

use super::*;
use crate::keys::RingReceiver;
use crate::keys::rotate::{KeyShelf as _, Put};
use crate::keys::tests::{policy, stored};
use crate::stop::{self, Stopper};
use crate::yaml;

/// A controller at work in a directory of its own.
struct Running {
    root: tempfile::TempDir,
    ring: RingReceiver,
    stopper: Stopper,
    work: JoinHandle<Result<(), DirectoryError>>,
}

impl Running {
    async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    async fn start_in(root: tempfile::TempDir) -> Self {
        let (stopper, stop) = stop::channel();
        let (sender, mut ring) = watch::channel(Arc::new(Ring::default()));
        let path = root.path().to_owned();
        let work = tokio::spawn(async move {
            run(&path, policy(), sender, Arc::default(), &Readiness::default(), stop).await
        });
        let first = ring.wait_for(|ring| !ring.keys.is_empty());
        tokio::time::timeout(Duration::from_secs(60), first).await.unwrap().unwrap();
        Self { root, ring, stopper, work }
    }

    async fn end(self) -> tempfile::TempDir {
        self.stopper.stop();
        self.work.await.unwrap().unwrap();
        self.root
    }

    fn sealed(&self, name: &str) -> PathBuf {
        self.root.path().join("sealed").join(name)
    }

    fn secret(&self, path: &str) -> PathBuf {
        self.root.path().join("secrets").join(path)
    }

    /// A SealedSecret for this controller's key.
    fn seal(&self, namespace: &str, name: &str, value: &str) -> String {
        let mut manifest = SecretManifest::default();
        manifest.metadata.name = name.into();
        manifest.metadata.namespace = namespace.into();
        manifest.data.insert("password".into(), Plaintext::new(value.as_bytes().to_vec()));
        let overrides = Overrides { scope: Some(Scope::Strict), ..Overrides::default() };
        let request = SealRequest::new(manifest, overrides).unwrap();
        let ring = self.ring.borrow();
        let certificate = &ring.keys.newest().unwrap().certificate;
        let key = certificate.check(Timestamp::from_unix_seconds(0)).unwrap();
        let sealed = seal(&request, key, &mut SysRng).unwrap();
        yaml::document(&serde_json::json!({
            "apiVersion": "bitnami.com/v1alpha1",
            "kind": "SealedSecret",
            "metadata": { "name": name, "namespace": namespace },
            "spec": { "encryptedData": sealed.encrypted_data, "template": { "metadata": { "labels": { "a": "b" } } } },
        }))
    }
}

/// Waits for a file to be so; fails after a time that no machine needs.
async fn eventually(path: &Path, is: impl Fn(Option<&str>) -> bool) -> Option<String> {
    let mut content = None;
    for _ in 0..600 {
        content = fs::read_to_string(path).ok();
        if is(content.as_deref()) {
            return content;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} stayed as it was: {content:?}", path.display());
}

const HUNTER2: &str = "\"aHVudGVyMg==\"";

#[tokio::test]
async fn a_sealed_file_becomes_a_secret_that_only_its_owner_reads_changes_with_it_and_goes_with_it() {
    let running = Running::start().await;
    let (sealed, secret) = (running.sealed("db.yaml"), running.secret("payments/db.yaml"));
    fs::write(&sealed, running.seal("payments", "db", "hunter2")).unwrap();
    let text = eventually(&secret, |text| text.is_some_and(|text| text.contains(HUNTER2))).await.unwrap();
    assert!(text.starts_with("# Unsealed by sealwright-controller"));
    assert!(
        text.contains("type: Opaque") && text.contains("\"a\": \"b\"") && !text.contains("ownerReferences"),
        "{text}"
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&secret), mode(secret.parent().unwrap())), (0o600, 0o700));
    for key in fs::read_dir(running.root.path().join("keys")).unwrap() {
        assert_eq!(mode(&key.unwrap().path()), 0o600);
    }

    fs::write(&sealed, running.seal("payments", "db", "changed")).unwrap();
    eventually(&secret, |text| text.is_some_and(|text| text.contains("\"Y2hhbmdlZA==\""))).await;

    // A Secret that is edited or deleted comes back.
    fs::write(&secret, text.replace(HUNTER2, "\"ZWRpdGVk\"")).unwrap();
    eventually(&secret, |text| text.is_some_and(|text| text.contains("\"Y2hhbmdlZA==\""))).await;
    fs::remove_file(&secret).unwrap();
    eventually(&secret, |text| text.is_some()).await;

    fs::remove_file(&sealed).unwrap();
    eventually(&secret, |text| text.is_none()).await;
    running.end().await;
}

#[tokio::test]
async fn a_restart_keeps_keys_and_writes_nothing_and_removes_what_went_meanwhile() {
    let running = Running::start().await;
    let (kept, gone) = (running.secret("payments/kept.yaml"), running.secret("payments/gone.yaml"));
    fs::write(running.sealed("kept.yaml"), running.seal("payments", "kept", "hunter2")).unwrap();
    fs::write(running.sealed("gone.yaml"), running.seal("payments", "gone", "hunter2")).unwrap();
    for path in [&kept, &gone] {
        eventually(path, |text| text.is_some()).await;
    }
    let ids = running.ring.borrow().ids.clone();
    let written = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let before = written(&kept);
    let root = running.end().await;
    fs::remove_file(root.path().join("sealed/gone.yaml")).unwrap();
    let halves = ["secrets/payments/.kept.yaml.new", "keys/.k.key.new"].map(|half| root.path().join(half));
    for half in &halves {
        fs::write(half, "written by a process that was killed").unwrap();
    }

    let running = Running::start_in(root).await;
    eventually(&gone, |text| text.is_none()).await;
    assert_eq!(running.ring.borrow().ids, ids);
    assert_eq!(written(&kept), before);
    assert!(halves.iter().all(|half| !half.exists()));
    running.end().await;
}

#[tokio::test]
async fn processes_that_store_one_key_at_once_store_one_key() {
    let root = tempfile::tempdir().unwrap();
    let together = Arc::new(tokio::sync::Barrier::new(4));
    let mut stores = tokio::task::JoinSet::new();
    for at in 0..4 {
        let store = KeyDir::new(root.path().to_owned(), Arc::default());
        let (key, together) = (stored("k", 1_700_000_000 + at), Arc::clone(&together));
        stores.spawn(async move {
            together.wait().await;
            store.put(key).await.unwrap()
        });
    }
    let mut puts = stores.join_all().await;
    puts.sort_unstable_by_key(|put| *put == Put::TakenByUsable);
    assert_eq!(puts, [Put::Stored, Put::TakenByUsable, Put::TakenByUsable, Put::TakenByUsable]);
    let ring = KeyDir::new(root.path().to_owned(), Arc::default()).load();
    assert_eq!(ring.keys.len(), 1);
}

#[tokio::test]
async fn what_is_not_ours_stays_and_what_is_unusable_stops_nobody() {
    let running = Running::start().await;
    let foreign = running.secret("payments/theirs.yaml");
    fs::create_dir_all(foreign.parent().unwrap()).unwrap();
    fs::write(&foreign, "kind: Secret\n").unwrap();
    fs::write(running.sealed("theirs.yaml"), running.seal("payments", "theirs", "hunter2")).unwrap();
    fs::write(running.sealed("broken.yaml"), "kind: [").unwrap();
    let escaping = running.seal("payments", "db", "x").replace("name: \"db\"", "name: \"../../out\"");
    assert!(escaping.contains("../../out"));
    fs::write(running.sealed("escaping.yaml"), escaping).unwrap();
    fs::write(running.sealed("zz-good.yaml"), running.seal("payments", "good", "hunter2")).unwrap();
    eventually(&running.secret("payments/good.yaml"), |text| text.is_some()).await;
    assert_eq!(fs::read_to_string(&foreign).unwrap(), "kind: Secret\n");
    assert!(!running.root.path().join("out.yaml").exists());

    // While one file can't be read, nothing is taken for gone.
    fs::remove_file(running.sealed("zz-good.yaml")).unwrap();
    fs::write(running.sealed("last.yaml"), running.seal("payments", "last", "hunter2")).unwrap();
    eventually(&running.secret("payments/last.yaml"), |text| text.is_some()).await;
    assert!(running.secret("payments/good.yaml").exists());
    fs::remove_file(running.sealed("broken.yaml")).unwrap();
    eventually(&running.secret("payments/good.yaml"), |text| text.is_none()).await;
    assert!(foreign.exists());
    running.end().await;
}

#[tokio::test]
async fn a_key_that_is_added_opens_what_no_key_opened() {
    let running = Running::start().await;
    let other = Running::start().await;
    let secret = running.secret("payments/db.yaml");
    fs::write(running.sealed("db.yaml"), other.seal("payments", "db", "hunter2")).unwrap();
    fs::write(running.sealed("own.yaml"), running.seal("payments", "own", "x")).unwrap();
    eventually(&running.secret("payments/own.yaml"), |text| text.is_some()).await;
    assert!(!secret.exists());
    for part in ["crt", "key"] {
        for file in fs::read_dir(other.root.path().join("keys")).unwrap() {
            let path = file.unwrap().path();
            if path.extension().unwrap() == part {
                fs::copy(&path, running.root.path().join(format!("keys/brought.{part}"))).unwrap();
            }
        }
    }
    eventually(&secret, |text| text.is_some_and(|text| text.contains(HUNTER2))).await;
    assert_eq!(running.ring.borrow().keys.len(), 2);
    running.end().await;
    other.end().await;
}
