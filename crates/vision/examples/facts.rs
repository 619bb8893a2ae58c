//! How long the facts of images take, and what they are: `cargo run --release -p legible-vision --example facts IMAGE…`
//!
//! `--pixels N` scales each image to about N megapixels first.

use std::time::Instant;

use image::imageops::{FilterType, resize};
use legible_vision::decode::decode;
use legible_vision::engine::Unwatched;
use legible_vision::recognise::facts;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let mut megapixels = None;
    if arguments.peek().is_some_and(|argument| argument == "--pixels") {
        megapixels = arguments.nth(1).map(|number| number.parse::<f64>()).transpose()?;
    }
    let (mut total, mut worst, mut count) = (0.0, 0.0_f64, 0);
    for path in arguments {
        let Ok(decoded) = decode(&std::fs::read(&path)?) else { continue };
        let mut image = decoded.pixels;
        if let Some(megapixels) = megapixels {
            let (width, height) = (f64::from(image.width()), f64::from(image.height()));
            let scale = (megapixels * 1e6 / (width * height)).sqrt();
            image = resize(&image, (width * scale) as u32, (height * scale) as u32, FilterType::Triangle);
        }
        let started = Instant::now();
        let recognition = facts(&image, &Unwatched)?;
        let seconds = started.elapsed().as_secs_f64();
        (total, worst, count) = (total + seconds, worst.max(seconds), count + 1);
        let colours: Vec<_> =
            recognition.colours.iter().map(|c| format!("{} {:.0} %", c.name, c.share * 100.0)).collect();
        let size = format!("{} × {}", image.width(), image.height());
        println!("{path}: {size}, {:.0} ms, {}", seconds * 1e3, colours.join(", "));
        for code in recognition.codes {
            println!("  {} {:?} {:?}", code.symbology, code.text, code.meaning);
        }
    }
    println!(
        "{count} images, {:.0} ms on average, {:.0} ms at worst",
        total / f64::from(count.max(1)) * 1e3,
        worst * 1e3
    );
    Ok(())
}
