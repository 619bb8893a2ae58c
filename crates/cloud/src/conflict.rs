//! The name under which one of two versions of a file is kept: `scan (conflict, MACHINE, DAY, TAG).png`. It says by itself whose version
//! it is, so that every machine can tell without asking another.

use crate::path::FilePath;

/// What the words in the name begin with.
const BEGINNING: &str = "conflict, ";

/// How many characters of a tag are in the name.
const TAG_CHARS: usize = 8;

/// A file that is kept because of a conflict, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The file that both sides changed.
    pub of: FilePath,
    /// The machine that kept this version.
    pub device: String,
    /// The day on which it did: `2026-11-22`.
    pub day: String,
}

/// Where one of two versions of a file is kept: the `number`-th of a machine, a day and a `tag` of its content.
pub fn kept_at(path: &FilePath, device: &str, day: &str, tag: &str, number: usize) -> FilePath {
    let tag: String = tag.chars().take(TAG_CHARS).collect();
    // What separates the words is in none of them.
    let device: String = device.chars().map(|c| if matches!(c, '(' | ')' | ',') { ' ' } else { c }).collect();
    let device = device.split_whitespace().collect::<Vec<_>>().join(" ");
    let number = if number == 1 { String::new() } else { format!(", {number}") };
    path.beside(&format!("{BEGINNING}{device}, {day}, {tag}{number}"))
}

/// What the name of a file tells of a conflict, if it does.
pub fn told_by(path: &FilePath) -> Option<Conflict> {
    let text = path.as_str();
    let from = text.rfind(&format!(" ({BEGINNING}"))?;
    let (stem, rest) = text.split_at(from);
    let (words, ending) = rest.strip_prefix(" (")?.strip_prefix(BEGINNING)?.split_once(')')?;
    let mut words = words.split(", ");
    let (device, day, tag) = (words.next()?, words.next()?, words.next()?);
    let is_day = day.len() == 10 && day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let is_tag = !tag.is_empty() && tag.chars().count() <= TAG_CHARS;
    let is_number = words.next().is_none_or(|number| number.parse::<usize>().is_ok()) && words.next().is_none();
    if !(is_day && is_tag && is_number) || ending.contains('/') {
        return None;
    }
    let of = FilePath::parse(&format!("{stem}{ending}")).ok()?;
    Some(Conflict { of, device: device.to_owned(), day: day.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_tell_of_conflicts() {
        let check = |name: &str, expected: Option<[&str; 3]>| {
            let told = told_by(&FilePath::parse(name).unwrap());
            let told = told.as_ref().map(|told| [told.of.as_str(), told.device.as_str(), told.day.as_str()]);
            assert_eq!(told, expected, "{name}");
        };
        let expected = Some(["2026/11/scan.png", "desk", "2026-11-22"]);
        check("2026/11/scan (conflict, desk, 2026-11-22, 1a2b3c4d).png", expected);
        check("2026/11/scan (conflict, desk, 2026-11-22, 1a2b3c4d, 2).png", expected);
        check("(conflict, desk, 2026-11-22, 1a2b3c4d).png", None);
        check("a (conflict, desk, 2026-11-22, 1a2b3c4d)", Some(["a", "desk", "2026-11-22"]));
        check("a (conflict, of interest).png", None);
        check("a (conflict, x, 2026-11-22, 1a2b3c4d)/b.png", None);
        check("scan.png", None);
    }

    proptest! {
        #[test]
        fn what_a_name_says_is_read_from_it(
            stem in "[a-zäß収 ().]{0,20}x", device in "[A-Za-z0-9 _(),'-]{1,30}", tag in "[0-9a-f]{8,64}", number in 1usize..20,
        ) {
            let of = FilePath::parse(&format!("2026/{stem}.png")).unwrap();
            let kept = kept_at(&of, &device, "2026-11-22", &tag, number);
            prop_assert_ne!(&kept, &of);
            let told = told_by(&kept).unwrap();
            prop_assert_eq!((told.of, told.day.as_str()), (of, "2026-11-22"));
        }
    }
}
