//! The fonts of this machine that drawings use, sorted by what they look like.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use ttf_parser::Face;

/// Where Debian and its relatives keep fonts.
const FOLDER: &str = "/usr/share/fonts";

/// What a text is set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Serif,
    Sans,
    Mono,
    Hand,
}

/// The fonts of the packages that `cargo xtask train-kinds` installs: beginnings of file names, by style. Symbols and scripts that the words are not
/// in stay out by not being named.
const WANTED: &[(&str, Style)] = &[
    ("BecauseWe", Style::Hand),
    ("Breip", Style::Hand),
    ("breipfont", Style::Hand),
    ("Delphine", Style::Hand),
    ("dkg", Style::Hand),
    ("Ecolier-court", Style::Hand),
    ("femkeklaver", Style::Hand),
    ("Havana", Style::Hand),
    ("Humor-Sans", Style::Hand),
    ("KaushanScript", Style::Hand),
    ("KleeOne", Style::Hand),
    ("Kristi", Style::Hand),
    ("Rufscript010", Style::Hand),
    ("SteveHand", Style::Hand),
    ("Z003", Style::Hand),
    ("C059", Style::Serif),
    ("DejaVuSerif", Style::Serif),
    ("EBGaramond12", Style::Serif),
    ("LiberationSerif", Style::Serif),
    ("LinLibertine_R.", Style::Serif),
    ("LinLibertine_RB.", Style::Serif),
    ("NimbusRoman", Style::Serif),
    ("P052", Style::Serif),
    ("URWBookman", Style::Serif),
    ("Cantarell", Style::Sans),
    ("DejaVuSans-", Style::Sans),
    ("DejaVuSans.", Style::Sans),
    ("DejaVuSansCondensed", Style::Sans),
    ("Lato-Bold.", Style::Sans),
    ("Lato-Light.", Style::Sans),
    ("Lato-Regular.", Style::Sans),
    ("LiberationSans", Style::Sans),
    ("NimbusSans", Style::Sans),
    ("OpenSans-Bold.", Style::Sans),
    ("OpenSans-Regular.", Style::Sans),
    ("OpenSans-Semibold.", Style::Sans),
    ("Roboto-Bold.", Style::Sans),
    ("Roboto-Light.", Style::Sans),
    ("Roboto-Medium.", Style::Sans),
    ("Roboto-Regular.", Style::Sans),
    ("URWGothic", Style::Sans),
    ("Courier Prime", Style::Mono),
    ("DejaVuSansMono", Style::Mono),
    ("Hack", Style::Mono),
    ("Inconsolata", Style::Mono),
    ("LiberationMono", Style::Mono),
    ("NimbusMonoPS", Style::Mono),
];

/// A font and what it looks like.
pub struct Font {
    pub style: Style,
    pub face: Face<'static>,
}

/// All fonts, in the order of their file names.
pub struct Fonts(pub Vec<Font>);

impl Fonts {
    /// Loads the wanted fonts; fails when a style has too few for drawings that differ.
    pub fn load() -> Result<Self> {
        let mut files = Vec::new();
        list(Path::new(FOLDER), &mut files);
        files.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
        files.dedup_by(|a, b| a.file_name() == b.file_name());
        let mut fonts = Vec::new();
        for file in &files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some((_, style)) = WANTED.iter().find(|(start, _)| name.starts_with(start)) else { continue };
            let bytes = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
            // They are used until the program ends.
            if let Ok(face) = Face::parse(Box::leak(bytes.into_boxed_slice()), 0) {
                fonts.push(Font { style: *style, face });
            }
        }
        for style in [Style::Serif, Style::Sans, Style::Mono, Style::Hand] {
            let n = fonts.iter().filter(|font| font.style == style).count();
            ensure!(n >= 5, "only {n} fonts of style {style:?} in {FOLDER}: `cargo xtask train-kinds` installs them");
        }
        Ok(Fonts(fonts))
    }

    /// The fonts of a style.
    pub fn of(&self, style: Style) -> Vec<&Font> {
        self.0.iter().filter(|font| font.style == style).collect()
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_some_and(|end| end == "ttf" || end == "otf") {
            files.push(path);
        }
    }
}
