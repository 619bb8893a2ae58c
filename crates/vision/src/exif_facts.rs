//! What EXIF says about when and with what a picture was taken.

use std::io::Cursor;

use exif::{Exif, In, Tag, Value};

use crate::limits::MAX_CAMERA_CHARS;

/// The two facts kept from EXIF.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// `DateTimeOriginal` as `YYYY-MM-DDTHH:MM:SS`, in the camera's own time.
    pub at: Option<String>,
    /// Maker and model of the camera.
    pub camera: Option<String>,
}

/// Reads the EXIF data inside an encoded JPEG, PNG, WebP or TIFF. Damaged or missing data gives fewer facts, never an
/// error: the picture is what matters.
pub fn taken(bytes: &[u8]) -> Taken {
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    let read = reader
        .read_from_container(&mut Cursor::new(bytes))
        .or_else(|error| error.distill_partial_result(|_damaged_fields| ()));
    match read {
        Ok(exif) => Taken { at: taken_at(&exif), camera: camera(&exif) },
        Err(_) => Taken::default(),
    }
}

fn taken_at(exif: &Exif) -> Option<String> {
    let field = exif.get_field(Tag::DateTimeOriginal, In::PRIMARY)?;
    let Value::Ascii(lines) = &field.value else { return None };
    let at = exif::DateTime::from_ascii(lines.first()?).ok()?;
    let plausible = (1..=12).contains(&at.month) && (1..=31).contains(&at.day);
    let plausible = plausible && at.year > 0 && at.hour < 24 && at.minute < 60 && at.second < 61;
    plausible.then(|| {
        format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", at.year, at.month, at.day, at.hour, at.minute, at.second)
    })
}

/// "Canon EOS R6": most makers repeat their name in the model, some do not.
fn camera(exif: &Exif) -> Option<String> {
    let make = ascii(exif, Tag::Make);
    let model = ascii(exif, Tag::Model);
    match (make, model) {
        (Some(make), Some(model)) if model.to_lowercase().starts_with(&make.to_lowercase()) => Some(model),
        (Some(make), Some(model)) => Some(format!("{make} {model}").chars().take(MAX_CAMERA_CHARS).collect()),
        (make, model) => model.or(make),
    }
}

fn ascii(exif: &Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(lines) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let text = String::from_utf8_lossy(lines.first()?);
    let text: String = text.chars().filter(|c| !c.is_control()).take(MAX_CAMERA_CHARS).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_string())
}
