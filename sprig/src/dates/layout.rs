//! Go's layouts: the reference time `Mon Jan 2 15:04:05 MST 2006` written as the result shall look.

/// A part of the time in a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    LongMonth,
    Month,
    MonthNumber(Pad),
    LongWeekday,
    Weekday,
    Day(Pad),
    DayOfYear(Pad),
    Hour,
    Hour12(Pad),
    Minute(Pad),
    Second(Pad),
    LongYear,
    Year,
    UpperHalf,
    LowerHalf,
    ZoneName,
    /// The offset from UTC.
    Offset {
        /// Whether UTC is `Z`.
        zulu: bool,
        colons: bool,
        /// The last unit: 1 for hours, 2 for minutes, 3 for seconds.
        units: u8,
    },
    /// A fraction of a second.
    Fraction {
        separator: u8,
        digits: usize,
        /// Whether zeros at the end are left out, and the fraction if nothing is left.
        trimmed: bool,
    },
}

/// How a number is filled up to its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pad {
    None,
    Space,
    Zero,
}

/// The bytes before the next element of a layout, the element, and the layout after it.
pub(super) fn next(layout: &[u8]) -> (&[u8], Option<Element>, &[u8]) {
    for place in 0..layout.len() {
        let rest = &layout[place..];
        if rest.starts_with(b"_2006") {
            return (&layout[..place + 1], Some(Element::LongYear), &rest[5..]);
        }
        if let Some((length, element)) = element(rest) {
            return (&layout[..place], Some(element), &rest[length..]);
        }
    }
    (layout, None, b"")
}

/// The elements that are found by their text alone, longer ones before those that they start with.
const PLAIN: &[(&[u8], Element)] = &[
    (b"January", Element::LongMonth),
    (b"Monday", Element::LongWeekday),
    (b"MST", Element::ZoneName),
    (b"01", Element::MonthNumber(Pad::Zero)),
    (b"02", Element::Day(Pad::Zero)),
    (b"03", Element::Hour12(Pad::Zero)),
    (b"04", Element::Minute(Pad::Zero)),
    (b"05", Element::Second(Pad::Zero)),
    (b"06", Element::Year),
    (b"002", Element::DayOfYear(Pad::Zero)),
    (b"15", Element::Hour),
    (b"1", Element::MonthNumber(Pad::None)),
    (b"2006", Element::LongYear),
    (b"2", Element::Day(Pad::None)),
    (b"_2", Element::Day(Pad::Space)),
    (b"__2", Element::DayOfYear(Pad::Space)),
    (b"3", Element::Hour12(Pad::None)),
    (b"4", Element::Minute(Pad::None)),
    (b"5", Element::Second(Pad::None)),
    (b"PM", Element::UpperHalf),
    (b"pm", Element::LowerHalf),
    (b"-070000", offset(false, false, 3)),
    (b"-07:00:00", offset(false, true, 3)),
    (b"-0700", offset(false, false, 2)),
    (b"-07:00", offset(false, true, 2)),
    (b"-07", offset(false, false, 1)),
    (b"Z070000", offset(true, false, 3)),
    (b"Z07:00:00", offset(true, true, 3)),
    (b"Z0700", offset(true, false, 2)),
    (b"Z07:00", offset(true, true, 2)),
    (b"Z07", offset(true, false, 1)),
];

const fn offset(zulu: bool, colons: bool, units: u8) -> Element {
    Element::Offset { zulu, colons, units }
}

/// The element at the start of a layout, and its length.
fn element(layout: &[u8]) -> Option<(usize, Element)> {
    // Most bytes of a layout start no element.
    if !b"JM0123456789_Pp-Z.,".contains(layout.first()?) {
        return None;
    }
    let plain = PLAIN.iter().find(|(text, _)| layout.starts_with(text));
    if let Some((text, element)) = plain {
        return Some((text.len(), *element));
    }
    // The short names are none within words: `Month` is not `Mon` and `th`.
    for (text, element) in [(b"Jan", Element::Month), (b"Mon", Element::Weekday)] {
        if layout.starts_with(text) && !layout.get(3).is_some_and(u8::is_ascii_lowercase) {
            return Some((3, element));
        }
    }
    fraction(layout)
}

fn fraction(layout: &[u8]) -> Option<(usize, Element)> {
    let [separator @ (b'.' | b','), digit @ (b'0' | b'9'), ..] = *layout else { return None };
    let digits = layout[1..].iter().take_while(|byte| **byte == digit).count();
    if layout.get(1 + digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    // Go keeps 12 bits of the count.
    let element = Element::Fraction { separator, digits: digits & 0xfff, trimmed: digit == b'9' };
    Some((1 + digits, element))
}
