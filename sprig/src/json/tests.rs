use std::collections::BTreeMap;

use go_template::{Call, Fault, Limit, List, Map, Type, Value};

use super::ALL;
use crate::json::testing::{run, text, with_call};

fn dict(call: &mut Call<'_>, entries: &[(&[u8], Value)]) -> Value {
    let entries: BTreeMap<_, _> = entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
    call.dict(entries).unwrap()
}

/// The text, what `fromJson` makes of it as JSON, and whether `mustFromJson` takes it.
const READ: &[(&[u8], &str, bool)] = &[
    (br#"{"a":1e1000,"b":[1,-0,1.5e3]}"#, r#"{"a":null,"b":[1,-0,1500]}"#, false),
    (br#""\ud83d\ude00\ud83dx\ude00\u0041""#, "\"😀\u{fffd}x\u{fffd}A\"", true),
    (b"\"a\xffb\"", "\"a\u{fffd}b\"", true),
    (b"\"\xe2\x82\"", "\"\u{fffd}\u{fffd}\"", true),
    (br#""\ud800\ud83d\ude00""#, "\"\u{fffd}😀\"", true),
    (b"1e+5", "100000", true),
    (b"1e-400", "0", true),
    (b"[1e400,2]", "[null,2]", false),
    (b" [1 , 2 ] ", "[1,2]", true),
    (br#"{"a":1,"a":2}"#, r#"{"a":2}"#, true),
    (br#"{"\u0000":"\/"}"#, r#"{"\u0000":"/"}"#, true),
    (b"{}", "{}", true),
    (b"[]", "[]", true),
    (b"null", "null", true),
    (b"01", "null", false),
    (b"-", "null", false),
    (b"1.", "null", false),
    (b".5", "null", false),
    (b"1e", "null", false),
    (b"+1", "null", false),
    (b"[1,]", "null", false),
    (b"[", "null", false),
    (br#"{"a":1,}"#, "null", false),
    (br#"{"a""#, "null", false),
    (b"{a:1}", "null", false),
    (b"\"a\nb\"", "null", false),
    (br#""\x""#, "null", false),
    (br#""\u12""#, "null", false),
    (b"\"a", "null", false),
    (b"nul", "null", false),
    (b"", "null", false),
    (b"1 2", "null", false),
    (b"\xef\xbb\xbf1", "null", false),
];

#[test]
fn reads_what_go_reads_and_refuses_what_go_refuses() {
    with_call(|call| {
        for (input, expected, accepted) in READ {
            let argument = [Value::text(*input)];
            let value = run(call, ALL, "fromJson", &argument).unwrap();
            let json = run(call, ALL, "toJson", &[value]).unwrap();
            assert_eq!(String::from_utf8(text(&json)).unwrap(), *expected, "{input:?}");
            assert_eq!(run(call, ALL, "mustFromJson", &argument).is_ok(), *accepted, "{input:?}");
        }
    });
}

#[test]
fn writes_what_go_writes() {
    with_call(|call| {
        let map = dict(
            call,
            &[
                (b"e", Value::Map(Map::nil(&Type::Any))),
                (b"a\xff", Value::Int(1)),
                (b"b", Value::list(vec![])),
                (b"d", Value::List(List::nil(&Type::Str))),
            ],
        );
        let odd: &[u8] = b"a<>&\xe2\x80\xa8\xe2\x80\xa9\0\x1f\x7f\x08\x0c\n\r\t\"\\/\xff\xc3\xa9";
        let cases = [
            (Value::Nil, "null"),
            (Value::Float(-0.0), "-0"),
            (Value::Float(1e21), "1e+21"),
            (Value::Float(1e20), "100000000000000000000"),
            (Value::Float(1e-6), "0.000001"),
            (Value::Float(1e-7), "1e-7"),
            (Value::Float(123456789012345678.0), "123456789012345680"),
            (Value::Float(f64::MAX), "1.7976931348623157e+308"),
            (Value::Float(5e-324), "5e-324"),
            (Value::Uint64(u64::MAX), "18446744073709551615"),
            (map, r#"{"a\ufffd":1,"b":[],"d":null,"e":null}"#),
            (
                Value::text(odd),
                concat!(
                    r#""a\u003c\u003e\u0026\u2028\u2029\u0000\u001f"#,
                    "\u{7f}",
                    r#"\b\f\n\r\t\"\\/\ufffdé""#
                ),
            ),
        ];
        for (value, expected) in cases {
            let json = run(call, ALL, "mustToJson", &[value]).unwrap();
            assert_eq!(String::from_utf8(text(&json)).unwrap(), expected);
        }
    });
}

#[test]
fn pretty_text_has_a_line_for_each_element() {
    with_call(|call| {
        let inner = dict(call, &[(b"<", Value::list(vec![Value::Int(1), Value::list(vec![])]))]);
        let json = run(call, ALL, "toPrettyJson", &[Value::list(vec![inner, Value::Nil])]).unwrap();
        let expected = "[\n  {\n    \"\\u003c\": [\n      1,\n      []\n    ]\n  },\n  null\n]";
        assert_eq!(String::from_utf8(text(&json)).unwrap(), expected);
    });
}

#[test]
fn raw_text_keeps_what_html_escapes() {
    with_call(|call| {
        let json = run(call, ALL, "toRawJson", &[Value::text("<&>\u{2028}")]).unwrap();
        assert_eq!(text(&json), b"\"<&>\\u2028\"");
    });
}

#[test]
fn what_has_no_json_is_empty_or_refused() {
    with_call(|call| {
        for value in [Value::Float(f64::NAN), Value::Complex(1.0, 2.0)] {
            let args = [Value::list(vec![value])];
            assert_eq!(text(&run(call, ALL, "toJson", &args).unwrap()), b"");
            assert_eq!(text(&run(call, ALL, "toPrettyJson", &args).unwrap()), b"");
            for must in ["mustToJson", "mustToPrettyJson", "toRawJson", "mustToRawJson"] {
                assert!(run(call, ALL, must, &args).is_err(), "{must}");
            }
        }
    });
}

#[test]
fn a_map_within_itself_has_no_json() {
    with_call(|call| {
        let map = dict(call, &[]);
        let Value::Map(inner) = &map else { panic!("a map") };
        inner.insert("self".into(), Value::list(vec![map.clone()])).unwrap();
        let args = [map];
        assert_eq!(text(&run(call, ALL, "toJson", &args).unwrap()), b"");
        assert_eq!(text(&run(call, ALL, "toPrettyJson", &args).unwrap()), b"");
        assert!(matches!(run(call, ALL, "toRawJson", &args), Err(Fault::Refused(_))));
    });
}

#[test]
fn one_map_in_two_places_has_json() {
    with_call(|call| {
        let map = dict(call, &[]);
        let json = run(call, ALL, "toJson", &[Value::list(vec![map.clone(), map])]).unwrap();
        assert_eq!(text(&json), b"[{},{}]");
    });
}

#[test]
fn deep_text_ends_in_a_fault() {
    with_call(|call| {
        let fault = run(call, ALL, "fromJson", &[Value::text("[".repeat(100_000))]).unwrap_err();
        assert_eq!(fault, Fault::Limit(Limit::Depth));
    });
}
