//! A schedule in one sentence: "Every day at 02:30, when on AC power and away for 10 minutes, read new images."

use legible_jobs::rule::{Rule, TimeOfDay, Zone};
use legible_jobs::{Conditions, NetworkNeed};

/// The sentence of a schedule that does `what`.
pub fn sentence(rule: &Rule, zone: &Zone, conditions: &Conditions, what: &str) -> String {
    let conditions = in_words(conditions);
    let when = rule.words(zone);
    if conditions.is_empty() { format!("{when}, {what}.") } else { format!("{when}, when {conditions}, {what}.") }
}

/// Conditions as part of a sentence, such as "on AC power and connected"; nothing where nothing is needed.
pub fn in_words(conditions: &Conditions) -> String {
    let clock = |minutes| TimeOfDay::from_minutes(minutes).map_or_else(String::new, |at| at.to_string());
    let mut parts = Vec::new();
    if conditions.ac_power {
        parts.push("on AC power".to_owned());
    }
    if conditions.battery_not_low {
        parts.push("the battery is not low".to_owned());
    }
    match conditions.network {
        NetworkNeed::Any => {}
        NetworkNeed::Connected => parts.push("connected".to_owned()),
        NetworkNeed::Unmetered => parts.push("on an unmetered network".to_owned()),
        NetworkNeed::Metered => parts.push("on a metered network".to_owned()),
    }
    match conditions.idle_minutes {
        None => {}
        Some(1) => parts.push("you are away for 1 minute".to_owned()),
        Some(minutes) => parts.push(format!("you are away for {minutes} minutes")),
    }
    if conditions.disk_not_low {
        parts.push("there is free disk space".to_owned());
    }
    if let Some(hours) = &conditions.hours {
        parts.push(format!("between {} and {}", clock(hours.from), clock(hours.to)));
    }
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_jobs::Hours;

    #[test]
    fn a_schedule_reads_like_a_sentence() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        let check = |conditions: Conditions, expected: &str| {
            let rule = Rule::Daily { at: "02:30".parse().unwrap() };
            assert_eq!(sentence(&rule, &zone, &conditions, "read new images"), expected);
        };
        let none = Conditions::default;
        check(none(), "Every day at 02:30, read new images.");
        check(Conditions { ac_power: true, ..none() }, "Every day at 02:30, when on AC power, read new images.");
        let hours = Some(Hours { from: 1320, to: 360, zone: "Europe/Berlin".into() });
        check(
            Conditions { ac_power: true, idle_minutes: Some(10), hours, network: NetworkNeed::Unmetered, ..none() },
            "Every day at 02:30, when on AC power, on an unmetered network, you are away for 10 minutes and between \
             22:00 and 06:00, read new images.",
        );
    }
}
