//! `time.Time`, without the reading of a monotonic clock that Go's `now` has besides.

use std::cmp::Ordering;

use go_template::{Call, Fault, Object, Str, Value};

use super::civil::{self, Date};
use super::format;
use super::zone::Zone;

pub(super) const TYPE: &str = "time.Time";

const SECONDS_PER_DAY: i64 = 86_400;
/// Seconds from 0001-01-01, from which Go counts, to 1970-01-01.
const UNIX_EPOCH: i64 = 62_135_596_800;
/// Days from the earliest day that Go knows, -292277022400-03-01, to 1970-01-01.
const EARLIEST: i64 = 730_692_556 * 146_097 + 719_468;

/// A moment, and the zone in which it is shown.
#[derive(Clone)]
pub(super) struct Time {
    /// Seconds since 0001-01-01 in UTC.
    seconds: i64,
    nanoseconds: u32,
    zone: Zone,
}

/// A moment in its zone.
pub(super) struct Local {
    pub days: i64,
    pub date: Date,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub nanosecond: u32,
    pub zone_name: Vec<u8>,
    pub offset: i64,
}

impl Time {
    /// The time that Go sets all variables to at first.
    pub(super) const ZERO: Self = Self { seconds: 0, nanoseconds: 0, zone: Zone::Utc };

    pub(super) fn from_unix(seconds: i64, nanoseconds: u32, zone: Zone) -> Self {
        Self { seconds: seconds.wrapping_add(UNIX_EPOCH), nanoseconds, zone }
    }

    /// A date and the seconds of the day that have passed, by the clocks of UTC; shown in a zone.
    pub(super) fn from_civil(date: Date, second_of_day: i64, nanoseconds: u32, zone: Zone) -> Self {
        let seconds = civil::days(date).saturating_mul(SECONDS_PER_DAY).saturating_add(second_of_day);
        Self::from_unix(seconds, nanoseconds, zone)
    }

    /// Seconds since 1970.
    pub(super) fn unix(&self) -> i64 {
        self.seconds.wrapping_sub(UNIX_EPOCH)
    }

    pub(super) fn nanoseconds(&self) -> u32 {
        self.nanoseconds
    }

    pub(super) fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The same moment in another zone.
    pub(super) fn within(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// The time so many nanoseconds later.
    pub(super) fn plus(&self, duration: i64) -> Self {
        const BILLION: i64 = 1_000_000_000;
        let nanoseconds = i64::from(self.nanoseconds) + duration % BILLION;
        let seconds = duration / BILLION + nanoseconds.div_euclid(BILLION);
        let nanoseconds = u32::try_from(nanoseconds.rem_euclid(BILLION)).unwrap_or(0);
        // Go leaves out the least number.
        let seconds = self.seconds.saturating_add(seconds).max(-i64::MAX);
        Self { seconds, nanoseconds, zone: self.zone.clone() }
    }

    /// The time so many years, months and days later by the calendar, unless that is beyond all years that Go
    /// has.
    pub(super) fn later(&self, years: i64, months: i64, days: i64) -> Option<Self> {
        const FURTHEST: i64 = 300_000_000_000;
        let local = self.local();
        let month = months.checked_add(local.date.month - 1)?;
        let year = local.date.year.checked_add(years)?.checked_add(month.div_euclid(12))?;
        if year.abs() > FURTHEST || days.abs_diff(0) > 366 * FURTHEST as u64 {
            return None;
        }
        let first = civil::days(Date { year, month: month.rem_euclid(12) + 1, day: 1 });
        let date = civil::date(first + local.date.day - 1 + days);
        let second_of_day = local.hour * 3600 + local.minute * 60 + local.second;
        Some(Self::from_civil(date, second_of_day - local.offset, self.nanoseconds, self.zone.clone()))
    }

    /// The nanoseconds from another time to this one, as far as 64 bits go.
    pub(super) fn since(&self, other: &Self) -> i64 {
        let total = |time: &Self| i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanoseconds);
        let difference = total(self) - total(other);
        let furthest = if difference < 0 { i64::MIN } else { i64::MAX };
        i64::try_from(difference).unwrap_or(furthest)
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        (self.seconds, self.nanoseconds).cmp(&(other.seconds, other.nanoseconds))
    }

    pub(super) fn is_zero(&self) -> bool {
        self.seconds == 0 && self.nanoseconds == 0
    }

    pub(super) fn local(&self) -> Local {
        let (zone_name, offset) = self.zone.at(self.unix());
        // Go counts from its earliest day, in 64 bits without a sign, and wraps.
        let earliest = (EARLIEST as u64).wrapping_mul(SECONDS_PER_DAY as u64);
        let seconds = (self.unix() as u64).wrapping_add(offset as u64).wrapping_add(earliest);
        let days = (seconds / SECONDS_PER_DAY as u64) as i64 - EARLIEST;
        let of_day = (seconds % SECONDS_PER_DAY as u64) as i64;
        Local {
            days,
            date: civil::date(days),
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
            nanosecond: self.nanoseconds,
            zone_name,
            offset,
        }
    }

    /// The time as a layout shows it, its memory taken.
    pub(super) fn format(&self, call: &mut Call<'_>, layout: &[u8]) -> Result<Value, Fault> {
        let local = self.local();
        // No element grows to more than thrice its length, but for the zone's name of three letters or more.
        let names = (layout.len() / 3).saturating_mul(local.zone_name.len());
        call.take(layout.len().saturating_mul(3).saturating_add(names))?;
        Ok(Value::text(format::format(&local, layout)))
    }

    fn text(&self, layout: &str) -> Vec<u8> {
        format::format(&self.local(), layout.as_bytes())
    }
}

impl Object for Time {
    fn type_name(&self) -> &'static str {
        TYPE
    }

    fn member(&self, name: &str, args: &[Value], call: &mut Call<'_>) -> Option<Result<Value, Fault>> {
        self.find_member(name, args, call)
    }

    fn display(&self) -> Str {
        self.text("2006-01-02 15:04:05.999999999 -0700 MST").into()
    }

    /// In RFC 3339; what cannot be written so has no JSON, just as NaN has none.
    fn json(&self) -> Value {
        let local = self.local();
        if !(0..=9999).contains(&local.date.year) || local.offset.abs() >= SECONDS_PER_DAY {
            return Value::Float(f64::NAN);
        }
        Value::text(self.text("2006-01-02T15:04:05.999999999Z07:00"))
    }

    /// Go compares the zones too: the same moment in two zones is not equal.
    fn equals(&self, other: &dyn Object) -> bool {
        let Some(other) = other.downcast::<Self>() else { return false };
        self.compare(other).is_eq() && self.zone.same(&other.zone)
    }
}
