use super::*;
use image::Rgb;
use legible_reading::recognition::ColourName::{self, *};

fn names(rgb: [u8; 3]) -> Vec<ColourName> {
    colours(&RgbImage::from_pixel(20, 10, Rgb(rgb))).into_iter().map(|colour| colour.name).collect()
}

#[test]
fn colours_have_the_names_that_people_give_them() {
    // What CSS calls them (Color Module Level 4, 6.1), and some that people see often.
    let check = |expected: ColourName, all: &[[u8; 3]]| {
        for &rgb in all {
            assert_eq!(names(rgb), [expected], "{rgb:?}");
        }
    };
    check(Black, &[[0, 0, 0], [20, 20, 24], [30, 25, 20]]);
    check(Grey, &[[128, 128, 128], [105, 105, 105], [169, 169, 169], [112, 128, 144], [192, 192, 192]]);
    check(White, &[[255, 255, 255], [245, 245, 245], [255, 250, 250], [248, 248, 255]]);
    check(Red, &[[255, 0, 0], [220, 20, 60], [178, 34, 34], [200, 30, 30], [139, 0, 0]]);
    check(Orange, &[[255, 165, 0], [255, 140, 0], [245, 130, 32]]);
    check(Yellow, &[[255, 255, 0], [255, 215, 0], [240, 220, 60]]);
    check(Green, &[[0, 128, 0], [0, 255, 0], [34, 139, 34], [85, 107, 47], [46, 139, 87]]);
    check(Cyan, &[[0, 255, 255], [0, 206, 209], [64, 224, 208], [0, 139, 139]]);
    check(Blue, &[[0, 0, 255], [65, 105, 225], [30, 144, 255], [0, 0, 128], [135, 206, 235]]);
    check(Purple, &[[128, 0, 128], [138, 43, 226], [75, 0, 130], [148, 0, 211]]);
    check(Pink, &[[255, 192, 203], [255, 105, 180], [255, 20, 147], [255, 182, 193]]);
    check(Brown, &[[139, 69, 19], [160, 82, 45], [101, 67, 33], [150, 100, 60]]);
}

#[test]
fn shares_are_those_of_the_pixels() {
    let check = |name: &str, image: RgbImage, expected: &[(ColourName, f32)]| {
        let found = colours(&image);
        assert_eq!(
            found.iter().map(|colour| colour.name).collect::<Vec<_>>(),
            expected.iter().map(|e| e.0).collect::<Vec<_>>(),
            "{name}"
        );
        for (colour, (_, share)) in found.iter().zip(expected) {
            assert!((colour.share - share).abs() < 0.02, "{name}: {colour:?} instead of {share}");
        }
    };
    let striped = |edges: &'static [(u32, [u8; 3])]| {
        RgbImage::from_fn(400, 300, |x, _| {
            Rgb(edges.iter().find(|(edge, _)| x < *edge).map_or([255; 3], |(_, rgb)| *rgb))
        })
    };
    check(
        "a flag",
        striped(&[(200, [0, 0, 200]), (320, [255, 255, 255]), (400, [220, 0, 0])]),
        &[(Blue, 0.5), (White, 0.3), (Red, 0.2)],
    );
    check("a small patch", striped(&[(24, [220, 0, 0]), (400, [130, 130, 130])]), &[(Grey, 0.94), (Red, 0.06)]);
    check("a thin line", striped(&[(4, [220, 0, 0]), (400, [255, 255, 255])]), &[(White, 0.99)]);
    check(
        "fine dots",
        RgbImage::from_fn(960, 960, |x, y| Rgb(if (x / 10 + y / 10) % 2 == 0 { [255, 0, 0] } else { [0, 160, 0] })),
        &[(Red, 0.5), (Green, 0.5)],
    );
    check("nothing", RgbImage::new(0, 0), &[]);
    check("a line", RgbImage::from_pixel(10_000, 1, Rgb([0, 0, 255])), &[(Blue, 1.0)]);
}

#[test]
fn a_colour_comes_back_from_oklab() {
    for rgb in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [1, 254, 3], [12, 34, 200], [127, 128, 129]] {
        assert_eq!(Lab::of(rgb).rgb(), rgb);
    }
}
