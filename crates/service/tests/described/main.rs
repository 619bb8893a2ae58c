//! Labels that are descriptions, and searches by one: from a manifest with a pair of models made on the spot, through the shelf
//! and real workers, to what is told of an image. This program is its own worker.
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

#[path = "../../../vision/tests/onnx/mod.rs"]
mod onnx;

use image::{Rgb, RgbImage};
use legible_models::{Manifest, sha256_of_bytes};
use legible_reading::recognition::{Embedding, ImageKind, Part, Recognition, Stamp};
use legible_service::ModelShelf;
use legible_service::api::ModelChoices;
use legible_service::places::Places;
use legible_vision::recognise::{Question, relabel, stamps};
use legible_vision::worker::{Answer, CancelToken, Pool, PoolConfig, ServeArgs, Task, serve};
use libtest_mimic::{Arguments, Trial};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    if args.first().is_some_and(|verb| verb == "vision-worker") {
        return match ServeArgs::parse(args.into_iter().skip(1)).and_then(serve) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let tests: [(&str, fn()); 5] = [
        ("an_image_is_labelled_and_found_by_descriptions", an_image_is_labelled_and_found_by_descriptions),
        ("labels_are_described_again_for_other_tags_alone", labels_are_described_again_for_other_tags_alone),
        ("with_other_tags_nobody_looks_at_an_image_again", with_other_tags_nobody_looks_at_an_image_again),
        ("without_its_model_of_text_a_model_only_embeds", without_its_model_of_text_a_model_only_embeds),
        (
            "a_model_of_text_that_fails_keeps_no_image_from_the_rest",
            a_model_of_text_that_fails_keeps_no_image_from_the_rest,
        ),
    ];
    let trial = |(name, test): (&'static str, fn())| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    libtest_mimic::run(&Arguments::from_args(), tests.into_iter().map(trial).collect()).exit_code()
}

/// A home with both models in their place.
struct Home {
    directory: tempfile::TempDir,
    shelf: ModelShelf,
    pool: Pool,
}

impl Home {
    fn new() -> Self {
        Self::with(&onnx::colour_words())
    }

    /// With another model of text.
    fn with(words: &onnx::Graph) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let places = Places::below(directory.path());
        let models = places.models_target();
        fs::create_dir_all(&models).unwrap();
        let files = [("looks.onnx", onnx::colours().file()), ("words.onnx", words.file())];
        files.iter().for_each(|(name, bytes)| fs::write(models.join(name), bytes).unwrap());
        let shelf = ModelShelf::with(manifest(&files), &places);
        let pool = Pool::new(PoolConfig {
            command: std::env::current_exe().unwrap(),
            args: vec!["vision-worker".into()],
            models_dirs: places.models.clone(),
            size: 1,
            idle: Duration::from_secs(60),
            timeout: Duration::from_secs(60),
            look_timeout: Duration::from_secs(60),
            memory_limit_mb: 2_000,
        });
        Home { directory, shelf, pool }
    }

    fn describe_labels(&self, choices: &ModelChoices) -> usize {
        let mut told = 0;
        self.shelf.describe_labels(&self.pool, choices, &CancelToken::new(), &mut |_| told += 1).unwrap();
        told
    }

    /// What is asked about a photo of which this is known.
    fn question(&self, choices: &ModelChoices, known: Vec<Stamp>) -> Question {
        let models = self.shelf.in_use(choices);
        Question { known, kind: Some(ImageKind::Photo), models, ..Question::default() }
    }

    /// What is told of an image in one colour.
    fn look(&self, choices: &ModelChoices, colour: [u8; 3]) -> Recognition {
        let mut png = std::io::Cursor::new(Vec::new());
        RgbImage::from_pixel(9, 9, Rgb(colour)).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let question = self.question(choices, stamps(Some(ImageKind::Photo), &[]));
        let task = Task::Recognise { question: Box::new(question) };
        match self.pool.run(&task, &png.into_inner(), &CancelToken::new(), &mut |_| {}).unwrap() {
            Answer::Recognised(recognised) => {
                assert_eq!(recognised.faults, []);
                recognised.recognition
            }
            other => panic!("{other:?}"),
        }
    }

    /// Where what is described so lies.
    fn describe(&self, choices: &ModelChoices, description: &str) -> Embedding {
        let describer = self.shelf.describer(choices).unwrap();
        let texts = [describer.model.contract.sentence(description)];
        let directions = self.pool.describe(&describer.model, &texts, &CancelToken::new(), &mut |_| ()).unwrap();
        Embedding::new(&describer.space, &directions.unwrap()[0]).unwrap()
    }

    fn described_files(&self) -> Vec<PathBuf> {
        let folder = Places::below(self.directory.path()).models_target().join("labels");
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with("described-"));
        files.sort();
        files
    }
}

fn manifest(files: &[(&str, Vec<u8>)]) -> Manifest {
    let model = |at: usize, id: &str, rest: &str| {
        let (file, bytes) = &files[at];
        let (length, hash) = (bytes.len(), sha256_of_bytes(bytes));
        format!(
            "[[model]]\nid = '{id}'\nfile = '{file}'\nfeature = 'recognition'\npurpose = ''\ndefault = false\nrank = 1\n\
             bytes = {length}\nsha256 = '{hash}'\nlicence = 'MIT'\nattribution = 'a'\nby_hand = 'made here'\n{rest}\n"
        )
    };
    let looks = "[model.contract]\npart = 'labels'\nlabels = 'everyday.txt'\nthreshold = 0.3\n\
                 input = { width = 4, height = 4, fit = { kind = 'stretch' } }\n\
                 outputs = { described = { output = 'classes', scale = 100 }, embedding = { output = 'classes' } }";
    let words = "[model.text]\nof = 'looks'\ntokens = 'clip'\ninput = 'input_ids'\noutput = 'has'\n\
                 prompt = 'a photo of {}'\nleast = 0.5";
    Manifest::parse(&(model(0, "looks", looks) + &model(1, "words", words))).unwrap()
}

fn tags(tags: &[&str]) -> ModelChoices {
    ModelChoices { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..ModelChoices::default() }
}

fn labels(recognition: &Recognition) -> Vec<&str> {
    recognition.labels.iter().map(|label| label.name.as_str()).collect()
}

fn an_image_is_labelled_and_found_by_descriptions() {
    let home = Home::new();
    let choices = tags(&["my red bicycle", "the blue door"]);
    assert!(home.describe_labels(&choices) > 1, "progress is told");
    let (red, blue) = (home.look(&choices, [250, 0, 0]), home.look(&choices, [0, 0, 250]));
    assert_eq!((labels(&red), labels(&blue)), (vec!["my red bicycle"], vec!["the blue door"]));
    let (described, red, blue) =
        (home.describe(&choices, "a RED car"), red.embedding.unwrap(), blue.embedding.unwrap());
    let like = |embedding: &Embedding| described.similarity(embedding).unwrap();
    assert!(like(&red) > 0.99 && like(&blue) < 0.01, "{} {}", like(&red), like(&blue));
}

fn labels_are_described_again_for_other_tags_alone() {
    let home = Home::new();
    let before = tags(&["my red bicycle"]);
    home.describe_labels(&before);
    let files = home.described_files();
    assert_eq!((files.len(), home.describe_labels(&before)), (2, 0), "{files:?}");
    let stamps = |choices: &ModelChoices| {
        let by = home.look(choices, [250, 0, 0]).by.into_iter();
        by.map(|stamp| (stamp.part, stamp.version)).collect::<std::collections::BTreeMap<Part, String>>()
    };
    let old = stamps(&before);
    let after = tags(&["my red bicycle", "a green chair"]);
    assert!(home.describe_labels(&after) > 0);
    let (now, new) = (home.described_files(), stamps(&after));
    assert!(now.len() == 2 && now.iter().all(|file| !files.contains(file)), "{now:?}");
    assert_ne!(old[&Part::Labels], new[&Part::Labels]);
    assert_eq!(old[&Part::Embedding], new[&Part::Embedding], "what images look like is not made anew");
}

fn with_other_tags_nobody_looks_at_an_image_again() {
    let home = Home::new();
    let (before, after) = (tags(&["my red bicycle"]), tags(&["a violet", "my red bicycle", "a blue door"]));
    home.describe_labels(&before);
    // Between two labels, and no whole number of 127ths, so that rounding shows.
    let colour = [195, 3, 192];
    let seen = home.look(&before, colour);
    let known: Vec<Stamp> = stamps(Some(ImageKind::Photo), &[]).into_iter().chain(seen.by.clone()).collect();
    let relabel =
        |question: &Question, embedding: &Option<Embedding>| relabel(question, embedding.as_ref(), home.shelf.dirs());
    assert_eq!(relabel(&home.question(&before, known.clone()), &seen.embedding).unwrap(), None, "nothing is due");
    home.describe_labels(&after);
    let question = home.question(&after, known.clone());
    let (told, looked) = (relabel(&question, &seen.embedding).unwrap().unwrap(), home.look(&after, colour));
    assert!(told.labels.iter().all(|label| (0.3..0.999).contains(&label.confidence)), "{:?}", told.labels);
    assert_eq!((&told.labels, told.by), (&looked.labels, vec![looked.by[0].clone()]), "to the last digit");

    let without_hash = known.iter().filter(|stamp| stamp.part != Part::Hash).cloned().collect();
    assert_eq!(relabel(&home.question(&after, without_hash), &seen.embedding).unwrap(), None, "more is due");
    assert_eq!(relabel(&question, &None).unwrap(), None);
    let of_another = Embedding::new("another 1", &[1.0, 0.0, 0.0]);
    assert_eq!(relabel(&question, &of_another).unwrap(), None, "another model made it");
    home.described_files().iter().for_each(|file| fs::write(file, b"x").unwrap());
    relabel(&question, &seen.embedding).unwrap_err();
}

fn without_its_model_of_text_a_model_only_embeds() {
    let home = Home::new();
    let choices = tags(&["my red bicycle"]);
    let check = |expected: &[Part]| {
        let parts: Vec<Part> = home.look(&choices, [250, 0, 0]).by.iter().map(|stamp| stamp.part).collect();
        assert_eq!(parts, expected);
    };
    check(&[Part::Embedding]);
    home.describe_labels(&choices);
    check(&[Part::Labels, Part::Embedding]);
    let words = |bytes: &[u8]| fs::write(models(home.directory.path()).join("words.onnx"), bytes).unwrap();
    words(b"damaged");
    assert!(home.shelf.describer(&choices).is_none());
    assert_eq!(home.describe_labels(&choices), 0);
    check(&[Part::Embedding]);
    assert_eq!(home.described_files().len(), 2);
    home.shelf.remove("words").unwrap();
    assert_eq!(home.described_files(), [] as [PathBuf; 0], "nothing of it stays");
}

fn a_model_of_text_that_fails_keeps_no_image_from_the_rest() {
    // As many numbers as there are tokens: directions of several lengths.
    let home = Home::with(&onnx::Graph::of_tokens().node("Cast", &["input_ids"], "has", &[("to", &[1])]).output("has"));
    let choices = tags(&["my red bicycle", "a green chair"]);
    let tries = [home.describe_labels(&choices), home.describe_labels(&choices), home.describe_labels(&choices)];
    assert!(tries[0] > 0 && tries[1] > 0 && tries[2] == 0, "it is given up: {tries:?}");
    let parts: Vec<Part> = home.look(&choices, [250, 0, 0]).by.iter().map(|stamp| stamp.part).collect();
    assert_eq!(parts, [Part::Embedding]);
    assert!(!home.shelf.switch_on("words"));
    assert!(home.describe_labels(&choices) > 0, "who changes the models has it tried again");
    let none = ModelChoices { labels: "none".into(), ..choices };
    assert_eq!(Home::new().describe_labels(&none), 0, "nobody wants labels");
}

fn models(home: &Path) -> PathBuf {
    Places::below(home).models_target()
}
