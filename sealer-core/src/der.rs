//! Takes DER apart field by field: the typed readers of the crates weigh ten times as much on the page.

use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{DateTime, Decode, Reader, Tag};

use crate::time::Timestamp;

/// What stands in a sequence, one after the other.
pub(crate) fn sequence(der: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    members(AnyRef::from_der(der).ok()?)
}

/// The same of a sequence that stands in another.
pub(crate) fn members(sequence: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    let found = sequence.sequence(|fields| {
        let mut found = Vec::new();
        while !fields.is_finished() {
            found.push(AnyRef::decode(fields)?);
        }
        x509_cert::der::Result::Ok(found)
    });
    found.ok()
}

/// What stands in the field that is optional and has this number.
pub(crate) fn numbered<'a>(fields: &[AnyRef<'a>], number: u32) -> Option<&'a [u8]> {
    let is_it = |tag: Tag| tag.is_context_specific() && tag.number().value() == number;
    fields.iter().find(|field| is_it(field.header().tag())).map(|field| field.value())
}

/// What stands in a field of this kind.
pub(crate) fn of<'a>(tag: Tag, field: &AnyRef<'a>) -> Option<&'a [u8]> {
    (field.header().tag() == tag).then(|| field.value())
}

/// The name of an algorithm, as DER writes it; what else it needs stands behind it.
pub(crate) fn algorithm(identifier: AnyRef<'_>) -> Option<&[u8]> {
    of(Tag::ObjectIdentifier, members(identifier)?.first()?)
}

/// What a bit string holds, without the count of its unused bits.
pub(crate) fn bits(string: &[u8]) -> Option<&[u8]> {
    string.strip_prefix(&[0])
}

/// A moment in one of the two ways of RFC 5280 (section 4.1.2.5): years of two digits lie between 1950 and 2049.
pub(crate) fn moment(field: &AnyRef<'_>) -> Option<Timestamp> {
    let (digits, length) = match field.header().tag() {
        Tag::UtcTime => (field.value(), 2),
        Tag::GeneralizedTime => (field.value(), 4),
        _ => return None,
    };
    let digits = digits.strip_suffix(b"Z").filter(|digits| digits.len() == length + 10)?;
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u16::from(digit - b'0'))
        })
    };
    let (year, rest) = digits.split_at(length);
    let year = match (number(year)?, length) {
        (year @ ..50, 2) => 2000 + year,
        (year, 2) => 1900 + year,
        (year, _) => year,
    };
    let mut parts = [0; 5];
    for (part, digits) in parts.iter_mut().zip(rest.chunks(2)) {
        *part = u8::try_from(number(digits)?).ok()?;
    }
    let [month, day, hour, minute, second] = parts;
    let moment = DateTime::new(year, month, day, hour, minute, second).ok()?;
    Some(Timestamp::from_unix_seconds(moment.unix_duration().as_secs()))
}

/// The digits of a number that is not negative, without the zero that says so.
pub(crate) fn number<'a>(field: &AnyRef<'a>) -> Option<&'a [u8]> {
    let digits = of(Tag::Integer, field)?;
    match digits {
        [0, rest @ ..] => Some(rest),
        [first, ..] => (first & 0x80 == 0).then_some(digits),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_both_ways_and_in_no_other() {
        for (tag, text, moment) in [
            (Tag::UtcTime, "491231235959Z", Some("2049-12-31T23:59:59Z")),
            (Tag::UtcTime, "700101000000Z", Some("1970-01-01T00:00:00Z")),
            (Tag::GeneralizedTime, "20500229000000Z", None),
            (Tag::GeneralizedTime, "20520229010203Z", Some("2052-02-29T01:02:03Z")),
            (Tag::GeneralizedTime, "99991231235959Z", Some("9999-12-31T23:59:59Z")),
            (Tag::GeneralizedTime, "491231235959Z", None),
            (Tag::UtcTime, "4912312359Z", None),
            (Tag::UtcTime, "491231235959", None),
            (Tag::UtcTime, "49123123595+Z", None),
            (Tag::UtcTime, "491331235959Z", None),
            (Tag::OctetString, "491231235959Z", None),
        ] {
            let field = AnyRef::new(tag, text.as_bytes()).unwrap();
            assert_eq!(super::moment(&field).map(|moment| moment.to_string()).as_deref(), moment, "{text}");
        }
    }
}
