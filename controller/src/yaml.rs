//! Writes JSON values as YAML: block style, keys in alphabetical order, and every string quoted that any reader
//! could take for something else.

use serde_json::{Map, Value};

/// One document, its last line ended.
pub fn document(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

fn block(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => mapping(map, indent, out),
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                pad(indent, out);
                out.push('-');
                match item {
                    Value::Object(map) if !map.is_empty() => {
                        // The first key stands beside the dash, the others under it.
                        let mut inner = String::new();
                        mapping(map, indent + 2, &mut inner);
                        out.push(' ');
                        out.push_str(&inner[indent + 2..]);
                    }
                    _ => value_after(item, indent + 2, out),
                }
            }
        }
        _ => {
            out.push_str(&scalar(value));
            out.push('\n');
        }
    }
}

fn mapping(map: &Map<String, Value>, indent: usize, out: &mut String) {
    let mut entries: Vec<_> = map.iter().collect();
    // serde_json's own order depends on the features of other crates.
    entries.sort_by_key(|(key, _)| key.as_str());
    for (key, value) in entries {
        pad(indent, out);
        out.push_str(&string(key));
        out.push(':');
        value_after(value, indent + 2, out);
    }
}

fn value_after(value: &Value, indent: usize, out: &mut String) {
    let nested = matches!(value, Value::Object(map) if !map.is_empty())
        || matches!(value, Value::Array(items) if !items.is_empty());
    out.push(if nested { '\n' } else { ' ' });
    block(value, indent, out);
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => string(text),
        // JSON's `null`, booleans, numbers, `{}` and `[]` are YAML as they stand.
        other => other.to_string(),
    }
}

/// Plain where every YAML reads it as this very string, else in JSON's double quotes, which are YAML's as well.
fn string(text: &str) -> String {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    let plain = text.len() > 3
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(word)
        && !["true", "false", "null", "yes"].contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let value = json!({
            "list": [{ "b": 1, "a": ["x", [], {}] }, ["nested", "deep"], null, true, -3, 1.5],
            "": "empty key",
            "words": ["yes", "No", "on", "null", "~", "true", "0123", "1e10", "0x1F", "12:30", "2001-01-01", ""],
            "texts": ["a: b", "# no comment", "two\nlines", "tab\t", "quote\"", "- dash", "é", "trailing ", "@at"],
            "base64": "aGVsbG8=",
        });
        let text = document(&value);
        assert_eq!(serde_saphyr::from_str::<Value>(&text).unwrap(), value, "{text}");
    }

    #[test]
    fn the_shape_is_what_people_write() {
        let value =
            json!({ "kind": "Secret", "data": { "a": "eQ==" }, "items": [{ "name": "long", "age": 1 }] });
        assert_eq!(
            document(&value),
            "\"data\":\n".replace("\"data\":", "data:")
                + "  \"a\": \"eQ==\"\nitems:\n  - \"age\": 1\n    name: long\nkind: Secret\n"
        );
    }
}
