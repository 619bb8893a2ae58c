//! Options of `capture`.

use super::Print;

/// Options of `capture`.
#[derive(Debug, clap::Args)]
pub struct Capture {
    /// All displays (this is what is taken if nothing is said)
    #[arg(long, group = "what")]
    pub screen: bool,
    /// One display: its number from 1, its name, or `pointer` for the one that the pointer is on
    #[arg(long, group = "what", value_name = "DISPLAY")]
    pub display: Option<String>,
    /// The window in front
    #[arg(long, group = "what")]
    pub window: bool,
    /// A part: X,Y,WIDTHxHEIGHT in pixels of the whole desktop; without it, drag it out in the app
    #[arg(long, group = "what", value_name = "X,Y,WIDTHxHEIGHT", num_args = 0..=1, default_missing_value = "")]
    pub region: Option<String>,
    /// Put the text on the clipboard, whatever the settings of the screen say
    #[arg(long)]
    pub copy: bool,
    /// Do not wait for the text
    #[arg(long, conflicts_with = "copy")]
    pub no_wait: bool,
    /// How it is printed.
    #[command(flatten)]
    pub print: Print,
}
