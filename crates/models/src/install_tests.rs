//! Installing against faulty sources: a loopback server that breaks, stalls, lies or sends too much.

use super::*;
use crate::http_server::{Answer, Server};
use crate::manifest::Manifest;

/// 200 kB that do not repeat within a chunk: a gap or an overlap after resuming changes the hash.
pub(crate) fn content() -> Vec<u8> {
    (0..50_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

pub(crate) fn manifest(url: &str) -> Manifest {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("content");
    fs::write(&file, content()).unwrap();
    let sha256 = crate::staging::sha256_of(&file).unwrap();
    Manifest::parse(&format!(
        r#"[[model]]
        id = "model"
        file = "model.onnx"
        feature = "test"
        purpose = "test"
        default = true
        bytes = {}
        sha256 = "{sha256}"
        licence = "MIT"
        attribution = "test"
        [[model.source]]
        url = "{url}"
        "#,
        content().len()
    ))
    .unwrap()
}

struct Run {
    dir: tempfile::TempDir,
    result: Result<Installed>,
    seen: Vec<u64>,
}

impl Run {
    fn file(&self) -> Vec<u8> {
        fs::read(self.dir.path().join("model.onnx")).unwrap()
    }

    /// What lies in the directory but for the lock.
    fn leftovers(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != ".lock")
            .collect();
        names.sort();
        names
    }

    fn error(&self) -> String {
        self.result.as_ref().unwrap_err().to_string()
    }
}

fn sources() -> Sources {
    let short = Duration::from_millis(400);
    Sources {
        models_dir: None,
        pip: vec![],
        timeouts: Timeouts { connect: short, response: short, idle: short, pip: Duration::from_secs(20) },
    }
}

fn run_in(dir: tempfile::TempDir, model: &Model, sources: &Sources) -> Run {
    let mut seen = vec![];
    let result = install(
        model,
        dir.path(),
        sources,
        &mut |progress| {
            if let Progress::Bytes { done, .. } = progress {
                seen.push(done);
            }
        },
        &AtomicBool::new(false),
    );
    Run { dir, result, seen }
}

fn run(answers: Vec<Answer>) -> (Run, Vec<String>) {
    let server = Server::start(answers);
    let manifest = manifest(&server.url());
    let run = run_in(tempfile::tempdir().unwrap(), &manifest.models()[0], &sources());
    (run, server.requests())
}

#[test]
fn a_plain_download_is_installed_with_progress() {
    let (run, requests) = run(vec![Answer::whole(content())]);
    assert_eq!(run.result.as_ref().unwrap().path, run.dir.path().join("model.onnx"));
    assert_eq!(run.file(), content());
    assert_eq!(run.leftovers(), ["model.onnx"]);
    assert_eq!(run.seen.last(), Some(&(content().len() as u64)));
    assert!(run.seen.is_sorted() && run.seen.len() > 2, "{:?}", run.seen);
    assert_eq!(requests.len(), 1);
}

#[test]
fn an_installed_model_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("model.onnx"), content()).unwrap();
    let manifest = manifest("https://example.invalid/x");
    let run = run_in(dir, &manifest.models()[0], &sources());
    assert_eq!(run.result.as_ref().unwrap().from, None);
    assert_eq!(run.leftovers(), ["model.onnx"]);
}

#[test]
fn a_broken_download_is_resumed_where_it_stopped() {
    let (run, requests) =
        run(vec![Answer::whole(content()).etag("\"v1\"").cut_after(70_000), Answer::ranges(content()).etag("\"v1\"")]);
    assert_eq!(run.file(), content());
    assert_eq!(run.leftovers(), ["model.onnx"]);
    let resumed = &requests[1];
    let range = resumed.lines().find_map(|line| line.strip_prefix("range: bytes=")).expect(resumed);
    let start: usize = range.trim_end_matches('-').parse().unwrap();
    assert!((1..=70_000).contains(&start), "{start}");
    assert!(resumed.contains("if-range: \"v1\""), "{resumed}");
}

#[test]
fn a_later_call_resumes_too() {
    let broken = || Answer::whole(content()).cut_after(70_000);
    let refused = Answer::status(503);
    let server = Server::start(vec![broken(), refused, Answer::ranges(content())]);
    let manifest = manifest(&server.url());
    let first = run_in(tempfile::tempdir().unwrap(), &manifest.models()[0], &sources());
    assert!(first.error().contains("503"), "{}", first.error());
    assert_eq!(first.leftovers(), [".model.onnx.part", ".model.onnx.part.from"]);
    let second = run_in(first.dir, &manifest.models()[0], &sources());
    assert_eq!(second.file(), content());
    assert_eq!(second.leftovers(), ["model.onnx"]);
    assert!(server.requests()[2].contains("range: bytes="));
}

#[test]
fn a_server_without_ranges_starts_over() {
    let (run, _) = run(vec![Answer::whole(content()).cut_after(70_000), Answer::whole(content())]);
    assert_eq!(run.file(), content());
}

#[test]
fn a_part_of_something_else_is_thrown_away() {
    let mut other = content();
    other[5] ^= 1;
    let (run, requests) =
        run(vec![Answer::whole(other).cut_after(70_000), Answer::ranges(content()), Answer::whole(content())]);
    assert_eq!(run.file(), content());
    assert!(!requests[2].contains("range:"), "the last try starts from zero");
}

#[test]
fn a_server_that_refuses_the_range_is_asked_for_the_whole() {
    let (run, requests) =
        run(vec![Answer::whole(content()).cut_after(70_000), Answer::status(416), Answer::whole(content())]);
    assert_eq!(run.file(), content());
    assert!(!requests[2].contains("range:"));
}

#[test]
fn a_connection_that_always_breaks_is_given_up() {
    let breaking = (1..20).map(|n| Answer::ranges(content()).cut_after(n * 5_000)).collect();
    let (run, requests) = run(breaking);
    assert!(run.error().contains("tried 6 times"), "{}", run.error());
    assert_eq!(requests.len(), 6);
}

#[test]
fn a_wrong_hash_is_never_installed() {
    let mut wrong = content();
    wrong[100_000] ^= 1;
    let (run, requests) = run(vec![Answer::whole(wrong)]);
    assert!(run.error().contains("SHA-256"), "{}", run.error());
    assert_eq!(run.leftovers(), Vec::<String>::new());
    assert_eq!(requests.len(), 1, "a clean download with a wrong hash is not tried again");
}

#[test]
fn an_oversized_answer_is_refused() {
    let mut long = content();
    long.push(0);
    let (announced, _) = run(vec![Answer::whole(long.clone())]);
    assert!(announced.error().contains("200001 bytes"), "{}", announced.error());
    let (endless, _) = run(vec![Answer::whole(long).without_length()]);
    assert!(endless.error().contains("more than the expected"), "{}", endless.error());
    assert_eq!(endless.leftovers(), Vec::<String>::new());
}

#[test]
fn a_hanging_server_times_out() {
    let (silent, _) = run(vec![Answer::hang()]);
    assert!(silent.error().contains("timeout"), "{}", silent.error());
    let (stalled, _) = run(vec![Answer::whole(content()).stall_after(70_000), Answer::ranges(content())]);
    assert_eq!(stalled.file(), content(), "a stall in the middle is resumed like a break");
}

#[test]
fn the_next_source_is_tried_and_the_directory_comes_first() {
    let server = Server::start(vec![Answer::status(404), Answer::whole(content())]);
    let mut model = manifest(&server.url()).models()[0].clone();
    model.sources.push(Source::Url(format!("{}?mirror", server.url())));
    let empty = tempfile::tempdir().unwrap();
    let with_dir = |dir: &Path| Sources { models_dir: Some(dir.to_path_buf()), ..sources() };
    let first = run_in(tempfile::tempdir().unwrap(), &model, &with_dir(empty.path()));
    assert!(first.result.as_ref().unwrap().from.as_ref().unwrap().ends_with("?mirror"));
    assert_eq!(server.requests().len(), 2);

    fs::write(empty.path().join("model.onnx"), content()).unwrap();
    let second = run_in(tempfile::tempdir().unwrap(), &model, &with_dir(empty.path()));
    assert!(second.result.as_ref().unwrap().from.as_ref().unwrap().ends_with("model.onnx"));
    assert_eq!(second.file(), content());
    assert_eq!(server.requests().len(), 2, "no network when the directory has it");
}

#[test]
fn the_error_names_every_source_and_the_way_by_hand() {
    let server = Server::start(vec![Answer::status(404)]);
    let manifest = manifest(&server.url());
    let wrong = tempfile::tempdir().unwrap();
    fs::write(wrong.path().join("model.onnx"), b"no").unwrap();
    let sources = Sources { models_dir: Some(wrong.path().to_path_buf()), ..sources() };
    let run = run_in(tempfile::tempdir().unwrap(), &manifest.models()[0], &sources);
    let error = run.error();
    for part in ["2 bytes, expected 200000", "404", &server.url(), "legible models add", &manifest.models()[0].sha256] {
        assert!(error.contains(part), "{part} is not in: {error}");
    }
}

#[test]
fn cancelling_keeps_what_was_downloaded() {
    let server = Server::start(vec![Answer::whole(content()), Answer::ranges(content())]);
    let manifest = manifest(&server.url());
    let dir = tempfile::tempdir().unwrap();
    let cancel = AtomicBool::new(false);
    let result = install(
        &manifest.models()[0],
        dir.path(),
        &sources(),
        &mut |progress| {
            if matches!(progress, Progress::Bytes { done, .. } if done > 0) {
                cancel.store(true, Ordering::Relaxed);
            }
        },
        &cancel,
    );
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    let run = run_in(dir, &manifest.models()[0], &sources());
    assert_eq!(run.file(), content());
    assert!(server.requests()[1].contains("range: bytes="));
}

#[test]
fn a_directory_that_cannot_be_made_ends_it_at_once() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let manifest = manifest("https://example.invalid/x");
    let result =
        install(&manifest.models()[0], &file.path().join("models"), &sources(), &mut |_| {}, &AtomicBool::new(false));
    assert!(matches!(result, Err(Error::Io { .. })), "{result:?}");
}
