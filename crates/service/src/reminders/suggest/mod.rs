//! Due dates in the text of receipts, invoices and letters. Pure: text, languages, day and zone are passed in.
//!
//! A date counts only beside words that make it a due date. Where day and month can be swapped, in this order: the
//! language of those words, a region that was given, another date of the text that tells them apart, the currency. When
//! nothing tells, the earlier day is suggested: a reminder that comes early does no harm.

mod dates;
#[cfg(test)]
mod tests;
mod words;

use dates::{Reading, Spotted, dates, fold};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use words::{AFTER, DUE, PAY, UNTIL, What};

/// The most text that is looked at, in bytes.
const MAX_TEXT: usize = 200_000;

/// The most characters of one line that are looked at.
const MAX_LINE: usize = 400;

/// The most characters between the words and their date.
const NEAR: usize = 40;

/// How many days ago a due date may lie.
const PAST_DAYS: i64 = 7;

/// How many days ahead a due date may lie: more is a misread year.
const AHEAD_DAYS: i64 = 5 * 366;

/// The most suggestions for one text.
const MOST: usize = 5;

/// The hour of the day at which a reminder is suggested.
const HOUR: i8 = 9;

/// The most characters of what is quoted.
const QUOTED: usize = 100;

/// A reminder that a text suggests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What to call it.
    pub title: String,
    /// When: the morning of the due day, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The words that it was found in.
    pub why: String,
}

/// Finds due dates. `languages`: what the text or the person speaks, such as `en-GB`, the likeliest first; `today`: the
/// day in `zone`. The earliest first.
pub fn suggest(text: &str, languages: &[&str], today: Date, zone: &TimeZone) -> Vec<Suggestion> {
    let text = &text[..text.floor_char_boundary(MAX_TEXT)];
    let lines: Vec<Line> = text.lines().map(Line::of).collect();
    let order = Order::of(&lines, languages, text);
    let mut found: Vec<(Date, Suggestion)> = Vec::new();
    for due in lines.iter().enumerate().flat_map(|(index, line)| dues(&lines, index, line)) {
        let Some((date, doubt)) = day(&due, order, today) else { continue };
        let Some(at) = morning(date, zone) else { continue };
        if found.iter().all(|(other, _)| *other != date) {
            found.push((date, Suggestion { title: title(&due, &lines), at, why: why(&due, doubt) }));
        }
    }
    found.sort_by_key(|(date, _)| *date);
    found.into_iter().take(MOST).map(|(_, suggestion)| suggestion).collect()
}

/// A line as it is and as it is searched.
struct Line {
    text: String,
    folded: Vec<char>,
    dates: Vec<Spotted>,
}

impl Line {
    fn of(text: &str) -> Self {
        let text: String = text.chars().take(MAX_LINE).collect();
        let folded = fold(&text);
        Line { dates: dates(&folded), text: text.trim().to_owned(), folded }
    }

    /// The places after this phrase.
    fn ends_of(&self, phrase: &str) -> Vec<usize> {
        (0..self.folded.len()).filter_map(|at| end_of(&self.folded, at, phrase)).collect()
    }

    fn has_beginning(&self, word: &str) -> bool {
        let letters: Vec<char> = word.chars().collect();
        let begins = |at: usize| at == 0 || !self.folded[at - 1].is_alphabetic();
        self.folded.windows(letters.len()).enumerate().any(|(at, part)| part == letters && begins(at))
    }
}

/// The end of a phrase that stands here; its spaces stand for any spaces.
fn end_of(line: &[char], at: usize, phrase: &str) -> Option<usize> {
    let spaced = phrase.is_ascii();
    if spaced && at > 0 && line[at - 1].is_alphanumeric() {
        return None;
    }
    let mut next = at;
    for c in phrase.chars() {
        if c == ' ' {
            let spaces = line.get(next..)?.iter().take_while(|c| c.is_whitespace()).count();
            if spaces == 0 {
                return None;
            }
            next += spaces;
        } else {
            let same = line.get(next).is_some_and(|found| *found == c || (c == '\'' && *found == '’'));
            next = same.then_some(next + 1)?;
        }
    }
    (!spaced || !line.get(next).is_some_and(|c| c.is_alphabetic())).then_some(next)
}

/// A date with the words that make it a due date.
struct Due<'a> {
    what: What,
    language: &'static str,
    date: Spotted,
    /// The line with the words.
    line: &'a Line,
    /// The line below it, if the date stands there.
    below: Option<&'a Line>,
}

/// The due dates whose words stand in a line.
fn dues<'a>(lines: &'a [Line], index: usize, line: &'a Line) -> Vec<Due<'a>> {
    let mut found = Vec::new();
    let mut add = |what, language, at: Option<(Spotted, Option<&'a Line>)>| {
        if let Some((date, below)) = at {
            found.push(Due { what, language, date, line, below });
        }
    };
    for (phrase, language, what) in DUE {
        for end in line.ends_of(phrase) {
            add(*what, language, after(lines, index, line, end, true));
        }
    }
    for (phrase, language) in UNTIL {
        let pays = || PAY.iter().any(|(word, of)| of == language && line.has_beginning(word));
        for end in line.ends_of(phrase) {
            if pays() {
                add(What::Payment, language, after(lines, index, line, end, false));
            }
        }
    }
    for (phrase, language, what) in AFTER {
        for end in line.ends_of(phrase) {
            let start = end - phrase.chars().count();
            add(*what, language, line.dates.iter().find(|date| date.end == start).map(|date| (*date, None)));
        }
    }
    found
}

/// The date that belongs to words which end at `end`: near in the same line, or at the head of the next one when nothing
/// but marks follows the words.
fn after<'a>(
    lines: &'a [Line],
    index: usize,
    line: &'a Line,
    end: usize,
    loose: bool,
) -> Option<(Spotted, Option<&'a Line>)> {
    let near = if loose { NEAR } else { 3 };
    if let Some(date) = line.dates.iter().find(|date| date.start >= end) {
        return (date.start - end <= near).then_some((*date, None));
    }
    let rest = line.folded.get(end..).unwrap_or_default();
    if !loose || rest.iter().any(|c| c.is_alphanumeric()) {
        return None;
    }
    let below = lines.iter().skip(index + 1).find(|line| !line.text.is_empty())?;
    let date = below.dates.first()?;
    let before = below.folded.get(..date.start).unwrap_or_default();
    (!before.iter().any(|c| c.is_alphanumeric())).then_some((*date, Some(below)))
}

/// What tells whether the month comes first.
#[derive(Clone, Copy)]
struct Order {
    /// What a region says, or another date of the text, or the currency.
    month_first: Option<bool>,
}

impl Order {
    fn of(lines: &[Line], languages: &[&str], text: &str) -> Self {
        let region =
            languages.iter().find_map(|language| match language.to_ascii_lowercase().replace('_', "-").as_str() {
                "en-us" => Some(true),
                other if other.starts_with("en-") => Some(false),
                _ => None,
            });
        let other = || lines.iter().flat_map(|line| &line.dates).find_map(|date| date.month_first);
        let currency = || match (text.contains('$'), text.contains(['€', '£'])) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        };
        // A letter may come from elsewhere than the person: what stands in it is the better witness.
        Order { month_first: other().or(region).or_else(currency) }
    }
}

/// The day that is due and whether day and month may be swapped; nothing for days that lie too far away.
fn day(due: &Due, order: Order, today: Date) -> Option<(Date, bool)> {
    let near = |date: &Date| {
        let days = (*date - today).get_days();
        (-PAST_DAYS..=AHEAD_DAYS).contains(&i64::from(days))
    };
    match due.date.reading {
        Reading::Sure(date) => Some((date, false)).filter(|(date, _)| near(date)),
        Reading::Yearless { month, day } => {
            let year = today.year();
            let candidates = [year.checked_sub(1), Some(year), year.checked_add(1)];
            let dates = candidates.into_iter().flatten().filter_map(|year| Date::new(year, month, day).ok());
            dates.filter(near).min().map(|date| (date, false))
        }
        Reading::Either { first, second, year } => {
            let month_then_day = Date::new(year, first, second).ok();
            let day_then_month = Date::new(year, second, first).ok();
            let month_first = if due.language == "en" { order.month_first } else { Some(false) };
            match month_first {
                Some(true) => month_then_day.filter(near).map(|date| (date, false)),
                Some(false) => day_then_month.filter(near).map(|date| (date, false)),
                None => {
                    let mut both: Vec<Date> =
                        [month_then_day, day_then_month].into_iter().flatten().filter(near).collect();
                    both.sort();
                    both.first().map(|date| (*date, true))
                }
            }
        }
    }
}

fn morning(date: Date, zone: &TimeZone) -> Option<i64> {
    Some(zone.to_ambiguous_timestamp(date.at(HOUR, 0, 0, 0)).compatible().ok()?.as_millisecond())
}

/// What is due, and whose text it is: by the first line that is not about the date itself.
fn title(due: &Due, lines: &[Line]) -> String {
    let what = match due.what {
        What::Payment => "Payment due",
        What::Return => "Return due",
        What::Deadline => "Deadline",
    };
    let words = |line: &&Line| line.dates.is_empty() && line.text.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    match lines.iter().find(words).filter(|line| !std::ptr::eq(*line, due.line)) {
        Some(line) => format!("{what}: {}", cut(&line.text)),
        None => what.to_owned(),
    }
}

fn why(due: &Due, doubt: bool) -> String {
    let below = due.below.map(|line| format!(" {}", line.text)).unwrap_or_default();
    let doubt = if doubt { " Day and month may be swapped." } else { "" };
    format!("The text says “{}”.{doubt}", cut(&format!("{}{below}", due.line.text)))
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().filter(|c| !c.is_control()).take(QUOTED).collect();
    if text.chars().count() > QUOTED {
        cut.push('…');
    }
    cut
}
