//! What people come to the page for, by mouse and by keyboard alone, from the controller and from the disk: upstream's
//! kubeseal and our controller open each file that was downloaded.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};

use sealwright_e2e::harness::Test;
use sealwright_e2e::world::{PAGE, World};
use sealwright_e2e::{http, person, secret};
use sealwright_test_cluster::netns;
use serde_json::{Value, json};

pub const TESTS: &[Test<World>] = &[
    ("tasks_done_by_mouse_on_the_controllers_page_open", by_mouse_on_the_controllers_page),
    ("tasks_done_by_keyboard_on_the_controllers_page_open", by_keyboard_on_the_controllers_page),
    ("tasks_done_by_mouse_on_the_page_as_one_file_open", by_mouse_on_the_page_as_one_file),
    ("tasks_done_by_keyboard_on_the_page_as_one_file_open", by_keyboard_on_the_page_as_one_file),
];

const TASKS: [&str; 3] = ["one value, nothing known", "a manifest", "one value more for a SealedSecret"];

/// As a line, and as what the line says.
const LINE: &str = r#"TOKEN="пароль – 秘密 🔑\nsecond line\n""#;
const TOKEN: &str = "пароль – 秘密 🔑\nsecond line\n";

fn by_mouse_on_the_controllers_page(world: &World) {
    each_opens(world, "mouse", PAGE);
}

fn by_keyboard_on_the_controllers_page(world: &World) {
    each_opens(world, "keyboard", PAGE);
}

fn by_mouse_on_the_page_as_one_file(world: &World) {
    each_opens(world, "mouse", &one_file(world));
}

fn by_keyboard_on_the_page_as_one_file(world: &World) {
    each_opens(world, "keyboard", &one_file(world));
}

/// The address of the page as one file, which the controller has put its certificate into.
fn one_file(world: &World) -> String {
    let page = SocketAddrV4::new(netns::ADDRESS, 8082);
    let (status, _, html) = http::ask(page, "/sealer.html", None);
    assert_eq!(status, 200);
    format!("file://{}", world.file("sealer.html", html).display())
}

fn each_opens(world: &World, hand: &str, url: &str) {
    let namespace = format!("by-{hand}-{}", url.split(':').next().unwrap());
    world.namespace(&namespace);
    for (number, task) in TASKS.into_iter().enumerate() {
        let name = format!("task-{number}");
        let there = sealed_by_upstream(world, &namespace, &name);
        let given = json!({
            "lines": format!("{LINE}\n"),
            "namespace": namespace,
            "name": name,
            "manifest": secret::manifest(&namespace, &name, &secret::tricky_values()).to_string(),
            "file": there,
        });
        let given = world.file("given.json", given.to_string());
        let file = person::does(url, task, hand, &given, world.folder.path());
        let expected = expected(task);
        assert_eq!(opened_by_upstream(world, &file), expected, "{task}: by upstream's kubeseal");
        world.kubectl(&["apply", "-f", file.to_str().unwrap()]);
        world.wait_synced(&namespace, &name, "true");
        let opened = secret::data(&world.get("secret", &namespace, &name));
        assert_eq!(opened, expected, "{task}: by our controller");
    }
}

fn expected(task: &str) -> BTreeMap<String, Vec<u8>> {
    let mut values = if task == TASKS[0] { BTreeMap::new() } else { secret::tricky_values() };
    if task != TASKS[1] {
        values.insert("TOKEN".to_owned(), TOKEN.as_bytes().to_vec());
    }
    values
}

/// A file as somebody keeps it in git.
fn sealed_by_upstream(world: &World, namespace: &str, name: &str) -> PathBuf {
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap();
    let manifest = secret::manifest(namespace, name, &secret::tricky_values()).to_string();
    let arguments = ["--kubeconfig", kubeconfig, "-o", "yaml"];
    let run = world.upstream.run(world.folder.path(), &arguments, manifest.as_bytes()).unwrap();
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    world.file("kept.yaml", [b"# Owned by the payments team.\n".as_slice(), &run.stdout].concat())
}

/// The values, with every key of the cluster at hand.
fn opened_by_upstream(world: &World, file: &Path) -> BTreeMap<String, Vec<u8>> {
    let keys: Vec<String> = world
        .key_secrets()
        .iter()
        .enumerate()
        .map(|(number, key)| {
            world
                .file(&format!("key-{number}.pem"), &secret::data(key)["tls.key"])
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let arguments = ["--recovery-unseal", "--recovery-private-key", &keys.join(",")];
    let sealed = std::fs::read(file).unwrap();
    let run = world.upstream.run(world.folder.path(), &arguments, &sealed).unwrap();
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    secret::data(&serde_json::from_slice::<Value>(&run.stdout).unwrap())
}
