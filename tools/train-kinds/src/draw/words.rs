//! Words to draw: it matters that they are as long and as mixed as real ones, not what they say.

use super::chance::Chance;

const WORDS: &[&str] = &[
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "is",
    "that",
    "for",
    "it",
    "as",
    "was",
    "with",
    "be",
    "by",
    "on",
    "not",
    "he",
    "this",
    "are",
    "or",
    "his",
    "from",
    "at",
    "which",
    "but",
    "have",
    "an",
    "had",
    "they",
    "you",
    "were",
    "their",
    "one",
    "all",
    "we",
    "can",
    "her",
    "has",
    "there",
    "been",
    "if",
    "more",
    "when",
    "will",
    "would",
    "who",
    "so",
    "no",
    "report",
    "agreement",
    "invoice",
    "section",
    "payment",
    "number",
    "address",
    "delivery",
    "information",
    "department",
    "annual",
    "committee",
    "described",
    "following",
    "however",
    "therefore",
    "responsible",
    "university",
    "government",
    "system",
    "development",
    "procedure",
    "results",
    "analysis",
    "method",
    "general",
    "particular",
    "und",
    "der",
    "die",
    "das",
    "nicht",
    "werden",
    "Gesellschaft",
    "Vertrag",
    "zwischen",
    "Rechnung",
    "Verantwortung",
    "Straße",
    "für",
    "über",
    "les",
    "des",
    "une",
    "dans",
    "pour",
    "être",
    "société",
    "français",
    "procédure",
    "août",
    "général",
    "qui",
    "que",
    "los",
    "una",
    "para",
    "años",
    "también",
    "información",
    "Paris",
    "London",
    "Berlin",
    "Monday",
    "March",
    "Table",
];

const GOODS: &[&str] = &[
    "MILK 1L",
    "BREAD",
    "COFFEE BEANS",
    "APPLES KG",
    "BANANA",
    "CHEESE",
    "WATER 6X1.5",
    "BUTTER",
    "YOGURT",
    "RICE 5KG",
    "TOMATO",
    "SHAMPOO",
    "BATTERY AA",
    "PEN BLUE",
    "NOTEBOOK A5",
    "CAPPUCCINO",
    "CLUB SANDWICH",
    "Espresso",
    "Salad",
    "Kartoffeln",
    "Brötchen",
    "Tee grün",
    "DIESEL",
    "PARKING",
    "SCREW M4",
    "LED BULB",
    "CABLE TIE",
    "CHICKEN",
    "EGGS 10",
];

const LABELS: &[&str] = &[
    "File",
    "Edit",
    "View",
    "Help",
    "Settings",
    "Open",
    "Save",
    "Cancel",
    "OK",
    "Apply",
    "Name",
    "Email",
    "Password",
    "Search",
    "Inbox",
    "Sent",
    "Archive",
    "Profile",
    "Sign in",
    "Next",
    "Back",
    "Close",
    "Tools",
    "Window",
    "New tab",
    "Downloads",
    "Documents",
    "Network",
    "Display",
    "Sound",
    "Privacy",
    "Advanced",
    "General",
    "Language",
    "Messages",
    "Today",
    "Yesterday",
    "Notifications",
    "Upload",
    "Share",
    "Delete",
    "Properties",
    "Layout",
    "Format",
    "Insert",
];

/// One word.
pub fn word(chance: &mut Chance) -> &'static str {
    chance.of(WORDS)
}

/// Text that begins with a capital, of at most `letters` letters, at least one word.
pub fn line(chance: &mut Chance, letters: usize) -> String {
    let mut text = String::new();
    loop {
        let next = match chance.whole(0, 30) {
            0 => chance.whole(1, 2026).to_string(),
            1 => format!("{},", word(chance)),
            2 => format!("{}.", word(chance)),
            _ => word(chance).to_owned(),
        };
        if !text.is_empty() && text.chars().count() + next.chars().count() + 1 > letters {
            return text;
        }
        if text.is_empty() {
            text.push_str(&capital(&next));
        } else {
            text.push(' ');
            text.push_str(&next);
        }
    }
}

/// A word or three for a button, a menu, a field.
pub fn label(chance: &mut Chance) -> String {
    if chance.is(0.6) { chance.of(LABELS).to_owned() } else { capital(&format!("{} {}", word(chance), word(chance))) }
}

/// What a till prints for a thing.
pub fn goods(chance: &mut Chance) -> String {
    match chance.whole(0, 3) {
        0 => format!("{} {}", chance.whole(1000, 99999), chance.of(GOODS)),
        1 => format!("{} x {}", chance.whole(1, 9), chance.of(GOODS)),
        _ => chance.of(GOODS).to_owned(),
    }
}

/// An amount of money.
pub fn money(chance: &mut Chance) -> String {
    let dot = if chance.is(0.7) { '.' } else { ',' };
    format!("{}{dot}{:02}", chance.of(&[1, 2, 3, 4, 7, 9, 12, 15, 24, 38, 56, 120, 480]), chance.whole(0, 99))
}

/// A number as an axis shows it.
pub fn tick(step: f32, n: usize) -> String {
    let value = step * n as f32;
    if step < 1.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
