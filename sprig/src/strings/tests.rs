use std::collections::BTreeMap;

use go_template::{Call, Error, Fault, Functions, Host, Limit, Limits, Str, Template, Type, Value};

struct Unused;

impl Host for Unused {
    fn now(&mut self) -> (i64, u32) {
        unreachable!("no string depends on the time")
    }
    fn random(&mut self, _: &mut [u8]) {
        unreachable!("no string depends on chance")
    }
}

fn render(template: &str) -> Result<String, Error> {
    let mixed = [Value::Nil, Value::text("b"), Value::Int(1), Value::Float(1.5), Value::Bool(true)];
    let mixed = Value::list(mixed.into_iter().chain([Value::text("a")]).collect());
    let limits = Limits { fuel: 100_000, memory: 100_000, depth: 100 };
    let mut host = Unused;
    let mut call = Call::new(&mut host, limits);
    let data = call.dict(BTreeMap::from([(Str::from("mixed"), mixed)])).unwrap();
    let functions = Functions::new(super::ALL.iter().chain(crate::encoding::ALL).copied());
    let output = Template::parse("t", template, &functions)?.render(&data, 100_000, &mut call)?;
    Ok(String::from_utf8(output.to_vec()).unwrap())
}

/// Templates and what Go makes of them.
const RENDERED: &[(&str, &str)] = &[
    (r#"{{hello}}"#, "Hello!"),
    (r#"{{abbrev 5 "hello world"}} {{abbrev 3 "hello"}} {{abbrev 5 "hello"}}"#, "he... hello hello"),
    (r#"{{abbrevboth 5 10 "1234 5678 9123"}} {{abbrevboth 1 6 "hello world"}}"#, "...5678... hello world"),
    (r#"{{abbrevboth -1 5 "hello world"}}"#, "he..."),
    (r#"{{abbrevboth 9 9 "0123456789abcdef"}}"#, "...9ab..."),
    (
        r#"{{trunc 5 "hello world"}} {{trunc -5 "hello world"}} {{trunc 50 "x"}} {{trunc -50 "x"}}"#,
        "hello world x x",
    ),
    (r#"{{substr 0 5 "hello world"}} {{substr -1 3 "hello"}} {{substr 2 -1 "hello"}}"#, "hello hel llo"),
    (r#"{{substr 2 99 "hello"}}"#, "llo"),
    (r#"[{{trim "\t\u00a0 é \n\u2028"}}] [{{trim " \u200b "}}]"#, "[é] [\u{200b}]"),
    (r#"{{trimAll "$é" "é$5.00$"}} {{trimall "" " x "}} {{trimSuffix "-" "hello-"}}"#, "5.00  x  hello"),
    (r#"{{trimPrefix "-" "-hello"}}"#, "hello"),
    (r#"{{nospace "a b\tc"}} {{nospace "é b"}} {{nospace "éb"}}"#, "abc Ã©b éb"),
    (r#"{{initials "First Try"}} {{initials " élan vital"}}"#, "FT Ãv"),
    (r#"{{upper "straße ŉ ᾳ ı ǆ ა"}} {{lower "İSTANBUL ΣΑΣ Ǆ"}}"#, "STRAßE ŉ ᾼ I Ǆ Ა istanbul σασ ǆ"),
    (
        r#"{{title "hello big-world, it's o_k élan 1st dž ა"}} {{untitle "First Try ÉLAN"}}"#,
        "Hello Big-World, It'S O_k Élan 1st Dž ა first try éLAN",
    ),
    (r#"{{swapcase "This Is A.Test ßé ǅ"}}"#, "tHIS iS a.tEST ßÉ ǆ"),
    (r#"{{snakecase "FirstName"}} {{snakecase "HTTPServer2xx"}}"#, "first_name http_server_2xx"),
    (
        r#"{{snakecase "Bld4Floor3rd"}} {{snakecase "a  b-C"}} {{snakecase "中Aa文"}}"#,
        "bld4_floor_3rd a__b_c 中_aa_文",
    ),
    (
        r#"{{kebabcase "FirstName"}} {{kebabcase "_complex__case_"}} {{kebabcase "HTTP20xOK"}}"#,
        "first-name -complex--case- http-20x-ok",
    ),
    (r#"{{kebabcase "x.Y2"}}"#, "x.y2"),
    (r#"{{camelcase "http_server"}} {{camelcase "_complex__case_"}}"#, "HttpServer _Complex_Case_"),
    (r#"{{camelcase "GOLANG_IS_GREAT"}} {{camelcase "_"}} {{camelcase "éa éb"}}"#, "GolangIsGreat __ ÉaÉb"),
    (r#"{{repeat 3 "ab"}}{{repeat 0 "x"}}{{repeat 9 ""}}"#, "ababab"),
    (r#"{{indent 2 "a\n\nb\n"}}|{{nindent 1 "a"}}"#, "  a\n  \n  b\n  |\n a"),
    (r#"{{wrap 5 "Hello World foo  barbazqux end"}}"#, "Hello\nWorld\nfoo \nbarbazqux\nend"),
    (
        r#"{{wrapWith 5 "\t" "Hello World foobarbaz"}} {{wrapWith 0 "" "ab"}}"#,
        "Hello\tWorld\tfooba\trbaz a\nb",
    ),
    (r#"{{plural "one" "many" 1}} {{plural "one" "many" 0}}"#, "one many"),
    (r#"{{contains "ell" "hello"}} {{contains "" ""}} {{hasPrefix "he" "hello"}}"#, "true true true"),
    (r#"{{hasSuffix "he" "hello"}}"#, "false"),
    (
        r#"{{replace " " "-" "I Am Henry VIII"}} {{replace "" "." "aé"}} {{replace "aa" "" "aaa"}}"#,
        "I-Am-Henry-VIII .a.é. a",
    ),
    (
        r#"{{split "$" "foo$bar$baz"}} {{(split "," "a,b")._1}} {{split "" ""}} {{split "," ""}}"#,
        "map[_0:foo _1:bar _2:baz] b map[] map[_0:]",
    ),
    (
        r#"{{splitn "$" 2 "foo$bar$baz"}} {{splitn "," 0 "a,b"}} {{splitn "" 2 "aéb"}}"#,
        "map[_0:foo _1:bar$baz] map[] map[_0:a _1:éb]",
    ),
    (r#"{{splitList "," "a,b,"}} {{splitList "" "aéb"}} {{len (splitList "" "")}}"#, "[a b ] [a é b] 0"),
    (r#"{{join "-" .mixed}} {{join "," "x"}} {{join "," nil}}"#, "b-1-1.5-true-a x "),
    (r#"{{join "" (splitList "," "a,b")}} {{join "," 5}}"#, "ab 5"),
    (
        r#"{{sortAlpha .mixed}} {{sortAlpha (splitList "," "b,B,a,10,9")}} {{sortAlpha 5}}"#,
        "[1 1.5 a b true] [10 9 B a b] [5]",
    ),
    (r#"{{sortAlpha nil}}"#, "[<nil>]"),
    (
        r#"{{toString nil}} {{toString 1.5}} {{toString .mixed}} {{printf "%T" (toString 1)}}"#,
        "<nil> 1.5 [<nil> b 1 1.5 true a] string",
    ),
    (
        r#"{{toStrings .mixed | printf "%q"}} {{toStrings nil | printf "%q %T" }}"#,
        "[\"b\" \"1\" \"1.5\" \"true\" \"a\"] [] %!T(MISSING)",
    ),
    (r#"{{toStrings 5 | printf "%q"}}"#, "[\"5\"]"),
    (
        r#"{{quote "a\"b\\" nil 5 .mixed}} {{quote}} {{quote "é\n\u200b" .missing}}"#,
        "\"a\\\"b\\\\\" \"5\" \"[<nil> b 1 1.5 true a]\"  \"é\\n\\u200b\"",
    ),
    (r#"{{squote "it's" nil 5 .mixed}}"#, "'it's' '5' '[<nil> b 1 1.5 true a]'"),
    (r#"{{cat "a" nil 5 " b " .mixed}}|{{cat}}|{{cat ""}}"#, "a 5  b  [<nil> b 1 1.5 true a]||"),
    (r#"{{printf "%q" (trunc 1 "é")}} {{printf "%q" (upper (trunc 1 "é"))}}"#, "\"\\xc3\" \"�\""),
    (r#"{{printf "%q" (splitList "" (trunc 2 "aé"))}}"#, "[\"a\" \"\\xc3\"]"),
    (
        r#"{{printf "%T %T %T %T" (split "" "") (splitList "" "") (toStrings 1) (sortAlpha 1)}}"#,
        "map[string]string []string []string []string",
    ),
    (r#"{{printf "%T %T" (contains "" "") (adler32sum "a")}}"#, "bool string"),
];

#[test]
fn strings_come_out_as_from_go() {
    for &(template, expected) in RENDERED {
        assert_eq!(render(template).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn a_nil_list_of_strings_stays_nil() {
    let nil = Value::List(go_template::List::nil(&Type::Str));
    for name in ["toStrings", "sortAlpha"] {
        let function = super::ALL.iter().find(|function| function.name == name).unwrap();
        let limits = Limits { fuel: 10, memory: 10, depth: 1 };
        let result = (function.body)(&mut Call::new(&mut Unused, limits), std::slice::from_ref(&nil));
        assert!(matches!(result, Ok(Value::List(list)) if list.is_nil()), "{name}");
    }
}

#[test]
fn what_panics_in_go_is_a_fault() {
    for template in [
        r#"{{repeat -1 "x"}}"#,
        r#"{{indent -1 "x"}}"#,
        r#"{{nindent -1 "x"}}"#,
        r#"{{substr -1 -1 "x"}}"#,
        r#"{{substr -1 2 "x"}}"#,
        r#"{{substr 2 1 "xyz"}}"#,
        r#"{{substr 2 9 "x"}}"#,
        r#"{{substr 2 -1 "x"}}"#,
    ] {
        assert!(matches!(render(template).unwrap_err().fault, Fault::Refused(_)), "{template}");
    }
}

#[test]
fn what_would_grow_beyond_the_budget_is_not_made() {
    for template in [
        r#"{{repeat 9223372036854775807 "ab"}}"#,
        r#"{{indent 9223372036854775807 "a\nb"}}"#,
        r#"{{$s := repeat 1000 "a"}}{{replace "a" $s $s}}"#,
        r#"{{$s := repeat 1000 "a"}}{{replace "" $s $s}}"#,
        r#"{{$s := repeat 1000 "a"}}{{join $s (splitList "" $s)}}"#,
        r#"{{$s := repeat 1000 "a"}}{{wrapWith 1 $s $s}}"#,
        r#"{{$s := repeat 1000 "\n"}}{{indent 1000 $s}}"#,
    ] {
        let fault = render(template).unwrap_err().fault;
        assert!(matches!(fault, Fault::Limit(Limit::Fuel | Limit::Memory)), "{template}: {fault}");
    }
}
