use std::collections::BTreeMap;

use go_template::Value;

use super::ALL;
use crate::json::testing::{run, text, with_call};

const PARTS: [&str; 8] = ["scheme", "opaque", "userinfo", "host", "hostname", "path", "query", "fragment"];

/// The URL, and its parts; nothing where Go panics.
const PARSED: &[(&[u8], Option<&[&str; 8]>)] = &[
    (
        b"http://u:p%40@host:80/a%20b/%41?q=a b#f%20g",
        Some(&["http", "", "u:p%40", "host:80", "host", "/a b/A", "q=a b", "f g"]),
    ),
    (b"//host/p", Some(&["", "", "", "host", "host", "/p", "", ""])),
    (b"/a/b?", Some(&["", "", "", "", "", "/a/b", "", ""])),
    (b"mailto:a@b?x#y", Some(&["mailto", "a@b", "", "", "", "", "x", "y"])),
    (b"HTTP://H", Some(&["http", "", "", "H", "H", "", "", ""])),
    (b"http:/p", Some(&["http", "", "", "", "", "/p", "", ""])),
    (b"*", Some(&["", "", "", "", "", "*", "", ""])),
    (b"", Some(&["", "", "", "", "", "", "", ""])),
    (b"a:b", Some(&["a", "b", "", "", "", "", "", ""])),
    (b"1a:b", None),
    (b":b", None),
    (b"a/b:c", Some(&["", "", "", "", "", "a/b:c", "", ""])),
    (b"./a:b", Some(&["", "", "", "", "", "./a:b", "", ""])),
    (b"http://[::1]:80/", Some(&["http", "", "", "[::1]:80", "::1", "/", "", ""])),
    (b"http://[fe80::1%25en0]/", Some(&["http", "", "", "[fe80::1%en0]", "fe80::1%en0", "/", "", ""])),
    (b"http://[fe80::1%en0]/", None),
    (b"http://[1.2.3.4]/", None),
    (b"http://[::1", None),
    (b"http://a[b", None),
    (b"http://h:8x", None),
    (b"http://h:", Some(&["http", "", "", "h:", "h", "", "", ""])),
    (b"http://a:1:2", None),
    (b"x://a:1:2", Some(&["x", "", "", "a:1:2", "a:1", "", "", ""])),
    (b"http://\xc3\xbc@h", None),
    (b"http://u p@h", None),
    (b"http://a@b@c", Some(&["http", "", "a%40b", "c", "c", "", "", ""])),
    (b"http://h%c3%a4", Some(&["http", "", "", "hä", "hä", "", "", ""])),
    (b"http://h%41", None),
    (b"http://h|x", None),
    (b"http://h x", None),
    (b"http://h/%zz", None),
    (b"/%", None),
    (b"http://h/\x01", None),
    (b"http://h/#\x01", Some(&["http", "", "", "h", "h", "/", "", "\u{1}"])),
    (b"http://h#%zz", None),
    (b"http:///p", Some(&["http", "", "", "", "", "/p", "", ""])),
    (b"///p", Some(&["", "", "", "", "", "///p", "", ""])),
    (b"http://u@/", Some(&["http", "", "u", "", "", "/", "", ""])),
    (b"http://:p@h", Some(&["http", "", ":p", "h", "h", "", "", ""])),
    (b"x:?q", Some(&["x", "", "", "", "", "", "q", ""])),
    (b"http://h?a?b", Some(&["http", "", "", "h", "h", "", "a?b", ""])),
];

#[test]
fn urls_are_taken_apart_as_go_does() {
    for (url, expected) in PARSED {
        let parsed = with_call(|call| {
            let Value::Map(parts) = run(call, ALL, "urlParse", &[Value::text(*url)]).ok()? else {
                panic!("a map")
            };
            assert_eq!(parts.len(), PARTS.len());
            Some(PARTS.map(|part| String::from_utf8(text(&parts.get(part.as_bytes()).unwrap())).unwrap()))
        });
        assert_eq!(parsed, expected.map(|parts| parts.map(str::to_owned)), "{url:?}");
    }
}

type Parts = &'static [(&'static str, &'static str)];

/// The parts, and the URL; nothing where Go panics.
const JOINED: &[(Parts, Option<&str>)] = &[
    (&[], Some("")),
    (
        &[
            ("scheme", "http"),
            ("host", "h:80"),
            ("path", "/a b"),
            ("query", "x=y z"),
            ("fragment", "f g"),
            ("userinfo", "u:p@w"),
        ],
        Some("http://u:p%40w@h:80/a%20b?x=y z#f%20g"),
    ),
    (&[("scheme", "http")], Some("http:")),
    (&[("scheme", "http"), ("path", "p")], Some("http://p")),
    (&[("host", "h"), ("path", "p")], Some("//h/p")),
    (&[("path", "a:b")], Some("./a:b")),
    (&[("path", "a/b:c")], Some("a/b:c")),
    (&[("scheme", "mailto"), ("opaque", "a b"), ("host", "h"), ("query", "q")], Some("mailto:a b?q")),
    (&[("path", "*")], Some("*")),
    (&[("userinfo", "u")], Some("//u@")),
    (&[("userinfo", "u:")], Some("//u:@")),
    (&[("userinfo", "u v")], None),
    (&[("userinfo", "x/y")], Some("")),
    (&[("userinfo", "%41%2f")], Some("//A%2F@")),
    (&[("userinfo", "a#b")], Some("")),
    (&[("host", r#""<>|"#), ("path", "é?#[]")], Some(r#"//"<>%7C/%C3%A9%3F%23%5B%5D"#)),
    (&[("query", "q"), ("fragment", "a!'()*")], Some("?q#a!%27()*")),
    (&[("userinfo", "%zz")], None),
];

#[test]
fn urls_are_put_together_as_go_does() {
    for (parts, expected) in JOINED {
        let joined = with_call(|call| {
            let parts: BTreeMap<_, _> =
                parts.iter().map(|(key, value)| ((*key).into(), Value::text(*value))).collect();
            let parts = call.dict(parts).unwrap();
            run(call, ALL, "urlJoin", &[parts])
        });
        let joined = joined.ok().map(|url| String::from_utf8(text(&url)).unwrap());
        assert_eq!(joined.as_deref(), *expected, "{parts:?}");
    }
}

#[test]
fn parts_of_a_url_have_to_be_strings() {
    for part in [Value::Int(80), Value::Nil] {
        let joined = with_call(|call| {
            let parts = call.dict(BTreeMap::from([("host".into(), part)])).unwrap();
            run(call, ALL, "urlJoin", &[parts])
        });
        assert!(joined.is_err());
    }
}
