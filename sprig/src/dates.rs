//! Dates and durations. The local time zone is UTC.

mod civil;
mod duration;
mod format;
mod layout;
mod names;
mod parse;
mod time;
mod time_members;
mod zone;

use std::rc::Rc;

use go_template::{Arguments, Call, Fault, Function, Type, Value};

use time::Time;
use zone::Zone;

const TIME: Type = Type::Object(time::TYPE);

pub(crate) const ALL: &[Function] = &[
    Function { name: "ago", params: &[Type::Any], rest: None, body: ago },
    Function { name: "date", params: &[Type::Str, Type::Any], rest: None, body: date },
    Function {
        name: "date_in_zone",
        params: &[Type::Str, Type::Any, Type::Str],
        rest: None,
        body: date_in_zone,
    },
    Function { name: "date_modify", params: &[Type::Str, TIME], rest: None, body: date_modify },
    Function {
        name: "dateInZone",
        params: &[Type::Str, Type::Any, Type::Str],
        rest: None,
        body: date_in_zone,
    },
    Function { name: "dateModify", params: &[Type::Str, TIME], rest: None, body: date_modify },
    Function { name: "duration", params: &[Type::Any], rest: None, body: seconds },
    Function { name: "durationRound", params: &[Type::Any], rest: None, body: rounded },
    Function { name: "htmlDate", params: &[Type::Any], rest: None, body: html_date },
    Function { name: "htmlDateInZone", params: &[Type::Any, Type::Str], rest: None, body: html_date_in_zone },
    Function { name: "must_date_modify", params: &[Type::Str, TIME], rest: None, body: must_date_modify },
    Function { name: "mustDateModify", params: &[Type::Str, TIME], rest: None, body: must_date_modify },
    Function { name: "mustToDate", params: &[Type::Str, Type::Str], rest: None, body: must_to_date },
    Function { name: "now", params: &[], rest: None, body: now },
    Function { name: "toDate", params: &[Type::Str, Type::Str], rest: None, body: to_date },
    Function { name: "unixEpoch", params: &[TIME], rest: None, body: unix_epoch },
];

const HTML: &[u8] = b"2006-01-02";
/// The name by which Go loads the local time zone.
const LOCAL: &[u8] = b"Local";

fn clock(call: &mut Call<'_>) -> Time {
    let (seconds, nanoseconds) = call.host.now();
    Time::from_unix(seconds, nanoseconds, Zone::Local)
}

fn now(call: &mut Call<'_>, _: &[Value]) -> Result<Value, Fault> {
    Ok(object(clock(call)))
}

fn object(time: Time) -> Value {
    Value::Object(Rc::new(time))
}

/// The time that an argument stands for: seconds since 1970 or a time; now, if it is anything else.
fn moment(call: &mut Call<'_>, argument: &Value) -> Time {
    match argument {
        Value::Int(seconds) | Value::Int64(seconds) => Time::from_unix(*seconds, 0, Zone::Local),
        Value::Object(object) => object.downcast().cloned().unwrap_or_else(|| clock(call)),
        _ => clock(call),
    }
}

fn date(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    format_in(call, args.str(0), &args[1], LOCAL)
}

fn date_in_zone(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    format_in(call, args.str(0), &args[1], args.str(2))
}

fn html_date(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    format_in(call, HTML, &args[0], LOCAL)
}

fn html_date_in_zone(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    format_in(call, HTML, &args[0], args.str(1))
}

fn format_in(call: &mut Call<'_>, layout: &[u8], argument: &Value, zone: &[u8]) -> Result<Value, Fault> {
    let time = moment(call, argument).within(Zone::load(zone).unwrap_or(Zone::Utc));
    time.format(call, layout)
}

fn date_modify(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    match must_date_modify(call, args) {
        Err(Fault::Refused(_)) => Ok(args[1].clone()),
        other => other,
    }
}

fn must_date_modify(_: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let by = duration::parse(args.str(0)).ok_or(Fault::new("the text is not a duration"))?;
    Ok(object(time(&args[1])?.plus(by)))
}

fn to_date(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    match must_to_date(call, args) {
        Err(Fault::Refused(_)) => Ok(object(Time::ZERO)),
        other => other,
    }
}

fn must_to_date(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    call.spend(2 * args.str(0).len() + 2 * args.str(1).len())?;
    parse::parse(args.str(0), args.str(1)).map(object)
}

fn unix_epoch(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    call.text(time(&args[0])?.unix().to_string())
}

fn time(argument: &Value) -> Result<&Time, Fault> {
    let found = match argument {
        Value::Object(object) => object.downcast(),
        _ => None,
    };
    found.ok_or(Fault::Type { expected: TIME, got: argument.type_of() })
}

/// How long ago a time is, in whole seconds.
fn ago(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let then = moment(call, &args[0]);
    let passed = clock(call).since(&then);
    call.text(duration::text(duration::round_to_seconds(passed)))
}

/// Seconds as a duration. Sprig takes them as `string` or `int64`; all else, also `int`, counts as none.
fn seconds(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let number = match &args[0] {
        Value::Str(text) => duration::parse_seconds(text),
        Value::Int64(number) => *number,
        _ => 0,
    };
    call.text(duration::text(number.wrapping_mul(duration::SECOND)))
}

/// A duration in its largest unit alone. As above, `int` counts as nothing.
fn rounded(call: &mut Call<'_>, args: &[Value]) -> Result<Value, Fault> {
    let duration = match &args[0] {
        Value::Str(text) => duration::parse(text).unwrap_or(0),
        Value::Int64(nanoseconds) => *nanoseconds,
        Value::Object(object) => match object.downcast::<Time>() {
            Some(then) => clock(call).since(then),
            None => 0,
        },
        _ => 0,
    };
    call.text(duration::largest_unit(duration))
}

#[cfg(test)]
mod tests;
