use go_template::Value;

use super::ALL;
use crate::json::testing::Arg::S;
use crate::json::testing::{Case, check, run, text, with_call};

const VERSIONS: &[Case] = &[
    ("semver", &[S(b"1.2.3")], Some(r#""1.2.3""#)),
    ("semver", &[S(b"v1.2.3-rc.1+b.2")], Some(r#""1.2.3-rc.1+b.2""#)),
    ("semver", &[S(b"1")], Some(r#""1.0.0""#)),
    ("semver", &[S(b"1.2")], Some(r#""1.2.0""#)),
    ("semver", &[S(b"01.002.3")], Some(r#""1.2.3""#)),
    ("semver", &[S(b"1.2.3-01")], None),
    ("semver", &[S(b"1.2.3-a..b")], None),
    ("semver", &[S(b"1.2.3+")], None),
    ("semver", &[S(b"1.2.3.4")], None),
    ("semver", &[S(b"")], None),
    ("semver", &[S(b" 1")], None),
    ("semver", &[S(b"99999999999999999999")], None),
    ("semver", &[S(b"1.2.3-99999999999999999999")], Some(r#""1.2.3-99999999999999999999""#)),
    ("semver", &[S(b"\xff")], None),
];

const COMPARED: &[Case] = &[
    ("semverCompare", &[S(b"1.2.3"), S(b"1.2.3")], Some("true")),
    ("semverCompare", &[S(b"1.2.x"), S(b"1.2.9")], Some("true")),
    ("semverCompare", &[S(b"1.2"), S(b"1.2.9")], Some("true")),
    ("semverCompare", &[S(b"1"), S(b"2.0.0")], Some("false")),
    ("semverCompare", &[S(b"*"), S(b"1.2.3")], Some("true")),
    ("semverCompare", &[S(b"*"), S(b"1.2.3-a")], Some("false")),
    ("semverCompare", &[S(b"*-0"), S(b"1.2.3-a")], Some("true")),
    ("semverCompare", &[S(b"^1.2.3"), S(b"1.9.0")], Some("true")),
    ("semverCompare", &[S(b"^1.2.3"), S(b"2.0.0")], Some("false")),
    ("semverCompare", &[S(b"^0.2.3"), S(b"0.2.9")], Some("true")),
    ("semverCompare", &[S(b"^0.2.3"), S(b"0.3.0")], Some("false")),
    ("semverCompare", &[S(b"^0.0.3"), S(b"0.0.4")], Some("false")),
    ("semverCompare", &[S(b"^0.0"), S(b"0.0.4")], Some("true")),
    ("semverCompare", &[S(b"^0"), S(b"0.9.0")], Some("true")),
    ("semverCompare", &[S(b"~1.2.3"), S(b"1.2.9")], Some("true")),
    ("semverCompare", &[S(b"~1.2.3"), S(b"1.3.0")], Some("false")),
    ("semverCompare", &[S(b"~1"), S(b"1.9.0")], Some("true")),
    ("semverCompare", &[S(b"~>1.2"), S(b"1.2.9")], Some("true")),
    ("semverCompare", &[S(b">1.2"), S(b"1.2.9")], Some("false")),
    ("semverCompare", &[S(b">1.2"), S(b"1.3.0")], Some("true")),
    ("semverCompare", &[S(b">1"), S(b"1.9.9")], Some("false")),
    ("semverCompare", &[S(b"<=1.2"), S(b"1.2.9")], Some("true")),
    ("semverCompare", &[S(b"<=1"), S(b"1.9.9")], Some("true")),
    ("semverCompare", &[S(b"<1.2"), S(b"1.1.9")], Some("true")),
    ("semverCompare", &[S(b"!=1.2"), S(b"1.2.9")], Some("false")),
    ("semverCompare", &[S(b"!=1.2"), S(b"1.3.0")], Some("true")),
    ("semverCompare", &[S(b"!=1"), S(b"1.3.0")], Some("false")),
    ("semverCompare", &[S(b">=1.0, <2"), S(b"1.5.0")], Some("true")),
    ("semverCompare", &[S(b">=1.0 <2"), S(b"2.0.0")], Some("false")),
    ("semverCompare", &[S(b">=1.0,<2 || >=3"), S(b"3.1.0")], Some("true")),
    ("semverCompare", &[S(b"1.2 - 1.4.5"), S(b"1.4.5")], Some("true")),
    ("semverCompare", &[S(b"1.2 - 1.4.5"), S(b"1.4.6")], Some("false")),
    ("semverCompare", &[S(b"1.2 - 1.4 || 3.x"), S(b"3.9.9")], Some("true")),
    ("semverCompare", &[S(b">=1.0.0-a"), S(b"1.1.0-b")], Some("true")),
    ("semverCompare", &[S(b">=1.0.0"), S(b"1.1.0-b")], Some("false")),
    ("semverCompare", &[S(b">1.0.0-a.2"), S(b"1.0.0-a.10")], Some("true")),
    ("semverCompare", &[S(b">1.0.0-a.b"), S(b"1.0.0-a.1")], Some("false")),
    ("semverCompare", &[S(b"=1.2.3+b"), S(b"1.2.3+c")], Some("true")),
    ("semverCompare", &[S(b"=> 1.2"), S(b"1.2.0")], Some("true")),
    ("semverCompare", &[S(b"=< v1.2"), S(b"v1.2.0")], Some("true")),
    ("semverCompare", &[S(b""), S(b"1.2.3")], None),
    ("semverCompare", &[S(b">>1"), S(b"1.2.3")], None),
    ("semverCompare", &[S(b"1,"), S(b"1.2.3")], None),
    ("semverCompare", &[S(b">1<2"), S(b"1.2.3")], None),
    ("semverCompare", &[S(b"1 -2"), S(b"1.2.3")], None),
    ("semverCompare", &[S(b"1x"), S(b"1.2.3")], None),
    ("semverCompare", &[S(b">= 1"), S(b"x")], None),
    ("semverCompare", &[S(b"> = 1"), S(b"1")], None),
];

#[test]
fn versions_are_read_as_leniently_as_upstream_does() {
    check(ALL, VERSIONS);
}

#[test]
fn constraints_hold_where_upstream_says_so() {
    check(ALL, COMPARED);
}

fn member(version: &str, name: &str, args: &[Value]) -> Option<Value> {
    with_call(|call| {
        let version = run(call, ALL, "semver", &[Value::text(version)]).unwrap();
        let Value::Object(object) = version else { panic!("a version") };
        object.member(name, args, call).map(Result::unwrap)
    })
}

#[test]
fn versions_show_their_parts() {
    let version = "v1.2-rc.1+b";
    for (name, expected) in
        [("Prerelease", "rc.1"), ("Metadata", "b"), ("Original", version), ("String", "1.2.0-rc.1+b")]
    {
        assert_eq!(text(&member(version, name, &[]).unwrap()), expected.as_bytes(), "{name}");
    }
    for (name, expected) in [("Major", 1), ("Minor", 2), ("Patch", 0)] {
        assert!(
            matches!(member(version, name, &[]), Some(Value::Uint64(number)) if number == expected),
            "{name}"
        );
    }
    assert!(member(version, "Nothing", &[]).is_none());
}

#[test]
fn versions_are_compared_with_versions_alone() {
    with_call(|call| {
        let mut version = |text: &str| match run(call, ALL, "semver", &[Value::text(text)]).unwrap() {
            Value::Object(object) => object,
            _ => panic!("a version"),
        };
        let (old, new) = (version("1.2.3-a.2"), version("1.2.3-a.10"));
        let new = [Value::Object(new)];
        assert!(matches!(old.member("Compare", &new, call), Some(Ok(Value::Int(-1)))));
        assert!(matches!(old.member("LessThan", &new, call), Some(Ok(Value::Bool(true)))));
        assert!(matches!(old.member("GreaterThan", &new, call), Some(Ok(Value::Bool(false)))));
        assert!(matches!(old.member("Equal", &new, call), Some(Ok(Value::Bool(false)))));
        assert!(matches!(old.member("Compare", &[Value::text("1.2.3")], call), Some(Err(_))));
        assert!(matches!(old.member("Compare", &[], call), Some(Err(_))));
    });
}

#[test]
fn the_next_versions_are_no_pointers() {
    for (version, name, expected) in [
        ("v1.2.3-rc+b", "IncPatch", "1.2.3"),
        ("1.2.3", "IncPatch", "1.2.4"),
        ("1.2.3", "IncMinor", "1.3.0"),
        ("1.2.3", "IncMajor", "2.0.0"),
    ] {
        let Some(Value::Object(next)) = member(version, name, &[]) else { panic!("a version") };
        assert_eq!(&*next.display(), expected.as_bytes());
        assert_eq!(next.type_name(), "semver.Version");
        assert!(with_call(|call| next.member("Original", &[], call)).is_none());
    }
}

#[test]
fn parts_can_be_set_to_what_a_version_may_have() {
    let set = |name, part: &str| {
        with_call(|call| {
            let Ok(Value::Object(version)) = run(call, ALL, "semver", &[Value::text("v1.2.3-a+b")]) else {
                panic!("a version")
            };
            match version.member(name, &[Value::text(part)], call) {
                Some(Ok(Value::Object(set))) => Some(String::from_utf8(set.display().to_vec()).unwrap()),
                _ => None,
            }
        })
    };
    assert_eq!(set("SetPrerelease", "x.1").as_deref(), Some("1.2.3-x.1+b"));
    assert_eq!(set("SetPrerelease", "").as_deref(), Some("1.2.3+b"));
    assert_eq!(set("SetPrerelease", "01"), None);
    assert_eq!(set("SetMetadata", "01").as_deref(), Some("1.2.3-a+01"));
    assert_eq!(set("SetMetadata", "a_b"), None);
}
