//! Times as text.

use super::civil;
use super::layout::{self, Element, Pad};
use super::names::{self, MONTHS, WEEKDAYS};
use super::time::Local;

/// The time as a layout shows it.
pub(super) fn format(time: &Local, layout: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(layout.len() + 10);
    let mut rest = layout;
    loop {
        let (before, element, after) = layout::next(rest);
        out.extend_from_slice(before);
        let Some(element) = element else { return out };
        write(&mut out, time, element);
        rest = after;
    }
}

fn write(out: &mut Vec<u8>, time: &Local, element: Element) {
    let half = |hour: i64| if hour >= 12 { "PM" } else { "AM" };
    let text = match element {
        Element::LongMonth => names::at(&MONTHS, time.date.month - 1).to_owned(),
        Element::Month => names::at(&MONTHS, time.date.month - 1)[..3].to_owned(),
        Element::MonthNumber(pad) => padded(time.date.month, 2, pad),
        Element::LongWeekday => names::at(&WEEKDAYS, civil::weekday(time.days)).to_owned(),
        Element::Weekday => names::at(&WEEKDAYS, civil::weekday(time.days))[..3].to_owned(),
        Element::Day(pad) => padded(time.date.day, 2, pad),
        Element::DayOfYear(pad) => padded(civil::day_of_year(time.date), 3, pad),
        Element::Hour => zeros(time.hour, 2),
        Element::Hour12(pad) => padded((time.hour + 11) % 12 + 1, 2, pad),
        Element::Minute(pad) => padded(time.minute, 2, pad),
        Element::Second(pad) => padded(time.second, 2, pad),
        Element::LongYear => zeros(time.date.year, 4),
        Element::Year => zeros(time.date.year.abs() % 100, 2),
        Element::UpperHalf => half(time.hour).to_owned(),
        Element::LowerHalf => half(time.hour).to_lowercase(),
        Element::ZoneName if time.zone_name.is_empty() => offset(time.offset, false, 2),
        Element::ZoneName => return out.extend_from_slice(&time.zone_name),
        Element::Offset { zulu: true, .. } if time.offset == 0 => "Z".to_owned(),
        Element::Offset { colons, units, .. } => offset(time.offset, colons, units),
        Element::Fraction { separator, digits, trimmed } => {
            fraction(time.nanosecond, char::from(separator), digits, trimmed)
        }
    };
    out.extend_from_slice(text.as_bytes());
}

fn padded(number: i64, width: usize, pad: Pad) -> String {
    match pad {
        Pad::None => number.to_string(),
        Pad::Space => format!("{number:>width$}"),
        Pad::Zero => zeros(number, width),
    }
}

/// The digits, filled up with zeros; a sign comes on top.
fn zeros(number: i64, width: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{:0width$}", number.unsigned_abs())
}

/// `+0200`, `+02:00`, `+02` and so on. The sign is that of the minutes: Go writes 30 seconds west as
/// `+00:00:-30`.
fn offset(offset: i64, colons: bool, units: u8) -> String {
    let minutes = offset / 60;
    let sign = if minutes < 0 { -1 } else { 1 };
    let parts = [minutes.abs() / 60, minutes.abs() % 60, sign * offset % 60];
    let parts: Vec<_> = parts.iter().take(usize::from(units)).map(|part| zeros(*part, 2)).collect();
    let sign = if sign < 0 { "-" } else { "+" };
    format!("{sign}{}", parts.join(if colons { ":" } else { "" }))
}

fn fraction(nanosecond: u32, separator: char, digits: usize, trimmed: bool) -> String {
    if trimmed && (digits == 0 || nanosecond == 0) {
        return String::new();
    }
    let all = format!("{nanosecond:09}");
    let shown = &all[..digits.min(9)];
    if !trimmed {
        return format!("{separator}{shown}");
    }
    let shown = shown.trim_end_matches('0');
    if shown.is_empty() { String::new() } else { format!("{separator}{shown}") }
}
