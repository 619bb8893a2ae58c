//! Where removed files lie on a storage that has no trash of its own: in a hidden folder below the one in step, by the day.

use crate::error::Error;

/// The hidden folder, below the one that is in step.
const TRASH: &str = ".legible-trash";
/// How many files of one name go to the trash on one day.
const MOST_OF_A_NAME: u32 = 1_000;

/// Where a file that is removed on a `day` may lie: the first of them that is free.
pub fn names(path: &str, day: &str) -> impl Iterator<Item = String> + use<> {
    let first = format!("{TRASH}/{day}/{path}");
    (1..=MOST_OF_A_NAME).map(move |number| if number == 1 { first.clone() } else { format!("{first}.{number}") })
}

/// What is said where none of them is.
pub fn full(path: &str) -> Error {
    let message = format!("it was removed more than {MOST_OF_A_NAME} times today");
    Error::File { path: path.to_owned(), message }
}
