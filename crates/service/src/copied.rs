//! Images that a person copies: which of them come in, as the clipboard's source is set at that moment.

use crate::error::Result;
use crate::service::Service;
use legible_sources::screen::Program;
use legible_sources::{ClipboardSpec, Kind, Spec};

impl Service {
    /// Takes in an image that was copied, a PNG file, if it is wanted; returns its item. `front` tells the program in front,
    /// and is asked only when that matters. For a thread of the runtime that may block.
    ///
    /// # Errors
    /// When it cannot be taken in.
    pub fn take_copied(&self, png: Vec<u8>, front: impl FnOnce() -> Option<Program>) -> Result<Option<i64>> {
        let source = self.built_in_source(Kind::Clipboard)?;
        let Spec::Clipboard(ClipboardSpec { min_side, exclude }) = source.spec else { return Ok(None) };
        let large = png_sides(&png).is_some_and(|(width, height)| width.min(height) >= min_side);
        if !source.enabled || !large {
            return Ok(None);
        }
        if !exclude.is_empty() && front().is_some_and(|front| is_excluded(&front, &exclude)) {
            return Ok(None);
        }
        self.take_picture(Kind::Clipboard, &self.picture_name("Copied image", "png"), png).map(Some)
    }
}

/// Whether a program is one of those, by a part of its name or of the title of its window.
fn is_excluded(program: &Program, exclude: &[String]) -> bool {
    let (name, title) = (program.name.to_lowercase(), program.title.to_lowercase());
    exclude.iter().map(|part| part.to_lowercase()).any(|part| name.contains(&part) || title.contains(&part))
}

/// Width and height of a PNG file, by its first chunk (<https://www.w3.org/TR/png/#11IHDR>). The rest is not decoded here:
/// nobody knows who put it on the clipboard.
fn png_sides(png: &[u8]) -> Option<(u32, u32)> {
    let header = png.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(4..16)?.strip_prefix(b"IHDR")?;
    let (width, height) = (header.first_chunk()?, header.last_chunk()?);
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{EnableSource, SourceSpec};
    use crate::testing::Home;

    fn image(width: u32, height: u32) -> Vec<u8> {
        let mut png = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(width, height).write_to(&mut png, image::ImageFormat::Png).unwrap();
        png.into_inner()
    }

    #[test]
    fn sides_are_known_without_decoding() {
        let png = image(300, 20);
        assert_eq!(png_sides(&png), Some((300, 20)));
        assert_eq!(png_sides(&png[..20]), None);
        assert_eq!(png_sides(b"GIF89a"), None);
        assert_eq!(png_sides(b""), None);
    }

    #[test]
    fn programs_are_left_alone_by_part_of_name_or_title() {
        let check = |name: &str, title: &str, exclude: &[&str], expected: bool| {
            let exclude: Vec<String> = exclude.iter().map(|part| (*part).to_owned()).collect();
            let program = Program { name: name.into(), title: title.into() };
            assert_eq!(is_excluded(&program, &exclude), expected, "{name} {title} {exclude:?}");
        };
        check("KeePassXC", "Passwords", &["keepass"], true);
        check("firefox", "My bank: Mozilla Firefox", &["keepass", "my BANK"], true);
        check("firefox", "News", &["keepass", "my BANK"], false);
        check("", "", &["keepass"], false);
        check("firefox", "News", &[], false);
    }

    #[test]
    fn what_is_set_holds_from_then_on() {
        let home = Home::new();
        let id = home.service.built_in_source(Kind::Clipboard).unwrap().id.0;
        let keepass = || Some(Program { name: "KeePassXC".into(), title: String::new() });
        let taken = |png: Vec<u8>, front: fn() -> Option<Program>| {
            let service = home.service.clone();
            let takes = async { tokio::task::spawn_blocking(move || service.take_copied(png, front)).await };
            home.ask(takes).unwrap().unwrap().is_some()
        };
        let takes = |png: Vec<u8>| taken(png, keepass);
        assert!(!takes(image(40, 40)), "it is off until somebody switches it on");
        home.ask(home.service.enable_source(EnableSource { id, enabled: true })).unwrap();
        assert!(takes(image(40, 40)) && !takes(image(31, 200)) && !takes(b"no image".to_vec()));
        let all = home.ask(home.service.sources(crate::api::NoArgs {})).unwrap().sources;
        let mut draft = all.into_iter().find(|source| source.id == id).unwrap().draft;
        draft.spec = SourceSpec::Clipboard { min_side: 0, exclude: vec!["keepass".into()] };
        home.ask(home.service.save_source(draft)).unwrap();
        assert!(!takes(image(41, 41)));
        assert!(taken(image(31, 200), || None), "no side is too short any more");
    }
}
