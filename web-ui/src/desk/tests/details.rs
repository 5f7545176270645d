//! What a Secret has besides its values.

use super::*;
use crate::details::{Detail, Place};

fn details(changes: impl IntoIterator<Item = Detail>) -> Details {
    let mut details = Details::default();
    changes.into_iter().for_each(|change| details.apply(change));
    details
}

/// The file without its ciphertexts.
fn shape(desk: &mut Desk, target: Target<'_>) -> String {
    let yaml = seal_rows(desk, target).unwrap().yaml;
    yaml.lines().map(|line| line.split(": AgA").next().unwrap().to_owned() + "\n").collect()
}

#[test]
fn details_stand_in_the_file_as_those_of_a_manifest_do() {
    let manifest = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: payments\n  labels: {app: shop, tier: \"1\"}\n  annotations: {example.com/note: \"it's: fine\"}\nimmutable: true\nstringData: {A: '1'}\n";
    let rows = Edits::default();
    let details = details([
        Detail::Typed(Place::Labels, "tier=1\napp=shop".to_owned()),
        Detail::Typed(Place::Annotations, "example.com/note=it's: fine".to_owned()),
        Detail::Immutable,
    ]);
    let scope = Some(Scope::NamespaceWide);
    let of_manifest = shape(&mut desk(manifest), Target { scope, ..target(&rows) });
    let made_here = Target { scope, details: Some(&details), ..target(&rows) };
    assert_eq!(shape(&mut desk("A=1\n"), made_here), of_manifest);
    assert!(of_manifest.contains("    immutable: true\n"), "{of_manifest}");
}

#[test]
fn templates_stand_in_the_file_and_count_as_keys_of_the_type() {
    let rows = Edits::default();
    let details = details([
        Detail::AddTemplate,
        Detail::Typed(Place::Key(1), "username".to_owned()),
        Detail::Typed(Place::Text(1), "app".to_owned()),
    ]);
    let basic_auth = Target { secret_type: Some(SecretType::BasicAuth), ..target(&rows) };
    let without = seal_rows(&mut desk("pass=1\n"), basic_auth);
    assert_eq!(without, Err(Obstacle::Problem(text::keys_of_type(SecretType::BasicAuth))));
    let sealed = seal_rows(&mut desk("pass=1\n"), Target { details: Some(&details), ..basic_auth }).unwrap();
    assert!(sealed.yaml.contains("    data:\n      username: app\n"), "{}", sealed.yaml);
}

#[test]
fn a_mistake_in_the_details_is_one_more_thing_that_is_missing() {
    let rows = Edits::default();
    let details = details([Detail::Typed(Place::Labels, "app".to_owned())]);
    let target = Target { name: "", details: Some(&details), ..target(&rows) };
    assert_eq!(seal_rows(&mut desk("A=1\n"), target), Err(Obstacle::Needs(vec![Need::Name, Need::Details])));
}
