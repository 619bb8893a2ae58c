//! `legible recognise`: what images show, without the library.

use crate::args::Recognise;
use crate::context;
use crate::inputs::{Outcomes, inputs, name};
use crate::output::{Exit, plain, print_line, say};
use legible_service::recognised::{RecognitionView, view};
use legible_service::recogniser::{Recogniser, Recognition};

/// Recognises images and prints what they show in the order they were named.
///
/// # Errors
/// When standard output is closed; images that cannot be recognised are told one by one.
pub fn recognise(args: &Recognise) -> anyhow::Result<Exit> {
    // What is wrong with a model or an image is said here.
    context::log("error");
    let recogniser = Recogniser::new(context::worker()?, &context::places()?)?;
    for damaged in recogniser.damaged() {
        say(&plain(&format!("the model {} does not look: {}", damaged.id, damaged.problem)));
    }
    let inputs = inputs(&args.files);
    let in_words = |name: &str, recognition: &Recognition, _| {
        lines(name, &view(recognition, &[])).iter().try_for_each(|line| print_line(&plain(line)))
    };
    let mut outcomes = Outcomes::new(&in_words, args.json.then_some("recognition"));
    recogniser.recognise_all(&inputs, |input, result| {
        let result = result.map(|seen| {
            seen.missing.iter().for_each(|missing| say(&plain(&format!("{}: {missing}", name(input)))));
            seen.recognition
        });
        outcomes.print(input, result.map_err(|error| error.to_wire()))
    });
    outcomes.end(inputs.len())
}

/// What an image shows: first its name and kind, then all else a line each, set in.
fn lines(name: &str, found: &RecognitionView) -> Vec<String> {
    let kind = found.kind.as_deref().unwrap_or("of no known kind");
    let mut lines = vec![format!("{name}: {kind}")];
    for code in &found.codes {
        lines.push(format!("  {}, {}: {}", code.printed, code.what, code.text));
        lines.extend(code.facts.iter().map(|fact| format!("    {}: {}", fact.name, fact.value)));
    }
    let percent = |share: f32| format!("{:.0} %", share * 100.0);
    let mut list = |title: &str, of: Vec<String>| {
        if !of.is_empty() {
            lines.push(format!("  {title}: {}", of.join(", ")));
        }
    };
    let sure = |name: &str, confidence| format!("{name} ({})", percent(confidence));
    list("Labels", found.labels.iter().map(|label| sure(&label.name, label.confidence)).collect());
    list("Objects", found.objects.iter().map(|object| sure(&object.name, object.confidence)).collect());
    list("Faces", if found.faces.is_empty() { vec![] } else { vec![found.faces.len().to_string()] });
    list("Colours", found.colours.iter().map(|colour| format!("{} {}", colour.name, percent(colour.share))).collect());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_service::recognised::{CodeFact, CodeView, ColourView};

    #[test]
    fn what_an_image_shows_in_lines() {
        let nothing = RecognitionView::default();
        assert_eq!(lines("a.png", &nothing), ["a.png: of no known kind"]);
        let code = CodeView {
            printed: "QR code".into(),
            what: "Wi-Fi network".into(),
            text: "WIFI:S:home;;".into(),
            facts: vec![CodeFact { name: "Name".into(), value: "home".into() }],
            quad: [[0.0; 2]; 4],
        };
        let found = RecognitionView {
            kind: Some("photo".into()),
            codes: vec![code],
            colours: vec![ColourView { name: "blue".into(), css: "#0000ff".into(), share: 0.405 }],
            ..nothing
        };
        let expected =
            ["b.jpg: photo", "  QR code, Wi-Fi network: WIFI:S:home;;", "    Name: home", "  Colours: blue 40 %"];
        assert_eq!(lines("b.jpg", &found), expected);
    }
}
