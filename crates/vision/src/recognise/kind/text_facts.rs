//! What a reading says about the kind of an image: how much text there is, and whether it is figures and money.

use legible_reading::Reading;
use serde::{Deserialize, Serialize};

/// Facts about the text that was read in an image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct TextFacts {
    /// Lines that were read.
    pub lines: u32,
    /// Share of the image that the boxes of the lines cover, 0 to 1.
    pub covered: f32,
    /// Share of digits among letters and digits, 0 to 1.
    pub digits: f32,
    /// Amounts of money: numbers with two decimals or beside a sign of currency.
    pub amounts: u32,
    /// Mean confidence of the lines, 0 to 1: engines for print are unsure of handwriting.
    pub confidence: f32,
}

impl TextFacts {
    /// The facts of a reading.
    pub fn of(reading: &Reading) -> Self {
        let area = reading.width as f32 * reading.height as f32;
        let covered: f32 = reading.lines.iter().map(|line| edges_area(line.quad.edges())).sum();
        let text = reading.text();
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let counted = text.chars().filter(|ch| ch.is_alphanumeric()).count();
        TextFacts {
            lines: u32::try_from(reading.lines.len()).unwrap_or(u32::MAX),
            covered: if area > 0.0 { (covered / area).min(1.0) } else { 0.0 },
            digits: digits as f32 / counted.max(1) as f32,
            amounts: u32::try_from(reading.lines.iter().map(|line| amounts(&line.text)).sum::<usize>())
                .unwrap_or(u32::MAX),
            confidence: reading.confidence().unwrap_or(0.0),
        }
    }
}

fn edges_area((left, top, right, bottom): (f32, f32, f32, f32)) -> f32 {
    (right - left).max(0.0) * (bottom - top).max(0.0)
}

/// How many amounts of money stand in a line.
fn amounts(line: &str) -> usize {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_amount = |n: usize| {
        let beside = |n: Option<usize>| n.and_then(|n| words.get(n)).is_some_and(|word| CURRENCIES.contains(word));
        let figures = words[n].trim_matches(|ch: char| !ch.is_ascii_digit());
        let marked = beside(n.checked_sub(1)) || beside(n.checked_add(1)) || words[n].contains(SIGNS);
        !figures.is_empty() && (marked || has_cents(figures)) && !CURRENCIES.contains(&words[n])
    };
    (0..words.len()).filter(|&n| is_amount(n)).count()
}

/// Signs and names of currencies that stand beside an amount.
const CURRENCIES: &[&str] = &["€", "$", "£", "¥", "₹", "EUR", "USD", "GBP", "CHF", "JPY", "RM", "kr", "zł", "Kč"];
const SIGNS: &[char] = &['€', '$', '£', '¥', '₹'];

/// Whether a number ends with two decimals, and has only digits and separators before them.
fn has_cents(figures: &str) -> bool {
    let Some((whole, cents)) = figures.rsplit_once(['.', ',']) else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(['.', ',', '\'', '’']);
    let first = groups.next().is_some_and(|first| !first.is_empty() && digits(first));
    first && groups.all(|group| group.len() == 3 && digits(group)) && cents.len() == 2 && digits(cents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_reading::{Engine, Line, Quad};

    fn check(line: &str, expected: usize) {
        assert_eq!(amounts(line), expected, "{line}");
    }

    #[test]
    fn amounts_of_money() {
        check("TOTAL 12.50", 1);
        check("Summe EUR 1.234,56", 1);
        check("2 x 3,20 6,40", 2);
        check("€5 or 5 €", 2);
        check("5 EUR", 1);
        check("EUR", 0);
        check("1'250.00 CHF", 1);
        check("12.5 kg", 0);
        check("12.11.2026", 0);
        check("192.168.1.20", 0);
        check("12:50", 0);
        check("page 12", 0);
    }

    #[test]
    fn the_facts_of_a_reading() {
        let line = |text: &str, top: f32, confidence| Line {
            text: text.into(),
            quad: Quad::from_edges(0.0, top, 50.0, top + 10.0),
            confidence,
            words: vec![],
        };
        let engine = Engine { name: "ppocr".into(), version: "1".into() };
        let lines = vec![line("ab 12.50", 0.0, 0.5), line("cdef1234", 20.0, 1.0)];
        let facts = TextFacts::of(&Reading { engine: engine.clone(), width: 100, height: 100, lines });
        assert_eq!((facts.lines, facts.amounts, facts.confidence), (2, 1, 0.75));
        assert!((facts.covered - 0.1).abs() < 1e-6 && (facts.digits - 8.0 / 14.0).abs() < 1e-6, "{facts:?}");
        let nothing = TextFacts::of(&Reading { engine, width: 0, height: 0, lines: vec![] });
        assert_eq!(nothing, TextFacts::default());
    }
}
