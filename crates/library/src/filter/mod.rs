//! What of a query asks for what an image is rather than for its words, such as `kind:receipt` or `object:person>2`.
//!
//! | filter | finds images |
//! | --- | --- |
//! | `kind:receipt` | of this kind |
//! | `code:wifi`, `code:qr`, `code:https` | with a code that means this, or is printed so, or else has this in its text |
//! | `colour:blue`, `color:blue` | with this among their dominant colours |
//! | `taken:2026-11`, `taken:2026-01..2026-03`, `taken:>2025` | taken then |
//! | `date:2026-11`, `date:>2026-11-03` | in whose text a day of this time stands |
//! | `amount:>100`, `amount:10..20`, `amount:>100EUR`, `amount:€` | in whose text such an amount of money stands |
//! | `label:retriever`, `label:"golden retriever"` | that a model calls so: with whole words of the label, or in quotes the whole label |
//! | `object:person`, `object:"hot dog">2` | with such things, named like labels: at least one, or as many as said |
//! | `faces:2`, `faces:>1`, `faces:0` | with so many faces |
//! | `similar:17` | that look like item 17, itself left out |
//! | `looks:"a dog on a beach"` | that look as described: needs [`Query::describe`](crate::Query::describe) |
//! | `place:48.1,11.6`, `place:48.1,11.6,50km` | taken within 10 km, or so many, of a place |
//! | `place:48.1..48.2,11.5..11.6` | taken between these degrees north and east |
//! | `has:text` | that have text, a code, a face, a place or a label; or in their text a date, an amount, an email, a link, a phone number or an IBAN |
//!
//! Without a value a field asks that there is anything: `code:` finds all images with a code. Counts are known of images in
//! which was looked for such things: `faces:0` finds no others. Names of fields and values are read in any case.

mod area;
mod circle;
mod name;
mod parse;
mod problem;
mod sum;
mod taken;
#[cfg(test)]
mod tests;

use crate::item::ItemId;
use crate::why::searched;
use legible_reading::recognition::{Code, ColourName, ImageKind, Meaning, Symbology};
use std::fmt::{self, Display, Formatter};

pub(crate) use area::{Area, Rectangle};
pub(crate) use name::{Name, key};
pub(crate) use parse::{Comparison, RawValue};
pub(crate) use sum::Sum;
pub(crate) use taken::Taken;

/// What a filter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The kind of image.
    Kind,
    /// Codes.
    Code,
    /// Dominant colours.
    Colour,
    /// When it was taken.
    Taken,
    /// A day that stands in its text.
    Date,
    /// An amount of money that stands in its text.
    Amount,
    /// What it shows as a whole.
    Label,
    /// Things in it.
    Object,
    /// Faces in it.
    Faces,
    /// What it looks like.
    Similar,
    /// What a description in words says of its looks.
    Looks,
    /// Where it was taken.
    Place,
    /// What there is of it.
    Has,
}

impl Field {
    /// Every field.
    pub const ALL: [Field; 13] = [
        Field::Kind,
        Field::Code,
        Field::Colour,
        Field::Taken,
        Field::Date,
        Field::Amount,
        Field::Label,
        Field::Object,
        Field::Faces,
        Field::Similar,
        Field::Looks,
        Field::Place,
        Field::Has,
    ];

    /// The name before the colon.
    pub fn name(self) -> &'static str {
        match self {
            Field::Kind => "kind",
            Field::Code => "code",
            Field::Colour => "colour",
            Field::Taken => "taken",
            Field::Date => "date",
            Field::Amount => "amount",
            Field::Label => "label",
            Field::Object => "object",
            Field::Faces => "faces",
            Field::Similar => "similar",
            Field::Looks => "looks",
            Field::Place => "place",
            Field::Has => "has",
        }
    }

    /// The text of a filter for images that have a value, such as `label:"hot dog"`: what to type for a choice that is
    /// offered. Names of labels and things are meant whole.
    pub fn asking_for(self, value: &str) -> String {
        let quoted = matches!(self, Field::Label | Field::Object);
        let raw = RawValue { text: value.to_owned(), quoted, rest: String::new(), typed: value.to_owned() };
        Filter { wanted: Wanted::parse(self, &raw), excluded: false }.to_string()
    }

    /// The field that a person names so, in any case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("color") {
            return Some(Field::Colour);
        }
        Field::ALL.into_iter().find(|field| name.eq_ignore_ascii_case(field.name()))
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One condition on what an image is. As text it is what a person types for it.
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
    /// Of this kind, or of any that is known.
    Kind(Option<ImageKind>),
    /// With a code of this sort, or with any.
    Code(Option<CodeSort>),
    /// With this among its dominant colours, or with any.
    Colour(Option<ColourName>),
    /// Taken then, or at any time that is known.
    Taken(Option<Taken>),
    /// With a day of this time in its text, or with any.
    Date(Option<Taken>),
    /// With such an amount in its text, or with any.
    Amount(Option<Sum>),
    /// With a label of this name.
    Label(Name),
    /// With so many things of this name.
    Object(Name, Comparison),
    /// With so many faces.
    Faces(Comparison),
    /// Alike this item.
    Similar(ItemId),
    /// Looking as described.
    Looks(String),
    /// Taken there, or at any place that is known.
    Place(Option<Area>),
    /// With something of this sort.
    Has(Thing),
    /// Nothing: the value is not understood, as it was typed.
    NotUnderstood(Field, String),
}

/// What is asked of a code: its text only where that is no name of a meaning or symbology, so that a count of codes by these is
/// what the filter finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CodeSort {
    /// That it means this: one of [`Meaning::NAMES`].
    Meaning(&'static str),
    /// That it is printed so.
    Printed(Symbology),
    /// That it has this in its text. In lower case.
    Text(String),
}

/// What meanings of codes are called besides, in lower case, and their names.
const OTHER_MEANINGS: [(&str, &str); 10] = [
    ("email", "mail"),
    ("e-mail", "mail"),
    ("telephone", "phone"),
    ("tel", "phone"),
    ("message", "sms"),
    ("address", "url"),
    ("web", "url"),
    ("link", "url"),
    ("wi-fi", "wifi"),
    ("network", "wifi"),
];

impl CodeSort {
    /// What a value asks for that is not empty.
    pub fn parse(value: String) -> Self {
        let other = OTHER_MEANINGS.iter().find(|(other, _)| *other == value).map(|(_, name)| *name);
        if let Some(name) = other.or_else(|| Meaning::NAMES.into_iter().find(|name| *name == value)) {
            return CodeSort::Meaning(name);
        }
        value.parse().map_or(CodeSort::Text(value), CodeSort::Printed)
    }

    /// Whether a code is so.
    pub fn holds(&self, code: &Code) -> bool {
        match self {
            CodeSort::Meaning(name) => code.meaning.name() == *name,
            CodeSort::Printed(symbology) => code.symbology == *symbology,
            CodeSort::Text(text) => searched(code).contains(text),
        }
    }
}

impl Display for CodeSort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CodeSort::Meaning(name) => name,
            CodeSort::Printed(symbology) => symbology.name(),
            CodeSort::Text(text) => text,
        })
    }
}

/// What an image may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    Text,
    Code,
    Face,
    Place,
    Label,
    /// In its text; one of [`legible_facts::KINDS`].
    Fact(&'static str),
}

impl Thing {
    /// Every thing.
    pub fn all() -> Vec<Thing> {
        let things = [Thing::Text, Thing::Code, Thing::Face, Thing::Place, Thing::Label];
        things.into_iter().chain(legible_facts::KINDS.map(Thing::Fact)).collect()
    }

    pub fn name(self) -> &'static str {
        match self {
            Thing::Text => "text",
            Thing::Code => "code",
            Thing::Face => "face",
            Thing::Place => "place",
            Thing::Label => "label",
            Thing::Fact(kind) => kind,
        }
    }
}

impl Wanted {
    /// What it is about.
    pub fn field(&self) -> Field {
        match self {
            Wanted::Kind(_) => Field::Kind,
            Wanted::Code(_) => Field::Code,
            Wanted::Colour(_) => Field::Colour,
            Wanted::Taken(_) => Field::Taken,
            Wanted::Date(_) => Field::Date,
            Wanted::Amount(_) => Field::Amount,
            Wanted::Label(_) => Field::Label,
            Wanted::Object(..) => Field::Object,
            Wanted::Faces(_) => Field::Faces,
            Wanted::Similar(_) => Field::Similar,
            Wanted::Looks(_) => Field::Looks,
            Wanted::Place(_) => Field::Place,
            Wanted::Has(_) => Field::Has,
            Wanted::NotUnderstood(field, _) => *field,
        }
    }

    /// Whether it is about something that stands in the text.
    pub fn is_about_text_facts(&self) -> bool {
        matches!(self, Wanted::Date(_) | Wanted::Amount(_) | Wanted::Has(Thing::Fact(_)))
    }

    /// What stands behind the colon, without quotes.
    pub fn value(&self) -> String {
        let text = |name: Option<&str>| name.unwrap_or_default().to_owned();
        match self {
            Wanted::Kind(kind) => text(kind.map(ImageKind::name)),
            Wanted::Colour(colour) => text(colour.map(ColourName::name)),
            Wanted::Code(sort) => sort.as_ref().map(CodeSort::to_string).unwrap_or_default(),
            Wanted::Looks(value) => value.clone(),
            Wanted::Label(name) => name.text().to_owned(),
            Wanted::Taken(time) | Wanted::Date(time) => time.as_ref().map(Taken::to_string).unwrap_or_default(),
            Wanted::Amount(sum) => sum.as_ref().map(Sum::to_string).unwrap_or_default(),
            Wanted::Object(name, count) => format!("{}{}", name.text(), OfObjects(*count)),
            Wanted::Faces(count) => count.to_string(),
            Wanted::Similar(item) => item.to_string(),
            Wanted::Place(area) => area.map(|area| area.to_string()).unwrap_or_default(),
            Wanted::Has(thing) => thing.name().to_owned(),
            Wanted::NotUnderstood(_, typed) => typed.chars().filter(|ch| !crate::query::is_quote(*ch)).collect(),
        }
    }
}

/// How many things, left out where it is at least one.
struct OfObjects(Comparison);

impl Display for OfObjects {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0 == Comparison::AT_LEAST_ONE { Ok(()) } else { self.0.fmt(f) }
    }
}

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let quoted = |value: String| if value.contains(char::is_whitespace) { format!("\"{value}\"") } else { value };
        let value = match &self.wanted {
            Wanted::NotUnderstood(_, typed) => typed.clone(),
            Wanted::Label(name) => name.to_string(),
            Wanted::Object(name, count) => format!("{name}{}", OfObjects(*count)),
            wanted => quoted(wanted.value()),
        };
        write!(f, "{}{}:{value}", if self.excluded { "-" } else { "" }, self.wanted.field())
    }
}
