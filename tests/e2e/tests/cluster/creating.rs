//! `sealwright create`, beside `kubectl create secret`.

use sealwright_e2e::harness::Test;
use sealwright_e2e::programs;
use sealwright_e2e::world::World;
use serde_json::Value;

pub const TESTS: &[Test<World>] = &[(
    "sealwright_creates_what_kubectl_creates_and_the_controller_opens_it",
    sealwright_creates_what_kubectl_creates_and_the_controller_opens_it,
)];

/// One Secret, as either program is asked for it.
struct Case {
    name: &'static str,
    kubectl: &'static [&'static str],
    sealwright: &'static [&'static str],
}

const CASES: [Case; 7] = [
    Case {
        name: "files",
        kubectl: &["generic", "--from-file=note.txt", "--from-file=logo=blob", "--from-file=folder"],
        sealwright: &["opaque", "--from-file=note.txt", "--from-file=logo=blob", "--from-file=folder"],
    },
    Case {
        name: "literals",
        kubectl: &["generic", "--from-literal=a=1=2", "--from-literal=b=", "--from-literal=c=yes"],
        sealwright: &["opaque", "--insecure-argv=a=1=2", "--insecure-argv=b=", "--insecure-argv=c=yes"],
    },
    Case {
        name: "env",
        kubectl: &["generic", "--from-env-file=env"],
        sealwright: &["opaque", "--from-env-file=env", "--dialect=docker"],
    },
    Case {
        name: "tls",
        kubectl: &["tls", "--cert=tls.crt", "--key=tls.key"],
        sealwright: &["tls", "--tls-cert=tls.crt", "--tls-key=tls.key"],
    },
    Case {
        name: "registry",
        kubectl: &[
            "docker-registry",
            "--docker-server=registry.example",
            "--docker-username=robot",
            "--docker-password=pa\"ss<&>",
            "--docker-email=robot@example.org",
        ],
        sealwright: &[
            "docker-registry",
            "--docker-server=registry.example",
            "--docker-username=robot",
            "--password-file=password",
            "--docker-email=robot@example.org",
        ],
    },
    Case {
        name: "hub",
        kubectl: &["docker-registry", "--docker-username=robot", "--docker-password=pa\"ss<&>"],
        sealwright: &["docker-registry", "--docker-username=robot", "--password-file=password"],
    },
    Case {
        name: "config",
        kubectl: &["docker-registry", "--from-file=.dockerconfigjson=config.json"],
        sealwright: &["docker-registry", "--config=config.json"],
    },
];

/// What the programs read, in the folder of the run.
fn write_inputs(world: &World) {
    let vectors = programs::repository().join("vectors");
    for (name, content) in [
        ("note.txt", &b"two\nlines\n"[..]),
        ("blob", &[0, 159, 146, 150, 255]),
        ("env", b"# of the shop\nHOST=db\nPASSWORD=a$b \"c\" # d\nEMPTY=\n"),
        ("password", b"pa\"ss<&>\n"),
        ("config.json", br#"{"auths": {"registry.example": {"auth": "cm9ib3Q6cGFzcw=="}}}"#),
    ] {
        world.file(name, content);
    }
    for (name, source) in [("tls.crt", "keys/2048.crt"), ("tls.key", "keys/2048.pkcs8.pem")] {
        world.file(name, std::fs::read(vectors.join(source)).unwrap());
    }
    std::fs::create_dir(world.folder.path().join("folder")).unwrap();
    world.file("folder/one", "1");
    world.file("folder/two", "2\n");
}

fn sealwright_creates_what_kubectl_creates_and_the_controller_opens_it(world: &World) {
    let namespace = "created";
    world.namespace(namespace);
    write_inputs(world);
    let folder = world.folder.path().to_str().unwrap();
    for Case { name, kubectl, sealwright } in CASES {
        let mut command = world.cluster.kubectl();
        command.current_dir(folder).args(["create", "secret"]).args(&kubectl[..1]).arg(name);
        command.args(&kubectl[1..]).args(["--dry-run=client", "-o", "json"]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let plain: Value = serde_json::from_slice(&output.stdout).unwrap();

        let arguments = [&["create"], &sealwright[..1], &[name, "-n", namespace], &sealwright[1..]].concat();
        world.cluster.apply(&world.sealwright(&arguments)).unwrap();
        world.wait_synced(namespace, name, "true");
        let opened = world.get("secret", namespace, name);
        assert_eq!(opened["type"], plain.get("type").cloned().unwrap_or_else(|| "Opaque".into()), "{name}");
        assert_eq!(opened["data"], plain["data"], "{name}");
    }
}
