//! Several clusters: who gets a file, and whose certificate changed.

use sealer_core::{SealingCert, cert};

use super::*;

fn certificate(name: &str) -> Rc<SealingCert> {
    let path = format!("{}/../vectors/keys/{name}.crt", env!("CARGO_MANIFEST_DIR"));
    Rc::new(cert::parse(&std::fs::read_to_string(path).unwrap()).unwrap())
}

fn three() -> State {
    let cluster =
        |(name, certificate)| Cluster { name: Rc::from(name), certificate, folder: None, before: None };
    let good = |name| Ok(certificate(name));
    let all = [("prod", good("2048")), ("dev", good("3072")), ("old", Err(CertificateProblem::Unreachable))];
    State::new(all.map(cluster).to_vec())
}

fn candidates(state: &State) -> Vec<&str> {
    state.candidates().map(|(_, cluster)| &*cluster.name).collect()
}

fn others(state: &State) -> Vec<&str> {
    state.others().map(|(name, _)| name).collect()
}

#[test]
fn every_other_cluster_with_a_good_certificate_may_get_a_file_of_its_own() {
    let state = three();
    assert_eq!((candidates(&state), others(&state)), (vec!["dev"], vec![]));
    let state = state.reduce(Action::ClusterBeside(1));
    assert_eq!(others(&state), ["dev"]);
    assert_eq!(others(&state.clone().reduce(Action::ClusterBeside(1))), [""; 0]);
    // The one that is chosen is not its own other.
    let state = state.reduce(Action::ClusterChosen(1));
    assert_eq!((candidates(&state), others(&state)), (vec!["prod"], vec![]));
}

#[test]
fn a_brought_certificate_an_open_file_and_a_link_for_one_certificate_are_for_one_cluster() {
    let both = three().reduce(Action::ClusterBeside(1));
    let brought = both.clone().reduce(Action::CertificateBrought(Ok(certificate("4096"))));
    assert_eq!(candidates(&brought), [""; 0]);
    let link = format!("cert={}", certificate("2048").fingerprint());
    let linked = both.clone().reduce(Action::LinkFollowed(Link::read(&link).unwrap()));
    assert_eq!((candidates(&linked), others(&linked)), (vec![], vec![]));
    let text = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: payments}\nspec:\n  encryptedData:\n    A: AgBy\n";
    let file = Rc::new(SealedFile::read(text).unwrap());
    let opened = both.reduce(Action::FileOpened { name: Rc::from("db.yaml"), file, writable: false });
    assert_eq!((candidates(&opened), others(&opened)), (vec![], vec![]));
}

#[test]
fn cleared_values_are_sealed_for_nobody_else() {
    let state = works(reads(three(), manifest("db", "payments"))).reduce(Action::Wiped);
    let after = state.clone().reduce(Action::ClusterBeside(1));
    assert_eq!((after.beside, after.outcome), (vec![], state.outcome));
}

#[test]
fn a_changed_certificate_is_said_for_the_clusters_that_are_sealed_for_until_it_is_expected() {
    let mut state = three();
    for cluster in &mut state.clusters {
        cluster.before =
            Some(Seen { fingerprint: "4F:9A".to_owned(), at: Timestamp::from_unix_seconds(1_800_000_000) });
    }
    let changed =
        |state: &State| state.changed().map(|(cluster, _)| cluster.name.to_string()).collect::<Vec<_>>();
    assert_eq!(changed(&state), ["prod"]);
    let state = state.reduce(Action::ClusterBeside(1));
    assert_eq!(changed(&state), ["prod", "dev"]);
    let state = state.reduce(Action::ChangeExpected(Rc::from("prod")));
    assert_eq!(changed(&state), ["dev"]);
}
