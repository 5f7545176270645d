//! Tricky manifests and what kubeseal makes of them. Their texts are in `vectors/shapes/`.

use sealwright_interop::vectors::Shape;
use serde_json::Value;

use crate::{Makers, Result, expected};

/// Identity, input, flags, what is tricky.
const SHAPES: &[(&str, &str, &[&str], &str)] = &[
    ("string-data-wins", "string-data-wins.in.yaml", &[], "stringData over data"),
    ("last-applied", "last-applied.in.yaml", &[], "both last-applied annotations go, another stays"),
    ("only-last-applied", "only-last-applied.in.yaml", &[], "no annotation is left"),
    ("strings", "strings.in.json", &[], "strings that YAML has to quote, in labels and annotations"),
    ("control-character", "control-character.in.json", &[], "a string that YAML can't hold"),
    ("server-fields", "server-fields.in.yaml", &[], "fields of the API server go"),
    ("owners", "owners.in.yaml", &[], "ownerReferences go, finalizers and generateName stay"),
    ("managed-fields", "managed-fields.in.yaml", &[], "managedFields stay"),
    ("immutable", "immutable.in.yaml", &[], "immutable: true"),
    ("not-immutable", "not-immutable.in.yaml", &[], "immutable: false"),
    ("type-tls", "type-tls.in.yaml", &[], "kubernetes.io/tls"),
    ("type-docker", "type-docker.in.yaml", &[], "kubernetes.io/dockerconfigjson"),
    ("no-type", "no-type.in.yaml", &[], "no type"),
    ("no-namespace", "no-namespace.in.yaml", &[], "no namespace anywhere"),
    (
        "no-namespace-kubeconfig",
        "no-namespace.in.yaml",
        &["--kubeconfig", "inputs/kubeconfig-with-namespace.yaml"],
        "the namespace from the kubeconfig",
    ),
    (
        "no-namespace-kubeconfig-default",
        "no-namespace.in.yaml",
        &["--kubeconfig", "inputs/kubeconfig-without-namespace.yaml"],
        "a kubeconfig without a namespace: default",
    ),
    (
        "namespace-and-kubeconfig",
        "no-type.in.yaml",
        &["--kubeconfig", "inputs/kubeconfig-with-namespace.yaml"],
        "the manifest's namespace wins over the kubeconfig",
    ),
    ("no-namespace-flag", "no-namespace.in.yaml", &["-n", "vectors"], "the namespace from the flag"),
    (
        "no-namespace-cluster-wide",
        "no-namespace.in.yaml",
        &["--scope", "cluster-wide"],
        "cluster-wide needs no namespace",
    ),
    (
        "no-namespace-cluster-wide-flag",
        "no-namespace.in.yaml",
        &["--scope", "cluster-wide", "-n", "vectors"],
        "cluster-wide ignores the flag",
    ),
    ("namespace-mismatch", "no-type.in.yaml", &["-n", "other"], "the flag contradicts the manifest"),
    (
        "namespace-mismatch-cluster-wide",
        "no-type.in.yaml",
        &["--scope", "cluster-wide", "-n", "other"],
        "cluster-wide does not compare namespaces",
    ),
    ("name-flag", "no-type.in.yaml", &["--name", "from-the-flag"], "the flag replaces the name"),
    ("list", "list.in.yaml", &[], "kind List is not opened"),
    ("documents", "documents.in.yaml", &[], "several documents, some empty"),
    ("documents-one-bad", "documents-one-bad.in.yaml", &[], "a document that can't be parsed is passed over"),
    ("json", "json.in.json", &[], "JSON"),
    ("json-stream", "json-stream.in.json", &[], "JSON documents one after another"),
    ("json-nulls", "json-nulls.in.json", &[], "null for maps and strings"),
    ("created-null", "created-null.in.yaml", &[], "creationTimestamp: null and status: {}"),
    ("annotated-namespace-wide", "annotated-namespace-wide.in.yaml", &[], "the scope from an annotation"),
    ("annotated-cluster-wide", "annotated-cluster-wide.in.yaml", &[], "the scope from an annotation"),
    ("annotated-both", "annotated-both.in.yaml", &[], "cluster-wide wins"),
    ("annotated-false", "annotated-false.in.yaml", &[], "only \"true\" counts"),
    (
        "annotated-cluster-wide-strict",
        "annotated-cluster-wide.in.yaml",
        &["--scope", "strict"],
        "the flag strict can't undo an annotation",
    ),
    (
        "annotated-cluster-wide-namespace-wide",
        "annotated-cluster-wide.in.yaml",
        &["--scope", "namespace-wide"],
        "another flag replaces the annotation",
    ),
    (
        "managed-and-patch",
        "managed-and-patch.in.yaml",
        &[],
        "upstream's other annotations stay in the template",
    ),
    ("empty", "empty.in.yaml", &[], "no data"),
    ("empty-allowed", "empty.in.yaml", &["--allow-empty-data"], "no data, allowed"),
    ("empty-maps-allowed", "empty-maps.in.yaml", &["--allow-empty-data"], "empty maps, allowed"),
    ("data-keys", "data-keys.in.yaml", &[], "the order and the quoting of data keys"),
    ("config-map", "config-map.in.yaml", &[], "the kind is not looked at"),
    ("config-map-text", "config-map-text.in.yaml", &[], "data that are not base64"),
    ("sealed-secret", "sealed-secret.in.yaml", &[], "sealed already"),
    ("unknown-fields", "unknown-fields.in.yaml", &[], "unknown fields go"),
    ("no-kind", "no-kind.in.yaml", &[], "neither kind nor apiVersion"),
    ("names-to-quote", "names-to-quote.in.yaml", &[], "names that YAML has to quote"),
    ("windows", "windows.in.yaml", &[], "lines that end with CR LF"),
];

pub(crate) fn all(makers: &mut Makers) -> Result<Vec<Shape>> {
    SHAPES.iter().map(|(id, input, args, about)| one(makers, id, input, args, about)).collect()
}

fn one(makers: &mut Makers, id: &str, input: &str, args: &[&str], about: &str) -> Result<Shape> {
    let input = format!("shapes/{input}");
    let text = makers.folder.read(&input)?;
    let mut shape = Shape {
        id: id.to_owned(),
        about: about.to_owned(),
        input,
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        key: 2048,
        yaml: None,
        json: None,
        error: None,
        documents: Vec::new(),
    };
    let [yaml, json, error] = ["yaml", "json", "error.txt"].map(|ending| format!("shapes/{id}.out.{ending}"));
    if !makers.folder.has(&yaml) && !makers.folder.has(&error) {
        for (format, file) in [("yaml", &yaml), ("json", &json)] {
            let all = [&["--cert", "keys/2048.crt", "-o", format], args].concat();
            let run = makers.kubeseal.run(makers.folder.root(), &all, &text)?;
            match run.exit {
                Some(0) => makers.folder.add(file, &run.stdout)?,
                _ if format == "yaml" => makers.folder.add(&error, run.stderr.as_bytes())?,
                _ => {}
            }
        }
    }
    if makers.folder.has(&error) {
        shape.error = Some(makers.folder.text(&error)?);
    }
    if makers.folder.has(&json) {
        let output = makers.folder.text(&json)?;
        let sealed = serde_json::Deserializer::from_str(&output)
            .into_iter()
            .collect::<std::result::Result<Vec<Value>, _>>()?;
        let data = expected::data(&mut makers.oracle, &text)?;
        shape.documents =
            sealed.iter().zip(data).map(|(sealed, data)| expected::secret(sealed, data)).collect();
        shape.json = Some(json);
    }
    shape.yaml = makers.folder.has(&yaml).then_some(yaml);
    Ok(shape)
}
