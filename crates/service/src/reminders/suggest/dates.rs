//! Dates as they are written in letters and on receipts. Works on one line of folded characters; see [`fold`].

use jiff::civil::Date;

/// How a date can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As one date.
    Sure(Date),
    /// Two numbers up to 12 and a year: which one is the month is not said.
    Either {
        /// The first number.
        first: i8,
        /// The second number.
        second: i8,
        /// The year.
        year: i16,
    },
    /// A day of a month that is named, without a year.
    Yearless {
        /// The month, from 1.
        month: i8,
        /// The day, from 1.
        day: i8,
    },
}

/// A date in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spotted {
    /// The first character.
    pub start: usize,
    /// The first character after it.
    pub end: usize,
    /// What it says.
    pub reading: Reading,
    /// Whether numbers above 12 told day and month apart, and if so whether the month came first.
    pub month_first: Option<bool>,
}

/// Names of months in several languages, without accents; an abbreviation is the beginning of one, three letters or more.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "janner", "janvier", "gennaio", "enero", "janeiro", "januari"],
    &["february", "februar", "feber", "fevrier", "febbraio", "febrero", "fevereiro", "februari"],
    &["march", "marz", "maerz", "mars", "marzo", "marco", "maart", "mrt"],
    &["april", "avril", "aprile", "abril"],
    &["may", "mai", "maggio", "mayo", "maio", "mei"],
    &["june", "juni", "juin", "giugno", "junio", "junho"],
    &["july", "juli", "juillet", "luglio", "julio", "julho"],
    &["august", "aout", "agosto", "augustus"],
    &["september", "septembre", "settembre", "septiembre", "setembro", "sept"],
    &["october", "oktober", "octobre", "ottobre", "octubre", "outubro"],
    &["november", "novembre", "noviembre", "novembro"],
    &["december", "dezember", "decembre", "dicembre", "diciembre", "dezembro"],
];

/// One character in place of each: small, without accents, digits of any width as ASCII. The places stay the same.
pub fn fold(line: &str) -> Vec<char> {
    line.chars().map(folded).collect()
}

fn folded(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        '／' => '/',
        '．' => '.',
        '－' | '‐' | '‑' | '–' => '-',
        '：' => ':',
        _ => match c.to_lowercase().next().unwrap_or(c) {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
            'ç' => 'c',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ñ' => 'n',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            other => other,
        },
    }
}

/// All dates of a line, from left to right.
pub fn dates(line: &[char]) -> Vec<Spotted> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < line.len() {
        match if begins(line, at) { date_at(line, at) } else { None } {
            Some(spotted) => {
                at = spotted.end.max(at + 1);
                found.push(spotted);
            }
            None => at += 1,
        }
    }
    found
}

/// Whether a date may begin here: not within a word or a longer number.
fn begins(line: &[char], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| line.get(at));
    match before(1) {
        Some(c) if is_separator(*c) => !before(2).is_some_and(char::is_ascii_digit),
        Some(c) => !c.is_alphanumeric() || is_east_asian(*c),
        None => true,
    }
}

fn ends(line: &[char], at: usize) -> bool {
    match line.get(at) {
        Some(c) if is_separator(*c) => !line.get(at + 1).is_some_and(char::is_ascii_digit),
        Some(c) => !c.is_alphanumeric() || is_east_asian(*c),
        None => true,
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | '/' | '-')
}

/// Kana and ideographs: words of these stand without spaces.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

fn date_at(line: &[char], at: usize) -> Option<Spotted> {
    let forms = [east_asian, in_numbers, day_and_month, month_and_day];
    forms.iter().find_map(|form| form(line, at))
}

/// `2026年12月5日`, and with the era of the years since 2019 `令和8年12月5日`.
fn east_asian(line: &[char], at: usize) -> Option<Spotted> {
    let era = line.get(at) == Some(&'令') && line.get(at + 1) == Some(&'和');
    let at_year = skip(line, at + if era { 2 } else { 0 });
    let (year, next) = match line.get(at_year) {
        Some('元') if era => (1, at_year + 1),
        _ => number(line, at_year, 4)?,
    };
    let next = mark(line, next, '年')?;
    let (month, next) = number(line, next, 2)?;
    let next = mark(line, next, '月')?;
    let (day, next) = number(line, next, 2)?;
    let end = mark(line, next, '日')?;
    let year = if era { year + 2018 } else { year };
    sure(at, end, year, month, day, None)
}

/// `2026-12-05`, `05.12.2026`, `5/12/26`.
fn in_numbers(line: &[char], at: usize) -> Option<Spotted> {
    let (first, next) = number(line, at, 4)?;
    let first_length = next - at;
    let separator = *line.get(skip(line, next)).filter(|c| is_separator(**c))?;
    let (second, next) = number(line, mark(line, next, separator)?, 2)?;
    let third_at = mark(line, next, separator)?;
    let (third, end) = number(line, third_at, 4)?;
    if !ends(line, end) {
        return None;
    }
    match (first_length, end - third_at) {
        (4, 1..=2) => sure(at, end, first, second, third, None),
        (1..=2, length @ (2 | 4)) => {
            let year = if length == 2 { third + 2000 } else { third };
            match (first, second) {
                // A point stands between day and month only where the day comes first.
                _ if separator == '.' => sure(at, end, year, second, first, Some(false)),
                (13.., _) => sure(at, end, year, second, first, Some(false)),
                (_, 13..) => sure(at, end, year, first, second, Some(true)),
                _ if first == second => sure(at, end, year, first, second, None),
                _ => {
                    let reading = Reading::Either { first: small(first)?, second: small(second)?, year };
                    Some(Spotted { start: at, end, reading, month_first: None })
                }
            }
        }
        _ => None,
    }
}

/// `5. Dezember 2026`, `5 de diciembre de 2026`, `1er décembre`.
fn day_and_month(line: &[char], at: usize) -> Option<Spotted> {
    let (day, next) = number(line, at, 2)?;
    let mut next = skip(line, ordinal(line, next));
    next = word(line, next, "de").or_else(|| word(line, next, "of")).map_or(next, |next| skip(line, next));
    let (month, next) = month(line, next)?;
    named(line, at, next, month, day)
}

/// `Dec 5, 2026`, `December 5th 2026`.
fn month_and_day(line: &[char], at: usize) -> Option<Spotted> {
    let (month, next) = month(line, at)?;
    let (day, next) = number(line, skip(line, next), 2)?;
    named(line, at, ordinal(line, next), month, day)
}

/// A day of a named month, with the year that may follow.
fn named(line: &[char], start: usize, end: usize, month: i16, day: i16) -> Option<Spotted> {
    let mut next = skip(line, end);
    if line.get(next).is_some_and(|c| matches!(c, ',' | '.')) {
        next = skip(line, next + 1);
    }
    next = ["de", "del"].iter().find_map(|of| word(line, next, of)).map_or(next, |next| skip(line, next));
    if let Some((year, after)) = number(line, next, 4).filter(|(_, after)| after - next == 4 && ends(line, *after)) {
        return sure(start, after, year, month, day, None);
    }
    // Not every month has this day, but one in a leap year may.
    Date::new(2024, small(month)?, small(day)?).ok()?;
    let reading = Reading::Yearless { month: small(month)?, day: small(day)? };
    ends(line, end).then_some(Spotted { start, end, reading, month_first: None })
}

fn sure(start: usize, end: usize, year: i16, month: i16, day: i16, month_first: Option<bool>) -> Option<Spotted> {
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    Some(Spotted { start, end, reading: Reading::Sure(date), month_first })
}

fn small(number: i16) -> Option<i8> {
    i8::try_from(number).ok()
}

/// A number of up to so many digits, and where it ends. Letters that readers of print take digits for count as them, as
/// long as one digit is a digit: O for 0; l, I and | for 1. Others (S, B, Z) are more often letters.
fn number(line: &[char], at: usize, most: usize) -> Option<(i16, usize)> {
    let digit = |c: &char| match c {
        '0'..='9' => c.to_digit(10),
        'o' => Some(0),
        'l' | 'i' | '|' => Some(1),
        _ => None,
    };
    let rest = line.get(at..)?;
    let length = rest.iter().take(most + 1).take_while(|c| digit(c).is_some()).count();
    if length == 0 || length > most || !rest.iter().take(length).any(char::is_ascii_digit) {
        return None;
    }
    let value = rest.iter().take(length).filter_map(digit).fold(0, |value, digit| value * 10 + digit);
    Some((i16::try_from(value).ok()?, at + length))
}

/// What may follow the number of a day: a point, `st`, `er`, `º`.
fn ordinal(line: &[char], at: usize) -> usize {
    let endings = ["st", "nd", "rd", "th", "er", "e", "º", "°", "."];
    endings.iter().find_map(|ending| word(line, at, ending)).unwrap_or(at)
}

/// The number of the month whose name stands here, and where it ends.
fn month(line: &[char], at: usize) -> Option<(i16, usize)> {
    let name: String = line.get(at..)?.iter().take_while(|c| c.is_alphabetic() && !is_east_asian(**c)).collect();
    let end = at + name.chars().count();
    let is = |full: &&str| name.len() >= 3 && full.starts_with(name.as_str());
    let index = MONTHS.iter().position(|names| names.iter().any(&is))?;
    let end = if line.get(end) == Some(&'.') { end + 1 } else { end };
    Some((i16::try_from(index).ok()? + 1, end))
}

/// The end of this word, if it stands here and ends here.
fn word(line: &[char], at: usize, word: &str) -> Option<usize> {
    let end = at + word.chars().count();
    let stands = line.get(at..end)?.iter().copied().eq(word.chars());
    let whole = !line.get(end).is_some_and(|c| c.is_alphabetic());
    (stands && (whole || word == ".")).then_some(end)
}

/// The place after a mark that stands here, with or without spaces around it.
fn mark(line: &[char], at: usize, mark: char) -> Option<usize> {
    let at = skip(line, at);
    (line.get(at) == Some(&mark)).then(|| if mark == '日' { at + 1 } else { skip(line, at + 1) })
}

/// The next place without a space.
fn skip(line: &[char], at: usize) -> usize {
    let spaces = line.get(at..).unwrap_or_default().iter().take_while(|c| c.is_whitespace()).count();
    at + spaces
}
