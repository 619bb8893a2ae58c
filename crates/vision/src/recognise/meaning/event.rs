//! Entries of a calendar: the first VEVENT of an iCalendar object, or one that stands alone (RFC 5545).

use legible_reading::recognition::{Event, Meaning};

use super::content_lines::{ContentLine, lines, unescaped};
use super::{after, filled};

/// An entry of a calendar.
pub fn event(text: &str) -> Option<Meaning> {
    after(text, "BEGIN:VEVENT").or_else(|| after(text, "BEGIN:VCALENDAR"))?;
    let mut event = Event::default();
    let lines = lines(text);
    let of_event = lines.iter().skip_while(|line| !opens(line, "VEVENT")).skip(1);
    for line in of_event.take_while(|line| line.name != "END" && line.name != "BEGIN") {
        match line.name.as_str() {
            "SUMMARY" => event.summary = unescaped(&line.value),
            "DTSTART" => event.starts = moment(line.value.trim()),
            "DTEND" => event.ends = moment(line.value.trim()),
            "LOCATION" => event.place = filled(unescaped(&line.value)),
            _ => {}
        }
    }
    (event != Event::default()).then_some(Meaning::Event(event))
}

fn opens(line: &ContentLine, what: &str) -> bool {
    line.name == "BEGIN" && line.value.trim().eq_ignore_ascii_case(what)
}

/// `20261121`, `20261121T193000` or `20261121T193000Z` with its separators.
fn moment(value: &str) -> Option<String> {
    let (date, time) = value.split_once('T').map_or((value, None), |(date, time)| (date, Some(time)));
    let date = match digits::<8>(date)? {
        [y @ .., a, b, c, d] if (1..=12).contains(&(a * 10 + b)) && (1..=31).contains(&(c * 10 + d)) => {
            format!("{}{}{}{}-{a}{b}-{c}{d}", y[0], y[1], y[2], y[3])
        }
        _ => return None,
    };
    let Some(time) = time else { return Some(date) };
    let (clock, zone) = time.strip_suffix('Z').map_or((time, ""), |clock| (clock, "Z"));
    let [a, b, c, d, e, f] = digits::<6>(clock)?;
    (a * 10 + b < 24 && c < 6 && e <= 6).then(|| format!("{date}T{a}{b}:{c}{d}:{e}{f}{zone}"))
}

fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes: [u8; N] = text.as_bytes().try_into().ok()?;
    bytes.iter().all(u8::is_ascii_digit).then(|| bytes.map(|byte| byte - b'0'))
}
