//! Draws images, trains the classifier of kinds of images on them, measures it on sources that it never saw, and writes its weights.

mod boost;
mod draw;
mod measure;
mod real;
mod samples;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use image::RgbImage;
use legible_reading::recognition::ImageKind;
use legible_vision::recognise::kind::features;
use legible_vision::recognise::kind::model::{KINDS, Model, Tree};
use rayon::prelude::*;

use boost::{Growth, Table};
use draw::chance::Chance;
use draw::fonts::Fonts;
use measure::Said;
use samples::{Sample, Samples};

const USAGE: &str = "\
Usage: train-kinds [OPTIONS]

  --drawn N        draw N images of each kind (default 200)
  --seed N         chance begins here (default 1)
  --kinds DIR      real images to train on: a folder a kind, and sources.tsv
  --unseen DIR     real images to measure on only: names or folders begin with their kind; may be given more than once
  --keep FILE      keep what was measured, or use it if the file is there
  --weights FILE   write the weights here
  --sheet DIR      only draw: 24 images of each kind, to look at
";

/// Sources that may be measured on and never trained on: their licence says so.
const EVALUATION_ONLY: &[&str] = &["zzzDavid/ICDAR-2019-SROIE"];

/// The source of what is drawn here.
const DRAWN: &str = "drawn";

/// Changed copies of every real image.
const COPIES: usize = 2;

/// What real images of a kind weigh together, beside drawn ones of that kind.
const REAL_WEIGHT: f32 = 0.8;

/// Of the images of unseen sources of which a kind is said, it should be right for so many.
const RIGHT_WHEN_SAID: f32 = 0.9;

struct Options {
    drawn: u64,
    seed: u64,
    kinds: Option<PathBuf>,
    unseen: Vec<PathBuf>,
    keep: Option<PathBuf>,
    weights: Option<PathBuf>,
    sheet: Option<PathBuf>,
}

fn main() -> Result<()> {
    let options = options()?;
    if let Some(folder) = &options.sheet {
        return sheet(folder, options.seed);
    }
    let samples = match &options.keep {
        Some(file) if file.is_file() => Samples::load(file)?,
        _ => gathered(&options)?,
    };
    if let Some(file) = options.keep.as_ref().filter(|file| !file.is_file()) {
        samples.save(file)?;
    }
    println!("{} samples of {} features\n", samples.all.len(), samples.names.len());
    let left_out = leave_one_source_out(&samples, options.seed);
    let temperature = measure::temperature(&left_out);
    let least = measure::least(&left_out, temperature, RIGHT_WHEN_SAID);
    println!("temperature {temperature:.2}, least {least:.2}\n");
    println!("{}", measure::matrix("Each source left out of training", &left_out, temperature, least));
    for source in sources(&left_out) {
        let of_source: Vec<Said> = left_out.iter().filter(|said| said.source == source).cloned().collect();
        println!("{}", measure::matrix(&source, &of_source, temperature, least));
    }
    println!("{}", measure::reliability(&left_out, temperature));
    let trees = trained(&samples, options.seed, |_| true);
    let model = Model { features: samples.names.clone(), temperature, least, trees };
    let never = |sample: &&Sample| is_evaluation_only(&sample.source);
    let said: Vec<Said> = samples.all.iter().filter(never).map(|sample| said(&model, sample)).collect();
    for source in sources(&said) {
        let of_source: Vec<Said> = said.iter().filter(|said| said.source == source).cloned().collect();
        println!("{}", measure::matrix(&format!("{source}, by the shipped weights"), &of_source, temperature, least));
    }
    println!("{}", measure::mistakes(&left_out.iter().chain(&said).cloned().collect::<Vec<_>>(), temperature));
    if let Some(file) = &options.weights {
        fs::write(file, model.to_text()).with_context(|| format!("could not write {}", file.display()))?;
    }
    Ok(())
}

fn options() -> Result<Options> {
    let mut options =
        Options { drawn: 200, seed: 1, kinds: None, unseen: vec![], keep: None, weights: None, sheet: None };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let mut value = || args.next().with_context(|| format!("{name} needs a value\n\n{USAGE}"));
        match name.as_str() {
            "--drawn" => options.drawn = value()?.parse().context("--drawn takes a number")?,
            "--seed" => options.seed = value()?.parse().context("--seed takes a number")?,
            "--kinds" => options.kinds = Some(value()?.into()),
            "--unseen" => options.unseen.push(value()?.into()),
            "--keep" => options.keep = Some(value()?.into()),
            "--weights" => options.weights = Some(value()?.into()),
            "--sheet" => options.sheet = Some(value()?.into()),
            "--help" => {
                print!("{USAGE}");
                std::process::exit(0);
            }
            _ => bail!("unknown option {name}\n\n{USAGE}"),
        }
    }
    Ok(options)
}

/// Some images of each kind as files, to look at.
fn sheet(folder: &Path, seed: u64) -> Result<()> {
    let fonts = Fonts::load()?;
    for kind in ImageKind::ALL {
        for n in 0..24 {
            let file = folder.join(format!("{kind}-{n:02}.png"));
            draw::draw(kind, n, seed, &fonts)
                .save(&file)
                .with_context(|| format!("could not write {}", file.display()))?;
        }
    }
    Ok(())
}

/// Draws and measures, reads and measures.
fn gathered(options: &Options) -> Result<Samples> {
    let fonts = Fonts::load()?;
    println!("{} fonts", fonts.0.len());
    let wanted: Vec<(ImageKind, u64)> =
        ImageKind::ALL.into_iter().flat_map(|kind| (0..options.drawn).map(move |n| (kind, n))).collect();
    let drawn: Vec<Sample> = wanted
        .par_iter()
        .map(|(kind, n)| {
            let image = draw::draw(*kind, *n, options.seed, &fonts);
            sample(DRAWN, &format!("{kind}-{n}"), *kind, false, &image)
        })
        .collect();
    println!("{} images drawn", drawn.len());
    let mut files = match &options.kinds {
        Some(folder) => real::collection(folder)?,
        None => Vec::new(),
    };
    for folder in &options.unseen {
        let source = format!("unseen {}", folder.file_name().unwrap_or_default().to_string_lossy());
        files.extend(real::named(folder, &source)?);
    }
    let found: Vec<Vec<Sample>> = files.par_iter().map(|real| of_file(real, options.seed)).collect::<Result<_>>()?;
    println!("{} images read", files.len());
    let blank = features::features(&RgbImage::new(1, 1)).context("an image with a pixel has features")?;
    let names = blank.names.iter().map(|name| (*name).to_owned()).collect();
    Ok(Samples { names, all: drawn.into_iter().chain(found.into_iter().flatten()).collect() })
}

/// A real image, and changed copies unless it is for evaluation only.
fn of_file(real: &real::Real, seed: u64) -> Result<Vec<Sample>> {
    let image = real::pixels(&real.file)?;
    let mut found = vec![sample(&real.source, &real.name, real.kind, false, &image)];
    if !is_evaluation_only(&real.source) {
        let mut chance =
            Chance::new(seed ^ real.name.bytes().fold(7, |hash: u64, b| hash.wrapping_mul(31) + u64::from(b)));
        for _ in 0..COPIES {
            let copy = real::changed(&image, real.kind, &mut chance);
            found.push(sample(&real.source, &real.name, real.kind, true, &copy));
        }
    }
    Ok(found)
}

fn sample(source: &str, name: &str, kind: ImageKind, changed: bool, image: &RgbImage) -> Sample {
    let values = features::features(image).map(|measured| measured.values).unwrap_or_default();
    Sample { source: source.to_owned(), name: name.to_owned(), kind, changed, values }
}

fn is_evaluation_only(source: &str) -> bool {
    EVALUATION_ONLY.contains(&source) || source.starts_with("unseen")
}

/// Trains on the sources that pass, never on those for evaluation only.
fn trained(samples: &Samples, seed: u64, passes: impl Fn(&str) -> bool) -> [Vec<Tree>; KINDS] {
    let used: Vec<&Sample> =
        samples.all.iter().filter(|sample| !is_evaluation_only(&sample.source) && passes(&sample.source)).collect();
    let count =
        |kind: ImageKind, drawn: bool| used.iter().filter(|s| s.kind == kind && (s.source == DRAWN) == drawn).count();
    let weight = |sample: &&Sample| {
        let drawn = count(sample.kind, true).max(1) as f32;
        if sample.source == DRAWN { 1.0 } else { (REAL_WEIGHT * drawn / count(sample.kind, false) as f32).min(1.0) }
    };
    let table = Table {
        rows: used.iter().map(|sample| sample.values.as_slice()).collect(),
        kinds: used.iter().map(|sample| sample.kind).collect(),
        weights: used.iter().map(weight).collect(),
    };
    boost::grow(&table, Growth::default(), seed)
}

/// What is said of each real source by weights that never saw it.
fn leave_one_source_out(samples: &Samples, seed: u64) -> Vec<Said> {
    let mut sources: Vec<&str> = samples.all.iter().map(|sample| sample.source.as_str()).collect();
    sources.retain(|source| *source != DRAWN && !is_evaluation_only(source));
    sources.sort_unstable();
    sources.dedup();
    let mut all = Vec::new();
    for left_out in sources {
        let trees = trained(samples, seed, |source| source != left_out);
        let model = Model { features: samples.names.clone(), temperature: 1.0, least: 0.0, trees };
        let measured = samples.all.iter().filter(|sample| sample.source == left_out && !sample.changed);
        all.extend(measured.map(|sample| said(&model, sample)));
    }
    all
}

fn said(model: &Model, sample: &Sample) -> Said {
    Said {
        source: sample.source.clone(),
        name: sample.name.clone(),
        kind: sample.kind,
        scores: model.scores(&sample.values),
    }
}

fn sources(said: &[Said]) -> Vec<String> {
    let mut sources: Vec<String> = said.iter().map(|said| said.source.clone()).collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}
