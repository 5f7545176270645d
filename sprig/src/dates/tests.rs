use go_template::{Fault, Object, Type, Value};

use super::time::Time;
use super::zone::Zone;
use super::{ALL, object};
use crate::json::testing::Arg::{I, L, S};
use crate::json::testing::{Case, NOW, check, run, text, with_call};

const SHOWN: &[Case] = &[
    (
        "dateInZone",
        &[S(b"Mon Jan _2 15:04:05 2006"), I(1709210096), S(b"Europe/Berlin")],
        Some(r#""Thu Feb 29 13:34:56 2024""#),
    ),
    (
        "dateInZone",
        &[S(b"Monday, 02-Jan-06 15:04:05 MST"), I(1709210096), S(b"Europe/Berlin")],
        Some(r#""Thursday, 29-Feb-24 13:34:56 CET""#),
    ),
    (
        "dateInZone",
        &[S(b"2006-01-02T15:04:05.999999999Z07:00"), I(1709210096), S(b"Europe/Berlin")],
        Some(r#""2024-02-29T13:34:56+01:00""#),
    ),
    (
        "dateInZone",
        &[S(b"3:04PM 03:4:5 pm"), I(1709210096), S(b"Europe/Berlin")],
        Some(r#""1:34PM 01:34:56 pm""#),
    ),
    (
        "dateInZone",
        &[S(b"__2 002 _2006 2"), I(1709210096), S(b"Europe/Berlin")],
        Some(r#"" 60 060 _2024 29""#),
    ),
    (
        "dateInZone",
        &[S(b"Z0700 Z07 Z070000 Z07:00:00 -0700 -07 -070000 -07:00:00"), I(1709210096), S(b"Europe/Berlin")],
        Some(r#""+0100 +01 +010000 +01:00:00 +0100 +01 +010000 +01:00:00""#),
    ),
    (
        "dateInZone",
        &[S(b".000 ,99 .0000000000"), I(1709210096), S(b"Europe/Berlin")],
        Some(r#"".000  .000000000""#),
    ),
    (
        "dateInZone",
        &[S(b"January Janus Month MST Monday"), I(1709210096), S(b"Europe/Berlin")],
        Some(r#""February Janus Month CET Thursday""#),
    ),
    ("dateInZone", &[S(b"\xc3\xa9\xff %d"), I(1709210096), S(b"Europe/Berlin")], Some(r#""é\ufffd %d""#)),
    ("dateInZone", &[S(b""), I(1709210096), S(b"Europe/Berlin")], Some(r#""""#)),
    ("dateInZone", &[S(b"15:04 MST -07:00:00"), I(1709210096), S(b"UTC")], Some(r#""12:34 UTC +00:00:00""#)),
    ("dateInZone", &[S(b"15:04 MST -07:00:00"), I(1709210096), S(b"")], Some(r#""12:34 UTC +00:00:00""#)),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(1709210096), S(b"Local")],
        Some(r#""12:34 UTC +00:00:00""#),
    ),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(1709210096), S(b"europe/berlin")],
        Some(r#""12:34 UTC +00:00:00""#),
    ),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(1709210096), S(b"Nowhere/Land")],
        Some(r#""12:34 UTC +00:00:00""#),
    ),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(1709210096), S(b"America/New_York")],
        Some(r#""07:34 EST -05:00:00""#),
    ),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(1719210096), S(b"America/New_York")],
        Some(r#""02:21 EDT -04:00:00""#),
    ),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(1709210096), S(b"Asia/Kathmandu")],
        Some(r#""18:19 +0545 +05:45:00""#),
    ),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(1709210096), S(b"Asia/Kolkata")],
        Some(r#""18:04 IST +05:30:00""#),
    ),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(-4000000000), S(b"Europe/Berlin")],
        Some(r#""17:46 LMT +00:53:28""#),
    ),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(30000000000000), S(b"Europe/Berlin")],
        Some(r#""06:20 CET +01:00:00""#),
    ),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(1709210096), S(b"Etc/GMT+5")],
        Some(r#""07:34 -05 -05:00:00""#),
    ),
    (
        "dateInZone",
        &[S(b"15:04 MST -07:00:00"), I(-2000000000), S(b"Africa/Monrovia")],
        Some(r#""19:43 MMT -00:43:08""#),
    ),
    ("date", &[S(b"2006-01-02"), I(0)], Some(r#""1970-01-01""#)),
    ("date", &[S(b"2006-01-02"), I(-62135596801)], Some(r#""0000-12-31""#)),
    ("date", &[S(b"2006-01-02"), I(9223372036854775807)], Some(r#""292277026596-12-04""#)),
    ("date", &[S(b"2006-01-02"), I(-9223372036854775808)], Some(r#""292277026596-12-04""#)),
    ("date", &[S(b"2006-01-02"), L(1709210096)], Some(r#""2024-02-29""#)),
    ("htmlDate", &[I(1709210096)], Some(r#""2024-02-29""#)),
    ("htmlDateInZone", &[I(1709210096), S(b"Pacific/Apia")], Some(r#""2024-03-01""#)),
];

const PARSED: &[Case] = &[
    ("mustToDate", &[S(b"2006-01-02"), S(b"2024-02-29")], Some(r#""2024-02-29T00:00:00Z""#)),
    ("mustToDate", &[S(b"2006-01-02"), S(b"2023-02-29")], None),
    ("mustToDate", &[S(b"2006-01-02"), S(b"2024-1-1")], None),
    (
        "mustToDate",
        &[S(b"2006-01-02T15:04:05Z07:00"), S(b"2024-02-29T12:34:56.5+02:00")],
        Some(r#""2024-02-29T12:34:56.5+02:00""#),
    ),
    ("mustToDate", &[S(b"2006-01-02T15:04:05Z07:00"), S(b"2024-02-29T24:00:00Z")], None),
    (
        "mustToDate",
        &[S(b"Mon, 02 Jan 2006 15:04:05 MST"), S(b"thu, 29 FEB 2024 12:34:56 PST")],
        Some(r#""2024-02-29T12:34:56Z""#),
    ),
    (
        "mustToDate",
        &[S(b"02 Jan 06 15:04 MST"), S(b"29 Feb 68 12:34 GMT+3")],
        Some(r#""2068-02-29T15:34:00+03:00""#),
    ),
    ("mustToDate", &[S(b"02 Jan 06"), S(b"29 Feb 69")], None),
    ("mustToDate", &[S(b"3:04PM"), S(b"12:00AM")], Some(r#""0000-01-01T00:00:00Z""#)),
    ("mustToDate", &[S(b"3:04pm"), S(b"12:00pm")], Some(r#""0000-01-01T12:00:00Z""#)),
    ("mustToDate", &[S(b"2006-002"), S(b"2024-060")], Some(r#""2024-02-29T00:00:00Z""#)),
    ("mustToDate", &[S(b"2006-002"), S(b"2023-366")], None),
    ("mustToDate", &[S(b"2006 __2"), S(b"2024  60")], Some(r#""2024-02-29T00:00:00Z""#)),
    ("mustToDate", &[S(b"2006-002-01"), S(b"2024-060-03")], None),
    ("mustToDate", &[S(b"05"), S(b"07.25")], Some(r#""0000-01-01T00:00:07.25Z""#)),
    ("mustToDate", &[S(b"05.000"), S(b"07.250")], Some(r#""0000-01-01T00:00:07.25Z""#)),
    ("mustToDate", &[S(b"05,000"), S(b"07.250")], Some(r#""0000-01-01T00:00:07.25Z""#)),
    ("mustToDate", &[S(b"05.999"), S(b"07")], Some(r#""0000-01-01T00:00:07Z""#)),
    ("mustToDate", &[S(b"15  04"), S(b"1 2")], None),
    ("mustToDate", &[S(b"_2"), S(b"  2")], None),
    ("mustToDate", &[S(b"2006 -0700"), S(b"2024 +2500")], None),
    ("mustToDate", &[S(b"2006 -07:00:00"), S(b"2024 -00:00:30")], Some(r#""2024-01-01T00:00:00+00:00""#)),
    ("mustToDate", &[S(b"2006 MST"), S(b"2024 ABCDE")], None),
    ("mustToDate", &[S(b"2006"), S(b"2024x")], None),
    ("mustToDate", &[S(b""), S(b"")], Some(r#""0000-01-01T00:00:00Z""#)),
];

const LENIENT: &[Case] = &[
    ("toDate", &[S(b"2006"), S(b"x")], Some(r#""0001-01-01T00:00:00Z""#)),
    ("toDate", &[S(b"2006"), S(b"2024")], Some(r#""2024-01-01T00:00:00Z""#)),
];

const DURATIONS: &[Case] = &[
    ("durationRound", &[S(b"")], Some(r#""0s""#)),
    ("durationRound", &[S(b"1h30m")], Some(r#""1h""#)),
    ("durationRound", &[S(b"2400h10m")], Some(r#""3mo""#)),
    ("durationRound", &[S(b"-26h")], Some(r#""1d""#)),
    ("durationRound", &[S(b"61s")], Some(r#""1m""#)),
    ("durationRound", &[S(b"60s")], Some(r#""60s""#)),
    ("durationRound", &[S(b"1s")], Some(r#""0s""#)),
    ("durationRound", &[S(b"1.5h")], Some(r#""1h""#)),
    ("durationRound", &[S(b"9000h")], Some(r#""1y""#)),
    ("durationRound", &[S(b"1x")], Some(r#""0s""#)),
    ("durationRound", &[S(b".5m")], Some(r#""30s""#)),
    ("durationRound", &[S(b"9223372036854775807ns")], Some(r#""292y""#)),
    ("durationRound", &[S(b"-2562048h")], Some(r#""0s""#)),
    ("durationRound", &[L(3600000000001)], Some(r#""1h""#)),
    ("durationRound", &[I(5)], Some(r#""0s""#)),
    ("duration", &[S(b"95")], Some(r#""1m35s""#)),
    ("duration", &[S(b"-90061")], Some(r#""-25h1m1s""#)),
    ("duration", &[S(b"0")], Some(r#""0s""#)),
    ("duration", &[S(b"x")], Some(r#""0s""#)),
    ("duration", &[S(b"1.5")], Some(r#""0s""#)),
    ("duration", &[S(b"99999999999999999999")], Some(r#""-1s""#)),
    ("duration", &[S(b"99999999999999999999x")], Some(r#""-1s""#)),
    ("duration", &[S(b"+5")], Some(r#""5s""#)),
    ("duration", &[L(3661)], Some(r#""1h1m1s""#)),
    ("duration", &[I(5)], Some(r#""0s""#)),
    ("ago", &[S(b"never")], Some(r#""0s""#)),
];

#[test]
fn times_are_shown_as_go_shows_them() {
    check(ALL, SHOWN);
}

#[test]
fn times_are_read_as_go_reads_them() {
    check(ALL, PARSED);
}

#[test]
fn what_is_no_time_is_the_zero_time() {
    check(ALL, LENIENT);
}

#[test]
fn durations_are_those_of_sprig() {
    check(ALL, DURATIONS);
}

#[test]
fn now_is_the_time_of_the_host() {
    check(ALL, &[("now", &[], Some(r#""2024-02-29T12:34:56.789Z""#))]);
}

/// 2024-02-29 12:34:56.789 +0530
fn leap_day() -> Time {
    Time::from_unix(1_709_190_296, 789_000_000, Zone::fixed(b"", 19_800))
}

/// What a method of a time gives, as `%v` prints it.
fn printed(time: &Time, name: &str, args: &[Value]) -> String {
    let value = with_call(|call| time.member(name, args, call)).unwrap().unwrap();
    match &value {
        Value::Int(number) | Value::Int64(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(answer) => answer.to_string(),
        Value::Object(object) => String::from_utf8(object.display().to_vec()).unwrap(),
        _ => String::from_utf8(text(&value)).unwrap(),
    }
}

#[test]
fn methods_answer_as_those_of_go() {
    let shown = "2024-02-29 12:34:56.789 +0530 +0530";
    for (name, expected) in [
        ("Year", "2024"),
        ("Month", "February"),
        ("Day", "29"),
        ("Hour", "12"),
        ("Minute", "34"),
        ("Second", "56"),
        ("Nanosecond", "789000000"),
        ("Weekday", "Thursday"),
        ("YearDay", "60"),
        ("Unix", "1709190296"),
        ("UnixMilli", "1709190296789"),
        ("UnixMicro", "1709190296789000"),
        ("UnixNano", "1709190296789000000"),
        ("UTC", "2024-02-29 07:04:56.789 +0000 UTC"),
        ("Local", "2024-02-29 07:04:56.789 +0000 UTC"),
        ("Location", ""),
        ("String", shown),
        ("IsZero", "false"),
    ] {
        assert_eq!(printed(&leap_day(), name, &[]), expected, "{name}");
    }
    assert_eq!(&*leap_day().display(), shown.as_bytes());
    assert_eq!(printed(&Time::ZERO, "Location", &[]), "UTC");
    assert_eq!(printed(&leap_day(), "Format", &[Value::text("Jan")]), "Feb");
    assert_eq!(printed(&Time::ZERO, "UnixNano", &[]), "-6795364578871345152");
    assert_eq!(&*Time::ZERO.display(), b"0001-01-01 00:00:00 +0000 UTC");
}

#[test]
fn dates_are_added_by_the_calendar() {
    let add = |time: &Time, [years, months, days]: [i64; 3]| {
        printed(time, "AddDate", &[Value::Int(years), Value::Int(months), Value::Int(days)])
    };
    assert_eq!(add(&leap_day(), [0, 0, 1]), "2024-03-01 12:34:56.789 +0530 +0530");
    assert_eq!(add(&leap_day(), [1, 0, 0]), "2025-03-01 12:34:56.789 +0530 +0530");
    assert_eq!(add(&leap_day(), [0, -14, -29]), "2022-11-30 12:34:56.789 +0530 +0530");
    let far = [Value::Int(i64::MAX), Value::Int(i64::MAX), Value::Int(i64::MAX)];
    assert!(with_call(|call| leap_day().member("AddDate", &far, call)).unwrap().is_err());
}

#[test]
fn times_are_compared_as_moments_by_their_methods() {
    let time = leap_day();
    let earlier = [object(time.plus(-131_400_000_000_000))];
    for (name, expected) in [("Sub", "36h30m0s"), ("After", "true"), ("Before", "false"), ("Compare", "1")] {
        assert_eq!(printed(&time, name, &earlier), expected, "{name}");
    }
    assert_eq!(printed(&time, "Equal", &[object(time.clone().within(Zone::Utc))]), "true");
    assert!(!time.equals(&time.clone().within(Zone::Utc)));
    assert!(time.equals(&time.clone()));
    assert_eq!(printed(&leap_day(), "Sub", &[object(Time::ZERO)]), "2562047h47m16.854775807s");
}

#[test]
fn methods_refuse_what_they_do_not_take() {
    let fault =
        |name, args: &[Value]| with_call(|call| leap_day().member(name, args, call)).unwrap().unwrap_err();
    assert_eq!(fault("Year", &[Value::Int(1)]), Fault::ARGUMENTS);
    assert_eq!(fault("Format", &[]), Fault::Count { wants: 1, more: false, got: 0 });
    assert_eq!(fault("After", &[Value::Nil]), Fault::Type { expected: Type::Object("time.Time"), got: None });
    assert!(with_call(|call| leap_day().member("Nope", &[], call)).is_none());
}

#[test]
fn years_beyond_four_digits_have_no_json() {
    let far = leap_day().later(20_000, 0, 0).unwrap();
    let json = with_call(|call| run(call, crate::json::ALL, "toJson", &[object(far)])).unwrap();
    assert_eq!(text(&json), b"");
}

#[test]
fn times_are_moved_by_durations() {
    let modified =
        |name, by: &str| with_call(|call| run(call, ALL, name, &[Value::text(by), object(leap_day())]));
    let shown = |value: Value| match value {
        Value::Object(object) => String::from_utf8(object.display().to_vec()).unwrap(),
        _ => panic!("a time"),
    };
    assert_eq!(shown(modified("dateModify", "-36h30m").unwrap()), "2024-02-28 00:04:56.789 +0530 +0530");
    assert_eq!(shown(modified("date_modify", "x").unwrap()), "2024-02-29 12:34:56.789 +0530 +0530");
    assert!(modified("mustDateModify", "x").is_err());
}

#[test]
fn time_since_then_is_counted_from_the_host_s_clock() {
    let then = Time::from_unix(NOW.0 - 3_725, 300_000_000, Zone::Utc);
    for (name, expected) in [("ago", "1h2m5s"), ("durationRound", "1h"), ("unixEpoch", "1709206371")] {
        let answer = with_call(|call| run(call, ALL, name, &[object(then.clone())])).unwrap();
        assert_eq!(String::from_utf8(text(&answer)).unwrap(), expected, "{name}");
    }
}
