//! What EXIF says about when, where and with what a picture was taken.
//!
//! Tags by the standard "Exchangeable image file format for digital still cameras: Exif Version 2.32" (CIPA DC-008).

use std::io::Cursor;

use exif::{Exif, In, Rational, Tag, Value};

use crate::decode::TakenPlace;
use crate::limits::MAX_CAMERA_CHARS;

/// The facts kept from EXIF.
#[derive(Debug, Default, PartialEq)]
pub struct Taken {
    /// `DateTimeOriginal` as `YYYY-MM-DDTHH:MM:SS`, in the camera's own time.
    pub at: Option<String>,
    /// How far that time is ahead of UTC, as `+HH:MM` or `-HH:MM`.
    pub offset: Option<String>,
    /// Maker and model of the camera in one.
    pub camera: Option<String>,
    /// The maker alone.
    pub make: Option<String>,
    /// The model alone.
    pub model: Option<String>,
    /// Where it was.
    pub place: Option<TakenPlace>,
}

/// Reads the EXIF data inside an encoded JPEG, PNG, WebP or TIFF. Damaged or missing data gives fewer facts, never an
/// error: the picture is what matters.
pub fn taken(bytes: &[u8]) -> Taken {
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    let read = reader
        .read_from_container(&mut Cursor::new(bytes))
        .or_else(|error| error.distill_partial_result(|_damaged_fields| ()));
    read.map(|exif| facts(&exif)).unwrap_or_default()
}

fn facts(exif: &Exif) -> Taken {
    let at = taken_at(exif);
    Taken {
        offset: at.as_ref().and_then(|_| offset(exif)),
        at,
        camera: camera(exif),
        make: ascii(exif, Tag::Make),
        model: ascii(exif, Tag::Model),
        place: place(exif),
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

/// The offset of the time it was taken; else that of the file's own time, which the same clock gave.
fn offset(exif: &Exif) -> Option<String> {
    let texts = [Tag::OffsetTimeOriginal, Tag::OffsetTime].map(|tag| ascii(exif, tag));
    texts.into_iter().flatten().find(|text| is_offset(text))
}

/// `+HH:MM` or `-HH:MM`, as far from UTC as zones are.
fn is_offset(text: &str) -> bool {
    let &[sign, a, b, b':', c, d] = text.as_bytes() else { return false };
    let digits = [a, b, c, d].iter().all(u8::is_ascii_digit);
    let hours = u32::from(a.wrapping_sub(b'0')) * 10 + u32::from(b.wrapping_sub(b'0'));
    digits && matches!(sign, b'+' | b'-') && hours <= 14 && c < b'6'
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

fn place(exif: &Exif) -> Option<TakenPlace> {
    let latitude = degrees(exif, Tag::GPSLatitude)? * sign(exif, Tag::GPSLatitudeRef, "N", "S")?;
    let longitude = degrees(exif, Tag::GPSLongitude)? * sign(exif, Tag::GPSLongitudeRef, "E", "W")?;
    let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    // Cameras without a fix write zeros; nobody takes pictures in that spot of the Atlantic.
    let is_known = latitude != 0.0 || longitude != 0.0;
    (on_earth && is_known).then_some(TakenPlace { latitude, longitude })
}

/// Degrees, minutes and seconds, of which some cameras leave the last ones out.
fn degrees(exif: &Exif, tag: Tag) -> Option<f64> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    if parts.is_empty() || parts.len() > 3 {
        return None;
    }
    parts.iter().zip([1.0, 60.0, 3600.0]).try_fold(0.0, |sum, (part, unit)| Some(sum + number(part)? / unit))
}

/// Zero over zero is how EXIF says "not known".
fn number(rational: &Rational) -> Option<f64> {
    (rational.denom != 0).then(|| f64::from(rational.num) / f64::from(rational.denom))
}

fn sign(exif: &Exif, tag: Tag, ahead: &str, behind: &str) -> Option<f64> {
    match ascii(exif, tag)?.as_str() {
        letter if letter.eq_ignore_ascii_case(ahead) => Some(1.0),
        letter if letter.eq_ignore_ascii_case(behind) => Some(-1.0),
        _ => None,
    }
}

fn ascii(exif: &Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(lines) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let text = String::from_utf8_lossy(lines.first()?);
    let text: String = text.chars().filter(|c| !c.is_control()).take(MAX_CAMERA_CHARS).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use exif::Field;
    use exif::experimental::Writer;
    use proptest::prelude::*;

    fn text(tag: Tag, text: &str) -> Field {
        Field { tag, ifd_num: In::PRIMARY, value: Value::Ascii(vec![text.as_bytes().to_vec()]) }
    }

    fn angle(tag: Tag, parts: &[(u32, u32)]) -> Field {
        let parts = parts.iter().map(|&(num, denom)| Rational { num, denom }).collect();
        Field { tag, ifd_num: In::PRIMARY, value: Value::Rational(parts) }
    }

    fn written(fields: &[Field]) -> Vec<u8> {
        let mut writer = Writer::new();
        fields.iter().for_each(|field| writer.push_field(field));
        let mut bytes = Cursor::new(Vec::new());
        writer.write(&mut bytes, true).unwrap();
        bytes.into_inner()
    }

    fn check(fields: &[Field], expected: Taken) {
        assert_eq!(taken(&written(fields)), expected, "{fields:?}");
    }

    #[test]
    fn the_time_has_its_offset() {
        let time = text(Tag::DateTimeOriginal, "2026:11:21 20:15:00");
        let check = |offsets: &[(Tag, &str)], expected: Option<&str>| {
            let offsets = offsets.iter().map(|(tag, offset)| text(*tag, offset));
            let fields: Vec<Field> = [time.clone()].into_iter().chain(offsets).collect();
            let at = Some("2026-11-21T20:15:00".to_string());
            check(&fields, Taken { at, offset: expected.map(str::to_string), ..Taken::default() });
        };
        check(&[], None);
        check(&[(Tag::OffsetTimeOriginal, "+05:30")], Some("+05:30"));
        check(&[(Tag::OffsetTime, "-03:00")], Some("-03:00"));
        check(&[(Tag::OffsetTimeOriginal, "+01:00"), (Tag::OffsetTime, "-03:00")], Some("+01:00"));
        check(&[(Tag::OffsetTimeOriginal, "   :  "), (Tag::OffsetTime, "+02:00")], Some("+02:00"));
        for odd in ["Z", "+1:00", "+15:00", "+01:60", "01:00", "+01-00", "+0a:00"] {
            check(&[(Tag::OffsetTimeOriginal, odd)], None);
        }
        super::tests::check(&[text(Tag::OffsetTimeOriginal, "+01:00")], Taken::default());
    }

    #[test]
    fn the_place_is_in_degrees() {
        let check = |north: (&str, &[(u32, u32)]), east: (&str, &[(u32, u32)]), expected: Option<(f64, f64)>| {
            let fields = [
                text(Tag::GPSLatitudeRef, north.0),
                angle(Tag::GPSLatitude, north.1),
                text(Tag::GPSLongitudeRef, east.0),
                angle(Tag::GPSLongitude, east.1),
            ];
            let place = expected.map(|(latitude, longitude)| TakenPlace { latitude, longitude });
            check(&fields, Taken { place, ..Taken::default() });
        };
        let half = &[(52, 1), (30, 1), (0, 1)][..];
        check(("N", half), ("E", &[(13, 1), (24, 1), (36, 1)]), Some((52.5, 13.41)));
        check(("S", half), ("w", &[(270, 2)]), Some((-52.5, -135.0)));
        check(("N", &[(525, 10)]), ("E", &[(0, 1)]), Some((52.5, 0.0)));
        check(("N", &[(0, 1); 3]), ("E", &[(0, 1); 3]), None);
        check(("N", &[(0, 0); 3]), ("E", &[(0, 0); 3]), None);
        check(("N", &[(91, 1)]), ("E", half), None);
        check(("N", half), ("E", &[(181, 1)]), None);
        check(("X", half), ("E", half), None);
        check(("N", &[(1, 1); 4]), ("E", half), None);
    }

    #[test]
    fn maker_and_model_come_together_and_alone() {
        let [make, model] = [Some("NIKON".to_string()), Some("Z 6".to_string())];
        check(&[text(Tag::Make, "NIKON"), text(Tag::Model, "Z 6")], {
            Taken { camera: Some("NIKON Z 6".into()), make: make.clone(), model, ..Taken::default() }
        });
        check(&[text(Tag::Make, "NIKON")], Taken { camera: make.clone(), make, ..Taken::default() });
    }

    proptest! {
        #[test]
        fn damage_costs_facts_and_no_more(at in 0usize..200, byte: u8, cut in 0usize..250) {
            let mut bytes = written(&[
                text(Tag::Make, "NIKON"),
                text(Tag::DateTimeOriginal, "2026:11:21 20:15:00"),
                text(Tag::OffsetTimeOriginal, "+05:30"),
                text(Tag::GPSLatitudeRef, "N"),
                angle(Tag::GPSLatitude, &[(52, 1), (30, 1), (0, 1)]),
                text(Tag::GPSLongitudeRef, "E"),
                angle(Tag::GPSLongitude, &[(13, 1), (24, 1), (36, 1)]),
            ]);
            let end = bytes.len();
            bytes[at % end] = byte;
            bytes.truncate(end.min(cut.max(1)));
            let facts = taken(&bytes);
            prop_assert!(facts.place.is_none_or(|place| place.latitude.abs() <= 90.0 && place.longitude.abs() <= 180.0));
        }
    }
}
