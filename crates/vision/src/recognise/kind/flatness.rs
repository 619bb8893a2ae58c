//! How flat, how noisy and how sharp the pixels are as they were stored: screens draw runs of one colour and hard steps,
//! cameras and scanners never do.

use image::RgbImage;

use super::view::{Measured, View, brightness, difference, mean_and_deviation, percentile, ratio};

/// About how many pixels are looked at, whatever the size of the image.
const PIXELS: usize = 200_000;

/// Side of a block in pixels, as in JPEG.
const BLOCK: u32 = 8;

/// At most about this many blocks are looked at.
const BLOCKS: u32 = 1_500;

/// Neighbours that differ by no more are called alike where compression may have touched them.
const ALIKE: u8 = 4;

/// Notes everything of this room.
pub fn measure(view: &View<'_>, measured: &mut Measured) {
    steps(view.native, measured);
    blocks(view.native, measured);
}

/// Differences between neighbours, along rows that are spread over the image.
fn steps(image: &RgbImage, measured: &mut Measured) {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let every = (width * height / PIXELS).clamp(1, (height / 24).max(1));
    let row_bytes = width * 3;
    let bytes = image.as_raw();
    let (mut across, mut down) = (Steps::default(), Steps::default());
    let (mut in_runs, mut in_long_runs, mut in_soft_runs, mut seen) = (0, 0, 0, 0);
    let (mut hard, mut crisp, mut wide) = (0, 0, 0);
    let mut steps = Vec::with_capacity(width);
    for y in (0..height).step_by(every) {
        let row = &bytes[y * row_bytes..][..row_bytes];
        if y + 1 < height {
            let below = &bytes[(y + 1) * row_bytes..][..row_bytes];
            row.chunks_exact(3).zip(below.chunks_exact(3)).for_each(|(here, below)| down.note(apart(here, below)));
        }
        steps.clear();
        steps.extend(row.chunks_exact(3).zip(row[3..].chunks_exact(3)).map(|(here, next)| apart(here, next)));
        steps.iter().for_each(|step| across.note(*step));
        seen += width;
        let (mut run, mut soft_run) = (1, 1);
        for step in steps.iter().copied().chain([u8::MAX]) {
            if step == 0 {
                run += 1;
            } else {
                in_runs += if run >= 16 { run } else { 0 };
                in_long_runs += if run * 8 >= width && run >= 16 { run } else { 0 };
                run = 1;
            }
            if step <= ALIKE {
                soft_run += 1;
            } else {
                in_soft_runs += if soft_run * 8 >= width && soft_run >= 16 { soft_run } else { 0 };
                soft_run = 1;
            }
        }
        for three in steps.windows(3) {
            hard += usize::from(three[1] > 48);
            crisp += usize::from(three[1] > 24 && three[0] <= ALIKE && three[2] <= ALIKE);
        }
        let four_on = row.chunks_exact(3).zip(row.get(9..).unwrap_or_default().chunks_exact(3));
        wide += four_on.filter(|(here, there)| apart(here, there) > 48).count();
    }
    across.tell(["same_right", "close_right", "soft_right", "medium_right", "hard_right"], measured);
    down.tell(["same_below", "close_below", "soft_below", "medium_below", "hard_below"], measured);
    measured.share("in_runs", in_runs, seen);
    measured.share("in_long_runs", in_long_runs, seen);
    measured.share("in_soft_runs", in_soft_runs, seen);
    measured.share("sharpness", hard, wide);
    measured.share("crisp_of_hard", crisp, hard.max(crisp));
    measured.share("crisp", crisp, seen);
}

/// The difference of two pixels of three bytes.
#[inline]
fn apart(a: &[u8], b: &[u8]) -> u8 {
    difference([a[0], a[1], a[2]], [b[0], b[1], b[2]])
}

/// How many neighbours differ by how much.
#[derive(Default)]
struct Steps {
    counts: [usize; 5],
}

impl Steps {
    #[inline]
    fn note(&mut self, step: u8) {
        let class = match step {
            0 => 0,
            1..=3 => 1,
            4..=10 => 2,
            11..=40 => 3,
            _ => 4,
        };
        self.counts[class] += 1;
    }

    fn tell(&self, names: [&'static str; 5], measured: &mut Measured) {
        let all = self.counts.iter().sum();
        for (name, count) in names.into_iter().zip(self.counts) {
            measured.share(name, count, all);
        }
    }
}

/// How much brightness and colour vary within blocks.
fn blocks(image: &RgbImage, measured: &mut Measured) {
    let (across, down) = ((image.width() / BLOCK).max(1), (image.height() / BLOCK).max(1));
    let every = (f64::from(across) * f64::from(down) / f64::from(BLOCKS)).sqrt().ceil().max(1.0) as usize;
    let mut deviations = Vec::new();
    let mut grain = Vec::new();
    let (mut even, mut nearly_even) = (0, 0);
    for block_y in (0..down).step_by(every) {
        for block_x in (0..across).step_by(every) {
            let block = Block::at(image, block_x * BLOCK, block_y * BLOCK);
            even += usize::from(block.range <= 1);
            nearly_even += usize::from(block.range <= 8);
            deviations.push(block.deviation);
            grain.push((block.deviation, block.grain));
        }
    }
    measured.share("even_blocks", even, deviations.len());
    measured.share("nearly_even_blocks", nearly_even, deviations.len());
    // Noise shows where nothing else does: in the quietest quarter that is not clipped to one colour.
    grain.retain(|(deviation, _)| *deviation > 0.0);
    grain.sort_by(|a, b| a.0.total_cmp(&b.0));
    let quiet: Vec<f32> = grain.iter().take(grain.len().div_ceil(4)).map(|(_, grain)| *grain).collect();
    measured.note("noise", mean_and_deviation(&quiet).0);
    for (name, at) in
        [("block_p10", 0.1), ("block_p25", 0.25), ("block_p50", 0.5), ("block_p75", 0.75), ("block_p90", 0.9)]
    {
        measured.note(name, percentile(&mut deviations, at));
    }
    let busy = deviations.iter().filter(|deviation| **deviation > 4.0).count();
    let middling = deviations.iter().filter(|deviation| (1.5..14.0).contains(*deviation)).count();
    measured.note("middling_of_busy", ratio(middling, deviations.len().max(1)));
    measured.share("busy_blocks", busy, deviations.len());
}

/// What one block of pixels is like.
struct Block {
    /// Brightest less darkest.
    range: u8,
    /// Standard deviation of brightness.
    deviation: f32,
    /// Mean of the absolute second difference along rows: grain, not slopes.
    grain: f32,
}

impl Block {
    fn at(image: &RgbImage, left: u32, top: u32) -> Self {
        let (right, bottom) = ((left + BLOCK).min(image.width()), (top + BLOCK).min(image.height()));
        let mut lumas = [0f32; (BLOCK * BLOCK) as usize];
        let (mut n, mut low, mut high) = (0, u8::MAX, 0);
        let (mut bends, mut bend_count) = (0.0, 0);
        for y in top..bottom {
            let start = n;
            for x in left..right {
                let luma = brightness(image.get_pixel(x, y).0);
                (low, high) = (low.min(luma), high.max(luma));
                lumas[n] = f32::from(luma);
                n += 1;
                if n - start >= 3 {
                    bends += (lumas[n - 1] - 2.0 * lumas[n - 2] + lumas[n - 3]).abs();
                    bend_count += 1;
                }
            }
        }
        let deviation = mean_and_deviation(&lumas[..n]).1;
        Block { range: high.saturating_sub(low), deviation, grain: bends / (bend_count.max(1) as f32) }
    }
}
