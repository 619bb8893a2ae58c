//! Tells how long models that see take, in the words of `bench/recognition.py`, which asks: a line `CONTRACT MODEL [LABELS]`, with
//! tabs, loads one, any other line is an image to look at. Each is answered with a line of JSON: how many milliseconds it took.
//!
//! `model_speed THREADS`, with the profile `release`.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::time::Instant;

use legible_reading::recognition::contract::Contract;
use legible_vision::decode::decode;
use legible_vision::recognise::models::{OnnxModel, Recogniser, load};
use rten::ThreadPool;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let threads = std::env::args().nth(1).ok_or("model_speed THREADS")?.parse()?;
    let mut model: Option<OnnxModel> = None;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split('\t').collect();
        let started;
        if let [contract, file, labels @ ..] = words.as_slice() {
            started = Instant::now();
            model = Some(loaded(contract, file, labels.first().copied(), threads)?);
        } else {
            let image = decode(&std::fs::read(&line)?)?.pixels;
            started = Instant::now();
            std::hint::black_box(model.as_ref().ok_or("no model yet")?.look(&image)?);
        }
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        writeln!(std::io::stdout(), "{{\"milliseconds\": {milliseconds:.3}}}")?;
    }
    Ok(())
}

fn loaded(contract: &str, file: &str, labels: Option<&str>, threads: usize) -> Result<OnnxModel, Error> {
    let contract: Contract = toml::from_str(&std::fs::read_to_string(contract)?)?;
    let names = labels.map(std::fs::read_to_string).transpose()?.unwrap_or_default();
    let names: Vec<String> = names.lines().map(str::to_string).collect();
    Ok(load(std::fs::read(file)?, &contract, names, Arc::new(ThreadPool::with_num_threads(threads)))?)
}
