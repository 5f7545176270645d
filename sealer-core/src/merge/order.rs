//! Where a new key belongs among those that are there.

use crate::emit::is_less;

type IsLess = fn(&str, &str) -> bool;

/// The number of keys that stay before the new one: its place where the keys are sorted, else behind all.
///
/// Sorted is what go-yaml sorts, which counts numbers inside keys as numbers, or else by the bytes.
pub(super) fn place(keys: &[&str], new: &str) -> usize {
    let orders: [IsLess; 2] = [is_less, |a, b| a < b];
    for is_less in orders {
        if keys.windows(2).all(|pair| is_less(pair[0], pair[1])) {
            return keys.iter().take_while(|key| is_less(key, new)).count();
        }
    }
    keys.len()
}

/// The keys in the order in which kubeseal would write them.
pub(super) fn sorted<'k>(keys: impl Iterator<Item = &'k str>) -> Vec<&'k str> {
    let mut sorted: Vec<&str> = Vec::new();
    for key in keys {
        let at = sorted.partition_point(|before| !is_less(key, before));
        sorted.insert(at, key);
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_where_the_others_are_sorted_and_else_to_the_end() {
        for (keys, new, expected) in [
            (&[][..], "a", 0),
            (&["b"], "a", 0),
            (&["b"], "c", 1),
            (&["a", "c", "d"], "b", 1),
            (&["a9", "a11"], "a10", 1),
            // By the bytes; go-yaml has numbers behind each other.
            (&["a10", "a9"], "a11", 1),
            (&["user", "password"], "a", 2),
        ] {
            assert_eq!(place(keys, new), expected, "{new} among {keys:?}");
        }
    }

    #[test]
    fn keys_are_sorted_as_kubeseal_sorts_them() {
        assert_eq!(sorted(["b", "a10", "a9", "B"].into_iter()), ["B", "a9", "a10", "b"]);
    }
}
