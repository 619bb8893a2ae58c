//! Tells how long each part of recognition takes: `recognise_time [--megapixels N] [--rounds N] FILE…`.
//!
//! Prints the median of some rounds for each image and part, in milliseconds of one thread. `--megapixels` first scales each
//! image to about that many, so that small files tell what large ones would cost.

use std::error::Error;
use std::time::Instant;

use image::imageops::{self, FilterType};
use legible_reading::recognition::Part;
use legible_vision::decode::{Decoded, decode};
use legible_vision::engine::Unwatched;
use legible_vision::recognise::models::Models;
use legible_vision::recognise::{Question, recognise, stamps};

const PARTS: [(Part, &str); 4] =
    [(Part::Kind, "kind"), (Part::Codes, "codes"), (Part::Colours, "colours"), (Part::Hash, "hash")];

fn main() -> Result<(), Box<dyn Error>> {
    let (mut megapixels, mut rounds, mut files) = (None, 5, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse::<f64>().ok()).ok_or("a number must follow");
        match argument.as_str() {
            "--megapixels" => megapixels = Some(number()?),
            "--rounds" => rounds = number()?.max(1.0) as usize,
            _ => files.push(argument),
        }
    }
    let mut all: [Vec<f64>; 4] = Default::default();
    for file in &files {
        let mut decoded = decode(&std::fs::read(file)?)?;
        if let Some(megapixels) = megapixels {
            scale(&mut decoded, megapixels);
        }
        let medians = PARTS.map(|(part, _)| median((0..rounds).map(|_| milliseconds(&decoded, part)).collect()));
        println!("{file}: {}×{}{}", decoded.pixels.width(), decoded.pixels.height(), listed(&medians));
        all.iter_mut().zip(medians).for_each(|(all, median)| all.push(median));
    }
    let worst = all.each_ref().map(|times| times.iter().copied().fold(0.0, f64::max));
    println!("median of {} images:{}", files.len(), listed(&all.map(median)));
    println!("slowest:{}", listed(&worst));
    Ok(())
}

fn listed(times: &[f64; 4]) -> String {
    PARTS.iter().zip(times).map(|((_, name), time)| format!(" {name} {time:.1} ms")).collect()
}

fn scale(decoded: &mut Decoded, megapixels: f64) {
    let (width, height) = decoded.pixels.dimensions();
    let factor = (megapixels * 1e6 / (f64::from(width) * f64::from(height))).sqrt();
    let side = |length: u32| ((f64::from(length) * factor).round() as u32).max(1);
    decoded.pixels = imageops::resize(&decoded.pixels, side(width), side(height), FilterType::CatmullRom);
}

/// How long one part takes when the others are known.
fn milliseconds(decoded: &Decoded, part: Part) -> f64 {
    let known = stamps(None, &[]).into_iter().filter(|stamp| stamp.part != part).collect();
    let question = Question { known, ..Question::default() };
    let start = Instant::now();
    std::hint::black_box(recognise(decoded, &question, &mut Models::new(vec![]), &Unwatched)).ok();
    start.elapsed().as_secs_f64() * 1000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
