//! Reads times by a layout, as `time.ParseInLocation` does for the local zone.

mod reader;

use go_template::Fault;

use super::civil::{self, Date};
use super::layout::{self, Element};
use super::names::{MONTHS, WEEKDAYS};
use super::time::Time;
use super::zone::Zone;
use reader::{RANGE, Reader, UNFIT, digit_at};

/// The time that a text says, which is to look as the layout does.
pub(super) fn parse(layout: &[u8], text: &[u8]) -> Result<Time, Fault> {
    let mut fields = Fields::default();
    let mut reader = Reader { rest: text };
    let mut rest = layout;
    loop {
        let (before, element, after) = layout::next(rest);
        reader.skip(before)?;
        rest = after;
        match element {
            Some(element) => fields.read(&mut reader, element, rest)?,
            None if reader.rest.is_empty() => return fields.time(),
            None => return Err(UNFIT),
        }
    }
}

#[derive(Default)]
struct Fields<'t> {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: u32,
    /// What the text says about the half of the day; both, where the layout asks twice.
    morning: bool,
    afternoon: bool,
    utc: bool,
    offset: Option<i64>,
    zone_name: &'t [u8],
}

impl<'t> Fields<'t> {
    fn read(&mut self, reader: &mut Reader<'t>, element: Element, after: &[u8]) -> Result<(), Fault> {
        match element {
            Element::Year => {
                let year = reader::atoi(reader.take(2)?)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
            }
            Element::LongYear => {
                digit_at(reader.rest, 0).ok_or(UNFIT)?;
                self.year = reader::atoi(reader.take(4)?)?;
            }
            Element::Month => self.month = Some(reader.name(&MONTHS, Some(3))? + 1),
            Element::LongMonth => self.month = Some(reader.name(&MONTHS, None)? + 1),
            Element::MonthNumber(pad) => self.month = Some(reader.number(pad, 1..=12)?),
            Element::Weekday => drop(reader.name(&WEEKDAYS, Some(3))?),
            Element::LongWeekday => drop(reader.name(&WEEKDAYS, None)?),
            Element::Day(pad) => {
                reader.spaces(pad, 1);
                self.day = Some(reader.number(pad, 0..=99)?);
            }
            Element::DayOfYear(pad) => {
                reader.spaces(pad, 2);
                self.day_of_year = Some(reader.three_digits(pad)?);
            }
            Element::Hour => self.hour = reader.number(layout::Pad::None, 0..=23)?,
            Element::Hour12(pad) => self.hour = reader.number(pad, 0..=12)?,
            Element::Minute(pad) => self.minute = reader.number(pad, 0..=59)?,
            Element::Second(pad) => {
                self.second = reader.number(pad, 0..=59)?;
                self.unannounced_fraction(reader, after)?;
            }
            Element::UpperHalf => self.half(reader.half(b"AM", b"PM")?),
            Element::LowerHalf => self.half(reader.half(b"am", b"pm")?),
            Element::Offset { zulu: true, .. } if reader.rest.starts_with(b"Z") => {
                reader.take(1)?;
                self.utc = true;
            }
            Element::Offset { colons, units, .. } => self.offset = Some(reader.offset(colons, units)?),
            Element::ZoneName if reader.rest.starts_with(b"UTC") => {
                reader.take(3)?;
                self.utc = true;
            }
            Element::ZoneName => self.zone_name = reader.zone_name()?,
            Element::Fraction { digits, trimmed: false, .. } => {
                self.nanosecond = reader::nanoseconds(reader.take(1 + digits)?)?;
            }
            Element::Fraction { .. } => self.fraction(reader)?,
        }
        Ok(())
    }

    fn half(&mut self, second: bool) {
        self.afternoon |= second;
        self.morning |= !second;
    }

    /// A fraction may follow the seconds also where the layout has none.
    fn unannounced_fraction(&mut self, reader: &mut Reader<'t>, after: &[u8]) -> Result<(), Fault> {
        match layout::next(after).1 {
            Some(Element::Fraction { .. }) => Ok(()),
            _ => self.fraction(reader),
        }
    }

    fn fraction(&mut self, reader: &mut Reader<'t>) -> Result<(), Fault> {
        if !matches!(reader.rest, [b'.' | b',', b'0'..=b'9', ..]) {
            return Ok(());
        }
        let digits = reader.rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.nanosecond = reader::nanoseconds(reader.take(1 + digits)?)?;
        Ok(())
    }

    fn time(mut self) -> Result<Time, Fault> {
        if self.afternoon && self.hour < 12 {
            self.hour += 12;
        } else if self.morning && self.hour == 12 {
            self.hour = 0;
        }
        let date = self.date()?;
        let second = self.hour * 3600 + self.minute * 60 + self.second;
        let at = |offset: i64, zone| Time::from_civil(date, second - offset, self.nanosecond, zone);
        if self.utc {
            return Ok(at(0, Zone::Utc));
        }
        let name = self.zone_name;
        Ok(match self.offset {
            Some(0) if name.is_empty() => at(0, Zone::Local),
            // Go takes this offset for none.
            Some(offset) if offset != -1 => at(offset, Zone::fixed(name, offset)),
            _ if name.is_empty() => at(0, Zone::Local),
            // No other zone is known by its abbreviation. Go reads the clock as that of UTC, and shows the
            // time by the hours in the name, or by none.
            _ => {
                let hours = name.strip_prefix(b"GMT").map_or(Ok(0), reader::atoi)?;
                at(0, Zone::fixed(name, hours * 3600))
            }
        })
    }

    fn date(&self) -> Result<Date, Fault> {
        let date = match self.day_of_year {
            None => Date { year: self.year, month: self.month.unwrap_or(1), day: self.day.unwrap_or(1) },
            Some(number) => {
                if !(1..=365 + i64::from(civil::is_leap(self.year))).contains(&number) {
                    return Err(RANGE);
                }
                let first = civil::days(Date { year: self.year, month: 1, day: 1 });
                let date = civil::date(first + number - 1);
                let fits = self.month.is_none_or(|month| month == date.month)
                    && self.day.is_none_or(|day| day == date.day);
                if !fits {
                    return Err(RANGE);
                }
                date
            }
        };
        let valid = (1..=civil::days_in_month(date.year, date.month)).contains(&date.day);
        if valid { Ok(date) } else { Err(RANGE) }
    }
}
