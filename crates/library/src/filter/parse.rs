//! From what was typed behind a field's colon to what is wanted.

use super::{CodeSort, Field, Name, Thing, Wanted};
use crate::item::ItemId;
use crate::text::atoms;
use legible_reading::recognition::ColourName;
use std::fmt::{self, Display, Formatter};

/// The value of a filter as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawValue {
    /// The value, without its quotes.
    pub text: String,
    /// Whether it stood in quotes.
    pub quoted: bool,
    /// What follows the closing quote at once.
    pub rest: String,
    /// All of that as it was typed.
    pub typed: String,
}

/// How numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

impl Order {
    /// Longer signs before those that they begin with.
    const SIGNS: [(&'static str, Order); 5] =
        [("<=", Order::AtMost), (">=", Order::AtLeast), ("<", Order::Less), (">", Order::More), ("=", Order::Equal)];

    /// The order that a text begins with, and what follows.
    pub fn split(text: &str) -> Option<(Order, &str)> {
        Order::SIGNS.into_iter().find_map(|(sign, order)| Some((order, text.strip_prefix(sign)?)))
    }
}

impl Display for Order {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sign = Order::SIGNS.into_iter().find(|(_, order)| order == self).map(|(sign, _)| sign);
        f.write_str(sign.unwrap_or_default())
    }
}

/// How many of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comparison {
    order: Order,
    number: u32,
}

impl Comparison {
    pub const AT_LEAST_ONE: Comparison = Comparison { order: Order::AtLeast, number: 1 };

    /// Whether so many are right.
    pub fn holds(self, count: u32) -> bool {
        match self.order {
            Order::Less => count < self.number,
            Order::AtMost => count <= self.number,
            Order::Equal => count == self.number,
            Order::AtLeast => count >= self.number,
            Order::More => count > self.number,
        }
    }

    /// Reads `>2`, or a bare `2`.
    fn parse(text: &str) -> Option<Self> {
        let (order, number) = Order::split(text).unwrap_or((Order::Equal, text));
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| number.parse().ok()).flatten().map(|number| Comparison { order, number })
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.order, self.number)
    }
}

impl Wanted {
    /// What the value of a field asks for: [`Wanted::NotUnderstood`] for one that it cannot have.
    pub fn parse(field: Field, raw: &RawValue) -> Self {
        let value = raw.text.trim().to_lowercase();
        let wanted = match field {
            Field::Object => object(raw, &value),
            _ if value.is_empty() => any(field),
            Field::Kind => value.parse().ok().map(|kind| Wanted::Kind(Some(kind))),
            Field::Code => Some(Wanted::Code(Some(CodeSort::parse(value)))),
            Field::Colour => colour(&value).map(|colour| Wanted::Colour(Some(colour))),
            Field::Taken => value.parse().ok().map(|taken| Wanted::Taken(Some(taken))),
            Field::Date => value.parse().ok().map(|time| Wanted::Date(Some(time))),
            Field::Amount => value.parse().ok().map(|sum| Wanted::Amount(Some(sum))),
            Field::Label => possible(Name::parse(&value, raw.quoted)).map(Wanted::Label),
            Field::Faces => Comparison::parse(&value).map(Wanted::Faces),
            Field::Similar => similar(&value),
            Field::Looks => (!atoms(&value).is_empty()).then_some(Wanted::Looks(value)),
            Field::Place => value.parse().ok().map(|area| Wanted::Place(Some(area))),
            Field::Has => Thing::all().into_iter().find(|thing| thing.name() == value).map(Wanted::Has),
        };
        wanted.unwrap_or_else(|| Wanted::NotUnderstood(field, raw.typed.clone()))
    }
}

/// What a field asks for without a value: that there is any.
fn any(field: Field) -> Option<Wanted> {
    match field {
        Field::Kind => Some(Wanted::Kind(None)),
        Field::Code => Some(Wanted::Code(None)),
        Field::Colour => Some(Wanted::Colour(None)),
        Field::Taken => Some(Wanted::Taken(None)),
        Field::Date => Some(Wanted::Date(None)),
        Field::Amount => Some(Wanted::Amount(None)),
        Field::Label => Some(Wanted::Label(Name::Words(String::new()))),
        Field::Object => Some(Wanted::Object(Name::Words(String::new()), Comparison::AT_LEAST_ONE)),
        Field::Faces => Some(Wanted::Faces(Comparison::AT_LEAST_ONE)),
        Field::Place => Some(Wanted::Place(None)),
        Field::Similar | Field::Looks | Field::Has => None,
    }
}

fn object(raw: &RawValue, value: &str) -> Option<Wanted> {
    let (name, comparison) = match value.find(['<', '>', '=']) {
        Some(at) if !raw.quoted => value.split_at(at),
        _ => (value, raw.rest.trim()),
    };
    let count = if comparison.is_empty() { Some(Comparison::AT_LEAST_ONE) } else { Comparison::parse(comparison) };
    possible(Name::parse(name, raw.quoted)).zip(count).map(|(name, count)| Wanted::Object(name, count))
}

fn colour(value: &str) -> Option<ColourName> {
    if value == "gray" { Some(ColourName::Grey) } else { value.parse().ok() }
}

fn similar(value: &str) -> Option<Wanted> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| value.parse().ok()).flatten().map(|number| Wanted::Similar(ItemId(number)))
}

fn possible(name: Name) -> Option<Name> {
    name.is_possible().then_some(name)
}
