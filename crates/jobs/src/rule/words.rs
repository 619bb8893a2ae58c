//! A rule as a person would say it, without the name of its time zone.

use super::pattern::{Days, Field, Pattern};
use super::{Rule, TimeOfDay, Trigger, Weekday, Zone};

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

impl Rule {
    /// The rule in words, such as "Every Monday and Thursday at 09:00". The zone is not named; it says at which day and
    /// time a [`Rule::Once`] falls.
    pub fn words(&self, zone: &Zone) -> String {
        match self {
            Rule::Every { interval_ms, .. } => interval(*interval_ms),
            Rule::Daily { at } => format!("Every day at {at}"),
            Rule::Weekly { days, at } => weekly(days, *at),
            Rule::Monthly { day, at } => monthly(*day, *at),
            Rule::Cron { expression } => {
                let simple = Pattern::of(self).and_then(|pattern| simple(&pattern));
                simple.unwrap_or_else(|| format!("At cron times {}", expression.trim()))
            }
            Rule::Once { at } => {
                let wall = zone.wall(*at);
                let month = MONTHS[wall.month() as usize - 1];
                let seconds = if wall.second() == 0 { String::new() } else { format!(":{:02}", wall.second()) };
                let (day, year, hour, minute) = (wall.day(), wall.year(), wall.hour(), wall.minute());
                format!("Once on {day} {month} {year} at {hour:02}:{minute:02}{seconds}")
            }
            Rule::On { trigger } => trigger.words(),
        }
    }
}

impl Trigger {
    fn words(&self) -> String {
        match self {
            Trigger::FolderChanged { path, .. } => format!("When the folder {path} changes"),
            Trigger::AppStart => "When Legible starts".to_owned(),
            Trigger::NetworkBack => "When the network comes back".to_owned(),
            Trigger::PluggedIn => "When plugged in".to_owned(),
            Trigger::ScheduleEnded { schedule } => format!("When schedule {schedule} ends"),
        }
    }
}

fn interval(interval_ms: i64) -> String {
    const UNITS: [(i64, &str); 5] =
        [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1000, "second"), (1, "millisecond")];
    // One day of elapsed time is not "every day", which would promise a time on the wall clock.
    let fits = |unit: i64| interval_ms % unit == 0 && (unit < 86_400_000 || interval_ms > unit);
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| fits(*unit)).unwrap_or(UNITS[4]);
    every(interval_ms / unit, name)
}

fn every(count: i64, unit: &str) -> String {
    if count == 1 { format!("Every {unit}") } else { format!("Every {count} {unit}s") }
}

fn weekly(days: &[Weekday], at: TimeOfDay) -> String {
    let mut days = days.to_vec();
    days.sort_unstable();
    days.dedup();
    let days = match days.as_slice() {
        days if days.len() == 7 => "day".to_owned(),
        days if days == &Weekday::ALL[..5] => "Monday to Friday".to_owned(),
        days => {
            let names: Vec<String> = days.iter().map(|day| format!("{day:?}")).collect();
            match names.split_last() {
                Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
                _ => names.concat(),
            }
        }
    };
    format!("Every {days} at {at}")
}

fn monthly(day: u8, at: TimeOfDay) -> String {
    let ending = match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    match day {
        31 => format!("On the last day of every month at {at}"),
        29 | 30 => format!("On the {day}{ending} of every month (the last day where it is shorter) at {at}"),
        _ => format!("On the {day}{ending} of every month at {at}"),
    }
}

/// The words of the simple rule that has the same times, if there is one.
fn simple(pattern: &Pattern) -> Option<String> {
    let Days::Cron(days) = &pattern.days else { return None };
    let every_month = days.months.values().len() == 12;
    let (any_day, any_weekday) = (days.is_dom_wildcard(), days.is_dow_wildcard());
    if !every_month || pattern.seconds != Field::of([0]) {
        return None;
    }
    let (hours, minutes) = (pattern.hours.numbers(), pattern.minutes.numbers());
    if let ([hour], [minute]) = (hours.as_slice(), minutes.as_slice()) {
        let at = TimeOfDay::from_minutes(u16::from(*hour) * 60 + u16::from(*minute))?;
        let numbers = days.days.values();
        return match (any_day, any_weekday) {
            (true, true) => Some(format!("Every day at {at}")),
            (true, false) if !days.days_of_week.has_modifiers() => {
                let monday_first = |number: &u16| Weekday::ALL[(usize::from(*number) + 6) % 7];
                Some(weekly(&days.days_of_week.values().iter().map(monday_first).collect::<Vec<_>>(), at))
            }
            (false, true) if !days.days.has_modifiers() && numbers.len() == 1 && numbers[0] <= 28 => {
                Some(monthly(numbers[0] as u8, at))
            }
            _ => None,
        };
    }
    if !any_day || !any_weekday {
        return None;
    }
    if pattern.is_for_every_hour() {
        return match step(&minutes, 60)? {
            60 => Some("Every hour".to_owned()),
            step => Some(every(step, "minute")),
        };
    }
    (minutes == [0]).then_some(())?;
    Some(every(step(&hours, 24)?, "hour"))
}

/// The distance of numbers that start at 0 and divide the whole evenly.
fn step(numbers: &[u8], whole: u8) -> Option<i64> {
    let step = numbers.get(1).copied().unwrap_or(whole);
    let even = step > 0 && whole.is_multiple_of(step) && (0..whole).step_by(step.into()).eq(numbers.iter().copied());
    even.then_some(step.into())
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn reads_like_a_sentence() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        let check = |text: &str, expected: &str| {
            let rule = parse(text, 1_790_000_000_000, &zone).unwrap();
            assert_eq!(rule.words(&zone), expected, "{text}");
        };
        check("daily 02:30", "Every day at 02:30");
        check("weekly thu,mon 9:00", "Every Monday and Thursday at 09:00");
        check("weekly mon,tue,wed,thu,fri 9:00", "Every Monday to Friday at 09:00");
        check("weekly sat,fri,sun 9:00", "Every Friday, Saturday and Sunday at 09:00");
        check("weekly sun,mon,tue,wed,thu,fri,sat 9:00", "Every day at 09:00");
        check("weekly sun 9:00", "Every Sunday at 09:00");
        check("every 15m", "Every 15 minutes");
        check("every 90s", "Every 90 seconds");
        check("every 120s", "Every 2 minutes");
        check("every 1h", "Every hour");
        check("every 1d", "Every 24 hours");
        check("every 7d", "Every 7 days");
        check("monthly 1 08:00", "On the 1st of every month at 08:00");
        check("monthly 22 08:00", "On the 22nd of every month at 08:00");
        check("monthly 12 08:00", "On the 12th of every month at 08:00");
        check("monthly 30 08:00", "On the 30th of every month (the last day where it is shorter) at 08:00");
        check("monthly last 08:00", "On the last day of every month at 08:00");
        check("at 2026-12-24 18:00", "Once on 24 December 2026 at 18:00");
        check("on folder /home/ada/Scans", "When the folder /home/ada/Scans changes");
        check("on start", "When Legible starts");
        check("on network", "When the network comes back");
        check("on power", "When plugged in");
        check("on end 7", "When schedule 7 ends");
        check("cron 30 2 * * *", "Every day at 02:30");
        check("cron 30 2 * * 1-5", "Every Monday to Friday at 02:30");
        check("cron 0 9 * * SUN,MON", "Every Monday and Sunday at 09:00");
        check("cron 0 9 * * 7", "Every Sunday at 09:00");
        check("cron 0 8 1 * *", "On the 1st of every month at 08:00");
        check("cron 0 8 31 * *", "At cron times 0 8 31 * *");
        check("cron 0 8 L * *", "At cron times 0 8 L * *");
        check("cron 0 8 1 * MON", "At cron times 0 8 1 * MON");
        check("cron 0 8 * 1 *", "At cron times 0 8 * 1 *");
        check("cron 0 8 * * MON#1", "At cron times 0 8 * * MON#1");
        check("cron */15 * * * *", "Every 15 minutes");
        check("cron * * * * *", "Every minute");
        check("cron */7 * * * *", "At cron times */7 * * * *");
        check("cron 5 * * * *", "At cron times 5 * * * *");
        check("cron @hourly", "Every hour");
        check("cron 0 */6 * * *", "Every 6 hours");
        check("cron 0 1-23/6 * * *", "At cron times 0 1-23/6 * * *");
        check("cron */10 * * * * *", "At cron times */10 * * * * *");
    }
}
