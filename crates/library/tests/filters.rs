//! What filters find, checked against going through all images one by one: over small libraries and queries made at random.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use legible_library::*;
use legible_reading::recognition::*;
use legible_reading::{Engine, Line, Quad, Reading};
use proptest::prelude::*;
use rusqlite::Connection;

const NAMES: [&str; 4] = ["dog", "golden retriever", "Golden Gate", "traffic light"];
const WORDS: [&str; 3] = ["alpha", "beta", "gamma"];
const TIMES: [&str; 4] = ["2024-12-31T23:59:59", "2025-01-01T00:00:00", "2025-06-15T12:00:00", "2026-02-28T08:30:00"];
const PLACES: [(f64, f64); 4] = [(48.137, 11.575), (48.2, 11.6), (52.52, 13.405), (-33.9, 18.4)];
const CODES: [&str; 3] = ["https://example.org/A", "4006381333931", "hello url product"];

/// An image, as the test knows it.
#[derive(Debug, Clone)]
struct Image {
    kind: Option<usize>,
    colours: Vec<usize>,
    codes: Vec<usize>,
    taken: Option<usize>,
    place: Option<usize>,
    labels: Vec<usize>,
    /// `None` where nobody looked.
    objects: Option<Vec<usize>>,
    faces: Option<usize>,
    words: Vec<usize>,
    hash: Option<(u64, u64)>,
    embedding: Option<[i8; 3]>,
    trashed: bool,
    wrong_label: Option<usize>,
    wrong_object: Option<usize>,
}

fn image() -> impl Strategy<Value = Image> {
    let some = |below: usize| prop::option::of(0..below);
    let few = |below: usize| prop::collection::vec(0..below, 0..4);
    let hash = (
        prop::sample::select(vec![0xF0F0_u64, 0xF0F1, 0x0F0F_0F0F, 0]),
        prop::sample::select(vec![0xAAAA_u64, 0xAAFF, 0]),
    );
    let seen = (some(6), few(12), few(3), few(4), prop::option::of(few(4)), some(4));
    let facts = (some(4), some(4), few(3), prop::option::of(hash), prop::option::of([-9..9_i8, -9..9_i8, -9..9_i8]));
    (seen, facts, prop::bool::weighted(0.2), some(4), some(4)).prop_map(
        |((kind, colours, codes, labels, objects, faces), (taken, place, words, hash, embedding), trashed, l, o)| {
            Image {
                kind,
                colours,
                codes,
                taken,
                place,
                labels,
                objects,
                faces,
                words,
                hash,
                embedding,
                trashed,
                wrong_label: l,
                wrong_object: o,
            }
        },
    )
}

impl Image {
    fn recognition(&self) -> Recognition {
        let quad = Quad::from_edges(0.0, 0.0, 1.0, 1.0);
        let code = |&at: &usize| {
            let text = CODES[at].to_owned();
            let (symbology, meaning) = match at {
                0 => (Symbology::Qr, Meaning::Url { url: text.clone() }),
                1 => (Symbology::Ean13, Meaning::Product { gtin: text.clone() }),
                _ => (Symbology::Aztec, Meaning::Text),
            };
            Code { symbology, text, quad, meaning }
        };
        let label = |&at: &usize| Label { name: NAMES[at].into(), confidence: 0.5 };
        let object = |&at: &usize| Object { name: NAMES[at].into(), confidence: 0.5, quad };
        let colour = |&at: &usize| Colour { name: ColourName::ALL[at], rgb: [0; 3], share: 0.1 };
        let looked = [(Part::Objects, self.objects.is_some()), (Part::Faces, self.faces.is_some())];
        let stamp = |part| Stamp { part, name: "test".into(), version: "1".into() };
        Recognition {
            by: looked.into_iter().filter(|looked| looked.1).map(|looked| stamp(looked.0)).collect(),
            kind: self.kind.map(|at| KindGuess { kind: ImageKind::ALL[at], confidence: 0.5 }),
            codes: self.codes.iter().map(code).collect(),
            colours: self.colours.iter().map(colour).collect(),
            hash: self.hash.map(|(across, down)| PerceptualHash { across, down }),
            labels: self.labels.iter().map(label).collect(),
            objects: self.objects.iter().flatten().map(object).collect(),
            faces: (0..self.faces.unwrap_or(0)).map(|_| Face { confidence: 0.5, quad, landmarks: vec![] }).collect(),
            embedding: self.embedding.and_then(|values| Embedding::from_values("test", values.to_vec())),
        }
    }

    fn shown_labels(&self) -> Vec<&'static str> {
        self.labels.iter().filter(|at| Some(**at) != self.wrong_label).map(|at| NAMES[*at]).collect()
    }

    fn shown_objects(&self) -> Vec<&'static str> {
        self.objects.iter().flatten().filter(|at| Some(**at) != self.wrong_object).map(|at| NAMES[*at]).collect()
    }
}

fn library(images: &[Image]) -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    MIGRATIONS.iter().for_each(|batch| connection.execute_batch(batch).unwrap());
    let tx = connection.transaction().unwrap();
    for (number, image) in images.iter().enumerate() {
        let name = format!("{number}.png");
        let placement = Placement::Managed { path: name.clone().into() };
        let new = NewItem { hash: ContentHash::of(name.as_bytes()), name, size: 1, placement, added_at: number as i64 };
        let id = add_item(&tx, &new, &Origin { kind: OriginKind::Cli, path: None, url: None, at: 0 }).unwrap().id;
        let place = image.place.map(|at| PLACES[at]);
        let facts = ImageFacts {
            format: "png".into(),
            taken_at: image.taken.map(|at| TIMES[at].into()),
            latitude: place.map(|place| place.0),
            longitude: place.map(|place| place.1),
            ..ImageFacts::default()
        };
        set_facts(&tx, id, &facts).unwrap();
        // What is called wrong stays so whether it is recognised before or after.
        let wrong = || {
            let name = |at: Option<usize>| at.map(|at| NAMES[at]);
            name(image.wrong_label).iter().for_each(|name| set_wrong(&tx, id, Part::Labels, name, true).unwrap());
            name(image.wrong_object).iter().for_each(|name| set_wrong(&tx, id, Part::Objects, name, true).unwrap());
        };
        if number % 2 == 0 {
            wrong();
        }
        save_recognition(&tx, id, &image.recognition(), "1", 1).unwrap();
        wrong();
        let quad = Quad::from_edges(0.0, 0.0, 1.0, 1.0);
        let line = |&at: &usize| Line { text: WORDS[at].into(), quad, confidence: 1.0, words: vec![] };
        let lines = image.words.iter().map(line).collect();
        let engine = Engine { name: "test".into(), version: "1".into() };
        save_reading(&tx, id, &Reading { engine, width: 1, height: 1, lines }, 1).unwrap();
        if image.trashed {
            trash(&tx, &[id], 1).unwrap();
        }
    }
    tx.commit().unwrap();
    connection
}

/// A name as it is asked for: in quotes the whole of it.
type Named = (&'static str, bool);

/// A condition, as the test knows it.
#[derive(Debug, Clone)]
enum Ask {
    Kind(usize),
    Colour(usize),
    Code(&'static str),
    AnyCode,
    Taken(&'static str, &'static str, bool),
    Label(Named),
    Object(Named, &'static str, usize),
    Faces(&'static str, usize),
    Similar(usize),
    Place(usize, f64),
    Between((i32, i32), (i32, i32)),
    Has(&'static str),
    Word(usize),
    Wrong,
}

fn ask() -> impl Strategy<Value = Ask> {
    let order = || prop::sample::select(vec!["<", "<=", "=", ">=", ">"]);
    let name = || {
        let words = prop::sample::select(vec!["dog", "golden", "golden-retriever", "light", "do", "LIGHT"]);
        let whole = prop::sample::select(vec!["DOG", "golden", "golden retriever", "Traffic-Light", "light"]);
        prop_oneof![words.prop_map(|name| (name, false)), whole.prop_map(|name| (name, true))]
    };
    prop_oneof![
        (0..6_usize).prop_map(Ask::Kind),
        (0..12_usize).prop_map(Ask::Colour),
        prop::sample::select(vec!["qr", "url", "example.org/a", "4006", "product", "text", "e"]).prop_map(Ask::Code),
        Just(Ask::AnyCode),
        prop::sample::select(vec![
            Ask::Taken("2025", "2025", true),
            Ask::Taken("2025-06", "2026", true),
            Ask::Taken("2025-01-01", "2025-01-01", true),
            Ask::Taken(">2025-06", "9", false),
            Ask::Taken(">=2025-01", "9", false),
            Ask::Taken("<2025-06", "9", false),
            Ask::Taken("<=2025", "9", false),
        ]),
        name().prop_map(Ask::Label),
        (name(), order(), 0..3_usize).prop_map(|(name, order, number)| Ask::Object(name, order, number)),
        (order(), 0..3_usize).prop_map(|(order, number)| Ask::Faces(order, number)),
        (1..9_usize).prop_map(Ask::Similar),
        (0..4_usize, prop::sample::select(vec![5.0, 10.0, 510.0, 9_000.0])).prop_map(|(at, km)| Ask::Place(at, km)),
        prop::sample::select(vec![Ask::Between((48, 49), (11, 12)), Ask::Between((-90, 50), (18, 11))]),
        prop::sample::select(vec!["text", "code", "face", "place", "label"]).prop_map(Ask::Has),
        (0..3_usize).prop_map(Ask::Word),
        Just(Ask::Wrong),
    ]
}

impl Ask {
    fn text(&self) -> String {
        match self {
            Ask::Kind(at) => format!("kind:{}", ImageKind::ALL[*at]),
            Ask::Colour(at) => format!("colour:{}", ColourName::ALL[*at]),
            Ask::Code(text) => format!("code:{text}"),
            Ask::AnyCode => "code:".into(),
            Ask::Taken(from, to, true) => format!("taken:{from}..{to}"),
            Ask::Taken(from, _, false) => format!("taken:{from}"),
            Ask::Label(name) => format!("label:{}", written(*name)),
            Ask::Object(name, order, number) => format!("object:{}{order}{number}", written(*name)),
            Ask::Faces(order, number) => format!("faces:{order}{number}"),
            Ask::Similar(item) => format!("similar:{item}"),
            Ask::Place(at, km) => format!("place:{},{},{km}km", PLACES[*at].0, PLACES[*at].1),
            Ask::Between((south, north), (west, east)) => format!("place:{south}..{north},{west}..{east}"),
            Ask::Has(thing) => format!("has:{thing}"),
            Ask::Word(at) => format!("\"{}\"", WORDS[*at]),
            Ask::Wrong => "kind:cat".into(),
        }
    }

    fn holds(&self, images: &[Image], at: usize) -> bool {
        let image = &images[at];
        match self {
            Ask::Kind(kind) => image.kind == Some(*kind),
            Ask::Colour(colour) => image.colours.contains(colour),
            Ask::Code(text) => image.codes.iter().any(|code| {
                let all =
                    ["qr url https://example.org/a", "ean13 product 4006381333931", "aztec text hello url product"]
                        [*code];
                let is_name = ["qr", "url", "product", "text"].contains(text);
                if is_name { all.split(' ').take(2).any(|word| word == *text) } else { all.contains(text) }
            }),
            Ask::AnyCode => !image.codes.is_empty(),
            Ask::Taken(from, to, is_range) => image.taken.is_some_and(|at| taken(TIMES[at], from, to, *is_range)),
            Ask::Label(name) => image.shown_labels().iter().any(|label| is_called(label, *name)),
            Ask::Object(name, order, number) => {
                let count = image.shown_objects().iter().filter(|object| is_called(object, *name)).count();
                // Where nothing is left of what was seen, but for what was called wrong, it was looked for all the same.
                image.objects.is_some() && compare(count, order, *number)
            }
            Ask::Faces(order, number) => image.faces.is_some_and(|count| compare(count, order, *number)),
            Ask::Similar(item) => *item - 1 != at && images.get(*item - 1).is_some_and(|other| similar(image, other)),
            Ask::Place(centre, km) => {
                image.place.is_some_and(|place| kilometres(PLACES[*centre], PLACES[place]) <= *km)
            }
            Ask::Between((south, north), (west, east)) => image.place.is_some_and(|at| {
                let (latitude, longitude) = PLACES[at];
                let (from_west, to_east) = (f64::from(*west) <= longitude, longitude < f64::from(*east));
                let between = if west < east { from_west && to_east } else { from_west || to_east };
                between && f64::from(*south) <= latitude && latitude < f64::from(*north)
            }),
            Ask::Has("text") => !image.words.is_empty(),
            Ask::Has("code") => !image.codes.is_empty(),
            Ask::Has("face") => image.faces.is_some_and(|count| count > 0),
            Ask::Has("place") => image.place.is_some(),
            Ask::Has(_) => !image.shown_labels().is_empty(),
            Ask::Word(word) => image.words.contains(word),
            Ask::Wrong => false,
        }
    }
}

/// Times cut down to the length of a date compare as the dates do.
fn taken(at: &str, from: &str, to: &str, is_range: bool) -> bool {
    let cut = |date: &str| at[..date.len()].to_owned();
    if is_range {
        return cut(from).as_str() >= from && cut(to).as_str() <= to;
    }
    let date = from.trim_start_matches(['<', '>', '=']);
    match &from[..from.len() - date.len()] {
        ">" => cut(date).as_str() > date,
        ">=" => cut(date).as_str() >= date,
        "<" => cut(date).as_str() < date,
        _ => cut(date).as_str() <= date,
    }
}

fn written((name, whole): Named) -> String {
    if whole { format!("\"{name}\"") } else { name.to_owned() }
}

fn is_called(name: &str, (wanted, whole): Named) -> bool {
    let spaced = |text: &str| format!(" {} ", text.to_lowercase().replace('-', " "));
    let (name, wanted) = (spaced(name), spaced(wanted));
    if whole { name == wanted } else { name.contains(&wanted) }
}

fn compare(count: usize, order: &str, number: usize) -> bool {
    match order {
        "<" => count < number,
        "<=" => count <= number,
        "=" => count == number,
        ">=" => count >= number,
        _ => count > number,
    }
}

fn similar(image: &Image, other: &Image) -> bool {
    let hashes = image.hash.zip(other.hash).is_some_and(|(a, b)| {
        let differ = |a: u64, b: u64| (a ^ b).count_ones();
        let plain = other.hash.is_some_and(|hash| hash.0.count_ones() <= 4 && hash.1.count_ones() <= 4);
        !plain && differ(a.0, b.0) <= 7 && differ(a.1, b.1) <= 7
    });
    let cosine = |a: [i8; 3], b: [i8; 3]| {
        let dot = |a: [i8; 3], b: [i8; 3]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(b)).sum::<f64>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    };
    hashes || image.embedding.zip(other.embedding).is_some_and(|(a, b)| cosine(a, b) >= 0.5)
}

/// By the spherical law of cosines.
fn kilometres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (north, other) = (a.0.to_radians(), b.0.to_radians());
    let cosine = north.sin() * other.sin() + north.cos() * other.cos() * (b.1 - a.1).to_radians().cos();
    cosine.min(1.0).acos() * 6_371.0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn filters_find_what_they_say(
        images in prop::collection::vec(image(), 1..9),
        asked in prop::collection::vec((ask(), any::<bool>()), 1..4),
        turn in 0..4_usize,
    ) {
        let connection = library(&images);
        let text = |asked: &[(Ask, bool)]| {
            let part = |(ask, not): &(Ask, bool)| format!("{}{}", if *not { "-" } else { "" }, ask.text());
            asked.iter().map(part).collect::<Vec<_>>().join(" ")
        };
        let typed = text(&asked);
        let query = Query::parse(&typed);
        let holds = |at: usize| {
            let understood = asked.iter().all(|(ask, _)| !matches!(ask, Ask::Wrong));
            understood && asked.iter().all(|(ask, not)| ask.holds(&images, at) != *not)
        };
        let ids = |page: Page| {
            let mut ids: Vec<i64> = page.entries.iter().map(|entry| entry.item.id.0).collect();
            ids.sort_unstable();
            ids
        };
        for trashed in [false, true] {
            let expected: Vec<i64> =
                (0..images.len()).filter(|&at| images[at].trashed == trashed && holds(at)).map(|at| at as i64 + 1).collect();
            let listing = |query: Query| Listing { query: Some(query), trashed, offset: 0, limit: 99 };
            let found = page(&connection, &listing(query.clone())).unwrap();
            let shown = asked.iter().filter(|(ask, not)| !not && !matches!(ask, Ask::Word(_))).count();
            prop_assert!(found.entries.iter().all(|entry| entry.why.len() == shown), "{typed}");
            prop_assert_eq!(found.total, expected.len(), "{}", typed);
            prop_assert_eq!(ids(found), expected.clone(), "{}", typed);
            let mut turned = asked.clone();
            turned.rotate_left(turn % asked.len());
            let again = page(&connection, &listing(Query::parse(&text(&turned)))).unwrap();
            prop_assert_eq!(ids(again), expected.clone(), "{} in another order", typed);
            let counts = facet_counts(&connection, &query, trashed).unwrap();
            prop_assert_eq!(counts.total, expected.len(), "{}", typed);
            for (at, kind) in ImageKind::ALL.iter().enumerate() {
                let of_kind = expected.iter().filter(|id| images[**id as usize - 1].kind == Some(at)).count();
                let counted = counts.kinds.iter().find(|counted| counted.value == kind.name()).map_or(0, |c| c.count);
                prop_assert_eq!(counted, of_kind, "{} {}", typed, kind);
            }
        }
        for at in 0..images.len() {
            prop_assert_eq!(finds(&connection, &query, ItemId(at as i64 + 1)).unwrap(), holds(at), "{}: {}", typed, at);
        }
    }
}
