//! Cron expressions: read by croner, with messages that name the field.

use super::RuleError;
use super::pattern::{Days, Field, Pattern};
use crate::limits::{MAX_CRON_BYTES, cut};
use croner::Cron;
use croner::errors::CronError;
use croner::parser::CronParser;

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const NICKNAMES: [(&str, &str); 5] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
];

/// A field of an expression, for people and for the check of its words.
struct Meaning {
    name: &'static str,
    numbers: &'static str,
    /// Larger steps name only the first number, which nobody who writes one means.
    largest_step: u32,
    names: &'static [&'static str],
    /// Letters that may follow or replace a number.
    letters: &'static [&'static str],
}

const MEANINGS: [Meaning; 6] = [
    Meaning { name: "second", numbers: "0 to 59", largest_step: 59, names: &[], letters: &[] },
    Meaning { name: "minute", numbers: "0 to 59", largest_step: 59, names: &[], letters: &[] },
    Meaning { name: "hour", numbers: "0 to 23", largest_step: 23, names: &[], letters: &[] },
    Meaning {
        name: "day of the month",
        numbers: "1 to 31 or L",
        largest_step: 30,
        names: &[],
        letters: &["L", "W", "LW"],
    },
    Meaning { name: "month", numbers: "1 to 12 or JAN to DEC", largest_step: 11, names: MONTHS, letters: &[] },
    Meaning {
        name: "weekday",
        numbers: "0 (Sunday) to 6 or SUN to SAT",
        largest_step: 6,
        names: WEEKDAYS,
        letters: &["L"],
    },
];

/// The wall-clock times of an expression.
pub(super) fn pattern(expression: &str) -> Result<Pattern, RuleError> {
    let cron = read(expression).map_err(|problem| RuleError::Cron {
        expression: cut(expression.trim(), MAX_CRON_BYTES).to_owned(),
        problem,
    })?;
    let field = |component: &croner::CronComponent| Field::of(component.values());
    Ok(Pattern {
        hours: field(&cron.pattern.hours),
        minutes: field(&cron.pattern.minutes),
        seconds: field(&cron.pattern.seconds),
        days: Days::Cron(Box::new(cron.pattern)),
    })
}

fn read(expression: &str) -> Result<Cron, String> {
    if expression.len() > MAX_CRON_BYTES {
        return Err(format!("it is longer than {MAX_CRON_BYTES} bytes"));
    }
    let expression = expression.trim();
    if expression.starts_with('@') {
        let known = NICKNAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(expression));
        let names = || NICKNAMES.map(|(name, _)| name).join(", ");
        let (_, fields) = known.ok_or_else(|| format!("use one of {}, or five fields", names()))?;
        return read(fields);
    }
    let mut fields: Vec<&str> = expression.split_whitespace().collect();
    match fields.len() {
        5 => fields.insert(0, "0"),
        6 => {}
        count => {
            let right = "five fields (minute, hour, day of the month, month, weekday), or six with the second first";
            return Err(format!("it has {count} fields; use {right}"));
        }
    }
    let pairs = || fields.iter().zip(&MEANINGS);
    if let Some((field, meaning)) = pairs().find(|(field, meaning)| !has_right_words(field, meaning)) {
        return Err(not_usable(field, meaning));
    }
    parse(&fields).map_err(|error| {
        // croner does not say in which field its problem lies: each is tried alone.
        let wrong = pairs().enumerate().find(|(at, (field, _))| {
            let mut alone = ["*"; 6];
            alone[*at] = field;
            parse(&alone).is_err()
        });
        wrong.map_or_else(|| error.to_string(), |(_, (field, meaning))| not_usable(field, meaning))
    })
}

fn not_usable(field: &str, Meaning { name, numbers, .. }: &Meaning) -> String {
    let field = cut(field, 40);
    format!("{field:?} is not a usable {name}; use {numbers}, *, lists 1,3, ranges 1-5 or steps */15")
}

fn parse(fields: &[&str]) -> Result<Cron, CronError> {
    // The year is never looked at. Without one croner would enter 5000 years into its table at each reading.
    CronParser::builder().build().parse(&format!("{} 1", fields.join(" ")))
}

/// Whether a field is made of words that belong there.
fn has_right_words(field: &str, meaning: &Meaning) -> bool {
    // croner replaces names anywhere in the text: it would read FRI as the hour 5, and 1JAN as 11.
    let mut words = field.split([',', '-', '/', '#', '+']).filter(|word| !word.is_empty() && *word != "*");
    let belongs = |word: &str| {
        let word = word.to_ascii_uppercase();
        let name = meaning.names.iter().find_map(|name| word.strip_prefix(name));
        let letters = name.unwrap_or_else(|| word.trim_start_matches(|letter: char| letter.is_ascii_digit()));
        let is_joker = word == "?" && !meaning.letters.is_empty();
        letters.is_empty() || is_joker || meaning.letters.contains(&letters)
    };
    let step_fits = |part: &str| {
        let step = part.split_once('/').map(|(_, step)| step.parse::<u32>());
        step.is_none_or(|step| step.is_ok_and(|step| step <= meaning.largest_step))
    };
    words.all(belongs) && field.split(',').all(|part| !part.is_empty() && step_fits(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_write() {
        let check = |text: &str, hours: &[u8], minutes: &[u8], seconds: &[u8]| {
            let pattern = pattern(text).unwrap();
            let found = (pattern.hours.numbers(), pattern.minutes.numbers(), pattern.seconds.numbers());
            assert_eq!(found, (hours.to_vec(), minutes.to_vec(), seconds.to_vec()), "{text}");
        };
        check("30 2 * * *", &[2], &[30], &[0]);
        check("  30 2 * * 1-5 ", &[2], &[30], &[0]);
        check("*/30 8-10/2 1,L * *", &[8, 10], &[0, 30], &[0]);
        check("*/20 5 4 * jan-mar MON#1", &[4], &[5], &[0, 20, 40]);
        check("@daily", &[0], &[0], &[0]);
        check("@Weekly", &[0], &[0], &[0]);
        check("0 9 15W * ?", &[9], &[0], &[0]);
        check("0 9 LW * *", &[9], &[0], &[0]);
        check("0 9 13 * +FRI", &[9], &[0], &[0]);
        check("0 9 * * 5L", &[9], &[0], &[0]);
        check("0 9 L * +tueL", &[9], &[0], &[0]);
    }

    #[test]
    fn says_which_field_is_wrong() {
        let check = |text: &str, expected: &str| {
            let error = pattern(text).err().unwrap().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        };
        check("", "it has 0 fields");
        check("* * * *", "it has 4 fields");
        check("* * * * * * *", "it has 7 fields");
        check("60 * * * *", "\"60\" is not a usable minute");
        check("* 24 * * *", "\"24\" is not a usable hour; use 0 to 23");
        check("* FRI * * *", "\"FRI\" is not a usable hour");
        check("* * 0 * *", "\"0\" is not a usable day of the month");
        check("* * * 1JAN *", "\"1JAN\" is not a usable month");
        check("* * * * MONTUE", "not a usable weekday");
        check("* * * * 8", "not a usable weekday");
        check("1,,2 * * * *", "not a usable minute");
        check(", * * * *", "not a usable minute");
        check("5-1 * * * *", "not a usable minute");
        check("*/0 * * * *", "not a usable minute");
        check("*/65535 * * * *", "not a usable minute");
        check("*/90 * * * *", "not a usable minute");
        check("0 */24 * * *", "not a usable hour");
        check("@reboot", "use one of @hourly");
        check(&"1,".repeat(200), "longer than 200 bytes");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,60}|([0-9*/,@A-Z#+LW?-]{1,6} ){4,6}[0-9*/,LW#-]{1,6}") {
            let _ = pattern(&text);
        }
    }
}
