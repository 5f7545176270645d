//! What a receipt covers, one change at a time.

use sealer_core::{Scope, SealedSecret, Template};

use super::*;
use crate::facts;
use crate::facts::Malformed;
use crate::keys::Ring;
use crate::keys::tests::stored;

fn sealed() -> Sealed {
    let content = SealedSecret {
        encrypted_data: [("foo".to_owned(), "AgBy".to_owned())].into(),
        template: Template { type_: Some("Opaque".into()), ..Template::default() },
        ..SealedSecret::default()
    };
    Sealed { content: Ok(content), ..facts::tests::sealed() }
}

fn secret() -> SecretVersion {
    SecretVersion { uid: "s1".into(), resource_version: "7".into() }
}

fn rings() -> (Ring, Ring, Ring) {
    let (a, b) = (stored("a", 1_800_000_000), stored("b", 1_700_000_000));
    let ring = |keys: &[crate::keys::StoredKey]| Ring::load(keys).0;
    (ring(&[a.clone(), b.clone()]), ring(&[a]), ring(&[b]))
}

#[test]
fn a_receipt_holds_for_exactly_what_it_was_issued_for() {
    let (_, ring, _) = rings();
    let (sealed, secret) = (sealed(), secret());
    let claim = Claim { sealed: &sealed, secret: &secret, accept_deprecated: true };
    let receipt = issue(claim, &ring.keys, &ring.ids).unwrap();
    assert_eq!(issue(claim, &ring.keys, &ring.ids).unwrap(), receipt, "the same again and again");
    assert_eq!(verify(&receipt, claim, &ring.keys).as_ref(), Some(&*ring.ids));

    let change = |change: fn(&mut SealedSecret)| {
        let mut other = sealed.clone();
        change(other.content.as_mut().unwrap());
        other
    };
    let malformed = Malformed { field: "spec", expected: "a map" };
    for (what, other) in [
        ("uid", Sealed { uid: "u2".into(), ..sealed.clone() }),
        ("generation", Sealed { generation: 3, ..sealed.clone() }),
        ("scope", Sealed { scope: Scope::ClusterWide, ..sealed.clone() }),
        ("malformed", Sealed { content: Err(malformed), ..sealed.clone() }),
        ("value", change(|content| drop(content.encrypted_data.insert("foo".into(), "AgBz".into())))),
        ("key", change(|content| drop(content.encrypted_data.insert("more".into(), String::new())))),
        ("deprecated", change(|content| content.deprecated_data = Some(String::new()))),
        ("type", change(|content| content.template.type_ = None)),
        ("immutable", change(|content| content.template.immutable = Some(false))),
        ("template", change(|content| drop(content.template.data.insert("a".into(), "b".into())))),
        ("label", change(|content| drop(content.template.metadata.labels.insert("a".into(), "b".into())))),
        (
            "annotation",
            change(|content| drop(content.template.metadata.annotations.insert("a".into(), "b".into()))),
        ),
        ("owner", change(|content| content.template.metadata.owner_references.push(Default::default()))),
    ] {
        assert_eq!(verify(&receipt, Claim { sealed: &other, ..claim }, &ring.keys), None, "{what}");
    }
    for other in [
        SecretVersion { uid: "s2".into(), ..secret.clone() },
        SecretVersion { resource_version: "8".into(), ..secret.clone() },
    ] {
        assert_eq!(verify(&receipt, Claim { secret: &other, ..claim }, &ring.keys), None, "{other:?}");
    }
    assert_eq!(verify(&receipt, Claim { accept_deprecated: false, ..claim }, &ring.keys), None);
    // What the watch and others write changes nothing.
    let touched =
        Sealed { resource_version: "99".into(), status: Some(Default::default()), ..sealed.clone() };
    assert!(verify(&receipt, Claim { sealed: &touched, ..claim }, &ring.keys).is_some());
}

#[test]
fn every_key_that_opened_a_value_has_to_be_there_still() {
    let (both, first, second) = rings();
    let (sealed, secret) = (sealed(), secret());
    let claim = Claim { sealed: &sealed, secret: &secret, accept_deprecated: true };
    let receipt = issue(claim, &both.keys, &both.ids).unwrap();
    assert!(verify(&receipt, claim, &both.keys).is_some());
    assert_eq!(verify(&receipt, claim, &first.keys), None);
    assert_eq!(verify(&receipt, claim, &second.keys), None);
    let one = issue(claim, &both.keys, &first.ids).unwrap();
    assert_eq!(verify(&one, claim, &both.keys).as_ref(), Some(&*first.ids), "a key more is no matter");
    assert_eq!(verify(&one, claim, &second.keys), None);
}

#[test]
fn what_no_key_opened_has_no_receipt() {
    let (both, first, second) = rings();
    let (sealed, secret) = (sealed(), secret());
    let claim = Claim { sealed: &sealed, secret: &secret, accept_deprecated: true };
    assert_eq!(issue(claim, &both.keys, &BTreeSet::new()), None);
    assert_eq!(issue(claim, &first.keys, &second.ids), None, "the key has gone meanwhile");
}

#[test]
fn a_receipt_that_is_anything_else_is_none() {
    let (_, ring, _) = rings();
    let (sealed, secret) = (sealed(), secret());
    let claim = Claim { sealed: &sealed, secret: &secret, accept_deprecated: true };
    let receipt = issue(claim, &ring.keys, &ring.ids).unwrap();
    let (rest, tag) = receipt.rsplit_once('.').unwrap();
    let key = rest.strip_prefix("v2.").unwrap();
    for wrong in [
        String::new(),
        "v2".into(),
        rest.into(),
        format!("v1.{key}.{tag}"),
        format!("v2..{tag}"),
        format!("v2.{key}-{key}.{tag}"),
        format!("v2.{key}."),
        format!("v2.{key}.{}", &tag[..62]),
        format!("v2.{key}.{}é", &tag[..62]),
        format!("v2.{key}.{}", "0".repeat(64)),
        format!("{receipt}.{tag}"),
    ] {
        assert_eq!(verify(&wrong, claim, &ring.keys), None, "{wrong}");
    }
    assert!(receipt.len() < 100, "{receipt}");
}
