//! What a link fills in, and what it must not touch.

use sealer_core::{SealingCert, cert};

use super::*;
use crate::folder::Folder;

fn link(fragment: &str) -> Action {
    Action::LinkFollowed(Link::read(fragment).unwrap())
}

fn certificate() -> Rc<SealingCert> {
    Rc::new(cert::parse(include_str!("../../desk/test-certificate.pem")).unwrap())
}

fn cluster(name: &str, certificate: Result<Rc<SealingCert>, CertificateProblem>) -> Cluster {
    Cluster { name: Rc::from(name), certificate, folder: None, before: None }
}

#[test]
fn a_link_fills_in_what_is_empty_and_asks_for_values() {
    let state = State::new(Vec::new()).reduce(link(
        "namespace=payments&name=db&scope=namespace-wide&type=kubernetes.io/basic-auth&keys=A,B",
    ));
    assert_eq!((state.namespace.text.as_str(), state.name.text.as_str()), ("payments", "db"));
    assert_eq!(
        (state.shown_scope(), state.shown_type()),
        (Some(Scope::NamespaceWide), SecretType::BasicAuth)
    );
    let keys: Vec<_> = state.rows.typed().iter().map(|typed| (typed.key.as_str(), typed.bytes)).collect();
    assert_eq!(keys, [("username", 0), ("password", 0), ("A", 0), ("B", 0)]);
}

#[test]
fn a_new_file_goes_where_the_link_says_and_else_where_the_list_says_of_the_chosen_cluster() {
    let folder =
        |name: &str| Folder::read(&format!("https://github.com/acme/gitops/tree/main/{name}")).unwrap();
    let with_folder = |name| Cluster { folder: Some(folder(name)), ..cluster(name, Ok(certificate())) };
    let state =
        State::new(vec![with_folder("prod"), with_folder("staging"), cluster("dev", Ok(certificate()))]);
    assert_eq!(state.folder(), Some((&folder("prod"), false)));
    let state = state.reduce(Action::ClusterChosen(1));
    assert_eq!(state.folder(), Some((&folder("staging"), false)));
    let state = state.reduce(Action::ClusterChosen(2));
    assert_eq!(state.folder(), None);
    let state = state.reduce(link("folder=https://github.com/acme/gitops/tree/main/team"));
    assert_eq!(state.folder(), Some((&folder("team"), true)));
    assert_eq!(State::new(Vec::new()).folder(), None);
}

#[test]
fn a_link_overwrites_neither_what_was_typed_nor_what_a_manifest_says() {
    let typed = State::new(Vec::new()).reduce(Action::NameTyped("mine".to_owned()));
    assert_eq!(typed.reduce(link("name=db")).name.text, "mine");
    let state = State::new(Vec::new()).reduce(link("namespace=other&name=db&scope=cluster-wide"));
    let state = reads(state, manifest("api", "payments"));
    assert_eq!((state.namespace.text.as_str(), state.name.text.as_str()), ("payments", "api"));
    assert_eq!((state.shown_scope(), state.wanted_scope()), (Some(Scope::Strict), None));
    let chosen =
        State::new(Vec::new()).reduce(link("scope=cluster-wide")).reduce(Action::ScopeChosen(Scope::Strict));
    assert_eq!(chosen.wanted_scope(), Some(Scope::Strict));
}

#[test]
fn a_second_link_takes_the_place_of_what_the_first_filled_in_and_of_nothing_else() {
    let first = State::new(Vec::new()).reduce(link("namespace=payments&name=db&keys=A,B"));
    let row = first.rows.typed()[0].row;
    let typed = first.reduce(Action::Edited(Edit::Type { row, bytes: 3, trap: None }));
    let typed = typed.reduce(Action::NamespaceTyped("orders".to_owned()));
    let second = typed.reduce(link("namespace=other&name=cache&keys=C"));
    assert_eq!((second.namespace.text.as_str(), second.name.text.as_str()), ("orders", "cache"));
    let keys: Vec<_> = second.rows.typed().iter().map(|typed| (typed.key.as_str(), typed.bytes)).collect();
    assert_eq!(keys, [("A", 3), ("C", 0)]);
}

#[test]
fn after_clearing_a_link_begins_anew() {
    let state = State::new(Vec::new()).reduce(link("name=db&keys=A")).reduce(Action::Wiped);
    let state = state.reduce(link("name=cache"));
    assert_eq!((state.name.text.as_str(), state.is_wiped()), ("cache", false));
    assert_eq!(state.rows.typed(), []);
}

#[test]
fn a_link_with_a_mistake_fills_in_nothing() {
    let state = State::new(Vec::new()).reduce(link("name=db&keys=A&scope=none"));
    assert_eq!((state.name.text.as_str(), state.rows.typed().len()), ("", 0));
    assert_eq!(state.link, Some(Err(LinkProblem::Scope)));
}

#[test]
fn the_certificate_that_a_link_asks_for_is_found_and_no_other_is_sealed_for() {
    let certificate = certificate();
    let fingerprint = certificate.fingerprint();
    let clusters =
        vec![cluster("dev", Err(CertificateProblem::Unreachable)), cluster("prod", Ok(certificate.clone()))];
    let found = State::new(clusters.clone()).reduce(link(&format!("cert={fingerprint}")));
    assert_eq!(found.cluster_name(), Some("prod"));

    let wanted = fingerprint.replace(['0', '1', '2'], "3");
    let other = link(&format!("cert={wanted}"));
    let refused = State::new(vec![cluster("prod", Ok(certificate.clone()))]).reduce(other);
    assert_eq!(refused.certificate, None);
    let problem = CertificateProblem::NotOfLink { wanted, found: fingerprint };
    assert_eq!(refused.certificate_problem, Some(problem));
    for again in [Action::ClusterChosen(0), Action::CertificateBrought(Ok(certificate)), Action::StartOver] {
        assert_eq!(refused.clone().reduce(again).certificate, None);
    }
}

#[test]
fn a_pasted_value_settles_the_row_that_waits_for_it_and_starting_over_asks_again() {
    let state = State::new(Vec::new()).reduce(link("keys=A,B"));
    let first: Vec<u32> = state.rows.typed().iter().map(|typed| typed.row).collect();
    let state = reads(state, summary("A=1"));
    assert_eq!(state.rows.typed().iter().map(|typed| typed.key.as_str()).collect::<Vec<_>>(), ["B"]);
    let again = state.reduce(Action::StartOver);
    assert_eq!(again.rows.typed().len(), 2);
    assert!(
        again.rows.typed().iter().all(|typed| !first.contains(&typed.row)),
        "a row never gets another's box"
    );
}

#[test]
fn another_type_asks_for_its_keys_and_lets_go_of_those_that_nobody_filled_in() {
    let state = State::new(Vec::new()).reduce(Action::TypeChosen(SecretType::BasicAuth));
    let row = state.rows.typed()[0].row;
    let state = state.reduce(Action::Edited(Edit::Type { row, bytes: 3, trap: None }));
    let state = state.reduce(Action::TypeChosen(SecretType::Tls));
    let keys: Vec<_> = state.rows.typed().iter().map(|typed| typed.key.as_str()).collect();
    assert_eq!(keys, ["username", "tls.crt", "tls.key"]);
}

#[test]
fn the_link_that_is_made_says_what_stands_here_and_no_value() {
    let state = State::new(Vec::new()).reduce(Action::NameTyped("db".to_owned()));
    let state = reads(state, summary("A=hunter2")).reduce(Action::Edited(Edit::Add));
    assert_eq!(state.as_link().fragment(), "name=db&scope=strict&keys=A");
}
