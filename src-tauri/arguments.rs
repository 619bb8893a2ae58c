//! The app's command line.

use anyhow::{Context, bail};
use legible_service::api::Place;

/// What the app was started with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Stay in the tray, without a window.
    pub hidden: bool,
    /// Started with the session: the settings say whether with a window.
    pub login: bool,
    place: Option<Place>,
}

impl Arguments {
    /// Parses the arguments without the program's name.
    ///
    /// # Errors
    /// When one is not known.
    pub fn parse(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut parsed = Self::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--hidden" => parsed.hidden = true,
                "--login" => parsed.login = true,
                "--activity" => parsed.place = Some(Place::Activity),
                "--item" => {
                    let id = arguments.next().and_then(|id| id.parse().ok()).context("--item takes a number")?;
                    parsed.place = Some(Place::Item { id });
                }
                _ => bail!("{argument} is not known; the app takes --hidden, --login, --activity and --item NUMBER"),
            }
        }
        Ok(parsed)
    }

    /// Where the window is to go.
    pub fn place(&self) -> Place {
        self.place.unwrap_or(Place::Library)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_name_a_place() {
        let check = |line: &str, expected: Option<(bool, Place)>| {
            let parsed = Arguments::parse(line.split_whitespace().map(str::to_owned));
            assert_eq!(parsed.ok().map(|a| (a.hidden, a.place())), expected, "{line}");
        };
        check("", Some((false, Place::Library)));
        check("--hidden", Some((true, Place::Library)));
        check("--item 7", Some((false, Place::Item { id: 7 })));
        check("--activity", Some((false, Place::Activity)));
        check("--item", None);
        check("--item x", None);
        check("what", None);
    }
}
