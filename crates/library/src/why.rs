//! Why an image was found: what of it a filter holds for. The same rules as those of the tables, for one image.

use crate::filter::{Comparison, Field, Name, Thing, Wanted};
use crate::item::ImageFacts;
use crate::limits::MAX_FACET_CHARS;
use crate::text::{Atom, AtomKind, atoms};
use legible_facts::{Fact, Value};
use legible_reading::recognition::{Code, Part, Recognition};

/// What of an image a filter of the query holds for.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// What the filter is about.
    pub field: Field,
    /// What the image has: the name of its kind, colour, label or things, the text of its code, when it was taken
    /// (`YYYY-MM-DDTHH:MM:SS`), a day (`YYYY-MM-DD`) or an amount (`12.50 EUR`) in its text, where (`LATITUDE,LONGITUDE` in degrees), the number of the item that it is alike, the
    /// description that it looks like, or what of
    /// `has:` it has; empty for faces.
    pub value: String,
    /// How sure the model is, 0 to 1, where one says so.
    pub confidence: Option<f32>,
    /// How many things, faces, or characters of text.
    pub count: Option<u32>,
    /// How much it is like the other, 0 to 1, or like a description: the cosine of both, which is far below 1 for the best.
    pub likeness: Option<f32>,
    /// How far from the place, in kilometres.
    pub kilometres: Option<f64>,
}

/// What is known about one image.
pub(crate) struct Known<'a> {
    /// As it is shown: without what a person called wrong.
    pub recognition: &'a Recognition,
    pub facts: Option<&'a ImageFacts>,
    /// What stands in its text; needed where a filter is about that.
    pub in_text: &'a [Fact],
    /// Characters of text.
    pub text_len: usize,
}

/// Why an image is what is wanted; `None` if it is not. `likeness` is how much it is like what a filter of looks names, where
/// it is.
pub(crate) fn why(wanted: &Wanted, known: &Known<'_>, likeness: Option<f32>) -> Option<Why> {
    let seen = known.recognition;
    let why = |value: &str| {
        let (field, value) = (wanted.field(), value.to_owned());
        Why { field, value, confidence: None, count: None, likeness: None, kilometres: None }
    };
    match wanted {
        Wanted::Kind(kind) => {
            let guess = seen.kind.filter(|guess| kind.is_none_or(|kind| guess.kind == kind))?;
            Some(Why { confidence: Some(guess.confidence), ..why(guess.kind.name()) })
        }
        Wanted::Code(sort) => {
            let code = seen.codes.iter().find(|code| sort.as_ref().is_none_or(|sort| sort.holds(code)))?;
            Some(why(&code.text))
        }
        Wanted::Colour(name) => {
            let colour = seen.colours.iter().find(|colour| name.is_none_or(|name| colour.name == name))?;
            Some(why(colour.name.name()))
        }
        Wanted::Taken(taken) => {
            let at = known.facts?.taken_at.as_deref()?;
            taken.as_ref().is_none_or(|taken| taken.holds(at)).then(|| why(at))
        }
        Wanted::Date(time) => {
            let day = known.in_text.iter().find_map(|fact| match &fact.value {
                Value::Date(date) => {
                    Some(date.to_string()).filter(|day| time.as_ref().is_none_or(|time| time.holds(day)))
                }
                _ => None,
            })?;
            Some(why(&day))
        }
        Wanted::Amount(sum) => {
            let amount = known.in_text.iter().find_map(|fact| match &fact.value {
                Value::Amount(amount) => Some(amount).filter(|amount| sum.as_ref().is_none_or(|sum| sum.holds(amount))),
                _ => None,
            })?;
            Some(why(&amount.to_string()))
        }
        Wanted::Label(name) => {
            let is_meant = name.test();
            let label = seen.labels.iter().find(|label| is_meant(&label.name))?;
            Some(Why { confidence: Some(label.confidence), ..why(&label.name) })
        }
        Wanted::Object(name, count) => objects(seen, name, *count).map(|(name, count, confidence)| Why {
            count: Some(count),
            confidence,
            ..why(&name)
        }),
        Wanted::Faces(count) => {
            let faces = u32::try_from(seen.faces.len()).unwrap_or(u32::MAX);
            let right = looked_for(seen, Part::Faces) && count.holds(faces);
            let confidence = seen.faces.iter().map(|face| face.confidence).reduce(f32::max);
            right.then(|| Why { count: Some(faces), confidence, ..why("") })
        }
        Wanted::Similar(item) => likeness.map(|likeness| Why { likeness: Some(likeness), ..why(&item.to_string()) }),
        Wanted::Looks(description) => likeness.map(|likeness| Why { likeness: Some(likeness), ..why(description) }),
        Wanted::Place(area) => {
            let (latitude, longitude) = known.facts?.place()?;
            let kilometres = match area {
                Some(area) => area.holds(latitude, longitude)?,
                None => None,
            };
            Some(Why { kilometres, ..why(&format!("{latitude},{longitude}")) })
        }
        Wanted::Has(thing) => {
            let count = match thing {
                Thing::Text => known.text_len,
                Thing::Code => seen.codes.len(),
                Thing::Face => seen.faces.len(),
                Thing::Place => usize::from(known.facts.is_some_and(|facts| facts.place().is_some())),
                Thing::Label => seen.labels.len(),
                Thing::Fact(kind) => known.in_text.iter().filter(|fact| fact.value.kind() == *kind).count(),
            };
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            (count > 0).then(|| Why { count: Some(count), ..why(thing.name()) })
        }
        Wanted::NotUnderstood(..) => None,
    }
}

/// The things of that name if there are as many as wanted: their names, how many, and how sure the model is of the surest.
fn objects(seen: &Recognition, name: &Name, wanted: Comparison) -> Option<(String, u32, Option<f32>)> {
    let is_meant = name.test();
    let (mut names, mut count, mut confidence): (Vec<&str>, u32, Option<f32>) = (Vec::new(), 0, None);
    for object in seen.objects.iter().filter(|object| is_meant(&object.name)) {
        count = count.saturating_add(1);
        confidence = Some(confidence.unwrap_or(0.0).max(object.confidence));
        if !names.contains(&object.name.as_str()) {
            names.push(&object.name);
        }
    }
    let shown = if names.is_empty() { name.text().to_owned() } else { names.join(", ") };
    (looked_for(seen, Part::Objects) && wanted.holds(count)).then_some((shown, count, confidence))
}

/// Whether anybody looked for objects or faces in an image.
pub(crate) fn looked_for(seen: &Recognition, part: Part) -> bool {
    let found = match part {
        Part::Objects => !seen.objects.is_empty(),
        Part::Faces => !seen.faces.is_empty(),
        _ => false,
    };
    found || seen.stamp(part).is_some()
}

/// What of a code is searched, in lower case.
pub(crate) fn searched(code: &Code) -> String {
    let text: String = code.text.chars().take(MAX_FACET_CHARS).collect();
    format!("{} {} {}", code.symbology, code.meaning.name(), text.to_lowercase())
}

/// Whether a name has these words one after another, as whole words; those of a script without spaces also inside others.
pub(crate) fn has_words(name: &str, words: &[Atom]) -> bool {
    let fits = |(atom, word): (&Atom, &Atom)| match word.kind {
        AtomKind::Word => atom.chars == word.chars,
        AtomKind::Run => atom.chars.windows(word.chars.len()).any(|part| part == word.chars),
    };
    words.is_empty() || atoms(name).windows(words.len()).any(|part| part.iter().zip(words).all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_whole_words() {
        let check =
            |wanted: &str, name: &str, expected| assert_eq!(has_words(name, &atoms(wanted)), expected, "{wanted}");
        check("retriever", "golden retriever", true);
        check("Golden-Retriever", "golden retriever", true);
        check("retriever golden", "golden retriever", false);
        check("retrieve", "golden retriever", false);
        check("", "dog", true);
        check("犬", "子犬です", true);
        check("cafe", "Café", true);
    }
}
