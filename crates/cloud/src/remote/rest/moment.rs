//! When something was, as providers write it: RFC 3339 in UTC.

/// Milliseconds since the Unix epoch of `2026-11-22T10:00:00.123Z`; `None` if it is written otherwise.
pub(in crate::remote) fn moment(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [hour, minute, second] = numbers(time, ':')?;
    let digits = fraction.bytes().chain([b'0'; 3]).take(3);
    let thousandths = digits.map(|digit| i64::from(digit.wrapping_sub(b'0'))).reduce(|all, digit| all * 10 + digit)?;
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    let seconds = (days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second;
    (fits && fraction.bytes().all(|digit| digit.is_ascii_digit())).then_some(seconds * 1000 + thousandths)
}

fn numbers(text: &str, between: char) -> Option<[i64; 3]> {
    let numbers: Option<Vec<i64>> =
        text.split(between).map(|number| Some(i64::from(number.parse::<u16>().ok()?))).collect();
    numbers?.try_into().ok()
}

/// Days from 1970-01-01, in years that begin with March so that a leap day is the last (Howard Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let check = |text: &str, expected: Option<i64>| assert_eq!(moment(text), expected, "{text}");
        check("1970-01-01T00:00:00Z", Some(0));
        check("2000-02-29T12:34:56Z", Some(951_827_696_000));
        check("2026-11-22T10:00:00.12Z", Some(1_795_341_600_120));
        check("2026-11-22T10:00:00.1234567Z", Some(1_795_341_600_123));
        for wrong in ["", "2026-11-22", "2026-13-22T10:00:00Z", "2026-11-22T10:00:00+01:00", "2026-11-22T10:00:00.xZ"] {
            check(wrong, None);
        }
    }
}
