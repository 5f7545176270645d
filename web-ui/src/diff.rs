//! What changes in a file, line by line, with a few unchanged lines around.

/// How many unchanged lines are shown around a change.
const AROUND: usize = 2;

/// One line of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiffLine {
    /// It is in both.
    Same(String),
    /// It is in the new text alone.
    Added(String),
    /// It is in the old text alone.
    Cut(String),
    /// Lines that are the same are left out here.
    Gap,
}

/// Compares two texts. Made for a few edits in lines that are mostly different from each other, as ciphertexts are;
/// a library's search for the shortest result would cost every visitor 30 kB.
pub fn lines(old: &str, new: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let (mut cut, mut added) = (0, 0);
    let mut all = Vec::new();
    while cut < old.len() || added < new.len() {
        let (cuts, adds) = until_same(&old[cut..], &new[added..]);
        all.extend(old[cut..cut + cuts].iter().map(|line| DiffLine::Cut((*line).to_owned())));
        all.extend(new[added..added + adds].iter().map(|line| DiffLine::Added((*line).to_owned())));
        (cut, added) = (cut + cuts, added + adds);
        let same = old[cut..].iter().zip(&new[added..]).take_while(|(old, new)| old == new).count();
        all.extend(old[cut..cut + same].iter().map(|line| DiffLine::Same((*line).to_owned())));
        (cut, added) = (cut + same, added + same);
    }
    near_changes(all)
}

/// How many lines of both go by until there is one that both have: as few as possible in all.
fn until_same(old: &[&str], new: &[&str]) -> (usize, usize) {
    (0..old.len() + new.len())
        .flat_map(|steps| (0..=steps).map(move |cuts| (cuts, steps - cuts)))
        .find(|(cuts, adds)| old.get(*cuts).is_some_and(|line| new.get(*adds) == Some(line)))
        .unwrap_or((old.len(), new.len()))
}

/// Leaves out what is far from every change.
fn near_changes(all: Vec<DiffLine>) -> Vec<DiffLine> {
    let is_same = |line: &DiffLine| matches!(line, DiffLine::Same(_));
    let near: Vec<bool> = (0..all.len())
        .map(|at| {
            let around = at.saturating_sub(AROUND)..all.len().min(at + AROUND + 1);
            all[around].iter().any(|line| !is_same(line))
        })
        .collect();
    let mut shown: Vec<DiffLine> = Vec::new();
    for (line, near) in all.into_iter().zip(near) {
        if near {
            shown.push(line);
        } else if !matches!(shown.last(), Some(DiffLine::Gap)) {
            shown.push(DiffLine::Gap);
        }
    }
    // Without a change there is nothing to show.
    if shown.iter().all(|line| *line == DiffLine::Gap) { Vec::new() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(old: &str, new: &str) -> String {
        let line = |line: DiffLine| match line {
            DiffLine::Same(text) => format!(" {text}\n"),
            DiffLine::Added(text) => format!("+{text}\n"),
            DiffLine::Cut(text) => format!("-{text}\n"),
            DiffLine::Gap => "…\n".to_owned(),
        };
        lines(old, new).into_iter().map(line).collect()
    }

    #[test]
    fn only_what_changes_is_shown_with_two_lines_around_it() {
        for (old, new, expected) in [
            ("a\nb\n", "a\nb\n", ""),
            ("a\nb\nc\n", "a\nx\nc\n", " a\n-b\n+x\n c\n"),
            ("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n6\n7\n", "…\n 5\n 6\n+7\n"),
            ("1\n2\n3\n4\n", "0\n1\n2\n3\n4\n", "+0\n 1\n 2\n…\n"),
            ("a\nx\n1\n2\n3\n4\n5\ny\nb\n", "a\n1\n2\n3\n4\n5\nb\n", " a\n-x\n 1\n 2\n…\n 4\n 5\n-y\n b\n"),
            ("a\r\nb\r\n", "a\r\nb\r\nc\r\n", " a\n b\n+c\n"),
        ] {
            assert_eq!(written(old, new), expected, "{old:?} → {new:?}");
        }
    }
}
