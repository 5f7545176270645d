//! What `spec.template.data` renders to in a cluster.

use std::collections::BTreeMap;
use std::fs;

use sealwright_e2e::harness::Test;
use sealwright_e2e::world::World;
use sealwright_e2e::{programs, secret};
use serde_json::{Value, json};

pub const TESTS: &[Test<World>] = &[
    ("templates_as_people_write_them_give_what_go_gives", templates_as_people_write_them_give_what_go_gives),
    (
        "upstreams_controller_leaves_what_we_rendered_alone",
        upstreams_controller_leaves_what_we_rendered_alone,
    ),
    ("random_values_stay_until_the_object_changes", random_values_stay_until_the_object_changes),
    ("a_hostile_template_holds_up_nobody_else", a_hostile_template_holds_up_nobody_else),
];

const NAMESPACE: &str = "templates";
const WRITTEN: &str = "secrets,sealedsecrets,events";

/// A template that Go has rendered.
struct Recorded {
    name: String,
    values: BTreeMap<String, Vec<u8>>,
    template: String,
    output: String,
}

/// Those of `vectors/templates/real.json` whose values and output are text.
fn recorded() -> Vec<Recorded> {
    let path = programs::repository().join("vectors/templates/real.json");
    let cases: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let cases = cases.iter().enumerate().filter_map(|(index, case)| {
        let values = case["values"].as_object()?;
        // A template that shows all values shows the texts of templates as well, as upstream since 0.37; the recorded
        // outputs are of the version before.
        text(&case["template"]).filter(|template| !template.contains(" . }}"))?;
        let values = values.iter().map(|(key, value)| (key.clone(), text(value).unwrap().into_bytes()));
        Some(Recorded {
            name: format!("case-{index}"),
            values: values.collect(),
            template: text(&case["template"])?,
            output: text(&case["output"])?,
        })
    });
    cases.collect()
}

/// An object with these values and a template `rendered`, sealed with the newest key.
fn object(world: &World, name: &str, values: &BTreeMap<String, Vec<u8>>, template: &str) -> Value {
    let kubeconfig = world.cluster.kubeconfig().to_str().unwrap().to_owned();
    let manifest = secret::manifest(NAMESPACE, name, values).to_string();
    let run =
        world.ours.run(world.folder.path(), &["--kubeconfig", &kubeconfig], manifest.as_bytes()).unwrap();
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    let mut sealed: Value = serde_json::from_slice(&run.stdout).unwrap();
    sealed["spec"]["template"]["data"] = json!({ "rendered": template });
    sealed
}

fn rendered(world: &World, name: &str) -> String {
    let data = secret::data(&world.get("secret", NAMESPACE, name));
    String::from_utf8(data["rendered"].clone()).unwrap()
}

fn password() -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([("password".to_owned(), b"s3cret".to_vec())])
}

fn restart_ours(world: &World) {
    world.stop();
    world.start_ours(&[]);
    world.wait_for("caught up");
}

fn templates_as_people_write_them_give_what_go_gives(world: &World) {
    restart_ours(world);
    world.namespace(NAMESPACE);
    let cases = recorded();
    assert!(cases.len() >= 20, "{} cases", cases.len());
    let objects: Vec<Value> =
        cases.iter().map(|it| object(world, &it.name, &it.values, &it.template)).collect();
    world.create(&objects);
    for case in &cases {
        world.wait_synced(NAMESPACE, &case.name, "true");
        assert_eq!(rendered(world, &case.name), case.output, "{}", case.template);
    }
}

fn upstreams_controller_leaves_what_we_rendered_alone(world: &World) {
    let values = |world: &World| {
        let secrets = world.list("secret", NAMESPACE);
        let values = secrets.iter().map(|it| (it["metadata"]["uid"].to_string(), secret::data(it)));
        values.collect::<BTreeMap<_, _>>()
    };
    let before = values(world);
    world.stop();
    world.start_upstream(&[]);
    // It has gone through all objects once this new one has its Secret.
    world.create(&[object(world, "of-upstream", &password(), "{{ .password | b64enc }}")]);
    world.wait_synced(NAMESPACE, "of-upstream", "true");
    let mut after = values(world);
    after.retain(|uid, _| before.contains_key(uid));
    assert_eq!(after, before);
    restart_ours(world);
    assert_eq!(rendered(world, "of-upstream"), "czNjcmV0");
}

fn random_values_stay_until_the_object_changes(world: &World) {
    let template = r#"{{ randAlphaNum 20 }} {{ uuidv4 }} {{ now | date "2006-01-02T15:04:05Z07:00" }}"#;
    let mut sealed = object(world, "random", &password(), template);
    world.create(&[sealed.clone()]);
    world.wait_synced(NAMESPACE, "random", "true");
    let first = rendered(world, "random");
    let created = world.get("sealedsecret", NAMESPACE, "random")["metadata"]["creationTimestamp"].clone();
    assert!(first.ends_with(created.as_str().unwrap()), "{first}, created at {created}");

    // A restart writes nothing, and a Secret that is lost comes back as it was.
    let before = world.versions(WRITTEN);
    restart_ours(world);
    assert_eq!(world.versions(WRITTEN), before);
    world.kubectl(&["delete", "secret", "random", "-n", NAMESPACE]);
    world.kubectl(&["wait", "secret/random", "-n", NAMESPACE, "--for=create", "--timeout=60s"]);
    assert_eq!(rendered(world, "random"), first);

    // A changed template is rendered anew.
    sealed["spec"]["template"]["data"]["rendered"] = "{{ .password | upper }}".into();
    world.cluster.apply(&sealed.to_string()).unwrap();
    let base64 = "--for=jsonpath={.data.rendered}=UzNDUkVU";
    world.kubectl(&["wait", "secret/random", "-n", NAMESPACE, base64, "--timeout=60s"]);
}

fn a_hostile_template_holds_up_nobody_else(world: &World) {
    let hostile = [
        "{{ range 1000000000 }}{{ end }}",
        r#"{{ $x := "x" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}"#,
        r#"{{ define "a" }}{{ template "a" }}{{ template "a" }}{{ end }}{{ template "a" }}"#,
        r#"{{ repeat 2000000000 .password }}"#,
        r#"{{ range 1000 }}{{ genPrivateKey "rsa" }}{{ end }}"#,
        r#"{{ range 1000 }}{{ bcrypt "x" }}{{ end }}"#,
        r#"{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $d | mustToJson }}"#,
        r#"{{ until 2000000000 | toJson }}"#,
        r#"{{ printf "%0999999d" 1 | repeat 1000 }}"#,
    ];
    let objects: Vec<Value> = hostile
        .iter()
        .enumerate()
        .map(|(index, template)| object(world, &format!("hostile-{index}"), &password(), template))
        .collect();
    world.create(&objects);
    world.create(&[object(world, "neighbour", &password(), "{{ .password }}")]);
    world.wait_synced(NAMESPACE, "neighbour", "true");
    for (index, template) in hostile.iter().enumerate() {
        let name = format!("hostile-{index}");
        world.wait_synced(NAMESPACE, &name, "false");
        let status = world.get("sealedsecret", NAMESPACE, &name)["status"].to_string();
        assert!(status.contains("spec.template.data: rendered:1:"), "{template}: {status}");
        assert!(!status.contains("s3cret"), "{template}: {status}");
    }
}
