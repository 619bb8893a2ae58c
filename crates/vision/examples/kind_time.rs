//! Tells how long the kind of an image takes: `kind_time FILE…`.
use std::time::Instant;

use legible_vision::decode::decode;
use legible_vision::recognise::kind::features::features;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for file in std::env::args().skip(1) {
        let image = decode(&std::fs::read(&file)?)?.pixels;
        let mut times: Vec<f64> = (0..15)
            .map(|_| {
                let start = Instant::now();
                std::hint::black_box(features(&image));
                start.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{file}: {}x{}, fastest {:.1} ms, median {:.1} ms", image.width(), image.height(), times[0], times[7]);
    }
    Ok(())
}
