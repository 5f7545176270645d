//! The methods of `time.Time` that templates can call, and the types that some of them return.

use std::collections::BTreeMap;
use std::rc::Rc;

use go_template::{Call, Fault, Map, Object, Str, Type, Value};

use super::civil;
use super::duration;
use super::names;
use super::time::{Local, TYPE, Time};
use super::zone::Zone;

impl Time {
    pub(super) fn find_member(
        &self,
        name: &str,
        args: &[Value],
        call: &mut Call<'_>,
    ) -> Option<Result<Value, Fault>> {
        if let Some(method) = with_time(name) {
            return Some(other(args).map(|other| method(self, other)));
        }
        match name {
            "Format" => return Some(self.format_member(args, call)),
            "AddDate" => return Some(self.add_date(args)),
            _ => {}
        }
        let plain = self.number(name).or_else(|| self.plain(name))?;
        Some(if args.is_empty() { Ok(plain) } else { Err(Fault::ARGUMENTS) })
    }

    fn number(&self, name: &str) -> Option<Value> {
        let int = |pick: fn(&Local) -> i64| Some(Value::Int(pick(&self.local())));
        let unix = |unit: i64| {
            let fraction = i64::from(self.nanoseconds()) / (1_000_000_000 / unit);
            Some(Value::Int64(self.unix().wrapping_mul(unit).wrapping_add(fraction)))
        };
        match name {
            "Year" => int(|local| local.date.year),
            "Day" => int(|local| local.date.day),
            "Hour" => int(|local| local.hour),
            "Minute" => int(|local| local.minute),
            "Second" => int(|local| local.second),
            "Nanosecond" => int(|local| i64::from(local.nanosecond)),
            "YearDay" => int(|local| civil::day_of_year(local.date)),
            "Unix" => Some(Value::Int64(self.unix())),
            "UnixMilli" => unix(1_000),
            "UnixMicro" => unix(1_000_000),
            "UnixNano" => unix(1_000_000_000),
            _ => None,
        }
    }

    fn plain(&self, name: &str) -> Option<Value> {
        Some(match name {
            "Month" => Named::object("time.Month", self.local().date.month, &names::MONTHS, 1),
            "Weekday" => {
                Named::object("time.Weekday", civil::weekday(self.local().days), &names::WEEKDAYS, 0)
            }
            "Location" => Value::Object(Rc::new(Location(self.zone().clone()))),
            "UTC" => Value::Object(Rc::new(self.clone().within(Zone::Utc))),
            "Local" => Value::Object(Rc::new(self.clone().within(Zone::Local))),
            "String" => Value::text(&*self.display()),
            "IsZero" => Value::Bool(self.is_zero()),
            _ => return None,
        })
    }

    fn format_member(&self, args: &[Value], call: &mut Call<'_>) -> Result<Value, Fault> {
        match args {
            [Value::Str(layout)] => {
                call.spend(layout.len())?;
                self.format(call, layout)
            }
            [other] => Err(Fault::Type { expected: Type::Str, got: other.type_of() }),
            _ => Err(Fault::Count { wants: 1, more: false, got: args.len() }),
        }
    }

    /// The time so many years, months and days later, by the calendar of its zone; February 30 is March 1 or
    /// 2.
    fn add_date(&self, args: &[Value]) -> Result<Value, Fault> {
        let int = |argument: &Value| match argument {
            Value::Int(number) => Ok(*number),
            other => Err(Fault::Type { expected: Type::Int, got: other.type_of() }),
        };
        let [years, months, days] = args else {
            return Err(Fault::Count { wants: 3, more: false, got: args.len() });
        };
        self.later(int(years)?, int(months)?, int(days)?)
            .map(|time| Value::Object(Rc::new(time)))
            .ok_or(Fault::new("the date is out of range"))
    }
}

type WithTime = fn(&Time, &Time) -> Value;

/// The methods that take another time.
fn with_time(name: &str) -> Option<WithTime> {
    Some(match name {
        "After" => |own, other| Value::Bool(own.compare(other).is_gt()),
        "Before" => |own, other| Value::Bool(own.compare(other).is_lt()),
        "Equal" => |own, other| Value::Bool(own.compare(other).is_eq()),
        "Compare" => |own, other| Value::Int(own.compare(other) as i64),
        "Sub" => |own, other| Value::Object(Rc::new(Duration(own.since(other)))),
        _ => return None,
    })
}

fn other(args: &[Value]) -> Result<&Time, Fault> {
    let [argument] = args else {
        return Err(Fault::Count { wants: 1, more: false, got: args.len() });
    };
    let time = match argument {
        Value::Object(object) => object.downcast(),
        _ => None,
    };
    time.ok_or(Fault::Type { expected: Type::Object(TYPE), got: argument.type_of() })
}

/// A `time.Month` or `time.Weekday`: a number with a name.
struct Named {
    type_name: &'static str,
    number: i64,
    name: &'static str,
}

impl Named {
    fn object(type_name: &'static str, number: i64, names: &'static [&'static str], first: i64) -> Value {
        Value::Object(Rc::new(Self { type_name, number, name: names::at(names, number - first) }))
    }
}

impl Object for Named {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn member(&self, name: &str, args: &[Value], _: &mut Call<'_>) -> Option<Result<Value, Fault>> {
        let answer = if args.is_empty() { Ok(Value::text(self.name)) } else { Err(Fault::ARGUMENTS) };
        (name == "String").then_some(answer)
    }

    fn display(&self) -> Str {
        self.name.into()
    }

    fn json(&self) -> Value {
        Value::Int(self.number)
    }

    fn number(&self) -> Option<Value> {
        Some(self.json())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other
            .downcast::<Self>()
            .is_some_and(|other| (self.type_name, self.number) == (other.type_name, other.number))
    }
}

/// A `time.Duration`.
struct Duration(i64);

impl Object for Duration {
    fn type_name(&self) -> &'static str {
        "time.Duration"
    }

    fn member(&self, name: &str, args: &[Value], _: &mut Call<'_>) -> Option<Result<Value, Fault>> {
        // Whole units and the rest apart, as Go does: the sum is rounded once.
        let in_units =
            |unit: i64| Value::Float((self.0 / unit) as f64 + (self.0 % unit) as f64 / unit as f64);
        let answer = match name {
            "Hours" => in_units(3600 * duration::SECOND),
            "Minutes" => in_units(60 * duration::SECOND),
            "Seconds" => in_units(duration::SECOND),
            "Milliseconds" => Value::Int64(self.0 / 1_000_000),
            "Microseconds" => Value::Int64(self.0 / 1_000),
            "Nanoseconds" => Value::Int64(self.0),
            "String" => Value::text(duration::text(self.0)),
            _ => return None,
        };
        Some(if args.is_empty() { Ok(answer) } else { Err(Fault::ARGUMENTS) })
    }

    fn display(&self) -> Str {
        duration::text(self.0).into()
    }

    fn json(&self) -> Value {
        Value::Int64(self.0)
    }

    fn number(&self) -> Option<Value> {
        Some(self.json())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast::<Self>().is_some_and(|other| self.0 == other.0)
    }
}

/// A `*time.Location`.
struct Location(Zone);

impl Object for Location {
    fn type_name(&self) -> &'static str {
        "*time.Location"
    }

    fn member(&self, name: &str, args: &[Value], call: &mut Call<'_>) -> Option<Result<Value, Fault>> {
        let answer = if args.is_empty() { call.text(self.0.name()) } else { Err(Fault::ARGUMENTS) };
        (name == "String").then_some(answer)
    }

    fn display(&self) -> Str {
        self.0.name().into()
    }

    /// Go finds no field in it that it may read.
    fn json(&self) -> Value {
        Value::Map(Map::new(&Type::Any, BTreeMap::new()))
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast::<Self>().is_some_and(|other| self.0.same(&other.0))
    }
}
