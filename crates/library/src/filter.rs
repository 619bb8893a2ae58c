//! What of a query asks for what an image is rather than for its words: `kind:receipt`, `code:https`, `colour:blue`,
//! `taken:2026-11`.

use legible_reading::recognition::{ColourName, ImageKind};

/// One such condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    /// What must hold …
    pub wanted: Wanted,
    /// … or must not.
    pub excluded: bool,
}

/// What an image must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Of this kind.
    Kind(ImageKind),
    /// With a code that has this in its text, or is of such a sort; any code if it is empty. In lower case.
    Code(String),
    /// With this among its dominant colours.
    Colour(ColourName),
    /// Taken in this year, month or day: `2026`, `2026-11`, `2026-11-03`.
    Taken(String),
}

impl Wanted {
    /// Reads a word such as `kind:receipt`; `None` for a word that is none of these, which is then one to look for.
    pub fn parse(word: &str) -> Option<Self> {
        let (field, value) = word.split_once(':')?;
        let value = value.to_lowercase();
        match field.to_lowercase().as_str() {
            "kind" => value.parse().ok().map(Wanted::Kind),
            "code" => Some(Wanted::Code(value)),
            "colour" | "color" => value.parse().ok().map(Wanted::Colour),
            "taken" => is_date(&value).then_some(Wanted::Taken(value)),
            _ => None,
        }
    }
}

/// Whether it is a year, perhaps with a month, perhaps with a day, each in all its digits.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_number = |part: &str, digits: usize| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.next().is_some_and(|year| is_number(year, 4))
        && parts.clone().count() <= 2
        && parts.all(|part| is_number(part, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expected: Option<Wanted>) {
        assert_eq!(Wanted::parse(word), expected, "{word}");
    }

    #[test]
    fn words_become_filters() {
        check("kind:receipt", Some(Wanted::Kind(ImageKind::Receipt)));
        check("Kind:PHOTO", Some(Wanted::Kind(ImageKind::Photo)));
        check("kind:cat", None);
        check("kind:", None);
        check("code:HTTPS://x", Some(Wanted::Code("https://x".into())));
        check("code:", Some(Wanted::Code(String::new())));
        check("colour:blue", Some(Wanted::Colour(ColourName::Blue)));
        check("color:grey", Some(Wanted::Colour(ColourName::Grey)));
        check("colour:teal", None);
        check("taken:2026", Some(Wanted::Taken("2026".into())));
        check("taken:2026-11-03", Some(Wanted::Taken("2026-11-03".into())));
        for word in ["taken:26", "taken:2026-1", "taken:2026-11-03-01", "taken:", "taken:2026-*", "https://x.org", "a"]
        {
            check(word, None);
        }
    }
}
