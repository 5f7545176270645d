//! What can be written: no more than the shapes of a Secret and a SealedSecret need.

use std::cmp::Ordering;

pub(super) type Fields<'a> = Vec<(&'a str, Value<'a>)>;

pub(super) enum Value<'a> {
    Text(&'a str),
    Boolean(bool),
    List(Vec<Value<'a>>),
    /// In the order in which JSON has them.
    Map(Fields<'a>),
}

/// The fields in the order in which go-yaml 2 writes them: numbers inside keys count as numbers.
pub(super) fn yaml_order<'v, 'a>(fields: &'v [(&'a str, Value<'a>)]) -> Vec<&'v (&'a str, Value<'a>)> {
    let mut sorted: Vec<&(&str, Value<'_>)> = Vec::with_capacity(fields.len());
    for field in fields {
        // By insertion: go-yaml's comparison is no total order for odd keys, which `sort_by` may panic at. The
        // place is searched by halves, as a comparison costs far more than moving references.
        let place = sorted.partition_point(|before| !is_less(field.0, before.0));
        sorted.insert(place, field);
    }
    sorted
}

/// `keyList.Less` of go-yaml 2 for strings.
pub(crate) fn is_less(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(a, b)| a != b) else { return a.len() < b.len() };
    match (is_letter(a[at]), is_letter(b[at])) {
        (true, true) => return a[at] < b[at],
        (a_letter, b_letter) if a_letter || b_letter => return b_letter,
        _ => {}
    }
    // Zeros in the middle of a number are not leading ones.
    let mut start = 0;
    if a[at] == '0' || b[at] == '0' {
        let before = a[..at].iter().rev().take_while(|c| c.is_ascii_digit());
        start = i64::from(before.into_iter().any(|&digit| digit != '0'));
    }
    let number = |text: &[char]| {
        let digits = text[at..].iter().map_while(|c| c.to_digit(10));
        digits.fold((start, 0), |(number, length): (i64, usize), digit| {
            (number.wrapping_mul(10).wrapping_add(i64::from(digit)), length + 1)
        })
    };
    number(&a).cmp(&number(&b)).then(a[at].cmp(&b[at])) == Ordering::Less
}

/// The page does without the table of all letters: a key that Kubernetes takes is ASCII, and the order of another is a matter of taste.
fn is_letter(c: char) -> bool {
    if cfg!(feature = "kubeseal") { c.is_alphabetic() } else { c.is_ascii_alphabetic() || !c.is_ascii() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ordered_as_go_yaml_orders_them() {
        let keys = ["é", "b", "a9", "a10", "a.b", "a-b", "a", "_", "B", "9", "10"];
        let fields: Vec<(&str, Value<'_>)> = keys.iter().map(|key| (*key, Value::Boolean(true))).collect();
        let order: Vec<&str> = yaml_order(&fields).into_iter().map(|field| field.0).collect();
        // As in vectors/yaml-emit.json.
        assert_eq!(order, ["_", "9", "10", "B", "a", "a-b", "a.b", "a9", "a10", "b", "é"]);
    }

    #[test]
    fn thousands_of_keys_are_ordered_by_their_numbers() {
        let mut keys: Vec<String> = (0..5000).map(|number| format!("k{number}")).collect();
        let counted = keys.clone();
        keys.sort_unstable();
        let fields: Vec<(&str, Value<'_>)> =
            keys.iter().map(|key| (key.as_str(), Value::Boolean(true))).collect();
        let order: Vec<&str> = yaml_order(&fields).into_iter().map(|field| field.0).collect();
        assert_eq!(order, counted);
    }
}
