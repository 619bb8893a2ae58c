//! `legible read`: text out, errors that say what to do, exit codes, pipes.

use crate::program::draw::{animation, encoded, locked_zip, number, png, promising_png};
use crate::program::{Home, models, said, said_with_input, sample};
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

#[test]
fn text_of_several_images_comes_in_their_order() {
    let home = Home::new();
    let said = home.run([OsStr::new("read"), sample("receipt.png").as_os_str(), sample("german.png").as_os_str()]);
    let said = said.with(0);
    let place = |text: &str| said.out.find(text).unwrap_or_else(|| panic!("{text:?} is not in {}", said.out));
    assert!(place("CORNER BAKERY") < place("19.42") && place("19.42") < place("Öffnungszeiten"));
    assert!(said.out[..place("Öffnungszeiten")].ends_with("\n\n"), "an empty line between files: {}", said.out);
    assert_eq!(said.err, "");
    assert!(!home.path("data/legible.db").exists() && !home.path("library").exists(), "the library is not touched");
}

#[test]
fn json_has_lines_with_places_and_words() {
    let home = Home::new();
    let file = sample("page.png");
    let said = home.run([OsStr::new("read"), OsStr::new("--format=json"), file.as_os_str()]).with(0);
    let told = said.json();
    assert_eq!(told["file"], file.to_str().unwrap());
    let reading = &told["reading"];
    assert_eq!(reading["engine"]["name"], "ppocr");
    let (width, height) = (reading["width"].as_f64().unwrap(), reading["height"].as_f64().unwrap());
    assert_eq!((width as u32, height as u32), image::image_dimensions(&file).unwrap());
    let lines = reading["lines"].as_array().unwrap();
    assert!(lines.len() >= 5, "{reading}");
    for line in lines {
        let corners = line["quad"].as_array().unwrap();
        assert_eq!(corners.len(), 4);
        for corner in corners {
            let (x, y) = (corner["x"].as_f64().unwrap(), corner["y"].as_f64().unwrap());
            assert!((-2.0..=width + 2.0).contains(&x) && (-2.0..=height + 2.0).contains(&y), "{line}");
        }
        assert!((0.5..=1.0).contains(&line["confidence"].as_f64().unwrap()), "{line}");
        let text = line["text"].as_str().unwrap();
        let words = line["words"].as_array().unwrap();
        assert!(!words.is_empty() && words.iter().all(|word| text.contains(word["text"].as_str().unwrap())), "{line}");
    }
}

#[test]
fn documents_of_other_programs_have_the_words_and_their_places() {
    let home = Home::new();
    let (page, receipt) = (sample("page.png"), sample("receipt.png"));
    let read = |format: &str, files: &[&Path]| {
        let files = files.iter().map(|file| file.as_os_str());
        home.run([OsStr::new("read"), OsStr::new("--format"), OsStr::new(format)].into_iter().chain(files))
    };
    let json = read("json", &[&page]).with(0).json();
    let lines = json["reading"]["lines"].as_array().unwrap();
    let words: Vec<&str> = lines
        .iter()
        .flat_map(|line| line["words"].as_array().unwrap())
        .map(|word| word["text"].as_str().unwrap())
        .collect();

    let tsv = read("tsv", &[&page, &receipt]).with(0).out;
    let rows: Vec<Vec<&str>> = tsv.lines().map(|row| row.split('\t').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 12) && rows[0][11] == "text", "{tsv}");
    let of_page =
        |number: &str| rows.iter().filter(|row| row[0] == "5" && row[1] == number).map(|row| row[11]).collect();
    let (first, second): (Vec<&str>, Vec<&str>) = (of_page("1"), of_page("2"));
    assert_eq!(first, words);
    assert!(second.contains(&"BAKERY"), "{second:?}");

    let hocr = read("hocr", &[&page, &receipt]).with(0).out;
    assert_eq!((hocr.matches("ocr_page\"").count(), hocr.matches("<?xml").count()), (2, 1));
    assert_eq!(hocr.matches("\"ocrx_word\"").count(), words.len() + second.len());
    assert!(hocr.trim_end().ends_with("</html>"), "{hocr}");

    let alto = read("alto", &[&page]).with(0).out;
    assert_eq!(alto.matches("<String CONTENT=").count(), words.len());
    assert!(alto.contains(&format!("<fileName>{}</fileName>", page.display())) && alto.trim_end().ends_with("</alto>"));
    read("alto", &[&page, &receipt]).with(1).complains(&["one image", "--format hocr"]);
    home.write("broken.png", b"\x89PNG\r\n\x1a\n");
    let said = read("hocr", &[Path::new("broken.png")]).with(1);
    assert_eq!(said.out, "", "no page is no document");
}

#[test]
fn standard_input_is_read() {
    let home = Home::new();
    let said = said_with_input(&mut home.command(["read", "-"]), &png(&number(40_718))).with(0);
    assert_eq!(said.out, "40718\n");
    let said = said_with_input(&mut home.command(["read", "-"]), b"").with(1);
    said.complains(&["-: ", "empty"]);
}

#[test]
fn models_that_are_not_what_they_should_be_read_nothing() {
    let home = Home::new();
    for model in ["PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"] {
        let mut bytes = std::fs::read(models().join(model)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4].fill(0x41);
        home.write(&format!("models/{model}"), bytes);
    }
    home.write("n.png", png(&number(5_772)));
    let said = said(home.command(["read", "n.png"]).env("LEGIBLE_MODELS_DIR", home.path("models"))).with(1);
    assert_eq!(said.out, "");
    said.complains(&["n.png: ", "damaged", "legible models install ppocrv6-small-det ppocrv6-small-rec"]);
}

#[test]
fn reading_ends_when_nobody_reads_the_text() {
    let home = Home::new();
    let mut names: Vec<String> = (0..30).map(|index| format!("{index}.png")).collect();
    for (index, name) in names.iter().enumerate() {
        home.write(name, png(&number(index as u32)));
    }
    names.push("never looked at.png".to_owned());
    let mut command = home.command(["read"].into_iter().chain(names.iter().map(String::as_str)));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap().as_str()), (Some(0), ""));
}

#[test]
fn bad_files_are_told_one_by_one_and_the_rest_is_read() {
    let home = Home::new();
    let good = png(&number(51_372));
    let bad = [
        ("cut.png", good[..good.len() / 2].to_vec(), "cut short"),
        ("empty.png", vec![], "empty"),
        ("text.png", b"This is a text, whatever its name says.\n".to_vec(), "not an image"),
        ("huge.png", promising_png(50_000, 50_000, false), "too large"),
        ("locked.zip", locked_zip(), "password"),
        ("paper.pdf", b"%PDF-1.7\n".to_vec(), "PDF files cannot be read"),
        ("noise.jpg", [&[0xFF, 0xD8, 0xFF, 0xE0][..], &[0x5A; 400]].concat(), ""),
    ];
    for (name, bytes, _) in &bad {
        home.write(name, bytes);
    }
    home.write("good.png", &good);
    std::fs::create_dir(home.path("folder.png")).unwrap();
    let names: Vec<&str> = bad.iter().map(|(name, ..)| *name).chain(["gone.png", "folder.png"]).collect();

    let said = home.run(["read"].iter().chain(&names)).with(1);
    assert_eq!(said.out, "", "all are bad");
    for (name, _, why) in bad.iter().map(|(n, b, w)| (*n, b, *w)).chain([("gone.png", &vec![], "not there")]) {
        let about = said.err.lines().find(|line| line.starts_with(&format!("legible: {name}: ")));
        assert!(about.is_some_and(|line| line.contains(why)), "{name}: {why:?} is not in {}", said.err);
    }
    said.complains(&["folder.png"]);

    let said = home.run(["read", "good.png"].iter().chain(&names)).with(2);
    assert_eq!(said.out, "51372\n");

    let said = home.run(["read", "--format", "json", "good.png", "text.png", "gone.png"]).with(2);
    let lines: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["reading"]["lines"][0]["text"], "51372");
    assert_eq!((&lines[1]["error"]["code"], &lines[2]["error"]["code"]), (&"bad_image".into(), &"file".into()));
    assert_eq!((lines.len(), said.err.as_str()), (3, ""), "errors are in the JSON");
}

#[test]
fn odd_images_are_read() {
    let home = Home::new();
    let blank = RgbImage::from_pixel(160, 56, Rgb([255; 3]));
    let odd = [
        ("mislabelled.jpg", png(&number(21_453)), "21453"),
        ("moving.gif", animation(&[number(86_420), blank.clone(), number(13_579)]), "86420"),
        ("picture.bmp", encoded(&number(73_205), ImageFormat::Bmp), "73205"),
        ("scan.tiff", encoded(&number(94_016), ImageFormat::Tiff), "94016"),
        ("web.webp", encoded(&number(60_582), ImageFormat::WebP), "60582"),
        ("blank.png", png(&blank), ""),
    ];
    for (name, bytes, text) in odd {
        home.write(name, bytes);
        let said = home.run(["read", name]).with(0);
        assert_eq!((said.out.trim_end(), said.err.as_str()), (text, ""), "{name}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error_to_tell() {
    let home = Home::new();
    let file = home.write("n.png", png(&number(31_415)));
    let mut command = home.command([OsStr::new("read"), file.as_os_str(), file.as_os_str(), file.as_os_str()]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!((complaint.as_str(), child.wait().unwrap().code()), ("", Some(0)));
}

#[test]
fn wrong_use_is_told_with_the_right_one() {
    let home = Home::new();
    home.run(["read"]).with(2).complains(&["<FILE>", "--help"]);
    home.run(["raed"]).with(2).complains(&["raed", "read"]);
    home.run(["read", "--engine", "magic", "a.png"]).with(2).complains(&["magic", "ppocr"]);
    let help = home.run(["--help"]).with(0).out;
    for verb in ["read", "add", "search", "jobs", "pause", "resume", "run", "rebuild", "models", "doctor"] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(verb)), "{verb}: {help}");
    }
    assert!(help.contains("Exit status") && !help.contains("vision-worker"), "{help}");
}
