//! Time zones by their IANA names, seen as segments of time between changes of the clock.

use super::RuleError;
use jiff::tz::{TimeZone, TimeZoneDatabase, db};
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A time zone of the IANA database: the system's copy, or a bundled one where the system has none.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

/// A stretch of time in which the zone's clock keeps one distance from UTC. Everything in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    /// First second, since the Unix epoch.
    pub start: i64,
    /// The second after the last one.
    pub end: i64,
    /// What the clock shows minus UTC.
    pub offset: i64,
    /// The same just before `start`.
    pub offset_before: i64,
}

impl Zone {
    /// The zone of this name; the case of letters does not matter.
    pub fn named(name: &str) -> Result<Zone, RuleError> {
        Self::from(db(), name)
    }

    fn from(database: &TimeZoneDatabase, name: &str) -> Result<Zone, RuleError> {
        let unknown = || RuleError::Zone(crate::limits::cut(name, 100).to_owned());
        let zone = database.get(name).map_err(|_| unknown())?;
        let name = zone.iana_name().filter(|name| is_for_people(name)).ok_or_else(unknown)?.to_owned();
        Ok(Zone { name, zone })
    }

    /// The zone that this system is set to; UTC where it does not tell a name.
    pub fn system() -> Zone {
        let zone = TimeZone::system();
        zone.iana_name().and_then(|name| Zone::named(name).ok()).unwrap_or_else(Zone::utc)
    }

    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of all zones, sorted, for a picker.
    pub fn all() -> Vec<String> {
        let mut names: Vec<String> = db().available().map(|name| name.as_str().to_owned()).collect();
        names.retain(|name| is_for_people(name));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The segment that holds this second.
    pub(super) fn segment_at(&self, at: i64) -> Segment {
        let at = at.clamp(FIRST_SECOND, LAST_SECOND);
        let start = self.zone.preceding(timestamp(at + 1)).next().map(|change| change.timestamp().as_second());
        let end = self.zone.following(timestamp(at)).next().map(|change| change.timestamp().as_second());
        let start = start.unwrap_or(FIRST_SECOND).max(FIRST_SECOND);
        let end = end.unwrap_or(LAST_SECOND + 1).min(LAST_SECOND + 1);
        Segment { start, end, offset: self.offset(at), offset_before: self.offset((start - 1).max(FIRST_SECOND)) }
    }

    fn offset(&self, at: i64) -> i64 {
        i64::from(self.zone.to_offset(timestamp(at)).seconds())
    }

    /// The moment in milliseconds at which the clock shows this time: the first of two, the end of a gap for a time that
    /// the clock leaps over.
    pub(super) fn moment(&self, wall: civil::DateTime) -> i64 {
        // The zones keep within 26 hours of UTC, so the clock showed less two days before and more two days after.
        let shown = wall_seconds(wall);
        let mut segment = self.segment_at(shown - 2 * DAY);
        while segment.end + segment.offset <= shown && segment.end <= LAST_SECOND {
            segment = self.segment_at(segment.end);
        }
        (shown - segment.offset).max(segment.start) * 1000
    }

    /// What the clock shows at this moment in milliseconds.
    pub(super) fn wall(&self, at: i64) -> civil::DateTime {
        let second = at.div_euclid(1000).clamp(FIRST_SECOND, LAST_SECOND);
        self.zone.to_datetime(timestamp(second))
    }
}

const DAY: i64 = 86_400;
/// Zone data are looked at between 1960 and 2600, which holds [`crate::limits::EARLIEST_AT`] to
/// [`crate::limits::LATEST_AT`] and the horizon after them. In seconds.
const FIRST_SECOND: i64 = -315_619_200;
const LAST_SECOND: i64 = 19_880_899_200;

fn timestamp(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The time that a clock shows, as the seconds since it showed the start of 1970.
pub(super) fn wall_seconds(wall: civil::DateTime) -> i64 {
    TimeZone::UTC.to_timestamp(wall).map_or(LAST_SECOND, |timestamp| timestamp.as_second())
}

/// Names that stand for whatever a system is set to, and for nothing, are no choice.
fn is_for_people(name: &str) -> bool {
    !["localtime", "posixrules", "Factory", "Etc/Unknown"].contains(&name)
        && !name.starts_with("posix/")
        && !name.starts_with("right/")
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl TryFrom<String> for Zone {
    type Error = RuleError;

    fn try_from(name: String) -> Result<Zone, RuleError> {
        Zone::named(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_zones_have_names() {
        let check = |text: &str, expected: Option<&str>| {
            let found = Zone::named(text);
            assert_eq!(found.as_ref().ok().map(Zone::name), expected, "{text:?}");
        };
        check("Europe/Berlin", Some("Europe/Berlin"));
        check("europe/berlin", Some("Europe/Berlin"));
        check("UTC", Some("UTC"));
        for bad in ["", "Berlin", "Etc/Unknown", "localtime", "../etc/passwd", "Europe/Berlin\0", "posix/Europe/Berlin"]
        {
            check(bad, None);
        }
        assert!(Zone::named(&"x".repeat(100_000)).is_err());
    }

    #[test]
    fn every_listed_zone_can_be_taken() {
        let all = Zone::all();
        assert!(all.len() > 400, "{}", all.len());
        for name in &all {
            assert_eq!(Zone::named(name).unwrap().name(), name);
        }
        assert!(all.contains(&Zone::named(Zone::system().name()).unwrap().name().to_owned()));
    }

    /// A system without zone data falls back to these.
    #[test]
    fn the_bundled_zones_say_the_same() {
        let bundled = Zone::from(&TimeZoneDatabase::bundled(), "Europe/Berlin").unwrap();
        let system = Zone::named("Europe/Berlin").unwrap();
        for month in 0..120 {
            let at = 1_700_000_000 + month * 30 * DAY;
            assert_eq!(bundled.segment_at(at), system.segment_at(at));
        }
    }

    #[test]
    fn moments_of_wall_clock_times() {
        let check = |zone: &str, wall: &str, utc: &str| {
            let zone = Zone::named(zone).unwrap();
            let found = zone.moment(wall.parse().unwrap());
            assert_eq!(timestamp(found / 1000).to_string(), utc, "{wall} in {zone:?}");
        };
        check("UTC", "2026-11-21T10:00", "2026-11-21T10:00:00Z");
        check("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00Z");
        check("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z");
        check("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z");
        check("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00Z");
        check("Asia/Kathmandu", "2026-01-01T00:00", "2025-12-31T18:15:00Z");
    }

    #[test]
    fn a_segment_is_never_empty_and_holds_its_second() {
        for name in ["UTC", "Europe/Berlin", "Pacific/Apia", "Africa/Casablanca", "Africa/Monrovia"] {
            let zone = Zone::named(name).unwrap();
            let mut at = i64::MIN / 2;
            let mut segments = 0;
            loop {
                let segment = zone.segment_at(at);
                assert!(segment.start < segment.end, "{name} {segment:?}");
                assert!((segment.start..segment.end).contains(&at.clamp(FIRST_SECOND, LAST_SECOND)));
                segments += 1;
                if segment.end > LAST_SECOND {
                    break;
                }
                assert_eq!(zone.segment_at(segment.end).start, segment.end, "{name} {segment:?}");
                at = segment.end;
            }
            assert!(segments < 3000, "{name}: {segments}");
        }
    }
}
