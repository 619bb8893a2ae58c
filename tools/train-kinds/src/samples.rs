//! What is learned from and measured on: the features of images with their kind and source.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use legible_reading::recognition::ImageKind;
use legible_vision::recognise::kind::features;

/// An image as numbers.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Where the image is from: `drawn`, or the name of a collection.
    pub source: String,
    /// Its name within the source.
    pub name: String,
    pub kind: ImageKind,
    /// Whether it is a changed copy: such are learned from, never measured on.
    pub changed: bool,
    pub values: Vec<f32>,
}

/// Samples and the names of their features.
#[derive(Debug, Default)]
pub struct Samples {
    pub names: Vec<String>,
    pub all: Vec<Sample>,
}

impl Samples {
    /// Writes them down, so that training can be tried again without drawing and measuring.
    pub fn save(&self, file: &Path) -> Result<()> {
        let mut text = format!("{} {}\n", features::VERSION, self.names.join(" "));
        for sample in &self.all {
            let values: Vec<String> = sample.values.iter().map(f32::to_string).collect();
            let Sample { source, name, kind, changed, .. } = sample;
            text += &format!("{source}\t{name}\t{kind}\t{changed}\t{}\n", values.join(" "));
        }
        fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
    }

    /// Reads what [`Samples::save`] wrote.
    pub fn load(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
        let mut lines = text.lines();
        let mut head = lines.next().unwrap_or_default().split(' ');
        let version: u32 = head.next().unwrap_or_default().parse().context("no version of the features")?;
        ensure!(version == features::VERSION, "{} is of other features", file.display());
        let names: Vec<String> = head.map(str::to_owned).collect();
        let all = lines
            .map(|line| sample(line).with_context(|| format!("not a sample: {line:.60}")))
            .collect::<Result<_>>()?;
        Ok(Samples { names, all })
    }
}

fn sample(line: &str) -> Option<Sample> {
    let mut parts = line.split('\t');
    let mut next = || parts.next();
    Some(Sample {
        source: next()?.to_owned(),
        name: next()?.to_owned(),
        kind: next()?.parse().ok()?,
        changed: next()?.parse().ok()?,
        values: next()?.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?,
    })
}
