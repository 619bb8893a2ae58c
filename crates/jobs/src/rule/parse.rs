//! Rules as a person types them on the command line.

use super::{Rule, RuleError, TimeOfDay, Trigger, Weekday, Zone};
use crate::limits::{DEFAULT_MAX_DELAY_MS, DEFAULT_SETTLE_MS, MAX_INTERVAL_MS, cut};
use jiff::civil::{Date, DateTime};

/// Reads a rule. `now` (milliseconds since the Unix epoch) is the anchor of "every" and the start of "in"; `zone` is
/// where an "at" is read. The rule has stood [`Rule::validate`].
///
/// ```text
/// every 15m | every 90s | every 2h | every 3d     daily 02:30
/// weekly mon,thu 09:00                            monthly 1 08:00 | monthly last 08:00
/// cron 30 2 * * *                                 at 2026-12-24 18:00 | in 20m
/// on start | on network | on power                on folder PATH | on end NUMBER
/// ```
pub fn parse(text: &str, now: i64, zone: &Zone) -> Result<Rule, RuleError> {
    let text = text.trim();
    let (verb, rest) = word(text);
    let rule = match verb.to_ascii_lowercase().as_str() {
        "every" => Rule::Every { interval_ms: duration(text, rest)?, anchor: now },
        "daily" => Rule::Daily { at: rest.parse()? },
        "weekly" => {
            let (days, at) = word(rest);
            Rule::Weekly { days: weekdays(text, days)?, at: at.parse()? }
        }
        "monthly" => {
            let (day, at) = word(rest);
            Rule::Monthly { day: day_of_month(text, day)?, at: at.parse()? }
        }
        "cron" => Rule::Cron { expression: rest.to_owned() },
        "at" => Rule::Once { at: moment(text, rest, now, zone)? },
        "in" => match duration(text, rest)? {
            0 => return Err(error(text, "write a time like in 20m")),
            wait => Rule::Once { at: now.saturating_add(wait) },
        },
        "on" => Rule::On { trigger: trigger(text, rest)? },
        _ => {
            return Err(error(
                text,
                "write one like: every 15m, daily 02:30, weekly mon,thu 09:00, at 2026-12-24 18:00",
            ));
        }
    };
    rule.validate()?;
    Ok(rule)
}

/// The first word, and the rest without the spaces between.
fn word(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (first, rest.trim_start())
}

fn error(text: &str, hint: &'static str) -> RuleError {
    RuleError::Text { text: cut(text, 100).to_owned(), hint }
}

/// Milliseconds of "15m" or "15 minutes"; without a number it is one: "hour".
fn duration(text: &str, words: &str) -> Result<i64, RuleError> {
    let wrong = || error(text, "write a time like 90s, 15m, 2h or 3d");
    let unit = words.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let number = &words[..words.len() - unit.len()];
    let count: i64 = if number.is_empty() { 1 } else { number.parse().map_err(|_| wrong())? };
    let ms = match unit.trim().to_ascii_lowercase().as_str() {
        "s" | "sec" | "second" | "seconds" => 1000,
        "m" | "min" | "minute" | "minutes" => 60_000,
        "h" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        _ => return Err(wrong()),
    };
    let too_long = || RuleError::Bounds("a time in a rule must be 10 years at most".to_owned());
    count.checked_mul(ms).filter(|ms| *ms <= MAX_INTERVAL_MS).ok_or_else(too_long)
}

fn weekdays(text: &str, days: &str) -> Result<Vec<Weekday>, RuleError> {
    let day = |name: &str| {
        let name = name.to_ascii_lowercase();
        let full = |day: &Weekday| format!("{day:?}").to_ascii_lowercase();
        let found = Weekday::ALL.into_iter().find(|day| name == full(day) || name == full(day)[..3]);
        found.ok_or_else(|| error(text, "write days like mon,thu and then the time: weekly mon,thu 09:00"))
    };
    let mut days: Vec<Weekday> = days.split(',').map(day).collect::<Result<_, _>>()?;
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

fn day_of_month(text: &str, day: &str) -> Result<u8, RuleError> {
    if day.eq_ignore_ascii_case("last") {
        return Ok(31);
    }
    day.parse()
        .map_err(|_| error(text, "write the day of the month and then the time: monthly 1 08:00, monthly last 08:00"))
}

fn moment(text: &str, words: &str, now: i64, zone: &Zone) -> Result<i64, RuleError> {
    let read = || -> Option<DateTime> {
        let (date, time) = words.split_once([' ', 'T'])?;
        let year_first = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date: Date = year_first.then(|| date.parse().ok())??;
        let time: TimeOfDay = time.trim_start().parse().ok()?;
        Some(date.at(time.hour() as i8, time.minute() as i8, 0, 0))
    };
    let at = zone.moment(read().ok_or_else(|| error(text, "write the date and the time: at 2026-12-24 18:00"))?);
    if at <= now { Err(error(text, "that time has passed")) } else { Ok(at) }
}

fn trigger(text: &str, words: &str) -> Result<Trigger, RuleError> {
    let hint = "write one of: on start, on network, on power, on folder PATH, on end NUMBER";
    let (what, rest) = word(words);
    match (what.to_ascii_lowercase().as_str(), rest) {
        ("start", "") => Ok(Trigger::AppStart),
        ("network", "") => Ok(Trigger::NetworkBack),
        ("power", "") => Ok(Trigger::PluggedIn),
        ("folder", path) if !path.is_empty() => Ok(Trigger::FolderChanged {
            path: path.to_owned(),
            settle_ms: DEFAULT_SETTLE_MS,
            max_delay_ms: DEFAULT_MAX_DELAY_MS,
        }),
        ("end", number) => {
            number.parse().map(|schedule| Trigger::ScheduleEnded { schedule }).map_err(|_| error(text, hint))
        }
        _ => Err(error(text, hint)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_790_000_000_000; // 2026-09-21 14:13:20 UTC

    fn berlin() -> Zone {
        Zone::named("Europe/Berlin").unwrap()
    }

    fn time(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    #[test]
    fn reads_rules() {
        let check = |text: &str, expected: Rule| assert_eq!(parse(text, NOW, &berlin()), Ok(expected), "{text}");
        let every = |interval_ms| Rule::Every { interval_ms, anchor: NOW };
        let on = |trigger| Rule::On { trigger };
        check("every 15m", every(900_000));
        check("  Every 15 Minutes ", every(900_000));
        check("every 90s", every(90_000));
        check("every 2h", every(7_200_000));
        check("every hour", every(3_600_000));
        check("every 3653d", every(3653 * 86_400_000));
        check("daily 2:30", Rule::Daily { at: time("02:30") });
        let days = vec![Weekday::Monday, Weekday::Thursday];
        check("weekly thu,Monday,mon 09:00", Rule::Weekly { days, at: time("09:00") });
        check("monthly 1 08:00", Rule::Monthly { day: 1, at: time("08:00") });
        check("monthly last 08:00", Rule::Monthly { day: 31, at: time("08:00") });
        check("cron 30 2 * * *", Rule::Cron { expression: "30 2 * * *".to_owned() });
        check("at 2026-12-24 18:00", Rule::Once { at: 1_798_131_600_000 });
        check("at 2026-12-24T18:00", Rule::Once { at: 1_798_131_600_000 });
        check("at 2027-03-28 02:30", Rule::Once { at: 1_806_195_600_000 });
        check("in 20m", Rule::Once { at: NOW + 1_200_000 });
        check("on start", on(Trigger::AppStart));
        check("on network", on(Trigger::NetworkBack));
        check("on power", on(Trigger::PluggedIn));
        check("on end 7", on(Trigger::ScheduleEnded { schedule: 7 }));
        let path = "/home/ada/My Scans".to_owned();
        check(
            "on folder /home/ada/My Scans",
            on(Trigger::FolderChanged { path, settle_ms: 5000, max_delay_ms: 300_000 }),
        );
    }

    #[test]
    fn says_what_is_wrong() {
        let check = |text: &str, expected: &str| {
            let error = parse(text, NOW, &berlin()).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        };
        check("", "write one like: every 15m");
        check("sometimes", "write one like: every 15m");
        check("every 15x", "write a time like 90s");
        check("every", "write a time like 90s");
        check("every 0s", "at least 1 second");
        check("every 4000d", "10 years");
        check("every 99999999999999999999s", "write a time like");
        check("daily 25:00", "not a time of day");
        check("daily", "not a time of day");
        check("weekly xyz 09:00", "write days like");
        check("weekly 09:00", "write days like");
        check("monthly 32 08:00", "not a day of the month");
        check("monthly 0 08:00", "not a day of the month");
        check("monthly x 08:00", "write the day of the month");
        check("cron 0 0 30 2 *", "never comes");
        check("cron 0 0 * * L", "never comes");
        check("cron", "0 fields");
        check("at 2026-12-24", "write the date and the time");
        check("at 2026-02-30 10:00", "write the date and the time");
        check("at 2020-12-24 18:00", "has passed");
        check("at 9999-12-31 23:59", "between 1970 and 2500");
        check("in 0s", "write a time like in 20m");
        check("on", "write one of");
        check("on folder", "write one of");
        check("on end x", "write one of");
        check("on end 0", "needs that schedule");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(
            verb in "every|daily|weekly|monthly|cron|at|in|on|on folder|on end|\\PC{0,5}", rest in "\\PC{0,40}|[0-9:,* /TLWmhsd-]{0,30}",
            now in any::<i64>(),
        ) {
            if let Ok(rule) = parse(&format!("{verb} {rest}"), now, &berlin()) {
                prop_assert_eq!(rule.validate(), Ok(()));
                let _ = rule.words(&berlin());
            }
        }

        #[test]
        fn typed_rules_come_back(minutes in 0_u16..1440, day in 1_u8..=31, days in prop::sample::subsequence(&Weekday::ALL[..], 1..=7)) {
            let at = TimeOfDay::from_minutes(minutes).unwrap();
            let names = days.iter().map(|day| format!("{day:?}")).collect::<Vec<_>>().join(",");
            let read = |text: String| parse(&text, NOW, &berlin());
            prop_assert_eq!(read(format!("daily {at}")), Ok(Rule::Daily { at }));
            prop_assert_eq!(read(format!("monthly {day} {at}")), Ok(Rule::Monthly { day, at }));
            prop_assert_eq!(read(format!("weekly {names} {at}")), Ok(Rule::Weekly { days, at }));
        }
    }
}
