//! A made-up library: texts by Zipf's law, and what models would see in the images. Every run has the same.

use legible_library::*;
use legible_reading::recognition::*;
use legible_reading::{Engine, Line, Quad, Reading};
use rusqlite::Connection;

const WORDS: usize = 150;
/// Numbers of an embedding, as the small model of the program has them.
const VALUES: usize = 1_280;
const TOWNS: usize = 300;
const SCENES: usize = 1_000;

/// Fills a database with so many items.
pub fn fill(connection: &mut Connection, items: u64) {
    let mut random = Random(7);
    let tx = connection.transaction().unwrap();
    for number in 0..items {
        let name = format!("IMG_{number}.png");
        let hash = ContentHash::of(name.as_bytes());
        let placement = Placement::Managed { path: format!("2026/01/{name}").into() };
        let new = NewItem { hash, name, size: random.below(5_000_000) as u64, placement, added_at: number as i64 };
        let id = add_item(&tx, &new, &Origin { kind: OriginKind::Cli, path: None, url: None, at: 0 }).unwrap().id;
        let seen = recognition(&mut random, number);
        let is_photo = seen.kind.is_some_and(|guess| guess.kind == ImageKind::Photo);
        set_facts(&tx, id, &facts(&mut random, is_photo)).unwrap();
        save_recognition(&tx, id, &seen, "made", 1).unwrap();
        save_reading(&tx, id, &text(&mut random, number % 4 == 0), 1).unwrap();
    }
    tx.commit().unwrap();
}

fn facts(random: &mut Random, is_photo: bool) -> ImageFacts {
    let taken_at = is_photo.then(|| {
        let (year, month, day) = (2010 + random.below(17), 1 + random.below(12), 1 + random.below(28));
        format!("{year}-{month:02}-{day:02}T{:02}:00:00", random.below(24))
    });
    let place = (is_photo && random.below(2) == 0).then(|| {
        let (latitude, longitude) = town(random.zipf(TOWNS));
        let mut near = || random.below(1_000) as f64 / 10_000.0;
        (latitude + near(), longitude + near())
    });
    ImageFacts {
        width: 4_000,
        height: 3_000,
        format: "jpeg".into(),
        taken_at,
        latitude: place.map(|place| place.0),
        longitude: place.map(|place| place.1),
        ..ImageFacts::default()
    }
}

/// Where the town of a rank lies, in degrees.
pub fn town(rank: usize) -> (f64, f64) {
    let mut random = Random(rank as u64 + 1);
    (random.below(120) as f64 - 60.0, random.below(360) as f64 - 180.0)
}

fn recognition(random: &mut Random, number: u64) -> Recognition {
    let kind = match random.below(100) {
        0..60 => ImageKind::Photo,
        60..72 => ImageKind::Screenshot,
        72..82 => ImageKind::Document,
        82..90 => ImageKind::Receipt,
        90..95 => ImageKind::Handwriting,
        _ => ImageKind::Chart,
    };
    let quad = Quad::from_edges(10.5, 20.25, 300.125, 400.75);
    let colours = (0..3).map(|_| Colour { name: ColourName::ALL[random.zipf(12)], rgb: [9; 3], share: 0.3 }).collect();
    let mut seen = Recognition {
        kind: Some(KindGuess { kind, confidence: 0.9 }),
        colours,
        hash: Some(looks(random, number)),
        ..Recognition::default()
    };
    if random.below(20) == 0 {
        let url = format!("https://example.org/{number}");
        let (symbology, meaning) = (Symbology::Qr, Meaning::Url { url: url.clone() });
        seen.codes.push(Code { symbology, text: url, quad, meaning });
    }
    let stamp = |part| Stamp { part, name: "made".into(), version: "1".into() };
    seen.embedding = Embedding::from_values("made", scene(random));
    if kind == ImageKind::Photo {
        let label = |random: &mut Random| Label { name: format!("sort {}", word(random.zipf(1_000))), confidence: 0.6 };
        seen.labels = (0..1 + random.below(3)).map(|_| label(random)).collect();
        let object = |random: &mut Random| Object { name: word(random.zipf(80)), confidence: 0.6, quad };
        seen.objects = (0..random.below(7)).map(|_| object(random)).collect();
        seen.faces =
            (0..random.below(8).saturating_sub(3)).map(|_| Face { confidence: 0.9, quad, landmarks: vec![] }).collect();
        seen.by = [Part::Labels, Part::Objects, Part::Faces].map(stamp).to_vec();
    }
    seen
}

/// A hash; each fiftieth is near that of the item before.
fn looks(random: &mut Random, number: u64) -> PerceptualHash {
    let mut own = Random(number / 50 + 1);
    let bits = |random: &mut Random| {
        (random.below(1 << 30) as u64) << 34 ^ (random.below(1 << 30) as u64) << 12 ^ random.below(1 << 30) as u64
    };
    match number % 50 {
        48 => PerceptualHash { across: bits(&mut own), down: bits(&mut own) },
        49 => PerceptualHash { across: bits(&mut own) ^ 0b1001, down: bits(&mut own) ^ 1 << 40 },
        _ => PerceptualHash { across: bits(random), down: bits(random) },
    }
}

/// What a model makes of one of some scenes, with something of its own.
fn scene(random: &mut Random) -> Vec<i8> {
    let mut of_scene = Random(random.below(SCENES) as u64 + 1);
    let value = |most: usize, random: &mut Random| random.below(most) as i32 - most as i32 / 2;
    (0..VALUES).map(|_| (value(120, &mut of_scene) + value(90, random)) as i8).collect()
}

/// Words by Zipf's law, in lines of ten; some items in Chinese characters instead.
fn text(random: &mut Random, chinese: bool) -> Reading {
    let lines = (0..WORDS / 10).map(|at| {
        let pieces: Vec<String> = (0..10)
            .map(|_| {
                if chinese {
                    format!("{}{}", han(random.zipf(3_000)), han(random.zipf(3_000)))
                } else {
                    word(random.zipf(20_000))
                }
            })
            .collect();
        let quad = Quad::from_edges(0.0, at as f32 * 30.0, 800.0, at as f32 * 30.0 + 20.0);
        Line { text: pieces.join(if chinese { "" } else { " " }), quad, confidence: 0.9, words: vec![] }
    });
    let engine = Engine { name: "made".into(), version: "1".into() };
    Reading { engine, width: 800, height: 600, lines: lines.collect() }
}

/// The word of a rank: two to five syllables.
pub fn word(rank: usize) -> String {
    let mut random = Random(rank as u64 + 1);
    (0..2 + random.below(4))
        .flat_map(|_| [b"bcdfghklmnprstvw"[random.below(16)] as char, b"aeiou"[random.below(5)] as char])
        .collect()
}

pub fn han(rank: usize) -> char {
    char::from_u32(0x4E00 + rank as u32 * 5).unwrap()
}

/// xorshift64*, so that every run has the same library.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1);
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end
    }

    /// A rank below `end` with a probability that falls as one over the rank.
    pub fn zipf(&mut self, end: usize) -> usize {
        let unit = self.below(1 << 30) as f64 / f64::from(1 << 30);
        ((end as f64).powf(unit) - 1.0) as usize
    }
}
