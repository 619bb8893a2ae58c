//! The app's command line.

use anyhow::{Context, bail};
use legible_service::api::{CaptureWhat, Place};

/// What the app was started with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Stay in the tray, without a window.
    pub hidden: bool,
    /// Started with the session: the settings say whether with a window.
    pub login: bool,
    /// Take a picture of the screen, without a window.
    pub capture: Option<CaptureWhat>,
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
                "--capture-screen" => parsed.capture = Some(CaptureWhat::Screen {}),
                "--capture-window" => parsed.capture = Some(CaptureWhat::Window {}),
                "--capture-region" => parsed.capture = Some(CaptureWhat::Region {}),
                "--activity" => parsed.place = Some(Place::Activity),
                "--cloud" => parsed.place = Some(Place::Cloud),
                "--item" => {
                    let id = arguments.next().and_then(|id| id.parse().ok()).context("--item takes a number")?;
                    parsed.place = Some(Place::Item { id });
                }
                _ => bail!(
                    "{argument} is not known; the app takes --hidden, --login, --activity, --cloud, --item NUMBER, \
                     --capture-screen, --capture-window and --capture-region"
                ),
            }
        }
        Ok(parsed)
    }

    /// Whether a window is to be shown.
    pub fn shows_window(&self) -> bool {
        !self.hidden && self.capture.is_none()
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
            assert_eq!(parsed.ok().map(|a| (a.shows_window(), a.place())), expected, "{line}");
        };
        check("", Some((true, Place::Library)));
        check("--hidden", Some((false, Place::Library)));
        check("--item 7", Some((true, Place::Item { id: 7 })));
        check("--activity", Some((true, Place::Activity)));
        check("--cloud", Some((true, Place::Cloud)));
        check("--capture-region", Some((false, Place::Library)));
        check("--item", None);
        check("--item x", None);
        check("what", None);
    }
}
