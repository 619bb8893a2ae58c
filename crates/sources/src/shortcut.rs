//! Keys that are pressed together, as a person writes them: `Ctrl+Shift+T`. Who listens to them is another matter.

/// Why a text is no shortcut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShortcutError {
    /// There must be one key, after what is held.
    #[error("{0} is no shortcut; write what is held and then one key, such as Ctrl+Shift+T")]
    Malformed(String),
    /// The key has another name, or none here.
    #[error(
        "{0} is no key of a shortcut; there are letters, digits, F1 to F24, PrintScreen, Space, Insert, Home, End, PageUp and PageDown"
    )]
    UnknownKey(String),
    /// Every program would lose the key.
    #[error("{0} alone would be taken from every program; hold Ctrl, Alt or Super with it")]
    NothingHeld(String),
}

/// What can be held, in the order in which it is written.
const HELD: [&str; 4] = ["Ctrl", "Alt", "Shift", "Super"];

/// Keys with names.
const NAMED: [&str; 7] = ["PrintScreen", "Space", "Insert", "Home", "End", "PageUp", "PageDown"];

/// The highest function key.
const MOST_F: u8 = 24;

/// The one way to write a shortcut, whatever the case and the order in which it was typed.
///
/// # Errors
/// When it is none.
pub fn parse(text: &str) -> Result<String, ShortcutError> {
    let malformed = || ShortcutError::Malformed(text.trim().to_owned());
    let mut parts: Vec<&str> = text.split('+').map(str::trim).collect();
    let key = parts.pop().filter(|key| !key.is_empty()).ok_or_else(malformed)?;
    if held(key).is_some() {
        return Err(malformed());
    }
    let held: Vec<&str> = parts.into_iter().map(|part| held(part).ok_or_else(malformed)).collect::<Result<_, _>>()?;
    let key = named(key).ok_or_else(|| ShortcutError::UnknownKey(key.to_owned()))?;
    let alone = key == "PrintScreen" || (key.starts_with('F') && key.len() > 1);
    if !alone && held.iter().all(|one| *one == "Shift") {
        return Err(ShortcutError::NothingHeld(key));
    }
    let mut written: Vec<&str> = HELD.into_iter().filter(|one| held.contains(one)).collect();
    written.push(&key);
    Ok(written.join("+"))
}

/// What is held, by any of its names.
fn held(text: &str) -> Option<&'static str> {
    Some(match text.to_ascii_lowercase().as_str() {
        "ctrl" | "control" => "Ctrl",
        "alt" | "option" => "Alt",
        "shift" => "Shift",
        "super" | "cmd" | "command" | "meta" | "win" => "Super",
        _ => return None,
    })
}

/// The key, as it is written.
fn named(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    let one = upper.len() == 1 && upper.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let function = || upper.strip_prefix('F').and_then(|number| number.parse().ok());
    let is_function = || function().is_some_and(|number: u8| (1..=MOST_F).contains(&number) && !upper.contains("F0"));
    if one || is_function() {
        return Some(upper);
    }
    NAMED.into_iter().find(|name| name.eq_ignore_ascii_case(text)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortcut_is_written_in_one_way() {
        let check = |text: &str, expected: &str| assert_eq!(parse(text), Ok(expected.to_owned()), "{text:?}");
        check("Ctrl+Shift+T", "Ctrl+Shift+T");
        check(" shift + control + t ", "Ctrl+Shift+T");
        check("cmd+1", "Super+1");
        check("Alt+pageup", "Alt+PageUp");
        check("printscreen", "PrintScreen");
        check("shift+printscreen", "Shift+PrintScreen");
        check("f1", "F1");
        check("Ctrl+F24", "Ctrl+F24");
        check("Ctrl+F", "Ctrl+F");
    }

    #[test]
    fn what_is_none_is_refused_with_what_would_be() {
        let malformed = |text: &str| assert_eq!(parse(text), Err(ShortcutError::Malformed(text.trim().to_owned())));
        ["", " ", "+", "Ctrl+", "Ctrl+Shift", "T+Ctrl", "Ctrl+T+U", "++T", "Hyper+T"].into_iter().for_each(malformed);
        let unknown = |text: &str, key: &str| assert_eq!(parse(text), Err(ShortcutError::UnknownKey(key.to_owned())));
        unknown("Ctrl+Ä", "Ä");
        unknown("Ctrl+F25", "F25");
        unknown("Ctrl+F01", "F01");
        unknown("Ctrl+Escape", "Escape");
        for text in ["T", "Shift+T", "Space"] {
            assert!(matches!(parse(text), Err(ShortcutError::NothingHeld(_))), "{text}");
        }
    }
}
