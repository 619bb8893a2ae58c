//! Instants as civil dates in UTC.

use std::path::PathBuf;

const DAY: i64 = 86_400_000;
/// The last day of the year 9999, in days since the Unix epoch.
const LAST_DAY: i64 = 2_932_896;

/// `YYYY/MM` of an instant (milliseconds since the Unix epoch) in UTC. Instants outside the years 1970 to 9999 count as the
/// nearest one inside.
pub(crate) fn folder_of(at: i64) -> PathBuf {
    let (year, month, _) = civil(at.div_euclid(DAY).clamp(0, LAST_DAY));
    PathBuf::from(format!("{year:04}")).join(format!("{month:02}"))
}

/// An instant (milliseconds since the Unix epoch) as RFC 3339 writes it, in UTC, to the second: `2026-11-21T12:00:00Z`.
/// Instants outside the years 1970 to 9999 count as the nearest one inside.
pub fn timestamp(at: i64) -> String {
    let at = at.clamp(0, (LAST_DAY + 1) * DAY - 1);
    let ((year, month, day), second) = (civil(at / DAY), at % DAY / 1000);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The civil year, month and day of the month of a day since the Unix epoch, by Howard Hinnant's `civil_from_days`
/// ("chrono-Compatible Low-Level Date Algorithms"): years start in March, so that the leap day is the last.
fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let day_of_era = day.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_in_utc() {
        let cases = [
            (i64::MIN, "1970-01-01T00:00:00Z"),
            (951_782_399_999, "2000-02-28T23:59:59Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_798_761_599_999, "2026-12-31T23:59:59Z"),
            (1_795_263_811_000, "2026-11-21T12:23:31Z"),
            (i64::MAX, "9999-12-31T23:59:59Z"),
        ];
        for (at, expected) in cases {
            assert_eq!(timestamp(at), expected, "{at}");
        }
    }

    #[test]
    fn months_in_utc() {
        let cases = [
            (i64::MIN, "1970/01"),
            (-1, "1970/01"),
            (0, "1970/01"),
            (951_782_399_999, "2000/02"),
            (951_782_400_000, "2000/02"),
            (951_868_800_000, "2000/03"),
            (1_798_761_599_999, "2026/12"),
            (1_798_761_600_000, "2027/01"),
            (i64::MAX, "9999/12"),
        ];
        for (at, expected) in cases {
            assert_eq!(folder_of(at), PathBuf::from(expected), "{at}");
        }
    }
}
