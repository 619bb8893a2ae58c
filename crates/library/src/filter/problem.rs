//! What is said of a filter whose value is not understood.

use super::{Field, Thing, Wanted};
use legible_reading::recognition::{ColourName, ImageKind};

impl Wanted {
    /// What is wrong with it and what would be right, for people; `None` when it is understood.
    pub fn problem(&self) -> Option<String> {
        let Wanted::NotUnderstood(field, _) = self else { return None };
        let value = self.value();
        Some(match field {
            Field::Kind => unknown("kind", &value, &ImageKind::ALL.map(ImageKind::name)),
            Field::Colour => unknown("colour", &value, &ColourName::ALL.map(ColourName::name)),
            Field::Has => {
                let things: Vec<&str> = Thing::all().into_iter().map(Thing::name).collect();
                match value.trim() {
                    "" => format!("Say what it has: {}.", list(&things, "or")),
                    value => unknown("such thing as", value, &things),
                }
            }
            Field::Amount => format!(
                "“{value}” is no amount; write amount:100, amount:>100, amount:10..20, or of a currency amount:>100EUR."
            ),
            Field::Taken | Field::Date => format!(
                "“{value}” is no time; write a year, month or day such as 2026, 2026-11 or 2026-11-03, from one to another \
                 as 2026-01..2026-03, or >2025."
            ),
            Field::Faces => format!("“{value}” is no number of faces; write faces:2, faces:>1 or faces:0."),
            Field::Object => format!("“{value}” is not understood; write object:person or object:person>2."),
            Field::Similar => format!("“{value}” is no image; write the number of one, such as similar:17."),
            Field::Place => format!(
                "“{value}” is no place; write degrees north and east such as 48.1,11.6, with a distance 48.1,11.6,50km, or \
                 from one to another 48.1..48.2,11.5..11.6."
            ),
            Field::Looks => "Say what images should look like, such as looks:\"a dog on a beach\".".to_owned(),
            Field::Label | Field::Code => format!("“{value}” has no letters that could be looked for."),
        })
    }
}

fn unknown(what: &str, value: &str, known: &[&str]) -> String {
    let closest = known.iter().map(|name| (edits(value.trim(), name), name)).min();
    let guess = match closest {
        Some((edits, name)) if edits * 3 <= name.len() => format!("did you mean {name}? There are "),
        _ => "there are ".to_owned(),
    };
    format!("There is no {what} “{value}”; {guess}{}.", list(known, "and"))
}

fn list(names: &[&str], joint: &str) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} {joint} {last}", first.join(", ")),
    }
}

/// The fewest characters to insert, remove or replace to make one text of another (Levenshtein distance), ignoring case.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, ch) in from.chars().flat_map(char::to_lowercase).enumerate() {
        let mut before = std::mem::replace(&mut row[0], at + 1);
        for (column, other) in to.iter().enumerate() {
            let replaced = before + usize::from(ch != *other);
            before = row[column + 1];
            row[column + 1] = replaced.min(before + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_between_words() {
        let check = |from, to, expected| assert_eq!(edits(from, to), expected, "{from} {to}");
        check("", "", 0);
        check("", "ab", 2);
        check("recipt", "receipt", 1);
        check("RECEIPT", "receipt", 0);
        check("kitten", "sitting", 3);
        check("teal", "red", 3);
    }
}
