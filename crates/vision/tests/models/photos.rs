//! What is found on real images with the contracts' own thresholds, asked as the program asks.

use legible_reading::recognition::{Part, Recognition};
use legible_vision::engine::Unwatched;
use legible_vision::recognise::models::Models;
use legible_vision::recognise::{Question, recognise};

use crate::shared::{all, folder, photo};

#[test]
fn photos_show_what_they_show_and_pages_nothing() {
    let Some(folder) = folder() else { return };
    let mut models = Models::new(vec![folder.join("models")]);
    let mut ask = |name: &str| -> Recognition {
        let question = Question { models: all(), ..Question::default() };
        let answer = recognise(&photo(&folder, name), &question, &mut models, &Unwatched).unwrap();
        assert!(answer.faults.is_empty(), "{name}: {:?}", answer.faults);
        answer.recognition
    };
    let mut check = |name: &str, labels: &[&str], objects: &[&str], faces: usize| {
        let found = ask(name);
        let told: Vec<&str> = found.labels.iter().map(|label| label.name.as_str()).collect();
        let mut things: Vec<&str> = found.objects.iter().map(|object| object.name.as_str()).collect();
        things.sort_unstable();
        assert_eq!((told.as_slice(), things.as_slice(), found.faces.len()), (labels, objects, faces), "{name}");
        let seen: Vec<Part> = Part::SEEN.into_iter().filter(|part| found.stamp(*part).is_some()).collect();
        assert_eq!((seen, found.embedding.is_some()), (Part::SEEN.to_vec(), true), "{name}");
    };
    check("cat_720p.jpg", &["egyptian cat"], &["cat"], 0);
    check("pets.jpg", &["italian greyhound"], &["dog", "dog"], 0);
    check("hot_dog.jpg", &["hotdog"], &["diningtable", "hot dog"], 0);
    check("parrot.jpg", &["macaw"], &["bird"], 0);
    // The classifier is not sure enough of any bird.
    check("owl.jpg", &[], &["bird"], 0);
    check("face.jpg", &[], &["person", "person", "person", "person"], 4);
    // It takes the officer's cap for a mortarboard.
    check("grace_hopper.bmp", &["mortarboard"], &["person", "tie"], 1);

    let pages = ["receipt_sroie_000.jpg", "typed_document.jpg", "screenshot_dotnet.png", "chart_vega.png"];
    for name in pages.into_iter().chain(["handwriting_lectaurep.jpg"]) {
        let found = ask(name);
        let seen = (&found.labels, &found.objects, &found.faces, &found.embedding);
        assert_eq!(seen, (&vec![], &vec![], &vec![], &None), "{name}: {:?}", found.kind);
        assert!(Part::SEEN.into_iter().all(|part| found.stamp(part).is_none()), "{name}: it was not looked for");
    }
}
