//! Time zones.

use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A time zone. The local one is UTC, but Go tells them apart.
#[derive(Clone)]
pub(super) enum Zone {
    Utc,
    Local,
    /// One offset at all times, with the name that it was read with.
    Fixed(Rc<Fixed>),
    Named(TimeZone),
}

/// A name, which may be empty, and seconds east of UTC.
pub(super) struct Fixed {
    pub name: Vec<u8>,
    pub offset: i64,
}

/// Seconds in 400 years, after which all rules about weekdays repeat.
const CYCLE: i64 = 146_097 * 86_400;

impl Zone {
    /// The zone of that name, spelled as the time zone database spells it.
    pub(super) fn load(name: &[u8]) -> Option<Self> {
        match name {
            b"" | b"UTC" => return Some(Self::Utc),
            b"Local" => return Some(Self::Local),
            _ => {}
        }
        let name = std::str::from_utf8(name).ok()?;
        let zone = TimeZoneDatabase::bundled().get(name).ok()?;
        // The lookup ignores case, and knows the names `UTC` and `Etc/Unknown` in other ways.
        (zone.iana_name() == Some(name)).then_some(Self::Named(zone))
    }

    pub(super) fn fixed(name: &[u8], offset: i64) -> Self {
        Self::Fixed(Rc::new(Fixed { name: name.to_vec(), offset }))
    }

    /// The abbreviation and the seconds east of UTC at a time, in seconds since 1970.
    pub(super) fn at(&self, unix: i64) -> (Vec<u8>, i64) {
        match self {
            Self::Utc | Self::Local => (b"UTC".to_vec(), 0),
            Self::Fixed(fixed) => (fixed.name.clone(), fixed.offset),
            Self::Named(zone) => {
                let info = zone.to_offset_info(timestamp(unix));
                (info.abbreviation().as_bytes().to_vec(), i64::from(info.offset().seconds()))
            }
        }
    }

    /// What the zone itself is called; one that was read from a text has the abbreviation there, if any.
    pub(super) fn name(&self) -> Vec<u8> {
        match self {
            Self::Named(zone) => zone.iana_name().unwrap_or_default().as_bytes().to_vec(),
            Self::Utc | Self::Local | Self::Fixed(_) => self.at(0).0,
        }
    }

    /// Whether both are one zone in memory. Go has one for each whole hour that has no name.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Utc, Self::Utc) | (Self::Local, Self::Local) => true,
            (Self::Fixed(left), Self::Fixed(right)) => {
                let shared = |fixed: &Fixed| {
                    let hour = fixed.offset / 3600;
                    fixed.name.is_empty() && fixed.offset % 3600 == 0 && (-12..=14).contains(&hour)
                };
                Rc::ptr_eq(left, right) || (shared(left) && shared(right) && left.offset == right.offset)
            }
            _ => false,
        }
    }
}

/// The time, or one that the same rule of the zone holds at, where the time is beyond what the database's
/// crate takes.
fn timestamp(unix: i64) -> Timestamp {
    let latest = Timestamp::MAX.as_second() - 86_400;
    let within = if unix > latest { latest - CYCLE + (unix - latest) % CYCLE } else { unix };
    Timestamp::from_second(within).unwrap_or(Timestamp::MIN)
}
