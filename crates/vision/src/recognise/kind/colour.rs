//! Which colours there are and how they spread: paper is one bright colour with dark ink, a scene has many, a screen few.

use image::RgbImage;

use super::view::{Measured, View, brightness, difference, ratio};

/// About how many pixels are looked at.
const SAMPLES: u64 = 30_000;

/// Notes everything of this room.
pub fn measure(view: &View<'_>, measured: &mut Measured) {
    let samples = sampled(view.native);
    palette(&samples, measured);
    saturation(&samples, measured);
    brightnesses(&samples, measured);
    border(view, most_common(&samples), measured);
}

/// Pixels on a grid over the whole image.
fn sampled(image: &RgbImage) -> Vec<[u8; 3]> {
    let pixels = u64::from(image.width()) * u64::from(image.height());
    let every = ((pixels as f64 / SAMPLES as f64).sqrt().floor() as usize).max(1);
    let columns = (0..image.width()).step_by(every);
    (0..image.height()).step_by(every).flat_map(|y| columns.clone().map(move |x| image.get_pixel(x, y).0)).collect()
}

/// How many colours there are (5 bits a channel) and how much of the image the commonest have.
fn palette(samples: &[[u8; 3]], measured: &mut Measured) {
    let mut counts = vec![0u32; 1 << 15];
    for &colour in samples {
        counts[bin(colour)] += 1;
    }
    counts.retain(|count| *count > 0);
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let all = samples.len();
    let of_first = |n: usize| ratio(counts.iter().take(n).sum::<u32>() as usize, all);
    measured.note("colours", (1.0 + counts.len() as f32).ln());
    let frequent = counts.iter().filter(|count| **count as usize * 1000 >= all).count();
    measured.note("frequent_colours", (1.0 + frequent as f32).ln());
    for (name, n) in [("first_colour", 1), ("first_2_colours", 2), ("first_4_colours", 4), ("first_16_colours", 16)] {
        measured.note(name, of_first(n));
    }
    let entropy: f32 = counts.iter().map(|count| *count as f32 / all as f32).map(|share| -share * share.log2()).sum();
    measured.note("colour_entropy", entropy);
    let mut exact: Vec<u32> = samples.iter().map(|[r, g, b]| u32::from_be_bytes([0, *r, *g, *b])).collect();
    exact.sort_unstable();
    let runs = exact.chunk_by(|a, b| a == b).map(<[_]>::len);
    let (mut first, mut distinct) = (0, 0);
    for run in runs {
        first = first.max(run);
        distinct += 1;
    }
    measured.share("first_exact_colour", first, all);
    measured.share("distinct_exact_colours", distinct, all);
}

fn bin([r, g, b]: [u8; 3]) -> usize {
    usize::from(r >> 3) << 10 | usize::from(g >> 3) << 5 | usize::from(b >> 3)
}

/// How much colour there is, and how many hues.
fn saturation(samples: &[[u8; 3]], measured: &mut Measured) {
    let (mut sum, mut tinted, mut coloured, mut vivid) = (0usize, 0, 0, 0);
    let mut hues = [0usize; 12];
    for &[r, g, b] in samples {
        let chroma = usize::from(r.max(g).max(b) - r.min(g).min(b));
        sum += chroma;
        tinted += usize::from(chroma > 16);
        coloured += usize::from(chroma > 48);
        vivid += usize::from(chroma > 110);
        if chroma > 40 {
            hues[hue(r, g, b)] += 1;
        }
    }
    let all = samples.len();
    measured.note("chroma", sum as f32 / all.max(1) as f32 / 255.0);
    measured.share("tinted", tinted, all);
    measured.share("coloured", coloured, all);
    measured.share("vivid", vivid, all);
    measured.share("vivid_of_coloured", vivid, coloured);
    let with_hue: usize = hues.iter().sum();
    let spread: f32 = hues.iter().map(|n| ratio(*n, with_hue)).filter(|p| *p > 0.0).map(|p| -p * p.log2()).sum();
    measured.note("hue_entropy", spread);
    measured.note("hues", hues.iter().filter(|n| **n * 200 > all).count() as f32);
}

/// The twelfth of the colour circle that a colour with some chroma lies in.
fn hue(r: u8, g: u8, b: u8) -> usize {
    let [r, g, b] = [r, g, b].map(f32::from);
    let (high, low) = (r.max(g).max(b), r.min(g).min(b));
    let chroma = (high - low).max(1.0);
    let sixth = if high == r {
        ((g - b) / chroma).rem_euclid(6.0)
    } else if high == g {
        (b - r) / chroma + 2.0
    } else {
        (r - g) / chroma + 4.0
    };
    ((sixth * 2.0) as usize).min(11)
}

/// How brightness spreads, and how far it stands from the commonest one.
fn brightnesses(samples: &[[u8; 3]], measured: &mut Measured) {
    let mut lumas = [0usize; 256];
    samples.iter().for_each(|colour| lumas[usize::from(brightness(*colour))] += 1);
    let all = samples.len();
    measured.share("white", lumas[240..].iter().sum(), all);
    measured.share("black", lumas[..=24].iter().sum(), all);
    measured.share("middle", lumas[60..190].iter().sum(), all);
    let paper = samples.iter().filter(|[r, g, b]| {
        let (high, low) = (*r.max(g).max(b), *r.min(g).min(b));
        brightness([*r, *g, *b]) > 150 && high - low < 60
    });
    measured.share("paper", paper.count(), all);
    let background = most_common(samples);
    measured.note("background_luma", f32::from(brightness(background)) / 255.0);
    let [r, g, b] = background;
    measured.note("background_chroma", f32::from(r.max(g).max(b) - r.min(g).min(b)) / 255.0);
    for (name, reach) in [("near_background", 10), ("about_background", 32)] {
        measured.share(name, samples.iter().filter(|c| difference(**c, background) <= reach).count(), all);
    }
    let far = samples.iter().filter(|c| difference(**c, background) > 90).count();
    measured.share("far_from_background", far, all);
    let spots = [
        ("luma_p02", 0.02),
        ("luma_p10", 0.1),
        ("luma_p25", 0.25),
        ("luma_p50", 0.5),
        ("luma_p75", 0.75),
        ("luma_p90", 0.9),
        ("luma_p98", 0.98),
    ];
    for (name, at) in spots {
        measured.note(name, below(&lumas, at * all as f32) as f32 / 255.0);
    }
}

/// The level up to which so many are counted.
fn below(levels: &[usize; 256], many: f32) -> usize {
    let mut sum = 0;
    let found = levels.iter().position(|count| {
        sum += count;
        sum as f32 > many
    });
    found.unwrap_or(255)
}

/// The middle of the commonest bin of colours (4 bits a channel, so that noise does not split it).
fn most_common(samples: &[[u8; 3]]) -> [u8; 3] {
    let mut counts = vec![0u32; 1 << 12];
    let bin = |[r, g, b]: [u8; 3]| usize::from(r >> 4) << 8 | usize::from(g >> 4) << 4 | usize::from(b >> 4);
    for &colour in samples {
        counts[bin(colour)] += 1;
    }
    let fullest = (0..counts.len()).max_by_key(|n| counts[*n]).unwrap_or(0);
    let mut sums = [0u64; 3];
    let mut n = 0;
    for colour in samples.iter().filter(|colour| bin(**colour) == fullest) {
        n += 1;
        for (sum, channel) in sums.iter_mut().zip(colour) {
            *sum += u64::from(*channel);
        }
    }
    sums.map(|sum| (sum / n.max(1)) as u8)
}

/// Whether the edge of the image is background, dark, or goes on beyond it.
fn border(view: &View<'_>, background: [u8; 3], measured: &mut Measured) {
    let (width, height) = view.small.dimensions();
    let ring =
        (0..width).flat_map(|x| [(x, 0), (x, height - 1)]).chain((0..height).flat_map(|y| [(0, y), (width - 1, y)]));
    let (mut all, mut plain, mut dark) = (0, 0, 0);
    for (x, y) in ring {
        let colour = view.small.get_pixel(x, y).0;
        all += 1;
        plain += usize::from(difference(colour, background) <= 20);
        dark += usize::from(brightness(colour) < 50);
    }
    measured.share("plain_border", plain, all);
    measured.share("dark_border", dark, all);
}
