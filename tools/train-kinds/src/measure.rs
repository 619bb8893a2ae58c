//! How often a classifier is right, as tables, and how sure it may be.

use std::fmt::Write;

use legible_reading::recognition::ImageKind;
use legible_vision::recognise::kind::likeliest;
use legible_vision::recognise::kind::model::{KINDS, softmax};

/// What was said of an image that training did not see.
#[derive(Debug, Clone)]
pub struct Said {
    pub source: String,
    pub name: String,
    pub kind: ImageKind,
    /// Scores before the temperature.
    pub scores: [f32; KINDS],
}

impl Said {
    fn guess(&self, temperature: f32) -> (ImageKind, f32) {
        likeliest(&softmax(self.scores.map(|score| score / temperature)))
    }
}

/// The temperature under which the scores say how often they are right: where the mean surprise at the true kinds is least.
/// Every kind counts the same, however many images it has.
pub fn temperature(said: &[Said]) -> f32 {
    let surprise = |temperature: f32| -> f32 {
        let each = |kind: ImageKind| {
            let of_kind: Vec<&Said> = said.iter().filter(|said| said.kind == kind).collect();
            let sum: f32 = of_kind
                .iter()
                .map(|said| -softmax(said.scores.map(|score| score / temperature))[kind as usize].max(1e-6).ln())
                .sum();
            if of_kind.is_empty() { 0.0 } else { sum / of_kind.len() as f32 }
        };
        ImageKind::ALL.into_iter().map(each).sum()
    };
    let tried = (10..=120).map(|n| n as f32 * 0.05);
    tried.min_by(|a, b| surprise(*a).total_cmp(&surprise(*b))).unwrap_or(1.0)
}

/// The least probability at which at least `right` of what is then said is right (0.3 if it always is).
pub fn least(said: &[Said], temperature: f32, right: f32) -> f32 {
    (30..95)
        .map(|n| n as f32 / 100.0)
        .find(|least| {
            let answers: Vec<bool> = said
                .iter()
                .map(|said| (said.guess(temperature), said.kind))
                .filter(|((_, p), _)| p >= least)
                .map(|((guess, _), kind)| guess == kind)
                .collect();
            answers.iter().filter(|right| **right).count() as f32 >= right * answers.len() as f32
        })
        .unwrap_or(0.95)
}

/// A table of true kinds (rows) and what was said (columns), with "none" for what stayed below `least`; then how often it was right.
pub fn matrix(title: &str, said: &[Said], temperature: f32, least: f32) -> String {
    let mut text = format!("### {title}\n\n| true kind | images |");
    ImageKind::ALL.iter().for_each(|kind| write!(text, " {kind} |").expect("a string takes everything"));
    text += " none said | right, told to choose |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
    let (mut all, mut told, mut told_right, mut forced_right) = (0, 0, 0, 0);
    for kind in ImageKind::ALL {
        let rows: Vec<(ImageKind, f32)> =
            said.iter().filter(|said| said.kind == kind).map(|said| said.guess(temperature)).collect();
        if rows.is_empty() {
            continue;
        }
        let count = |test: &dyn Fn(&(ImageKind, f32)) -> bool| rows.iter().filter(|row| test(row)).count();
        write!(text, "| {kind} | {} |", rows.len()).expect("a string takes everything");
        for column in ImageKind::ALL {
            let n = count(&|(guess, p)| *guess == column && *p >= least);
            let cell = if n == 0 {
                "·".to_owned()
            } else if column == kind {
                format!("**{n}**")
            } else {
                n.to_string()
            };
            write!(text, " {cell} |").expect("a string takes everything");
        }
        let forced = count(&|(guess, _)| *guess == kind);
        let none = count(&|(_, p)| *p < least);
        writeln!(text, " {none} | {forced} |").expect("a string takes everything");
        all += rows.len();
        told += rows.len() - none;
        told_right += count(&|(guess, p)| *guess == kind && *p >= least);
        forced_right += forced;
    }
    let percent = |part: usize, whole: usize| 100.0 * part as f32 / whole.max(1) as f32;
    writeln!(
        text,
        "\n{forced_right} of {all} right when told to choose ({:.1} %); a kind said of {told} ({:.1} %), right in {told_right} of them ({:.1} %).\n",
        percent(forced_right, all),
        percent(told, all),
        percent(told_right, told)
    )
    .expect("a string takes everything");
    text
}

/// How often the classifier is right where it is so sure.
pub fn reliability(said: &[Said], temperature: f32) -> String {
    let mut text = "| confidence | images | right |\n|---|--:|--:|\n".to_owned();
    for (low, high) in [(0.0, 0.4), (0.4, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)] {
        let rows: Vec<bool> = said
            .iter()
            .map(|said| (said.guess(temperature), said.kind))
            .filter(|((_, p), _)| (low..high).contains(p))
            .map(|((guess, _), kind)| guess == kind)
            .collect();
        let right = rows.iter().filter(|right| **right).count();
        let share = 100.0 * right as f32 / rows.len().max(1) as f32;
        writeln!(text, "| {low:.1} to {:.1} | {} | {share:.0} % |", f32::min(high, 1.0), rows.len())
            .expect("a string takes everything");
    }
    text
}

/// The images of which something wrong was said.
pub fn mistakes(said: &[Said], temperature: f32) -> String {
    let mut text = String::new();
    for said in said {
        let (guess, p) = said.guess(temperature);
        if guess != said.kind {
            writeln!(text, "{} {}: {} taken for {guess} ({p:.2})", said.source, said.name, said.kind)
                .expect("a string takes everything");
        }
    }
    text
}
