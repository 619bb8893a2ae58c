//! Days on which clocks jump, by hand.

use chrono::DateTime;
use legible_jobs::rule::{
    Due, Missed, Rule, Zone, due, last_until, next_after, opens_at, parse, preview, slots_between,
};
use std::time::Instant;

fn at(rfc3339: &str) -> i64 {
    DateTime::parse_from_rfc3339(rfc3339).unwrap().timestamp_millis()
}

fn show(zone: &str, slot: i64) -> String {
    let zone: chrono_tz::Tz = zone.parse().unwrap();
    let moment = DateTime::from_timestamp_millis(slot).unwrap().with_timezone(&zone);
    moment.format("%m-%d %H:%M %z").to_string()
}

fn rule(text: &str) -> Rule {
    parse(text, 0, &Zone::utc()).unwrap()
}

#[test]
fn clocks_that_jump() {
    let check = |zone: &str, text: &str, after: &str, expected: &[&str]| {
        let named = Zone::named(zone).unwrap();
        let found = preview(&rule(text), &named, at(after), expected.len());
        let found: Vec<String> = found.into_iter().map(|slot| show(zone, slot)).collect();
        assert_eq!(found, expected, "{text} in {zone}");
    };
    let (spring, autumn) = ("2026-03-28T12:00:00+01:00", "2026-10-24T12:00:00+02:00");
    let berlin = "Europe/Berlin";
    check(berlin, "daily 02:30", spring, &["03-29 03:00 +0200", "03-30 02:30 +0200"]);
    check(berlin, "daily 02:30", autumn, &["10-25 02:30 +0200", "10-26 02:30 +0100"]);
    check(berlin, "cron 0,30 2 * * *", spring, &["03-29 03:00 +0200", "03-30 02:00 +0200"]);
    check(berlin, "cron 0,30 2 * * *", autumn, &["10-25 02:00 +0200", "10-25 02:30 +0200", "10-26 02:00 +0100"]);
    check(berlin, "cron 0 1,2,3 * * *", spring, &["03-29 01:00 +0100", "03-29 03:00 +0200", "03-30 01:00 +0200"]);
    check(
        berlin,
        "cron 0 */2 * * *",
        "2026-03-29T00:00:00+01:00",
        &["03-29 03:00 +0200", "03-29 04:00 +0200", "03-29 06:00 +0200"],
    );
    check(
        berlin,
        "cron 0 */2 * * *",
        "2026-10-25T00:00:00+02:00",
        &["10-25 02:00 +0200", "10-25 04:00 +0100", "10-25 06:00 +0100"],
    );
    check(
        berlin,
        "cron */30 * * * *",
        "2026-03-29T01:00:00+01:00",
        &["03-29 01:30 +0100", "03-29 03:00 +0200", "03-29 03:30 +0200"],
    );
    check(
        berlin,
        "cron */30 * * * *",
        "2026-10-25T01:30:00+02:00",
        &["10-25 02:00 +0200", "10-25 02:30 +0200", "10-25 02:00 +0100", "10-25 02:30 +0100", "10-25 03:00 +0100"],
    );
    check(
        berlin,
        "cron */30 1-3 * * *",
        "2026-10-25T01:30:00+02:00",
        &["10-25 02:00 +0200", "10-25 02:30 +0200", "10-25 03:00 +0100"],
    );
    // The clock stands in its second 02:00 to 03:00 when the search begins.
    check(berlin, "daily 02:30", "2026-10-25T02:10:00+01:00", &["10-26 02:30 +0100"]);
    check(berlin, "daily 02:30", "2026-10-25T02:40:00+01:00", &["10-26 02:30 +0100"]);
    check(
        "Australia/Lord_Howe",
        "daily 02:15",
        "2026-10-03T12:00:00+10:30",
        &["10-04 02:30 +1100", "10-05 02:15 +1100"],
    );
    // Samoa had no 30 December 2011.
    let samoa = "2011-12-29T12:00:00-10:00";
    check("Pacific/Apia", "daily 02:30", samoa, &["12-31 00:00 +1400", "12-31 02:30 +1400", "01-01 02:30 +1400"]);
    check("Pacific/Apia", "weekly fri 09:00", samoa, &["12-31 00:00 +1400", "01-06 09:00 +1400"]);
    check("Pacific/Apia", "monthly 30 09:00", samoa, &["12-31 00:00 +1400", "01-30 09:00 +1400"]);
    check("Pacific/Apia", "cron 0 * 30 12 *", samoa, &["12-30 00:00 +1400", "12-30 01:00 +1400"]);
    // Brazil began summer time at midnight.
    check("America/Sao_Paulo", "daily 00:00", "2017-10-14T12:00:00-03:00", &["10-15 01:00 -0200", "10-16 00:00 -0200"]);
    check("UTC", "monthly 31 08:00", "2027-01-31T08:00:00Z", &["02-28 08:00 +0000", "03-31 08:00 +0000"]);
    check("UTC", "cron 0 0 29 2 *", "2096-03-01T00:00:00Z", &["02-29 00:00 +0000"]);
}

#[test]
fn what_is_due() {
    let berlin = Zone::named("Europe/Berlin").unwrap();
    let (handled, hour) = (at("2026-03-01T02:30:00+01:00"), 3_600_000);
    let check = |missed, now: &str, run: &[&str], skipped, next: &str| {
        let found = due(&rule("daily 02:30"), &berlin, missed, handled, at(now), hour);
        let run: Vec<i64> = run.iter().map(|slot| at(slot)).collect();
        let Due { handled: found_handled, .. } = found;
        let expected = Due { run, skipped, next: Some(at(next)), handled: found_handled };
        assert_eq!(found, expected, "{missed:?} at {now}");
    };
    let (all, skip, once) = (Missed::All { most: 2 }, Missed::Skip, Missed::Once);
    let (third, fourth) = ("2026-03-03T02:30:00+01:00", "2026-03-04T02:30:00+01:00");
    let (late, on_time, fifth) =
        ("2026-03-04T12:00:00+01:00", "2026-03-04T03:30:00+01:00", "2026-03-05T02:30:00+01:00");
    check(skip, late, &[], 3, fifth);
    check(once, late, &[fourth], 2, fifth);
    check(all, late, &[third, fourth], 1, fifth);
    check(skip, on_time, &[fourth], 2, fifth);
    check(once, on_time, &[fourth], 2, fifth);
    check(all, on_time, &[third, fourth], 1, fifth);
    check(Missed::All { most: 0 }, on_time, &[fourth], 2, fifth);
    // Set back by a day: what was dealt with stays so. By more than 36 hours: the clock had been wrong.
    check(all, "2026-02-28T02:30:00+01:00", &[], 0, "2026-03-02T02:30:00+01:00");
    check(all, "2026-02-01T02:30:00+01:00", &[], 0, "2026-02-02T02:30:00+01:00");
    check(all, "2026-02-01T02:00:00+01:00", &[], 0, "2026-02-01T02:30:00+01:00");

    let once_at = |now: i64, handled| due(&Rule::Once { at: 5000 }, &berlin, Missed::Skip, handled, now, 1000);
    assert_eq!(once_at(4999, 0), Due { next: Some(5000), ..Due::default() });
    assert_eq!(once_at(6000, 0), Due { run: vec![5000], handled: 5000, ..Due::default() });
    assert_eq!(once_at(6001, 0), Due { skipped: 1, handled: 5000, ..Due::default() });
    assert_eq!(once_at(6001, 5000), Due { handled: 5000, ..Due::default() });
    assert_eq!(due(&rule("on start"), &berlin, once, 0, 5000, 0), Due::default());
}

#[test]
fn ten_years_of_seconds_are_no_work() {
    let start = Instant::now();
    let zone = Zone::named("Africa/Casablanca").unwrap();
    let (handled, now) = (at("2024-01-01T00:00:00Z"), at("2034-01-01T00:00:00Z"));
    let all = Missed::All { most: u32::MAX };
    let every = due(&Rule::Every { interval_ms: 1000, anchor: 0 }, &zone, all, handled, now, 0);
    assert_eq!((every.run.len(), every.skipped), (1000, 315_619_200 - 1000));
    let cron = due(&rule("cron * * * * * *"), &zone, all, handled, now, 0);
    assert_eq!((cron.run.len(), cron.skipped), (1000, 9000));
    assert_eq!(cron.run, every.run);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn extreme_times_and_rules_neither_panic_nor_hang() {
    let start = Instant::now();
    let zone = Zone::named("America/St_Johns").unwrap();
    let times = [i64::MIN, -1, 0, 1, at("2026-01-01T00:00:00Z"), 16_725_225_600_000, 253_402_300_799_999, i64::MAX];
    let mut rules: Vec<Rule> = ["daily 02:30", "cron * * * * * *", "cron 0 0 29 2 *", "monthly 31 00:00", "on power"]
        .into_iter()
        .map(rule)
        .collect();
    for expression in ["0 0 30 2 *", "0 0 31 4,6 *", "not cron", "0 0 29 2 +MON#5"] {
        rules.push(Rule::Cron { expression: expression.to_owned() });
    }
    rules.push(Rule::Weekly { days: Vec::new(), at: "00:00".parse().unwrap() });
    for day in [0, 255] {
        rules.push(Rule::Monthly { day, at: "00:00".parse().unwrap() });
    }
    for (interval_ms, anchor) in [(0, 0), (-5, 3), (i64::MAX, i64::MIN), (1, i64::MAX), (i64::MIN, 0), (1000, i64::MIN)]
    {
        rules.push(Rule::Every { interval_ms, anchor });
    }
    rules.extend(times.map(|at| Rule::Once { at }));
    for rule in &rules {
        let _ = (rule.validate(), rule.words(&zone), rule.validate_flex(i64::MAX));
        for time in times {
            assert!(next_after(rule, &zone, time).is_none_or(|next| next > time), "{rule:?} after {time}");
            assert!(last_until(rule, &zone, time).is_none_or(|last| last <= time), "{rule:?} until {time}");
            for other in [i64::MIN, 1, times[4], i64::MAX] {
                let _ = slots_between(rule, &zone, time, other, 3);
                let _ = opens_at(rule, &zone, time, other);
                let found = due(rule, &zone, Missed::All { most: 3 }, time, other, other);
                assert!(found.run.len() <= 3 && found.run.iter().all(|slot| *slot <= other), "{rule:?} {time} {other}");
            }
        }
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn a_run_may_be_early_but_not_before_the_slot_that_precedes_it() {
    let berlin = Zone::named("Europe/Berlin").unwrap();
    let check = |text: &str, slot: &str, flex_ms: i64, expected: &str| {
        assert_eq!(opens_at(&rule(text), &berlin, at(slot), flex_ms), at(expected), "{text} {slot}");
    };
    let slot = "2026-03-29T03:00:00+02:00";
    check("daily 02:30", slot, 3_600_000, "2026-03-29T01:00:00+01:00");
    check("daily 02:30", slot, 0, slot);
    check("daily 02:30", slot, -5, slot);
    check("daily 02:30", slot, i64::MAX, "2026-03-28T02:30:00+01:00");
    check("cron 0 * * * *", slot, 7_200_000, "2026-03-29T01:00:00+01:00");
}

#[test]
fn rules_are_kept_as_tagged_json() {
    let check = |text: &str, json: &str| {
        assert_eq!(serde_json::to_string(&rule(text)).unwrap(), json);
        assert_eq!(serde_json::from_str::<Rule>(json).unwrap(), rule(text));
    };
    check("every 15m", r#"{"rule":"every","interval_ms":900000,"anchor":0}"#);
    check("daily 2:30", r#"{"rule":"daily","at":"02:30"}"#);
    check("weekly mon,thu 9:00", r#"{"rule":"weekly","days":["monday","thursday"],"at":"09:00"}"#);
    check("monthly last 8:00", r#"{"rule":"monthly","day":31,"at":"08:00"}"#);
    check("cron 30 2 * * *", r#"{"rule":"cron","expression":"30 2 * * *"}"#);
    check("in 1s", r#"{"rule":"once","at":1000}"#);
    check("on start", r#"{"rule":"on","trigger":{"on":"app_start"}}"#);
    check("on end 7", r#"{"rule":"on","trigger":{"on":"schedule_ended","schedule":7}}"#);
    assert_eq!(serde_json::to_string(&Missed::All { most: 3 }).unwrap(), r#"{"missed":"all","most":3}"#);
    assert_eq!(serde_json::to_string(&Zone::named("Europe/Berlin").unwrap()).unwrap(), r#""Europe/Berlin""#);
    assert!(serde_json::from_str::<Zone>(r#""Nowhere""#).is_err());
}
