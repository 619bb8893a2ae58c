//! How text is compared: folded characters, then atoms (words and unspaced runs).

mod atoms;
mod fold;

pub(crate) use atoms::{Atom, AtomKind, atoms};
