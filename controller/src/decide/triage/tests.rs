//! When an object is looked at again, and how closely.

use sealer_core::Scope;

use super::*;
use crate::crd::Condition;
use crate::facts::tests::sealed;

fn secret(resource_version: &str) -> Observed {
    Observed {
        version: SecretVersion { uid: "s1".into(), resource_version: resource_version.into() },
        owned: true,
        managed: false,
    }
}

fn keys(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn applied(secret: Option<&str>, keys: &Keys) -> Applied {
    let secret = secret.map(str::to_owned);
    Applied { version: sealed().version(), secret, digest: None, keys: Keys::clone(keys) }
}

fn record(verdict: Verdict) -> Record {
    let keys = Keys::new(keys(&["k1"]));
    let applied = matches!(verdict, Verdict::Synced(_)).then(|| applied(Some("s1"), &keys));
    let version = sealed().version();
    Record { version, verdict, keys, applied, attempts: 0, told: None, untold: None, history: None }
}

fn synced() -> Record {
    record(Verdict::Synced(secret("7").version))
}

fn with_status(generation: i64, status: &str) -> Sealed {
    let condition = Condition { type_: "Synced".into(), status: status.into(), ..Condition::default() };
    let status =
        Status { conditions: vec![condition], observed_generation: Some(generation), ..Status::default() };
    Sealed { status: Some(status), ..sealed() }
}

/// A look at Secrets that are watched.
fn look<'a>(
    sealed: &'a Sealed,
    observed: Option<&'a Observed>,
    record: Option<&'a Record>,
    keys: &'a BTreeSet<String>,
) -> Look<'a> {
    let drift = Drift::Report;
    Look { sealed, observed, watched: true, vanished: None, record, keys, receipt: None, drift }
}

/// With the one key that there always was.
fn judge(sealed: &Sealed, observed: Option<&Observed>, record: Option<&Record>) -> Triage {
    triage(look(sealed, observed, record, &keys(&["k1"])))
}

const CHANGED: Triage = Triage::Unseal(Cause::Changed);

#[test]
fn what_was_synced_is_skipped_while_object_secret_and_keys_stand() {
    let with = |sealed: &Sealed, observed: Option<&Observed>, ring: &[&str]| {
        triage(look(sealed, observed, Some(&synced()), &keys(ring)))
    };
    assert_eq!(with(&sealed(), Some(&secret("7")), &["k1"]), Triage::Skip, "own echo");
    assert_eq!(with(&sealed(), Some(&secret("7")), &["k1", "k2"]), Triage::Skip, "a key more");
    let compare = Triage::Compare(synced().applied.unwrap());
    assert_eq!(with(&sealed(), Some(&secret("7")), &["k2"]), compare, "a key lost");
    assert_eq!(with(&sealed(), Some(&secret("8")), &["k1"]), compare, "the Secret changed");
    assert_eq!(with(&sealed(), None, &["k1"]), Triage::Unseal(Cause::Drift), "the Secret vanished");
    let other = SecretVersion { uid: "s2".into(), resource_version: "7".into() };
    let other = Observed { version: other, ..secret("7") };
    assert_eq!(with(&sealed(), Some(&other), &["k1"]), CHANGED, "another Secret of the name");
    let newer = Sealed { generation: 3, ..sealed() };
    assert_eq!(with(&newer, Some(&secret("7")), &["k1"]), CHANGED, "new spec");
    let wider = Sealed { scope: Scope::ClusterWide, ..sealed() };
    assert_eq!(with(&wider, Some(&secret("7")), &["k1"]), CHANGED, "new scope");
    let another = Sealed { uid: "u2".into(), ..sealed() };
    assert_eq!(with(&another, Some(&secret("7")), &["k1"]), CHANGED, "made anew");
    let rewritten = with_status(1, "False");
    assert_eq!(with(&rewritten, Some(&secret("7")), &["k1"]), Triage::Skip, "a status write, whoever's");
}

#[test]
fn changes_by_others_are_passed_over_where_that_is_asked_for() {
    let (sealed, synced, ring, seen) = (sealed(), synced(), keys(&["k1"]), secret("8"));
    let with =
        |observed| triage(Look { drift: Drift::Ignore, ..look(&sealed, observed, Some(&synced), &ring) });
    assert_eq!(with(Some(&seen)), Triage::Skip);
    assert_eq!(with(None), Triage::Unseal(Cause::Drift), "it comes back");
}

#[test]
fn a_secret_that_is_not_watched_is_taken_to_stand() {
    let (sealed, ring) = (sealed(), keys(&["k1"]));
    for record in [
        synced(),
        record(Verdict::Left(secret("7").version)),
        record(Verdict::Refused(Some(secret("7").version))),
    ] {
        let watched = look(&sealed, None, Some(&record), &ring);
        assert_eq!(triage(Look { watched: false, ..watched }), Triage::Skip);
        assert_ne!(triage(watched), Triage::Skip);
    }
}

#[test]
fn what_did_not_open_waits_for_a_new_key() {
    let closed = record(Verdict::Unsealable);
    let with = |ring: &[&str]| triage(look(&sealed(), None, Some(&closed), &keys(ring)));
    assert_eq!(with(&["k1"]), Triage::Skip);
    assert_eq!(with(&[]), Triage::Skip);
    assert_eq!(with(&["k1", "k2"]), CHANGED);
}

#[test]
fn what_was_refused_waits_for_the_secret_to_change() {
    let refused = record(Verdict::Refused(Some(secret("7").version)));
    assert_eq!(judge(&sealed(), Some(&secret("7")), Some(&refused)), Triage::Skip);
    assert_eq!(judge(&sealed(), Some(&secret("8")), Some(&refused)), CHANGED);
    assert_eq!(judge(&sealed(), None, Some(&refused)), CHANGED);
}

#[test]
fn what_was_put_off_is_looked_at_again_as_closely_as_before() {
    let pending = record(Verdict::Pending);
    assert_eq!(judge(&sealed(), None, Some(&pending)), CHANGED);
    let compared = Record { applied: synced().applied, ..pending.clone() };
    let compare = Triage::Compare(synced().applied.unwrap());
    assert_eq!(judge(&sealed(), Some(&secret("8")), Some(&compared)), compare);
    let earlier = applied(None, &pending.keys);
    let restarted = Record { applied: Some(earlier), ..pending };
    let seen = secret("7");
    assert_eq!(judge(&sealed(), Some(&seen), Some(&restarted)), Triage::Unseal(Cause::Restart));
}

#[test]
fn an_untold_verdict_is_told_and_not_made_again() {
    let outcome = Outcome::Synced { written: true };
    let untold = Record { untold: Some(Arc::new(outcome.clone())), ..synced() };
    assert_eq!(judge(&sealed(), Some(&secret("7")), Some(&untold)), Triage::Tell(outcome));
    let compare = Triage::Compare(synced().applied.unwrap());
    assert_eq!(judge(&sealed(), Some(&secret("8")), Some(&untold)), compare);
}

#[test]
fn a_status_is_in_every_version_from_its_own_on() {
    let told = |version: Option<&str>| Told {
        resource_version: version.map(str::to_owned),
        status: Status::default(),
    };
    for (own, seen, is_in) in [
        (Some("9"), "9", true),
        (Some("9"), "10", true),
        (Some("10"), "9", false),
        (Some("a"), "a", true),
        (Some("a"), "b", false),
        (None, "9", false),
    ] {
        assert_eq!(told(own).is_in(seen), is_in, "{own:?} in {seen}");
    }
}

#[test]
fn a_start_compares_what_its_status_says_is_applied() {
    for (sealed, triage) in [
        (with_status(2, "True"), Triage::Unseal(Cause::Restart)),
        (with_status(2, "False"), CHANGED),
        (with_status(1, "True"), CHANGED),
        (sealed(), CHANGED),
    ] {
        assert_eq!(judge(&sealed, Some(&secret("7")), None), triage);
    }
}

#[test]
fn a_start_trusts_a_receipt_only_beside_a_status_that_says_the_same() {
    let (ring, seen) = (keys(&["k1"]), secret("7"));
    let named = Keys::new(ring.clone());
    for (sealed, expected) in [
        (with_status(2, "True"), Triage::Trust(Keys::clone(&named))),
        (with_status(2, "False"), CHANGED),
        (with_status(1, "True"), CHANGED),
    ] {
        let look = look(&sealed, Some(&seen), None, &ring);
        assert_eq!(triage(Look { receipt: Some(&named), ..look }), expected);
    }
}

#[test]
fn an_object_on_its_way_out_is_left_alone() {
    let going = Sealed { deleting: true, ..sealed() };
    assert_eq!(judge(&going, None, None), Triage::Skip);
}

#[test]
fn the_name_of_a_vanished_foreign_secret_rests_for_a_second_and_an_owned_one_comes_back_at_once() {
    let foreign = Observed { owned: false, ..secret("7") };
    let with = |last: &Observed, age: u64, observed: Option<&Observed>| {
        let vanished = Vanished { last: last.clone(), age: Duration::from_millis(age) };
        let (sealed, ring) = (sealed(), keys(&["k1"]));
        triage(Look { vanished: Some(&vanished), ..look(&sealed, observed, None, &ring) })
    };
    assert_eq!(with(&foreign, 300, None), Triage::Wait(Wait::Settling { rest: Duration::from_millis(700) }));
    assert_eq!(with(&foreign, 1000, None), CHANGED);
    assert_eq!(with(&foreign, 5000, None), CHANGED);
    assert_eq!(with(&foreign, 300, Some(&foreign)), CHANGED, "somebody has made it again");
    assert_eq!(with(&secret("7"), 0, None), CHANGED);
    assert_eq!(with(&Observed { managed: true, ..foreign.clone() }, 0, None), CHANGED);
}
