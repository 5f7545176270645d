//! Templates that print values of each kind with each verb of `printf`.

use sealwright_interop::vectors::TemplateCase;

const VERBS: &str = "vTtbcdoOqxXUeEfFgGs";
const FLAGS: &[&str] = &["", "+", "-", " ", "#", "0", "#+"];
const WIDTHS: &[&str] = &["8", "-8", "08", "+8", ".0", ".2", "8.3", "-8.1", "+09.2", "#012", " 6.1"];

/// The values, and the verbs that are made for them; for these, widths and precisions are tried too.
const KINDS: &[(&str, &str)] = &[
    ("0 1 -1 42 255 0x1F600 -1234567 9223372036854775807 -9223372036854775808 (int64 7) 'x'", "vbcdoOqxXU"),
    (
        "0.0 1.0 -1.5 3.14159265 100000.0 1e6 1e20 1e21 1e-4 1e-5 123456789.5 2.5 5e-324 1.7976931348623157e308",
        "vbeEfFgGxX",
    ),
    (r#"(float64 "inf") (float64 "-inf") (float64 "nan") -0.0"#, "vefgx"),
    ("0i 1i 1.5+2.5i -3-4i 1e21+1e-7i", "vbeEfFgGxX"),
    (r#""" "a" "hello world" "héllo" "日本語" "a\tb\n\"q\"\\" "a`b" "\u00ad\u200b" "\x00\x7f""#, "vsqxX"),
    ("true false", "vt"),
    (
        r#"nil (list) (list 1 "a" nil 2.5 true) (list "x y" "z") (list (list 1 2) (list)) (splitList "," "a,b,") (until 3)"#,
        "vdqsxX",
    ),
    (
        r#"(dict) (dict "b" 1 "a" "x y" "c" nil) (dict "n" (dict "l" (list 1 "q"))) (split "," "p,q") (int64 1 | list)"#,
        "vdqsxX",
    ),
];

pub(crate) fn all() -> impl Iterator<Item = TemplateCase> {
    KINDS.iter().flat_map(|(values, own)| {
        VERBS.chars().flat_map(move |verb| {
            let widths = own.contains(verb).then(|| template(values, verb, WIDTHS));
            [Some(template(values, verb, FLAGS)), widths]
                .into_iter()
                .flatten()
                .map(|template| TemplateCase { template, ..TemplateCase::default() })
        })
    })
}

fn template(values: &str, verb: char, flags: &[&str]) -> String {
    let formats: Vec<_> = flags.iter().map(|flags| format!("[%{flags}{verb}]")).collect();
    let dots = vec!["."; flags.len()].join(" ");
    format!(r#"{{{{range list {values}}}}}{{{{printf "{}\n" {dots}}}}}{{{{end}}}}"#, formats.join(" "))
}
