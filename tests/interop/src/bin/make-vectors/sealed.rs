//! Sealed objects and sealed single values.

use std::collections::BTreeMap;

use sealwright_interop::vectors::{Form, Format, Plaintext, Raw, Scope, Sealed, Secret};
use serde_json::{Value, json};

use crate::{Makers, Result, expected};

const VALUES: &str = "inputs/values.yaml";

pub(crate) fn objects(makers: &mut Makers) -> Result<Vec<Sealed>> {
    let mut all = Vec::new();
    for bits in [2048, 3072, 4096, 8192] {
        for scope in Scope::ALL {
            all.push(from_file(
                makers,
                VALUES,
                bits,
                scope,
                Format::Yaml,
                &format!("{bits}-{}", scope.flag()),
            )?);
        }
    }
    all.push(from_file(makers, VALUES, 4096, Scope::Strict, Format::Json, "4096-strict")?);
    all.push(from_file(makers, "inputs/forty.yaml", 4096, Scope::Strict, Format::Yaml, "forty")?);
    for length in [300_000, 1 << 20] {
        all.push(ramp(makers, length)?);
    }
    for scope in Scope::ALL {
        all.push(deprecated(makers, "inputs/data-only.json", scope, &format!("v1-{}", scope.flag()))?);
    }
    all.push(deprecated(makers, "inputs/string-data.json", Scope::Strict, "v1-string-data")?);
    Ok(all)
}

fn from_file(
    makers: &mut Makers,
    input: &str,
    key: u32,
    scope: Scope,
    format: Format,
    name: &str,
) -> Result<Sealed> {
    let ending = if format == Format::Yaml { "yaml" } else { "json" };
    let file = format!("sealed/{name}.{ending}");
    let certificate = format!("keys/{key}.crt");
    let args = ["--cert", &certificate, "--scope", scope.flag(), "-o", ending];
    let text = makers.folder.read(input)?;
    if !makers.folder.has(&file) {
        let sealed = run(makers, &args, &text)?;
        makers.folder.add(&file, &sealed)?;
    }
    let secret = from_input(makers, &text, scope)?;
    Ok(Sealed {
        id: format!("{name}.{ending}"),
        file,
        format,
        form: Form::EncryptedData,
        key,
        secret,
        made_by: format!("kubeseal {} < {input}", args.join(" ")),
    })
}

/// The one Secret of an input, which states its name and namespace itself.
fn from_input(makers: &mut Makers, input: &[u8], scope: Scope) -> Result<Secret> {
    let read = makers.oracle.read(input)?.secrets.pop().ok_or("an input without a Secret")?;
    let data = expected::data(&mut makers.oracle, input)?.pop().ok_or("an input without a Secret")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(Secret {
        scope,
        namespace: text(&read["metadata"]["namespace"]),
        name: text(&read["metadata"]["name"]),
        kind: text(&read["type"]),
        data,
    })
}

fn ramp(makers: &mut Makers, length: usize) -> Result<Sealed> {
    let name = format!("ramp-{length}");
    let file = format!("sealed/{name}.yaml");
    let plaintext = Plaintext::Ramp(length);
    let args = ["--cert", "keys/4096.crt", "-o", "yaml"];
    if !makers.folder.has(&file) {
        let input = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": name, "namespace": "vectors" },
            "data": { "ramp": serde_json::to_value(Plaintext::Base64(plaintext.bytes()))?["base64"] },
        });
        let sealed = run(makers, &args, &serde_json::to_vec(&input)?)?;
        makers.folder.add(&file, &sealed)?;
    }
    Ok(Sealed {
        id: name.clone(),
        file,
        format: Format::Yaml,
        form: Form::EncryptedData,
        key: 4096,
        secret: Secret {
            scope: Scope::Strict,
            namespace: "vectors".to_owned(),
            name,
            kind: String::new(),
            data: BTreeMap::from([("ramp".to_owned(), plaintext)]),
        },
        made_by: format!("kubeseal {} < a Secret with the ramp under `data`, in JSON", args.join(" ")),
    })
}

/// kubeseal no longer makes this form; upstream's library does.
fn deprecated(makers: &mut Makers, input: &str, scope: Scope, name: &str) -> Result<Sealed> {
    let file = format!("sealed/{name}.json");
    let text = makers.folder.read(input)?;
    let mut secret: Value = serde_json::from_slice(&text)?;
    let mut made_by = format!("NewSealedSecretV1 of upstream's library, with keys/4096.crt, on {input}");
    if scope != Scope::Strict {
        let annotation = format!("sealedsecrets.bitnami.com/{}", scope.flag());
        made_by += &format!(" with the annotation {annotation}");
        secret["metadata"]["annotations"] = json!({ annotation: "true" });
    }
    if !makers.folder.has(&file) {
        let certificate = makers.folder.text("keys/4096.crt")?;
        let sealed = makers.oracle.seal_v1(&certificate, &secret)?;
        makers.folder.add_json(&file, &sealed)?;
    }
    let secret = from_input(makers, &text, scope)?;
    Ok(Sealed {
        id: name.to_owned(),
        file,
        format: Format::Json,
        form: Form::Data,
        key: 4096,
        secret,
        made_by,
    })
}

pub(crate) fn raw(makers: &mut Makers) -> Result<Vec<Raw>> {
    let text = Plaintext::Base64("пароль – 秘密 🔑\n".as_bytes().to_vec());
    let empty = Plaintext::Base64(Vec::new());
    let mut all = Vec::new();
    for scope in Scope::ALL {
        all.push(single(makers, scope.flag(), scope, &text)?);
    }
    all.push(single(makers, "empty", Scope::Strict, &empty)?);
    all.push(single(makers, "ramp", Scope::Strict, &Plaintext::Ramp(1000))?);
    Ok(all)
}

fn single(makers: &mut Makers, id: &str, scope: Scope, plaintext: &Plaintext) -> Result<Raw> {
    let file = format!("raw/{id}.txt");
    let mut args = vec!["--raw", "--cert", "keys/4096.crt", "--scope", scope.flag()];
    let (mut namespace, mut name) = ("", "");
    if scope != Scope::ClusterWide {
        namespace = "vectors";
        args.extend(["-n", namespace]);
    }
    if scope == Scope::Strict {
        name = "raw";
        args.extend(["--name", name]);
    }
    if !makers.folder.has(&file) {
        let sealed = run(makers, &args, &plaintext.bytes())?;
        makers.folder.add(&file, &sealed)?;
    }
    Ok(Raw {
        file,
        key: 4096,
        scope,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        plaintext: plaintext.clone(),
        made_by: format!("kubeseal {} < the plaintext", args.join(" ")),
    })
}

fn run(makers: &Makers, args: &[&str], stdin: &[u8]) -> Result<Vec<u8>> {
    let run = makers.kubeseal.run(makers.folder.root(), args, stdin)?;
    if run.exit != Some(0) || !run.stderr.is_empty() {
        return Err(format!("kubeseal {}: {}", args.join(" "), run.stderr.trim_end()).into());
    }
    Ok(run.stdout)
}
