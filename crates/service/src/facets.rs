//! What searches ask for apart from words, in words for a person: chips, choices with counts, and why an image was found.

use crate::api::{Chip, Facet, FacetGroup};
use crate::letters::capitalised;
use crate::unlooked::part_of;
use crate::views::small;
use legible_library::{Counted, FacetCounts, Field, Query, Why, Year};
use legible_reading::recognition::{ColourName, Part};

/// The filters in a search. `looks` is what is wrong with those that describe looks, `unlooked` with those that ask for these parts.
pub fn chips(query: &str, looks: Option<&str>, unlooked: &[(Part, String)]) -> Vec<Chip> {
    // JavaScript counts in UTF-16 code units.
    let units: Vec<usize> = std::iter::once(0)
        .chain(query.chars().scan(0, |units, ch| {
            *units += ch.len_utf16();
            Some(*units)
        }))
        .collect();
    let at = |chars: usize| small(units.get(chars).or(units.last()).copied().unwrap_or(0));
    let problem = |chip: &legible_library::Chip| {
        let part = part_of(chip);
        let unlooked = unlooked.iter().find(|(of, _)| Some(*of) == part).map(|(_, problem)| problem.as_str());
        looks.filter(|_| chip.field == Field::Looks).or(unlooked).map(str::to_owned)
    };
    let chip = |chip: legible_library::Chip| Chip {
        start: at(chip.start),
        end: at(chip.end),
        field: title(chip.field).to_owned(),
        problem: chip.problem.clone().or_else(|| problem(&chip)),
        value: chip.value,
        excluded: chip.excluded,
    };
    Query::chips(query).into_iter().map(chip).collect()
}

/// The choices that images can be told apart by.
pub fn groups(counts: &FacetCounts) -> Vec<FacetGroup> {
    let of = |title: &str, field: Field, counted: &[Counted]| FacetGroup {
        title: title.to_owned(),
        choices: counted.iter().map(|counted| choice(field, counted)).collect(),
    };
    let all = [
        of("Kind", Field::Kind, &counts.kinds),
        of("Shows", Field::Label, &counts.labels),
        of("Things", Field::Object, &counts.objects),
        faces(counts),
        of("Codes", Field::Code, &counts.meanings),
        of("Printed as", Field::Code, &counts.symbologies),
        of("Colours", Field::Colour, &counts.colours),
        taken(&counts.years),
    ];
    all.into_iter().filter(|group| !group.choices.is_empty()).collect()
}

fn choice(field: Field, Counted { value, count }: &Counted) -> Facet {
    let colour = if field == Field::Colour { value.parse::<ColourName>().ok() } else { None };
    Facet {
        name: name(value),
        filter: field.asking_for(value),
        count: small(*count),
        css: colour.map(|colour| swatch(colour).to_owned()),
    }
}

/// What a person calls a value.
fn name(value: &str) -> String {
    match value {
        "url" => "Web address".to_owned(),
        "wifi" => "Wi-Fi".to_owned(),
        "sms" => "Text message".to_owned(),
        "qr" => "QR code".to_owned(),
        "data_matrix" => "Data Matrix".to_owned(),
        "pdf417" => "PDF417".to_owned(),
        "ean13" => "EAN-13".to_owned(),
        "ean8" => "EAN-8".to_owned(),
        "code128" => "Code 128".to_owned(),
        value => capitalised(value),
    }
}

/// How a colour of this name is shown.
fn swatch(colour: ColourName) -> &'static str {
    match colour {
        ColourName::Black => "#1b1b1b",
        ColourName::Grey => "#8e8e93",
        ColourName::White => "#ffffff",
        ColourName::Red => "#d92d20",
        ColourName::Orange => "#ef7d1a",
        ColourName::Yellow => "#f2c81d",
        ColourName::Green => "#2f9e44",
        ColourName::Cyan => "#22b8cf",
        ColourName::Blue => "#2f6fde",
        ColourName::Purple => "#8a4fd0",
        ColourName::Pink => "#ec6fa8",
        ColourName::Brown => "#8b5a2b",
    }
}

fn faces(counts: &FacetCounts) -> FacetGroup {
    let choices = [("With faces", "faces:>0", counts.with_faces), ("Without", "faces:0", counts.without_faces)];
    let choices = choices.into_iter().filter(|(.., count)| *count > 0);
    let choice = |(name, filter, count): (&str, &str, usize)| Facet {
        name: name.to_owned(),
        filter: filter.to_owned(),
        count: small(count),
        css: None,
    };
    FacetGroup { title: "Faces".to_owned(), choices: choices.map(choice).collect() }
}

/// The years; where there is only one, its months too.
fn taken(years: &[Year]) -> FacetGroup {
    let facet =
        |name: String, filter: String, count| Facet { name, filter: format!("taken:{filter}"), count, css: None };
    let mut choices = Vec::new();
    for Year { year, count, months } in years {
        choices.push(facet(year.to_string(), format!("{year:04}"), small(*count)));
        if years.len() == 1 {
            let months = (1..=12_i8).zip(months).rev().filter(|(_, count)| **count > 0);
            choices.extend(months.map(|(month, count)| {
                let name = jiff::civil::date(2000, month, 1).strftime("%B");
                facet(format!("{name} {year}"), format!("{year:04}-{month:02}"), small(*count))
            }));
        }
    }
    FacetGroup { title: "Taken".to_owned(), choices }
}

/// What of an image a filter holds for, such as `Shows: dog, 87 %`.
pub fn why(why: &Why) -> String {
    let Why { field, value, confidence, count, likeness, kilometres } = why;
    let mut parts = Vec::new();
    match (field, count) {
        (Field::Faces, Some(1)) => parts.push("1".to_owned()),
        (Field::Faces, Some(count)) => parts.push(count.to_string()),
        (Field::Object, Some(count)) if *count != 1 => parts.push(format!("{count} × {value}")),
        (Field::Similar, _) => {}
        (Field::Place, _) if kilometres.is_some() => {}
        _ => parts.push(value.clone()),
    }
    parts.extend(kilometres.map(|km| format!("{km:.0} km away")));
    // How near a description is says nothing to people: the best are a quarter alike.
    let likeness = likeness.filter(|_| *field == Field::Similar);
    parts.extend(likeness.map(|share| format!("{:.0} % alike", share * 100.0)));
    if matches!(field, Field::Kind | Field::Label | Field::Object) {
        parts.extend(confidence.map(|share| format!("{:.0} %", share * 100.0)));
    }
    let said = parts.join(", ");
    // How alike it is needs no name before it.
    if *field == Field::Similar { said } else { format!("{}: {said}", title(*field)) }
}

/// A place in words: `48.1° N, 11.6° E`.
pub fn place_name(latitude: f64, longitude: f64) -> String {
    let (north, east) = (if latitude < 0.0 { 'S' } else { 'N' }, if longitude < 0.0 { 'W' } else { 'E' });
    format!("{:.1}° {north}, {:.1}° {east}", latitude.abs(), longitude.abs())
}

fn title(field: Field) -> &'static str {
    match field {
        Field::Kind => "Kind",
        Field::Code => "Code",
        Field::Colour => "Colour",
        Field::Taken => "Taken",
        Field::Date => "Date in the text",
        Field::Amount => "Amount in the text",
        Field::Label => "Shows",
        Field::Object => "Things",
        Field::Faces => "Faces",
        Field::Similar => "Similar to",
        Field::Looks => "Looks like",
        Field::Place => "Place",
        Field::Has => "Has",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_library::{ContentHash, ItemId, Listing, NewItem, Origin, OriginKind, Placement};
    use legible_reading::Quad;
    use legible_reading::recognition::{Label, Object, Recognition};
    use rusqlite::Connection;
    use std::collections::HashMap;

    /// A library of images, each with one label and one thing of its name.
    fn library(names: &[&str]) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        legible_library::MIGRATIONS.iter().for_each(|batch| connection.execute_batch(batch).unwrap());
        let tx = connection.transaction().unwrap();
        for (at, name) in names.iter().enumerate() {
            let placement = Placement::Managed { path: format!("{at}.png").into() };
            let hash = ContentHash::of(&at.to_le_bytes());
            let new = NewItem { hash, name: format!("{at}.png"), size: 1, placement, added_at: 0 };
            let origin = Origin { kind: OriginKind::Cli, path: None, url: None, at: 0 };
            let id: ItemId = legible_library::add_item(&tx, &new, &origin).unwrap().id;
            let quad = Quad::from_edges(0.0, 0.0, 1.0, 1.0);
            let seen = Recognition {
                labels: vec![Label { name: (*name).into(), confidence: 0.5 }],
                objects: vec![Object { name: (*name).into(), confidence: 0.5, quad }],
                ..Recognition::default()
            };
            legible_library::save_recognition(&tx, id, &seen, "1", 1).unwrap();
        }
        tx.commit().unwrap();
        connection
    }

    #[test]
    fn every_name_that_models_know_is_counted_as_its_filter_finds_it() {
        let lists = ["coco-80.txt", "imagenet-1000.txt", "imagenet-1001.txt"];
        let text = lists.map(|list| legible_models::labels::text(list).unwrap()).join("\n");
        let mut names: Vec<&str> = text.lines().filter(|name| !name.is_empty()).collect();
        assert!(names.len() > 2_000 && names.contains(&"hot dog"));
        // Names as models of a person's own may have them, and as the search takes for one.
        names.extend(["dog", "Hot-Dog", "4\" pipe", "say “cheese”", "♥", "a>2", "犬", "子犬", "\"\""]);
        let connection = library(&names);
        let found = |query: &str| {
            let listing = Listing { query: Some(Query::parse(query)), limit: 0, ..Listing::default() };
            u32::try_from(legible_library::page(&connection, &listing).unwrap().total).unwrap()
        };
        let counted = |query: &str, title: &str| -> Vec<Facet> {
            let counts = legible_library::facet_counts(&connection, &Query::parse(query), false).unwrap();
            groups(&counts).into_iter().find(|group| group.title == title).unwrap().choices
        };
        let mut offered = HashMap::new();
        for choice in counted("", "Things") {
            assert_eq!(found(&choice.filter), choice.count, "{}", choice.filter);
            offered.insert(choice.filter, choice.count);
        }
        assert_eq!((offered["object:\"dog\""], offered["object:\"hot dog\""], offered["object:\"♥\""]), (2, 2, 1));
        // All but the one that no filter can name are offered.
        assert_eq!(offered.values().sum::<u32>() as usize, names.len() - 1);
        // Only the most frequent labels are, so those that are found by one say how many of it there are.
        for filter in offered.keys().filter(|filter| filter.contains("dog") || filter.contains("cat")) {
            let filter = filter.replace("object:", "label:");
            let told = counted(&filter, "Shows");
            assert_eq!((told.len(), &told[0].filter, told[0].count), (1, &filter, found(&filter)));
        }
    }

    #[test]
    fn why_in_words() {
        let none = Why {
            field: Field::Kind,
            value: "photo".into(),
            confidence: None,
            count: None,
            likeness: None,
            kilometres: None,
        };
        let check = |why: Why, expected: &str| assert_eq!(super::why(&why), expected);
        check(Why { confidence: Some(0.917), ..none.clone() }, "Kind: photo, 92 %");
        let object = Why { field: Field::Object, value: "person".into(), confidence: Some(0.5), ..none.clone() };
        check(Why { count: Some(3), ..object.clone() }, "Things: 3 × person, 50 %");
        check(Why { count: Some(1), ..object }, "Things: person, 50 %");
        let faces = Why { field: Field::Faces, value: String::new(), confidence: Some(0.9), ..none.clone() };
        check(Why { count: Some(2), ..faces }, "Faces: 2");
        let similar = Why { field: Field::Similar, value: "17".into(), likeness: Some(0.96), ..none.clone() };
        check(similar, "96 % alike");
        let place = Why { field: Field::Place, value: "48.1,11.6".into(), kilometres: Some(3.4), ..none.clone() };
        check(place, "Place: 3 km away");
        let label = Why { field: Field::Label, value: "dog".into(), confidence: Some(0.5), ..none.clone() };
        check(label, "Shows: dog, 50 %");
        check(Why { field: Field::Code, value: "https://a.example".into(), ..none }, "Code: https://a.example");
    }

    #[test]
    fn names_of_places() {
        assert_eq!(place_name(48.137, 11.575), "48.1° N, 11.6° E");
        assert_eq!(place_name(-33.9, -70.66), "33.9° S, 70.7° W");
    }
}
