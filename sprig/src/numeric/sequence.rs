//! Sequences of integers. Each number is paid for before it is made: also where Go would count on past the
//! largest one for ever.

use go_template::{Arguments as _, Call, Fault, List, Type, Value};

pub(super) fn until(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let stop = args.int(0);
    ints(call, 0, stop, if stop < 0 { -1 } else { 1 })
}

pub(super) fn until_step(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    ints(call, args.int(0), args.int(1), args.int(2))
}

/// `seq last`, `seq first last` or `seq first step last`, as the command of that name: the last one is
/// included.
pub(super) fn seq(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let (first, step, last) = match args.len() {
        1 => (1, None, args.int(0)),
        2 => (args.int(0), None, args.int(1)),
        3 => (args.int(0), Some(args.int(1)), args.int(2)),
        _ => return call.text(""),
    };
    let direction = if last < first { -1 } else { 1 };
    let step = step.unwrap_or(direction);
    if last < first && step > 0 {
        return call.text("");
    }
    let mut text = String::new();
    for number in steps(call, first, last.wrapping_add(direction), step)? {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&number.to_string());
    }
    call.text(text)
}

fn ints(call: &mut Call<'_>, start: i64, stop: i64, step: i64) -> Result<Value, Fault> {
    let numbers = steps(call, start, stop, step)?;
    Ok(Value::List(List::new(&Type::Int, numbers.into_iter().map(Value::Int).collect())))
}

/// The numbers from `start` on, without `stop`. None if the step does not lead there.
fn steps(call: &mut Call<'_>, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Fault> {
    let down = stop < start;
    let mut numbers = Vec::new();
    if (down && step >= 0) || (!down && step <= 0) {
        return Ok(numbers);
    }
    let mut next = start;
    while if down { next > stop } else { next < stop } {
        call.take(size_of::<Value>())?;
        numbers.push(next);
        next = next.wrapping_add(step);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use crate::lists::testing::{int, show};

    fn ints(numbers: &[i64]) -> Vec<go_template::Value> {
        numbers.iter().copied().map(int).collect()
    }

    #[test]
    fn sequences_are_texts() {
        for (args, expected) in [
            (&[][..], ""),
            (&[3], "1 2 3"),
            (&[-2], "1 0 -1 -2"),
            (&[1], "1"),
            (&[0], "1 0"),
            (&[2, 5], "2 3 4 5"),
            (&[5, 2], "5 4 3 2"),
            (&[3, 3], "3"),
            (&[1, 2, 6], "1 3 5"),
            (&[1, 3, 6], "1 4"),
            (&[6, -2, 1], "6 4 2"),
            (&[10, -3, 1], "10 7 4 1"),
            (&[6, 2, 1], ""),
            (&[1, -1, 5], ""),
            (&[1, 0, 5], ""),
            (&[5, 0, 1], ""),
            (&[3, 1, 3], "3"),
            (&[3, -1, 3], ""),
            (&[1, 2, 3, 4], ""),
            (&[i64::MAX, i64::MAX], ""),
        ] {
            assert_eq!(show("seq", &ints(args)), format!("{expected:?}"), "{args:?}");
        }
    }

    #[test]
    fn ranges_are_ints() {
        for (name, args, expected) in [
            ("until", &[3][..], "[]int[0, 1, 2]"),
            ("until", &[-3], "[]int[0, -1, -2]"),
            ("until", &[0], "[]int[]"),
            ("untilStep", &[0, 10, 3], "[]int[0, 3, 6, 9]"),
            ("untilStep", &[10, 0, -3], "[]int[10, 7, 4, 1]"),
            ("untilStep", &[0, 10, -1], "[]int[]"),
            ("untilStep", &[0, 10, 0], "[]int[]"),
            ("untilStep", &[10, 0, 0], "[]int[]"),
            ("untilStep", &[5, 5, 1], "[]int[]"),
        ] {
            assert_eq!(show(name, &ints(args)), expected, "{args:?}");
        }
    }

    #[test]
    fn endless_sequences_end_at_the_limit() {
        for (name, args) in [
            ("until", &[i64::MAX][..]),
            ("untilStep", &[0, i64::MAX, 1 << 62]),
            ("seq", &[i64::MIN, i64::MAX - 1]),
        ] {
            let result = show(name, &ints(args));
            assert!(result.starts_with("error: takes too "), "{args:?}: {result}");
        }
    }
}
