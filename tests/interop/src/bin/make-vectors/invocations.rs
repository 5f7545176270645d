//! Wrong invocations of kubeseal and what it says; right ones whose output holds no ciphertext.

use sealwright_interop::RunError;
use sealwright_interop::vectors::Invocation;

use crate::{Makers, Result};

const CERT: &str = "keys/2048.crt";
const SECRET: &str = "metadata: {name: a, namespace: b}\nstringData: {k: v}\n";
const UNSEAL: &[&str] = &["--recovery-unseal", "-f", "sealed/2048-strict.yaml"];

/// Where the error holds a random name, a random order or an address in memory.
const VARYING: &[&str] =
    &["output into a missing folder", "unseal without a key", "certificate with an EC key"];

/// What it is about, arguments, standard input.
const INVOCATIONS: &[(&str, &[&str], &str)] = &[
    ("version", &["--version"], ""),
    ("help", &["--help"], ""),
    ("help, short", &["-h"], ""),
    ("unknown flag", &["--unknown"], ""),
    ("unknown short flag", &["-Z"], ""),
    ("flag without its value", &["--cert"], ""),
    ("unknown scope", &["--cert", CERT, "--scope", "galaxy-wide"], SECRET),
    ("scope in another case", &["--cert", CERT, "--scope", "Strict"], SECRET),
    ("unknown format", &["--cert", CERT, "-o", "toml"], SECRET),
    ("switch with a value that is no boolean", &["--cert", CERT, "--raw=maybe"], SECRET),
    ("no name", &["--cert", CERT], "metadata: {namespace: b}\nstringData: {k: v}\n"),
    (
        "no namespace, and no kubeconfig either",
        &["--cert", CERT],
        "metadata: {name: a}\nstringData: {k: v}\n",
    ),
    ("namespace mismatch", &["--cert", CERT, "-n", "c"], SECRET),
    ("no data", &["--cert", CERT], "metadata: {name: a, namespace: b}\n"),
    ("empty input", &["--cert", CERT], ""),
    ("broken YAML", &["--cert", CERT], "this: [is: not, yaml\n"),
    ("YAML that is no manifest", &["--cert", CERT], "hello\n"),
    (
        "kind List",
        &["--cert", CERT],
        "kind: List\nitems: [{metadata: {name: a, namespace: b}, stringData: {k: v}}]\n",
    ),
    ("data that are not base64", &["--cert", CERT], "metadata: {name: a, namespace: b}\ndata: {k: '***'}\n"),
    ("data with a number", &["--cert", CERT], "metadata: {name: a, namespace: b}\ndata: {k: 12}\n"),
    ("a map for a string", &["--cert", CERT], "metadata: {name: a, namespace: b}\nstringData: {k: {l: v}}\n"),
    ("wrong separator", &["--cert", CERT], "metadata: {name: a, namespace: b}\nstringData: {k: v}\n---x\n"),
    ("garbage after two JSON documents", &["--cert", CERT], "{\"kind\":\"a\"}{\"kind\":\"b\"}}"),
    ("certificate missing", &["--cert", "keys/none.crt"], SECRET),
    ("certificate is a folder", &["--cert", "keys"], SECRET),
    ("certificate expired", &["--cert", "keys/expired.crt"], SECRET),
    ("certificate with an EC key", &["--cert", "keys/ec.crt"], SECRET),
    ("certificate is a private key", &["--cert", "keys/2048.pkcs8.pem"], SECRET),
    ("certificate is not PEM", &["--cert", "keys/not-pem.crt"], SECRET),
    ("certificate is empty", &["--cert", "keys/empty.crt"], SECRET),
    ("certificate cut off", &["--cert", "keys/truncated.crt"], SECRET),
    ("certificate with a wrong length", &["--cert", "keys/flipped.crt"], SECRET),
    ("certificate from an unknown scheme", &["--cert", "gopher://example.org/cert.pem"], SECRET),
    ("certificate from a closed port", &["--cert", "http://127.0.0.1:1/cert.pem"], SECRET),
    ("certificate from a file address that is missing", &["--cert", "file:///no/such/file.crt"], SECRET),
    ("certificate name that is no address", &["--cert", "%zz"], SECRET),
    ("no certificate and no cluster", &[], SECRET),
    ("kubeconfig missing", &["--kubeconfig", "none.yaml"], SECRET),
    ("kubeconfig is not YAML", &["--kubeconfig", "keys/2048.crt"], SECRET),
    ("fetch without a cluster", &["--fetch-cert", "--server", "http://127.0.0.1:1"], ""),
    ("validate without a cluster", &["--validate", "--server", "http://127.0.0.1:1"], ""),
    ("re-encrypt without a cluster", &["--re-encrypt", "--server", "http://127.0.0.1:1"], ""),
    ("rotate, the deprecated name", &["--rotate", "--server", "http://127.0.0.1:1"], ""),
    ("input missing", &["--cert", CERT, "-f", "none.yaml"], ""),
    ("output into a missing folder", &["--cert", CERT, "-w", "none/out.yaml"], SECRET),
    ("merge into a missing file", &["--cert", CERT, "--merge-into", "none.yaml"], SECRET),
    ("merge into a Secret", &["--cert", CERT, "--merge-into", "shapes/no-type.in.yaml"], SECRET),
    ("merge into something else", &["--cert", CERT, "--merge-into", "keys/not-pem.crt"], SECRET),
    ("--from-file without --raw", &["--cert", CERT, "--from-file", "keys/2048.crt"], ""),
    ("raw without a name", &["--cert", CERT, "--raw", "-n", "b"], "v"),
    ("raw without a namespace and a kubeconfig", &["--cert", CERT, "--raw", "--name", "a"], "v"),
    ("raw with an unknown scope", &["--cert", CERT, "--raw", "-n", "b", "--scope", "cluster"], "v"),
    (
        "raw with two files",
        &["--cert", CERT, "--raw", "--name", "a", "-n", "b", "--from-file", "x", "--from-file", "y"],
        "",
    ),
    (
        "raw with a missing file",
        &["--cert", CERT, "--raw", "--name", "a", "-n", "b", "--from-file", "k=none.txt"],
        "",
    ),
    (
        "raw with an empty file name",
        &["--cert", CERT, "--raw", "--name", "a", "-n", "b", "--from-file", "k="],
        "",
    ),
    ("raw with an expired certificate", &["--cert", "keys/expired.crt", "--raw", "--name", "a"], "v"),
    ("unseal without a key", UNSEAL, ""),
    (
        "unseal one item with the wrong key",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/3072.pkcs1.pem",
            "-f",
            "shapes/no-type.out.yaml",
        ],
        "",
    ),
    (
        "unseal the deprecated form with the wrong key",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/3072.pkcs1.pem",
            "-f",
            "sealed/v1-strict.json",
        ],
        "",
    ),
    ("unseal with a missing key file", &["--recovery-unseal", "--recovery-private-key", "none.pem"], ""),
    (
        "unseal with a certificate for a key",
        &["--recovery-unseal", "--recovery-private-key", "keys/2048.crt", "-f", "shapes/no-type.out.yaml"],
        "",
    ),
    (
        "unseal with an EC key",
        &["--recovery-unseal", "--recovery-private-key", "keys/ec.pem", "-f", "shapes/no-type.out.yaml"],
        "",
    ),
    (
        "unseal with a Secret that holds no key",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "inputs/values.yaml",
            "-f",
            "sealed/2048-strict.yaml",
        ],
        "",
    ),
    ("unseal nothing", &["--recovery-unseal", "--recovery-private-key", "keys/2048.pkcs1.pem"], ""),
    (
        "unseal a Secret",
        &["--recovery-unseal", "--recovery-private-key", "keys/2048.pkcs1.pem", "-f", "inputs/values.yaml"],
        "",
    ),
    ("unseal without kind", &["--recovery-unseal", "--recovery-private-key", "keys/2048.pkcs1.pem"], SECRET),
    (
        "unseal an item that is not base64",
        &["--recovery-unseal", "--recovery-private-key", "keys/2048.pkcs1.pem"],
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: b}\nspec: {encryptedData: {k: '***'}}\n",
    ),
    (
        "unseal an item that is too short",
        &["--recovery-unseal", "--recovery-private-key", "keys/2048.pkcs1.pem"],
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: b}\nspec: {encryptedData: {k: AgA=}}\n",
    ),
    (
        "unseal both forms at once",
        &["--recovery-unseal", "--recovery-private-key", "keys/2048.pkcs1.pem"],
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: b}\nspec: {data: AgA=, encryptedData: {k: AgA=}}\n",
    ),
    (
        "unseal with a template that can't be parsed",
        &["--recovery-unseal", "--recovery-private-key", "keys/2048.pkcs1.pem"],
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: b}\nspec: {encryptedData: {}, template: {data: {t: '{{ .x'}}}\n",
    ),
    (
        "unseal into an unknown format",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/2048.pkcs1.pem",
            "-o",
            "toml",
            "-f",
            "sealed/2048-strict.yaml",
        ],
        "",
    ),
    (
        "unseal, JSON",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/2048.pkcs1.pem",
            "-f",
            "sealed/2048-strict.yaml",
        ],
        "",
    ),
    (
        "unseal, YAML",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/2048.pkcs8.pem",
            "-f",
            "sealed/2048-strict.yaml",
            "-o",
            "yaml",
        ],
        "",
    ),
    (
        "unseal, namespace-wide",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/2048.pkcs8.pem",
            "-f",
            "sealed/2048-namespace-wide.yaml",
        ],
        "",
    ),
    (
        "unseal with two key files",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/3072.pkcs8.pem,keys/2048.pkcs8.pem",
            "-f",
            "shapes/no-type.out.json",
        ],
        "",
    ),
    (
        "unseal with key Secrets in YAML",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "inputs/key-secrets.yaml",
            "-f",
            "shapes/no-type.out.json",
        ],
        "",
    ),
    (
        "unseal with a List of key Secrets",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "inputs/key-list.json",
            "-f",
            "shapes/no-type.out.json",
        ],
        "",
    ),
    (
        "unseal with a list of key Secrets that has no kind",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "inputs/key-list-bare.json",
            "-f",
            "shapes/no-type.out.json",
        ],
        "",
    ),
    (
        "unseal several documents",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/2048.pkcs8.pem",
            "-f",
            "shapes/documents.out.yaml",
        ],
        "",
    ),
    (
        "unseal several documents in JSON",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/2048.pkcs8.pem",
            "-f",
            "shapes/json-stream.out.json",
        ],
        "",
    ),
    (
        "unseal immutable",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/2048.pkcs8.pem",
            "-f",
            "shapes/immutable.out.yaml",
        ],
        "",
    ),
    (
        "unseal without owner references",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/2048.pkcs8.pem",
            "-f",
            "shapes/managed-and-patch.out.yaml",
            "-o",
            "yaml",
        ],
        "",
    ),
    (
        "unseal strings",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/2048.pkcs8.pem",
            "-f",
            "shapes/strings.out.json",
            "-o",
            "yaml",
        ],
        "",
    ),
    (
        "unseal no items",
        &[
            "--recovery-unseal",
            "--recovery-private-key",
            "keys/2048.pkcs8.pem",
            "-f",
            "shapes/empty-allowed.out.yaml",
            "-o",
            "yaml",
        ],
        "",
    ),
    ("fetch from a file: the bytes as they are", &["--fetch-cert", "--cert", "keys/private-first.pem"], ""),
    ("fetch from a file that is no certificate", &["--fetch-cert", "--cert", "keys/not-pem.crt"], ""),
];

pub(crate) fn all(makers: &Makers) -> Result<()> {
    const FILE: &str = "kubeseal-errors.json";
    if makers.folder.has(FILE) {
        return Ok(());
    }
    let invocations = INVOCATIONS
        .iter()
        .map(|(about, args, stdin)| one(makers, about, args, stdin))
        .collect::<Result<Vec<_>>>()?;
    makers.folder.add_json(FILE, &invocations)
}

fn one(makers: &Makers, about: &str, args: &[&str], stdin: &str) -> Result<Invocation> {
    let mut invocation = Invocation {
        about: about.to_owned(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        stdin: stdin.to_owned(),
        stdout: String::new(),
        stderr: String::new(),
        varies: VARYING.contains(&about),
        exit: None,
    };
    match makers.kubeseal.run(makers.folder.root(), args, stdin.as_bytes()) {
        Ok(run) => {
            invocation.stdout = String::from_utf8(run.stdout)?;
            invocation.stderr = run.stderr;
            invocation.exit = run.exit;
        }
        Err(RunError::Hangs { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(invocation)
}
