//! A moment, handed in by whoever has a clock.

use std::fmt;
use std::time::Duration;

use x509_cert::der::DateTime;

/// A moment: whole seconds since 1970-01-01T00:00:00Z. Never before it, and up to the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Timestamp {
    /// The moment so many seconds after the epoch; what lies after the year 9999 is its last second.
    pub fn from_unix_seconds(seconds: u64) -> Self {
        Self(seconds.min(DateTime::INFINITY.unix_duration().as_secs()))
    }

    /// Seconds since the epoch.
    pub fn unix_seconds(self) -> u64 {
        self.0
    }

    /// The date as in `January 2, 2006` (UTC), which is how kubeseal writes it.
    pub fn long_date(self) -> String {
        let (year, month, day) = self.date();
        format!("{month} {day}, {year}")
    }

    /// The year, the name of the month in English and the day (UTC).
    pub fn date(self) -> (u16, &'static str, u8) {
        let date = self.date_time();
        (date.year(), MONTHS[usize::from(date.month()) - 1], date.day())
    }

    fn date_time(self) -> DateTime {
        DateTime::from_unix_duration(Duration::from_secs(self.0)).expect("clamped to the year 9999")
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with whole seconds: `2006-01-02T15:04:05Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date_time().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_rfc_3339_and_as_a_long_date() {
        let moment = Timestamp::from_unix_seconds(1_136_214_245);
        assert_eq!(moment.to_string(), "2006-01-02T15:04:05Z");
        assert_eq!(moment.long_date(), "January 2, 2006");
    }

    #[test]
    fn the_far_future_is_clamped_and_still_printable() {
        assert_eq!(Timestamp::from_unix_seconds(u64::MAX).to_string(), "9999-12-31T23:59:59Z");
    }
}
