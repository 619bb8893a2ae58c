use super::*;
use crate::engine::Unwatched;
use crate::limits::MAX_SEARCHED_PIXELS;
use drawing::{Print, blurred, noise, page, scene, through_jpeg};
use legible_reading::Quad;

#[path = "drawing.rs"]
mod drawing;
#[path = "nasty.rs"]
mod nasty;

const SAMPLES: [(Symbology, &str); 7] = [
    (Symbology::Qr, "https://example.org/legible?page=1"),
    (Symbology::Aztec, "Aztec of a train ticket"),
    (Symbology::DataMatrix, "Data Matrix 010400638133393121X"),
    (Symbology::Pdf417, "PDF417 as on a boarding pass"),
    (Symbology::Ean13, "4006381333931"),
    (Symbology::Ean8, "96385074"),
    (Symbology::Code128, "Code-42"),
];

fn read(image: &RgbImage) -> Vec<Code> {
    find(image, &Unwatched, &|_| ()).unwrap()
}

/// What went wrong, by name.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    /// Draws prints on a ground, changes the image somehow, and demands exactly these codes where they are.
    fn check(&mut self, name: &str, ground: RgbImage, prints: &[Print], change: impl Fn(RgbImage) -> RgbImage) {
        let mut image = ground;
        prints.iter().for_each(|print| print.on(&mut image));
        let found = read(&change(image));
        let mut texts: Vec<_> = found.iter().map(|code| (code.symbology, code.text.as_str())).collect();
        let mut expected: Vec<_> = prints.iter().map(|print| (print.symbology, print.text.as_str())).collect();
        texts.sort_unstable();
        expected.sort_unstable();
        if texts != expected {
            self.0.push(format!("{name}: {texts:?} instead of {expected:?}"));
            return;
        }
        for print in prints {
            let distances = found.iter().filter(|code| code.text == print.text).map(|code| apart(code, print));
            let nearest = distances.fold(f32::INFINITY, f32::min);
            if nearest > 1.0 {
                let found = found.iter().map(|code| corners(&code.quad)).collect::<Vec<_>>().join(" or ");
                self.0.push(format!("{name}: {nearest} tolerances away: {found}, drawn {}", corners(&print.quad())));
            }
        }
    }

    fn nothing(self) {
        assert!(self.0.is_empty(), "{} wrong:\n{}", self.0.len(), self.0.join("\n"));
    }
}

fn corners(quad: &Quad) -> String {
    quad.0.map(|corner| format!("({:.0}, {:.0})", corner.x, corner.y)).join(" ")
}

/// How far the corners of a code are from where they were drawn, in what is tolerated: three modules, and blocks of
/// sixteen pixels for the height of those that are found by their stripes. Aztec may begin at any corner.
fn apart(code: &Code, print: &Print) -> f32 {
    let linear = matches!(code.symbology, Symbology::Ean13 | Symbology::Ean8 | Symbology::Code128);
    let tolerance = 4.0 + 3.0 * print.module + if linear { 32.0 } else { 0.0 };
    let turns = if code.symbology == Symbology::Aztec { 4 } else { 1 };
    let drawn = print.quad().0;
    let from = |turn: usize| {
        let pairs = code.quad.0.iter().zip(drawn.iter().cycle().skip(turn));
        pairs.map(|(a, b)| (a.x - b.x).hypot(a.y - b.y) / tolerance).fold(0.0, f32::max)
    };
    (0..turns).map(from).fold(f32::INFINITY, f32::min)
}

fn unchanged(image: RgbImage) -> RgbImage {
    image
}

#[test]
fn every_symbology_in_every_rotation() {
    let mut wrong = Wrong::default();
    for (symbology, text) in SAMPLES {
        for degrees in [0, 7, 30, 45, 52, 90, 98, 180, 201, 330] {
            let print = Print::new(symbology, text, 2.5, (260.0, 250.0)).turned(degrees as f32);
            wrong.check(&format!("{symbology} at {degrees}°"), scene(520, 500, degrees), &[print], unchanged);
        }
    }

    wrong.nothing();
}

#[test]
fn blurred_and_compressed() {
    let mut wrong = Wrong::default();
    for (symbology, text) in SAMPLES {
        for degrees in [0.0, 25.0] {
            let print = Print::new(symbology, text, 4.0, (400.0, 300.0)).turned(degrees);
            let what = |how| format!("{symbology} at {degrees}°, {how}");
            wrong.check(&what("JPEG q50"), scene(800, 600, 1), std::slice::from_ref(&print), |image| {
                through_jpeg(&image, 50)
            });
            wrong.check(&what("blurred"), scene(800, 600, 2), std::slice::from_ref(&print), |image| {
                blurred(&image, 1.5)
            });
            let both = |image: RgbImage| through_jpeg(&blurred(&image, 1.2), 50);
            wrong.check(&what("blurred, JPEG q50"), scene(800, 600, 3), &[print], both);
        }
    }
    wrong.nothing();
}

/// What becomes of a picture with a code.
type Change = fn(RgbImage) -> RgbImage;

/// Prints which symbology is found after which change, and demands that all are.
#[test]
fn the_matrix_of_symbologies_and_changes() {
    let columns: [(&str, f32, Change); 8] = [
        ("upright", 0.0, unchanged),
        ("at 30°", 30.0, unchanged),
        ("at 90°", 90.0, unchanged),
        ("at 180°", 180.0, unchanged),
        ("JPEG q50", 0.0, |image| through_jpeg(&image, 50)),
        ("blurred", 0.0, |image| blurred(&image, 1.5)),
        ("blurred at 20°", 20.0, |image| blurred(&image, 1.5)),
        ("blurred at 25°, JPEG q50", 25.0, |image| through_jpeg(&blurred(&image, 1.2), 50)),
    ];
    let mut missed = 0;
    eprintln!("| symbology |{}", columns.map(|(name, ..)| format!(" {name} |")).concat());
    eprintln!("|---|{}", "---|".repeat(columns.len()));
    for (symbology, text) in SAMPLES {
        let row = columns.map(|(_, degrees, change)| {
            let mut image = page(760, 620, 11);
            Print::new(symbology, text, 4.0, (380.0, 310.0)).turned(degrees).on(&mut image);
            let found = read(&change(image));
            let right = found.len() == 1 && found[0].symbology == symbology && found[0].text == text;
            missed += usize::from(!right);
            if right { " found |" } else { " **missed** |" }
        });
        eprintln!("| {symbology} |{}", row.concat());
    }
    assert_eq!(missed, 0);
}

/// A QR code among more finder patterns than any code has.
#[test]
fn a_picture_full_of_finder_patterns_hides_no_code() {
    let mut image = RgbImage::from_pixel(1000, 900, image::Rgb([240; 3]));
    for (column, row) in (0..40).flat_map(|column| (0..22).map(move |row| (column, row))) {
        for (x, y) in (0..14).flat_map(|x| (0..14).map(move |y| (x, y))) {
            let ring = (x / 2_i32 - 3).abs().max((y / 2_i32 - 3).abs());
            if ring != 2 {
                image.put_pixel((column * 24 + 20 + x) as u32, (row * 24 + 20 + y) as u32, image::Rgb([10; 3]));
            }
        }
    }
    let print = Print::new(Symbology::Qr, "https://example.org/found", 4.0, (500.0, 740.0));
    print.on(&mut image);
    let texts: Vec<_> = read(&image).into_iter().map(|code| code.text).collect();
    assert_eq!(texts, [print.text]);
}

#[test]
fn light_on_dark() {
    let mut wrong = Wrong::default();
    for (symbology, text) in SAMPLES {
        for degrees in [0.0, 90.0, 35.0] {
            let print = Print::new(symbology, text, 3.0, (300.0, 240.0)).turned(degrees).inverted();
            wrong.check(&format!("{symbology} at {degrees}°, light on dark"), scene(600, 480, 4), &[print], unchanged);
        }
    }
    wrong.nothing();
}

#[test]
fn small_in_a_large_photo_and_as_large_as_it() {
    let mut wrong = Wrong::default();
    let small: Vec<Print> = (0..)
        .zip(SAMPLES)
        .map(|(at, (symbology, text))| {
            let centre = (310.0 + 560.0 * at as f32, 2611.0 - 380.0 * at as f32);
            Print::new(symbology, text, 3.0, centre).turned(12.0 + 40.0 * at as f32)
        })
        .collect();
    wrong.check("small ones", scene(4000, 3000, 5), &small, |image| through_jpeg(&image, 85));
    for (symbology, text) in SAMPLES {
        let modules = Print::new(symbology, text, 1.0, (0.0, 0.0)).quad();
        let (left, _, right, _) = modules.edges();
        let large = Print::new(symbology, text, 1200.0 / (right - left), (1000.0, 750.0));
        wrong.check(&format!("large {symbology}"), scene(2000, 1500, 6), &[large], |image| blurred(&image, 3.0));
    }
    wrong.nothing();
}

#[test]
fn several_in_one_image() {
    let mut wrong = Wrong::default();
    let row = |y: f32| {
        SAMPLES.into_iter().enumerate().map(move |(at, (symbology, text))| {
            let (column, row) = (at % 3, at / 3);
            let centre = (230.0 + 420.0 * column as f32, y + 330.0 * row as f32);
            Print::new(symbology, text, 2.5, centre).turned(25.0 * at as f32)
        })
    };
    let all: Vec<Print> = row(200.0).collect();
    wrong.check("one of each", page(1300, 1050, 7), &all, unchanged);
    for degrees in [20.0, 25.0] {
        let aztec = [Print::new(SAMPLES[1].0, SAMPLES[1].1, 4.0, (300.0, 300.0)).turned(degrees)];
        let blur = |image: RgbImage| blurred(&image, 1.4);
        wrong.check(&format!("Aztec at {degrees}° on a blurred page"), page(640, 600, 7), &aztec, blur);
    }
    for (symbology, text) in SAMPLES {
        let of = |at: usize, x: f32, y: f32| {
            let text = match symbology {
                Symbology::Ean13 => ["4006381333931", "9780201379624", "0012345678905"][at].to_string(),
                Symbology::Ean8 => ["96385074", "12345670", "40170725"][at].to_string(),
                Symbology::Pdf417 | Symbology::Qr => format!("{text} {at}"),
                _ => format!("{} {at}", &text[..6]),
            };
            Print::new(symbology, &text, 2.5, (x, y))
        };
        let three = [of(0, 260.0, 200.0), of(1, 800.0, 200.0).turned(90.0), of(2, 480.0, 620.0).turned(-30.0)];
        wrong.check(&format!("three of {symbology}"), scene(1100, 900, 8), &three, unchanged);
    }
    let same = [
        Print::new(Symbology::Qr, "twin", 4.0, (120.0, 120.0)),
        Print::new(Symbology::Qr, "twin", 4.0, (420.0, 120.0)),
    ];
    wrong.check("twins", page(540, 240, 9), &same, unchanged);
    wrong.nothing();
}

/// Short texts make codes of version 1, which have no alignment pattern: three finder patterns are all there is to tell which
/// belong together.
#[test]
fn all_short_qr_codes_of_an_image() {
    let mut wrong = Wrong::default();
    for (module, degrees) in [(2.5, 0.0), (2.5, 25.0), (4.0, 13.0), (3.0, 45.0)] {
        for count in [3, 12] {
            let step = 21.0 * module * 2.0;
            let side = (4.0 * step) as u32;
            let prints: Vec<_> = (0..count)
                .map(|at| {
                    let centre = ((at % 3) as f32 * step + step, (at / 3) as f32 * step + 0.5 * step);
                    Print::new(Symbology::Qr, &format!("no {at}"), module, centre).turned(degrees)
                })
                .collect();
            let name = format!("{count} short codes, {module} pixels a module, at {degrees}°");
            wrong.check(&name, page(side, side, 3), &prints, unchanged);
            wrong.check(&format!("{name}, in a scene"), scene(side, side, 3), &prints, unchanged);
        }
    }
    wrong.nothing();
}

#[test]
fn a_code_cut_out_without_its_light_zone() {
    for (symbology, text) in SAMPLES {
        let print = Print::new(symbology, text, 4.0, (400.0, 400.0));
        let (left, top, right, bottom) = print.quad().edges();
        let mut image = RgbImage::from_pixel(800, 800, image::Rgb([255; 3]));
        print.on(&mut image);
        let cut =
            image::imageops::crop_imm(&image, left as u32, top as u32, (right - left) as u32, (bottom - top) as u32);
        let texts: Vec<_> = read(&cut.to_image()).into_iter().map(|code| code.text).collect();
        assert_eq!(texts, [text], "{symbology}");
    }
}

#[test]
fn pictures_without_codes_have_none() {
    for seed in 0..6 {
        let pictures = [
            scene(900, 700, seed),
            page(900, 700, seed),
            noise(600, 600, 1, seed),
            noise(600, 600, 3, seed),
            noise(640, 640, 8, seed),
            through_jpeg(&page(1200, 900, seed + 100), 40),
        ];
        for (at, picture) in pictures.iter().enumerate() {
            assert_eq!(read(picture), [], "picture {at} of seed {seed}");
        }
    }
}

/// Pictures on which a search without bounds takes minutes. What is looked at is counted, so that no machine is too slow for this.
#[test]
fn the_work_for_nasty_pictures_is_bounded() {
    for (name, picture) in nasty::ALL {
        let picture = picture();
        let (codes, Spent { pixels, attempts, longest, refusals }) =
            find_counting(&picture, &Unwatched, &|_| ()).unwrap();
        let looks = pixels as f64 / (f64::from(picture.width()) * f64::from(picture.height()));
        let found = codes.len();
        eprintln!("{name}: {found} codes, {looks:.1} looks at a pixel, {attempts} attempts, {refusals} refused");
        assert!(looks < 30.0, "{name}: {looks} looks at a pixel");
        assert!(attempts < 10_000, "{name}: {attempts} attempts");
        // Who cancels waits for no more than this.
        assert!(longest <= MAX_SEARCHED_PIXELS, "{name}: {longest} pixels at a time");
        assert_eq!(found > 100, name == "bar codes", "{name}: {found} codes");
    }
}

/// Codes of PDF417 with many rows and columns: their stripes fill several regions, or parts of one.
#[test]
fn large_stacked_codes_in_every_rotation() {
    let mut wrong = Wrong::default();
    let text = "A boarding pass carries what its bearer is called, where he goes, and when. ".repeat(4);
    let (level, slanting): (&[f32], &[f32]) = (&[0.0, 90.0, 180.0, 270.0], &[20.0, 45.0, 110.0]);
    // Modules of two pixels are lost where they slant, and some of three.
    for (module, all) in [(2.0, level), (3.0, level), (4.0, level), (3.0, slanting), (4.0, slanting)] {
        for &degrees in all {
            let print = Print::new(Symbology::Pdf417, text.trim(), module, (750.0, 700.0)).turned(degrees);
            let name = format!("{module} pixels a module, at {degrees}°");
            wrong.check(&name, page(1500, 1400, degrees as u32), &[print], unchanged);
        }
    }
    wrong.nothing();
}
