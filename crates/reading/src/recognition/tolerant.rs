//! Reads what is understood of a value that a newer version wrote, and passes over the rest.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
#[serde(untagged)]
enum Either<T> {
    Understood(T),
    Not(#[allow(dead_code, reason = "only its being there tells")] IgnoredAny),
}

impl<T> Either<T> {
    fn understood(self) -> Option<T> {
        match self {
            Either::Understood(value) => Some(value),
            Either::Not(_) => None,
        }
    }
}

/// The value, or nothing where it is not understood.
pub(super) fn value<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Ok(Option::<Either<T>>::deserialize(from)?.and_then(Either::understood))
}

/// Those values of a list that are understood; none where it is no list.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    let list = Either::<Vec<Either<T>>>::deserialize(from)?.understood().unwrap_or_default();
    Ok(list.into_iter().filter_map(Either::understood).collect())
}
