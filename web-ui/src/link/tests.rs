use super::*;

const SHA256: &str = "4f9a0c1122e7213344556677889900aabbccddeeff00112233445566778899aa";

fn read(fragment: &str) -> Result<Link, LinkProblem> {
    Link::read(fragment).expect("it has a `=`").map(|link| (*link).clone())
}

#[test]
fn only_a_fragment_with_an_equals_sign_is_a_link() {
    assert_eq!(Link::read(""), None);
    assert_eq!(Link::read("result"), None);
    assert_eq!(read("="), Ok(Link::default()));
}

#[test]
fn a_link_says_names_scope_type_keys_and_the_certificate() {
    let link = read(&format!(
        "namespace=payments&name=db&scope=namespace-wide&type=kubernetes.io%2Ftls&keys=tls.crt,tls.key&cert={SHA256}"
    ));
    let link = link.unwrap();
    assert_eq!((link.namespace.as_str(), link.name.as_str()), ("payments", "db"));
    assert_eq!((link.scope, link.secret_type), (Some(Scope::NamespaceWide), SecretType::Tls));
    assert_eq!(link.keys, ["tls.crt", "tls.key"]);
    assert!(link.fingerprint.starts_with("4F:9A:0C:") && link.fingerprint.len() == 95);
}

#[test]
fn what_a_link_says_it_says_again_when_it_is_read() {
    let link = Link {
        namespace: "payments".to_owned(),
        name: "db.example".to_owned(),
        scope: Some(Scope::ClusterWide),
        secret_type: SecretType::Docker,
        keys: vec![".dockerconfigjson".to_owned(), "A_b-c".to_owned()],
        fingerprint: read(&format!("cert={SHA256}")).unwrap().fingerprint,
        folder: None,
    };
    assert_eq!(read(&link.fragment()), Ok(link));
    assert_eq!(Link::default().fragment(), "");
}

#[test]
fn a_link_with_one_mistake_says_nothing_at_all() {
    for (fragment, problem) in [
        ("name=db&namespace", LinkProblem::Malformed),
        ("name=%ff", LinkProblem::Malformed),
        ("name=d%0Ab", LinkProblem::Characters),
        ("name=d%E2%80%AEb", LinkProblem::Characters),
        ("other=%00", LinkProblem::Characters),
        ("name=db&name=other", LinkProblem::Twice),
        ("namespace=Payments", LinkProblem::Namespace),
        ("name=d_b", LinkProblem::Name),
        ("scope=everywhere", LinkProblem::Scope),
        ("type=kubernetes.io/service-account-token", LinkProblem::Type),
        ("keys=A,,B", LinkProblem::Keys),
        ("keys=A,A", LinkProblem::Keys),
        ("keys=A%20B", LinkProblem::Keys),
        ("cert=4f9a", LinkProblem::Fingerprint),
        ("folder=http://github.com/acme/gitops/tree/main", LinkProblem::Folder),
        ("folder=https://me@github.com/acme/gitops/tree/main", LinkProblem::Folder),
        ("folder=https://github.com/acme/gitops/tree/main%3Fa", LinkProblem::Folder),
        (&format!("cert={}", SHA256.replace('f', "g")), LinkProblem::Fingerprint),
    ] {
        assert_eq!(read(fragment), Err(problem), "{fragment}");
    }
    let many = (0..=MAX_KEYS).map(|number| format!("k{number}")).collect::<Vec<_>>().join(",");
    assert_eq!(read(&format!("keys={many}")), Err(LinkProblem::Keys));
}

#[test]
fn a_link_says_the_folder_of_a_new_file_in_clear_or_escaped() {
    let address = "https://github.com/acme/gitops/tree/main/prod";
    for folder in [address.to_owned(), utf8_percent_encode(address, NON_ALPHANUMERIC).to_string()] {
        assert_eq!(read(&format!("folder={folder}")).unwrap().folder, Folder::read(address));
    }
}

#[test]
fn a_type_asks_for_its_keys_beside_those_that_are_named() {
    let link = read("type=kubernetes.io/basic-auth&keys=token,password").unwrap();
    assert_eq!(link.keys, ["token", "password", "username"]);
}

#[test]
fn what_is_not_known_is_passed_over_and_no_value_is_ever_taken() {
    let link = read("name=db&password=hunter2&value=hunter2&data=hunter2").unwrap();
    assert_eq!(link, Link { name: "db".to_owned(), ..Link::default() });
}
