//! Times as a person reads them, and as other programs do.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use legible_service::system_zone;
use serde_json::{Map, Value};

/// What the fields with times are called in what the service answers, beside those that end in `_at`. A field of such a
/// name that holds no number, such as the `at` of a daily rule, is no time.
const TIMES: &[&str] = &["at", "next", "next_runs", "due_since", "since", "scheduled_for"];

/// What is put behind the name of a time for the same time in words.
const IN_WORDS: &str = "_time";

/// A time in milliseconds since the Unix epoch on the clock of this system, such as `2026-12-24 18:00 CET`.
pub fn moment(at: i64) -> String {
    written(at, TimeZone::system())
}

/// The value with each time a second time, as RFC 3339 has it: `"next": 1798131600000` gets the company of
/// `"next_time": "2026-12-24T18:00:00+01:00"`. The offset is that of this system, and in what is set to a zone, of that.
pub fn with_words(value: Value) -> Value {
    worded(value, &TimeZone::system())
}

/// A sentence, with the zone whose clock its times are read on where that is not the one of this system.
pub fn in_zone(sentence: String, zone: &str) -> String {
    if zone == system_zone() { sentence } else { format!("{sentence} ({zone})") }
}

fn written(at: i64, zone: TimeZone) -> String {
    timestamp(at).to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

fn worded(value: Value, zone: &TimeZone) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(|value| worded(value, zone)).collect(),
        Value::Object(fields) => {
            let own = zone_of(&fields);
            let zone = own.as_ref().unwrap_or(zone);
            let mut all = Map::new();
            for (name, value) in fields {
                let words = is_time(&name).then(|| in_words(&value, zone)).flatten();
                let words = words.map(|words| (format!("{name}{IN_WORDS}"), words));
                all.insert(name, worded(value, zone));
                all.extend(words);
            }
            Value::Object(all)
        }
        other => other,
    }
}

/// The zone that a schedule or reminder, or the draft of one, is set to.
fn zone_of(fields: &Map<String, Value>) -> Option<TimeZone> {
    let name = fields.get("zone").or_else(|| fields.get("draft")?.get("zone"))?.as_str()?;
    TimeZone::get(name).ok()
}

fn is_time(name: &str) -> bool {
    name.ends_with("_at") || TIMES.contains(&name)
}

fn in_words(value: &Value, zone: &TimeZone) -> Option<Value> {
    match value {
        Value::Array(times) => times.iter().map(|time| in_words(time, zone)).collect(),
        time => {
            let time = timestamp(time.as_i64()?).to_zoned(zone.clone());
            Some(time.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string().into())
        }
    }
}

fn timestamp(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CHRISTMAS: i64 = 1_798_131_600_000;

    #[test]
    fn a_time_names_its_zone() {
        let check = |at, zone: &str, expected: &str| assert_eq!(written(at, TimeZone::get(zone).unwrap()), expected);
        check(CHRISTMAS, "UTC", "2026-12-24 17:00 UTC");
        check(CHRISTMAS, "Europe/Berlin", "2026-12-24 18:00 CET");
        check(CHRISTMAS - 180 * 86_400_000, "Europe/Berlin", "2026-06-27 19:00 CEST");
        check(CHRISTMAS, "America/Sao_Paulo", "2026-12-24 14:00 -03");
    }

    #[test]
    fn other_programs_get_times_with_their_offset() {
        let check = |given: Value, expected: Value| assert_eq!(worded(given, &TimeZone::UTC), expected);
        let utc = "2026-12-24T17:00:00+00:00";
        let berlin = "2026-12-24T18:00:00+01:00";
        check(json!({ "started_at": CHRISTMAS }), json!({ "started_at": CHRISTMAS, "started_at_time": utc }));
        check(
            json!({ "since": CHRISTMAS + 5 }),
            json!({ "since": CHRISTMAS + 5, "since_time": "2026-12-24T17:00:00.005+00:00" }),
        );
        check(json!({ "finished_at": null, "id": 7 }), json!({ "finished_at": null, "id": 7 }));
        check(json!([{ "type": "daily", "at": "02:30" }]), json!([{ "type": "daily", "at": "02:30" }]));
        let zoned =
            json!({ "draft": { "zone": "Europe/Berlin", "rule": { "at": CHRISTMAS } }, "next_runs": [CHRISTMAS] });
        let rule = json!({ "at": CHRISTMAS, "at_time": berlin });
        let expected = json!({
            "draft": { "zone": "Europe/Berlin", "rule": rule }, "next_runs": [CHRISTMAS], "next_runs_time": [berlin],
        });
        check(zoned, expected);
    }
}
