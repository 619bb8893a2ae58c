use super::*;

const CLASSIFIER: &str = r#"
part = "labels"
labels = "mushrooms.txt"
threshold = 0.5

[input]
width = 224
height = 224
fit = { kind = "crop", short-side = 256 }
mean = [127.5, 127.5, 127.5]
std = [127.5, 127.5, 127.5]

[outputs.classes]
output = "probabilities"
activation = "none"
background = true

[outputs.embedding]
output = 1
"#;

const DETECTOR: &str = r#"
part = "objects"
labels = "things.txt"
threshold = 0.3
nms = 0.65
most = 50

[input]
name = "images"
width = 416
height = 416
fit = { kind = "letterbox-top-left", pad = 114 }
channels = "bgr"
layout = "nhwc"

[outputs.yolox]
strides = [8, 16, 32]
"#;

fn read(toml: &str) -> Result<Contract, String> {
    let contract: Contract = toml::from_str(toml).map_err(|error| error.to_string())?;
    contract.validate().map_err(|error| error.to_string())?;
    Ok(contract)
}

#[test]
fn a_contract_says_all_of_it() {
    let contract = read(CLASSIFIER).unwrap();
    assert_eq!(contract.input.fit, Fit::Crop { short_side: 256 });
    assert_eq!((contract.input.channels, contract.input.layout), (Channels::Rgb, Layout::Nchw));
    assert_eq!(contract.outputs.embedding.as_ref().unwrap().output, OutputName::Index(1));
    let classes = contract.outputs.classes.as_ref().unwrap();
    assert_eq!((&classes.output, classes.background), (&OutputName::Name("probabilities".into()), true));
    assert_eq!((contract.parts(), contract.most()), (vec![Part::Labels, Part::Embedding], 5));

    let contract = read(DETECTOR).unwrap();
    assert_eq!(contract.input.fit, Fit::LetterboxTopLeft { pad: 114 });
    assert_eq!((contract.input.channels, contract.input.layout), (Channels::Bgr, Layout::Nhwc));
    assert_eq!((contract.input.mean, contract.input.std), ([0.0; 3], [1.0; 3]));
    assert_eq!(contract.outputs.yolox.as_ref().unwrap().output, OutputName::Index(0));
    assert_eq!((contract.parts(), contract.most()), (vec![Part::Objects], 50));
}

#[test]
fn what_is_written_is_read_again() {
    for toml in [CLASSIFIER, DETECTOR] {
        let contract = read(toml).unwrap();
        assert_eq!(read(&toml::to_string(&contract).unwrap()).unwrap(), contract);
        assert_eq!(serde_json::from_str::<Contract>(&serde_json::to_string(&contract).unwrap()).unwrap(), contract);
    }
}

/// What is said when `old` in a sound contract reads `new`.
fn check(toml: &str, old: &str, new: &str, expected: &[&str]) {
    assert!(toml.contains(old), "{old}");
    let told = read(&toml.replacen(old, new, 1)).unwrap_err();
    assert!(expected.iter().all(|part| told.contains(part)), "{new}: {told}");
}

#[test]
fn what_makes_no_sense_is_told_with_its_field() {
    check(CLASSIFIER, "width = 224", "width = 0", &["`input.width` must be from 1 to 2048 pixels, not 0"]);
    check(CLASSIFIER, "height = 224", "height = 9000", &["`input.height`"]);
    check(CLASSIFIER, "short-side = 256", "short-side = 200", &["`input.fit.short-side` must be from 224"]);
    check(CLASSIFIER, "std = [127.5,", "std = [0.0,", &["`input.std`"]);
    check(CLASSIFIER, "mean = [127.5,", "mean = [nan,", &["`input.mean`"]);
    check(CLASSIFIER, "threshold = 0.5", "threshold = 50", &["`threshold` must be a number from 0 to 1"]);
    check(CLASSIFIER, "threshold = 0.5", "", &["`threshold` is missing", "Try 0.5"]);
    check(CLASSIFIER, r#"labels = "mushrooms.txt""#, "", &["`labels` is missing"]);
    check(CLASSIFIER, "mushrooms.txt", "../mushrooms.txt", &["`labels` must be the name of a file"]);
    check(CLASSIFIER, r#"part = "labels""#, r#"part = "objects""#, &["`outputs.classes` is not what", "change `part`"]);
    check(DETECTOR, "nms = 0.65", "", &["`nms` is missing"]);
    check(DETECTOR, "most = 50", "most = 0", &["`most` must be a whole number from 1 to 300"]);
    check(DETECTOR, "[8, 16, 32]", "[]", &["`outputs.yolox.strides`", "usual are [8, 16, 32]"]);
    check(DETECTOR, "[8, 16, 32]", "[0]", &["`outputs.yolox.strides`"]);
    check(DETECTOR, "[outputs.yolox]\nstrides = [8, 16, 32]", "[outputs]", &["add [outputs.yolox] or [outputs.boxes-"]);
    check(DETECTOR, "[outputs.yolox]", "[outputs.yunet]\nstrides = [8]\n[outputs.yolox]", &["`outputs.yunet` is not"]);
}

#[test]
fn what_is_not_understood_is_told_with_its_line() {
    check(CLASSIFIER, "threshold", "treshold", &["line 4", "treshold", "expected one of", "`threshold`"]);
    check(CLASSIFIER, "width = 224", "", &["missing field `width`"]);
    check(CLASSIFIER, "width = 224", "width = -1", &["line 7"]);
    check(CLASSIFIER, r#"kind = "crop", short-side"#, r#"kind = "crop", long-side"#, &["long-side", "short-side"]);
    check(CLASSIFIER, r#""crop""#, r#""zoom""#, &["zoom", "letterbox-centred"]);
    check(CLASSIFIER, r#"part = "labels""#, r#"part = "tags""#, &["tags", "`labels`"]);
    check(CLASSIFIER, "output = 1", "output = true", &["its name in quotes, or its place"]);
    check(CLASSIFIER, r#"activation = "none""#, "", &["missing field `activation`"]);
}

/// The contracts in the guide for users, in the order in which they stand there.
#[test]
fn the_examples_of_the_guide_are_sound() {
    let guide = include_str!("../../../../../docs/models-of-your-own.md");
    let examples = guide.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let parts: Vec<Sees> =
        examples.map(|toml| read(toml).unwrap_or_else(|told| panic!("{told}:\n{toml}")).part).collect();
    assert_eq!(parts, [Sees::Labels, Sees::Objects]);
}
