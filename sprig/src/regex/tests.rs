use go_template::{Fault, Limit, Value};

use super::ALL;
use crate::json::testing::Arg::{I, S};
use crate::json::testing::{Case, check, run, with_call};

const ACCEPTED: &[Case] = &[
    ("mustRegexMatch", &[S(b"\\p{greek}"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"\\p{Letter}"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"\\pL"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"\\p{Cs}"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"\\p{lc}"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"\\p{Assigned}"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"(?P<n>a)(?P<n>b)"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"(?)a"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"a(?i)*"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"a{,2}"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"\\01"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"\\_"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"\\Qa*\\E+"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"[]a]"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"[[:^alpha:]]"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"(a{100}){10}"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"^*"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"(|a)*"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"\\x{D800}"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"[a&&b]"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"(?<n>a)"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"[--a]"), S(b"a")], Some("true")),
    ("mustRegexMatch", &[S(b"x{01}"), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"x{"), S(b"a")], Some("false")),
];

const REFUSED: &[Case] = &[
    ("mustRegexMatch", &[S(b"\\p{Old_Italic}"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"\\p{Grek}"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"\\p{Unknown}"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"(?i-)a"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"(?x)a"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"(?u)a"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"(?R)a"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"\\8"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"\\18"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"\\\xc3\xa9"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"[a-\\d]"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"[\\b]"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"[a"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"[[:foo:]]"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"\\Z"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"\\C"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"a{1001}"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"(a{100}){11}"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"a{2}{2}"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"a**"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"*"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"a|*"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"a{2,1}"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"\\x{110000}"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"\\x{}"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"(?<n-x>a)"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"(?=a)"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"(?P=n)"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"a\xff"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"(a"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"a)"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"[z-a]"), S(b"a")], None),
    ("mustRegexMatch", &[S(b"\\"), S(b"a")], None),
];

const FOUND: &[Case] = &[
    ("regexFindAll", &[S(b"a*"), S(b"baac"), I(-1)], Some(r#"["","aa",""]"#)),
    ("regexFindAll", &[S(b"a*"), S(b"baac"), I(0)], Some("null")),
    ("regexFindAll", &[S(b"a*"), S(b"baac"), I(2)], Some(r#"["","aa"]"#)),
    ("regexFindAll", &[S(b""), S(b"\xc3\xa9\xe4\xb8\x96"), I(-1)], Some(r#"["","",""]"#)),
    ("regexFindAll", &[S(b"x"), S(b"baac"), I(-1)], Some("null")),
    ("regexFindAll", &[S(b"."), S(b"a\xffb"), I(-1)], Some(r#"["a","\ufffd","b"]"#)),
    ("regexFindAll", &[S(b"[^a]+"), S(b"a\xff\xe2\x82b"), I(-1)], Some(r#"["\ufffd\ufffd\ufffdb"]"#)),
    ("regexFindAll", &[S(b"\\x{fffd}"), S(b"\xff"), I(-1)], Some(r#"["\ufffd"]"#)),
    ("regexFindAll", &[S(b"$"), S(b"a\nb\n"), I(-1)], Some(r#"[""]"#)),
    ("regexFindAll", &[S(b"(?m)$"), S(b"a\nb"), I(-1)], Some(r#"["",""]"#)),
    ("regexFindAll", &[S(b"(?m)^."), S(b"a\nb\n"), I(-1)], Some(r#"["a","b"]"#)),
    ("regexFindAll", &[S(b"\\b"), S(b"a\xc3\xa9 b"), I(-1)], Some(r#"["","","",""]"#)),
    ("regexFindAll", &[S(b"\\w+"), S(b"a\xc3\xa9_1 b"), I(-1)], Some(r#"["a","_1","b"]"#)),
    ("regexFindAll", &[S(b"\\d"), S(b"1\xef\xbc\x91"), I(-1)], Some(r#"["1"]"#)),
    ("regexFindAll", &[S(b"\\s"), S(b"\xc2\xa0\x0b\t"), I(-1)], Some(r#"["\t"]"#)),
    ("regexFindAll", &[S(b"(?i)\\w"), S(b"\xc5\xbfK\xe2\x84\xaa"), I(-1)], Some(r#"["ſ","K","K"]"#)),
    ("regexFindAll", &[S(b"(?i)k"), S(b"kK\xe2\x84\xaa"), I(-1)], Some(r#"["k","K","K"]"#)),
    ("regexFindAll", &[S(b"(?i)[[:^lower:]]"), S(b"aB1"), I(-1)], Some(r#"["1"]"#)),
    ("regexFindAll", &[S(b"(?i)[^[:lower:]]"), S(b"aB1"), I(-1)], Some(r#"["1"]"#)),
    ("regexFindAll", &[S(b"(?U)a+"), S(b"aaa"), I(-1)], Some(r#"["a","a","a"]"#)),
    ("regexFindAll", &[S(b"(?U)a+?"), S(b"aaa"), I(-1)], Some(r#"["aaa"]"#)),
    ("regexFindAll", &[S(b"(?i:a)b"), S(b"AbaB"), I(-1)], Some(r#"["Ab"]"#)),
    ("regexFindAll", &[S(b"a|ab"), S(b"ab"), I(-1)], Some(r#"["a"]"#)),
    ("regexFindAll", &[S(b"(?s)."), S(b"a\n"), I(-1)], Some(r#"["a","\n"]"#)),
    ("regexFindAll", &[S(b"\\Qa.b\\E"), S(b"a.baxb"), I(-1)], Some(r#"["a.b"]"#)),
    ("regexFindAll", &[S(b"\\p{Greek}+"), S(b"a\xce\xa9\xce\xb1"), I(-1)], Some(r#"["Ωα"]"#)),
    ("regexFind", &[S(b"b+"), S(b"abbc")], Some(r#""bb""#)),
    ("regexFind", &[S(b"x"), S(b"abbc")], Some(r#""""#)),
    ("regexMatch", &[S(b"("), S(b"a")], Some("false")),
    ("mustRegexMatch", &[S(b"("), S(b"a")], None),
    ("regexMatch", &[S(b"^b"), S(b"ab")], Some("false")),
];

const REPLACED: &[Case] = &[
    ("regexReplaceAll", &[S(b"a(x*)b"), S(b"-ab-axxb-"), S(b"$1W")], Some(r#""---""#)),
    ("regexReplaceAll", &[S(b"a(x*)b"), S(b"-ab-axxb-"), S(b"${1}W")], Some(r#""-W-xxW-""#)),
    ("regexReplaceAll", &[S(b"a(?P<n>x*)b"), S(b"-ab-axxb-"), S(b"[$n]")], Some(r#""-[]-[xx]-""#)),
    ("regexReplaceAll", &[S(b"(?P<n>a)|(?P<n>b)"), S(b"abc"), S(b"<$n>")], Some(r#""<a><b>c""#)),
    ("regexReplaceAll", &[S(b"a*"), S(b"baac"), S(b"x")], Some(r#""xbxcx""#)),
    ("regexReplaceAll", &[S(b"(a)"), S(b"a"), S(b"$$1$")], Some(r#""$1$""#)),
    ("regexReplaceAll", &[S(b"(a)"), S(b"a"), S(b"${1")], Some(r#""${1""#)),
    ("regexReplaceAll", &[S(b"(a)"), S(b"a"), S(b"$\xc3\xa9$01$2$0")], Some(r#""a""#)),
    ("regexReplaceAll", &[S(b"(a)"), S(b"a"), S(b"$1\xc3\xa9")], Some(r#""""#)),
    ("regexReplaceAll", &[S(b"."), S(b"a\xff"), S(b"$0-")], Some(r#""a-\ufffd-""#)),
    ("regexReplaceAll", &[S(b""), S(b"ab"), S(b"-")], Some(r#""-a-b-""#)),
    ("regexReplaceAllLiteral", &[S(b"a"), S(b"ba"), S(b"$0")], Some(r#""b$0""#)),
    ("mustRegexReplaceAll", &[S(b"("), S(b"a"), S(b"b")], None),
];

const PIECES: &[Case] = &[
    ("regexSplit", &[S(b","), S(b"a,b,,c"), I(-1)], Some(r#"["a","b","","c"]"#)),
    ("regexSplit", &[S(b","), S(b"a,b,,c"), I(2)], Some(r#"["a","b,,c"]"#)),
    ("regexSplit", &[S(b","), S(b"a,b,,c"), I(1)], Some(r#"["a,b,,c"]"#)),
    ("regexSplit", &[S(b","), S(b"a,b,,c"), I(0)], Some("null")),
    ("regexSplit", &[S(b""), S(b"abc"), I(-1)], Some(r#"["a","b","c"]"#)),
    ("regexSplit", &[S(b""), S(b""), I(-1)], Some("[]")),
    ("regexSplit", &[S(b"a"), S(b""), I(-1)], Some(r#"[""]"#)),
    ("regexSplit", &[S(b"a*"), S(b"baac"), I(-1)], Some(r#"["b","c"]"#)),
    ("regexSplit", &[S(b"a*"), S(b"aab"), I(-1)], Some(r#"["","b"]"#)),
    ("regexSplit", &[S(b","), S(b"a,"), I(-1)], Some(r#"["a",""]"#)),
    ("regexSplit", &[S(b","), S(b","), I(-1)], Some(r#"["",""]"#)),
    ("regexSplit", &[S(b"z+"), S(b"pizza"), I(-1)], Some(r#"["pi","a"]"#)),
    ("regexSplit", &[S(b"b*"), S(b"ab\xffb"), I(3)], Some(r#"["a","\ufffd",""]"#)),
    ("mustRegexSplit", &[S(b"["), S(b"a"), I(-1)], None),
];

const QUOTED: &[Case] = &[(
    "regexQuoteMeta",
    &[S(b"a.b*[c]^$-\xff{}|\\")],
    Some(r#""a\\.b\\*\\[c\\]\\^\\$-\ufffd\\{\\}\\|\\\\""#),
)];

#[test]
fn what_go_accepts_is_accepted() {
    check(ALL, ACCEPTED);
}

#[test]
fn what_go_refuses_is_refused() {
    check(ALL, REFUSED);
}

#[test]
fn matches_are_those_that_go_finds() {
    check(ALL, FOUND);
}

#[test]
fn templates_are_expanded_as_go_does() {
    check(ALL, REPLACED);
}

#[test]
fn texts_are_split_where_go_splits_them() {
    check(ALL, PIECES);
}

#[test]
fn quoting_is_that_of_go() {
    check(ALL, QUOTED);
}

#[test]
fn every_class_that_go_names_is_known_to_the_engine() {
    for name in super::classes::names() {
        with_call(|call| {
            let args = [Value::text(format!(r"[\p{{{name}}}]\P{{{name}}}")), Value::text("a")];
            assert!(run(call, ALL, "mustRegexMatch", &args).is_ok(), "{name}");
        });
    }
}

#[test]
fn groups_nest_deeply_but_not_without_end() {
    with_call(|call| {
        for (depth, accepted) in [(100, true), (101, false), (100_000, false)] {
            let pattern = format!("{}a{}", "(b|".repeat(depth), ")*".repeat(depth));
            let args = [Value::text(pattern), Value::text("ba")];
            assert_eq!(run(call, ALL, "mustRegexMatch", &args).is_ok(), accepted, "{depth}");
        }
    });
}

#[test]
fn what_takes_too_long_ends_with_the_budget() {
    let many = "A".repeat(20_000);
    let cases = [
        ("regexFindAll", r"\pL{1000}", "a".to_owned(), Value::Int(-1)),
        ("regexFindAll", ".*[^A-Z]|[A-Z]", many.clone(), Value::Int(-1)),
        ("regexReplaceAll", "A", many, Value::text("x".repeat(1_000))),
    ];
    for (name, pattern, haystack, last) in cases {
        let args = [Value::text(pattern), Value::text(haystack), last];
        let fault = with_call(|call| run(call, ALL, name, &args)).unwrap_err();
        assert!(matches!(fault, Fault::Limit(Limit::Fuel | Limit::Memory)), "{pattern}: {fault}");
    }
}
