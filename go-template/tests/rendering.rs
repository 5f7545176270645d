//! What rendering costs at most, and what its errors say. That the output is Go's is held by `vectors/templates`.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::collections::BTreeMap;
use std::thread;

use go_template::{
    Arguments as _, Call, Error, Fault, Function, Functions, Host, Limit, Limits, Map, Str, Template, Type,
    Value,
};

const LIMITS: Limits = Limits { fuel: 50_000_000, memory: 8 << 20, depth: 150 };
const OUTPUT: usize = 1 << 20;
/// In every value, and never in an error.
const CANARY: &str = "hunter2canary";

struct NoHost;

impl Host for NoHost {
    fn now(&mut self) -> (i64, u32) {
        (0, 0)
    }
    fn random(&mut self, _: &mut [u8]) {}
}

/// Functions with which templates can nest values in each other, beside Go's own.
const NESTING: [Function; 4] = [
    Function {
        name: "list",
        params: &[],
        rest: Some(Type::Any),
        body: |call, args| call.list(args.to_vec()),
    },
    Function { name: "dict", params: &[], rest: None, body: |call, _| call.dict(BTreeMap::new()) },
    Function {
        name: "set",
        params: &[Type::DICT, Type::Str, Type::Any],
        rest: None,
        body: |_, args| {
            args.map(0).insert(args.str(1).clone(), args[2].clone())?;
            Ok(args[0].clone())
        },
    },
    Function {
        name: "fail",
        params: &[Type::Str],
        rest: None,
        body: |_, _| Err(Fault::new("the template gives up")),
    },
];

fn render(text: &str) -> Result<String, Error> {
    let functions = Functions::new(NESTING);
    let entries = [("password", CANARY), ("empty", "")];
    let entries = entries.map(|(key, value)| (Str::from(key), Value::text(value)));
    let data = Value::Map(Map::new(&Type::Str, entries.into()));
    let mut host = NoHost;
    let mut call = Call::new(&mut host, LIMITS);
    let output = Template::parse("config", text, &functions)?.render(&data, OUTPUT, &mut call)?;
    Ok(String::from_utf8(output.to_vec()).unwrap())
}

fn limit(text: &str) -> Limit {
    match render(text).map(|output| output.len()) {
        Err(Error { fault: Fault::Limit(limit), .. }) => limit,
        other => panic!("{other:?}: {text}"),
    }
}

/// On a stack of the size that the threads of a runtime have.
fn on_a_small_stack(test: fn()) {
    thread::Builder::new().stack_size(2 << 20).spawn(test).unwrap().join().unwrap();
}

#[test]
fn what_would_never_end_ends() {
    let ten = r#"{{range 1000000}}{{range 1000000}}{{end}}{{end}}"#;
    assert_eq!(limit(ten), Limit::Fuel);
    assert_eq!(limit("{{range 9223372036854775807}}{{end}}"), Limit::Fuel);
    assert_eq!(limit(r#"{{define "a"}}{{template "a"}}{{end}}{{template "a"}}"#), Limit::Depth);
    // The time doubles with each template, the depth does not.
    let mut doubling = String::from(r#"{{define "0"}}{{end}}"#);
    for level in 1..60 {
        let below = level - 1;
        doubling += &format!(
            r#"{{{{define "{level}"}}}}{{{{template "{below}"}}}}{{{{template "{below}"}}}}{{{{end}}}}"#
        );
    }
    assert_eq!(limit(&(doubling + r#"{{template "59"}}"#)), Limit::Fuel);
}

#[test]
fn output_and_memory_are_bounded() {
    assert_eq!(limit(&format!("{{{{range 20000}}}}{}{{{{end}}}}", "x".repeat(64))), Limit::Output);
    assert_eq!(limit(r#"{{$x := "x"}}{{range 64}}{{$x = print $x $x}}{{end}}"#), Limit::Memory);
    assert_eq!(limit(r#"{{printf "%9999999d" 1}}"#), Limit::Memory);
    assert_eq!(limit(r#"{{printf "%.9999999f" 1.5}}"#), Limit::Memory);
    assert_eq!(limit(r#"{{$x := list 1}}{{range 64}}{{$x = list $x $x}}{{end}}{{$x}}"#), Limit::Memory);
}

#[test]
fn values_may_be_nested_as_deep_as_a_template_likes_without_a_crash() {
    on_a_small_stack(|| {
        assert_eq!(limit(r#"{{$x := list}}{{range 100000}}{{$x = list $x}}{{end}}"#), Limit::Depth);
        // Chains of maps are freed one by one, in the middle and at the end.
        let chain = r#"{{$x := dict}}{{range 10000}}{{$x = set (dict) "a" $x}}{{end}}"#;
        assert_eq!(render(&format!("{chain}{{{{$x = dict}}}}done")).unwrap(), "done");
        assert_eq!(limit(&format!("{chain}{{{{$x}}}}")), Limit::Depth);
        assert_eq!(limit(r#"{{$x := dict}}{{$y := set $x "self" $x}}{{$x}}"#), Limit::Depth);
        let mixed = r#"{{$x := dict}}{{range 10000}}{{$x = set (dict) "a" (list $x)}}{{end}}done"#;
        assert_eq!(render(mixed).unwrap(), "done");
    });
}

#[test]
fn actions_may_be_nested_as_deep_as_a_template_likes_without_a_crash() {
    on_a_small_stack(|| {
        let depth = 100_000;
        let parentheses = format!("{{{{{}1{}}}}}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(limit(&parentheses), Limit::Depth);
        let ifs = format!("{}{}", "{{if 1}}".repeat(depth), "{{end}}".repeat(depth));
        assert_eq!(limit(&ifs), Limit::Depth);
        assert_eq!(limit(&format!("{{{{if 0}}}}{}{{{{end}}}}", "{{else if 0}}".repeat(depth))), Limit::Depth);
        let deep = format!("{}x{}", "{{if 1}}{{with 1}}".repeat(30), "{{end}}{{end}}".repeat(30));
        assert_eq!(render(&deep).unwrap(), "x");
        // As deep as the budget lets it go, on the way to its end.
        let each = r#"{{define "a"}}{{range 1}}{{if 1}}{{with (list (list 1))}}{{template "a"}}{{end}}{{end}}{{end}}{{end}}"#;
        assert_eq!(limit(&format!(r#"{each}{{{{template "a"}}}}"#)), Limit::Depth);
    });
}

#[test]
fn errors_name_the_place_and_the_function_and_no_value() {
    let cases = [
        ("a\nb {{fail .password}}", "config:2:5: function fail: the template gives up"),
        ("{{.password | fail}}", "config:1:15: function fail: the template gives up"),
        ("{{nosuch .password}}", "config:1:3: function nosuch: is not defined"),
        ("{{index .password 99}}", "config:1:3: function index: the index is out of range"),
        ("{{len 3}}", "config:1:3: function len: only strings, lists and maps have a length"),
        (
            "{{set .password \"a\" 1}}",
            "config:1:7: function set: wrong type for argument; \
            expected map[string]interface {}, got string",
        ),
        ("{{printf 1}}", "config:1:10: function printf: wrong type for argument; expected string, got int"),
        ("{{len}}", "config:1:3: function len: wrong number of arguments: wants 1, got 0"),
        ("{{printf}}", "config:1:3: function printf: wrong number of arguments: wants at least 1, got 0"),
        ("{{.password.field}}", "config:1:3: only maps have fields"),
        ("{{lt .password 1}}", "config:1:3: function lt: values of these types can't be compared"),
        ("{{range .password}}{{end}}", "config:1:9: range needs a list, a map or a whole number"),
        ("{{template \"gone\"}}", "config:1:3: there is no template of this name"),
        ("{{if 1}}", "config:1:9: an end is missing"),
        ("x {{\"unclosed}}", "config:1:5: the string is not closed"),
        ("{{$x}}", "config:1:3: the variable is not defined"),
    ];
    for (text, expected) in cases {
        let error = render(text).unwrap_err();
        assert_eq!(error.to_string(), expected, "{text}");
        assert!(!format!("{error:?}").contains(CANARY), "{text}");
    }
}

#[test]
fn no_value_is_in_what_debug_prints() {
    let value = Value::list(vec![Value::text(CANARY), Value::strings([CANARY])]);
    let shown = format!("{value:?} {:?}", Str::from(CANARY));
    assert_eq!(shown, "<[]interface {}> <string>");
}
