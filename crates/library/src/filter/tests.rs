//! The grammar of filters: what is understood, what is said of the rest, and that text and filter are the same thing.

use super::{Comparison, Field, Wanted};
use crate::query::{Chip, Query};
use proptest::prelude::*;

/// The chips of a text: `start-end field=value`, `-` before excluded ones, `!` behind those with a problem.
fn check(text: &str, expected: &[&str]) {
    let show = |chip: &Chip| {
        let (not, problem) = (if chip.excluded { "-" } else { "" }, if chip.problem.is_some() { "!" } else { "" });
        format!("{}-{} {not}{}={}{problem}", chip.start, chip.end, chip.field, chip.value)
    };
    let chips: Vec<String> = Query::chips(text).iter().map(show).collect();
    assert_eq!(chips, expected, "{text:?}");
}

#[test]
fn filters_stand_among_words() {
    check("", &[]);
    check("total kind:receipt -colour:blue \"kind:photo\"", &["6-18 kind=receipt", "19-31 -colour=blue"]);
    check("é Kind:PHOTO", &["2-12 kind=photo"]);
    check("https://x.org note:a kind :b - kind", &[]);
    check("- kind:photo --kind:photo", &["2-12 kind=photo"]);
    check("color:gray", &["0-10 colour=grey"]);
    check("code:HTTPS://x", &["0-14 code=https://x"]);
    check("code:Email code:Wi-Fi code:tel", &["0-10 code=mail", "11-21 code=wifi", "22-30 code=phone"]);
    check("code:message code:web code:tel:", &["0-12 code=sms", "13-21 code=url", "22-31 code=tel:"]);
}

#[test]
fn values_may_stand_in_quotes() {
    check("label:\"golden retriever\" x", &["0-24 label=golden retriever"]);
    check("-label:“Golden Retriever”", &["0-25 -label=golden retriever"]);
    check("label:\"golden re", &["0-16 label=golden re"]);
    check("label:dog\"two words\"", &["0-9 label=dog"]);
    check("kind:\"photo\"kind:chart", &["0-12 kind=photo", "12-22 kind=chart"]);
    check("object:\"traffic light\">=2 x", &["0-25 object=traffic light>=2"]);
    check("object:\"a>2\"", &["0-12 object=a>2"]);
    check("label:\"--\"", &["0-10 label=--"]);
    check("label:\" \"", &["0-9 label="]);
    check("object:\"traffic light\"2", &["0-22 object=traffic light"]);
    check("code:\" a  b \"", &["0-13 code=a  b"]);
}

#[test]
fn counts_times_places_and_things() {
    check(
        "object:person object:person>2 object:=0",
        &["0-13 object=person", "14-29 object=person>2", "30-39 object==0"],
    );
    check("faces:2 faces:>1 faces:0", &["0-7 faces==2", "8-16 faces=>1", "17-24 faces==0"]);
    check("taken:2026-11 taken:2026-01..2026-03", &["0-13 taken=2026-11", "14-36 taken=2026-01..2026-03"]);
    check("taken:>2025 taken:2025..", &["0-11 taken=>2025", "12-24 taken=>=2025"]);
    check("date:2026-11 date:>2026", &["0-12 date=2026-11", "13-23 date=>2026"]);
    check("amount:>100 amount:10..20,50€", &["0-11 amount=>100", "12-29 amount=10..20.5EUR"]);
    check("place:48.1,11.6 place:48.10,11.6,50km", &["0-15 place=48.1,11.6", "16-37 place=48.1,11.6,50km"]);
    check("place:48.1..48.20,-1..11.6", &["0-26 place=48.1..48.2,-1..11.6"]);
    check("has:text -has:face similar:17", &["0-8 has=text", "9-18 -has=face", "19-29 similar=17"]);
}

#[test]
fn without_a_value_there_must_be_any() {
    let any = ["kind:", "code:", "colour:", "taken:", "date:", "amount:", "label:", "object:", "faces:", "place:"];
    for text in any {
        assert!(Query::chips(text)[0].problem.is_none(), "{text}");
    }
    check("kind: receipt", &["0-5 kind="]);
}

#[test]
fn a_value_that_there_is_not_is_told() {
    let check = |text: &str, expected: &str| {
        let chips = Query::chips(text);
        assert_eq!(chips.len(), 1, "{text}");
        assert_eq!(chips[0].problem.as_deref(), Some(expected), "{text}");
    };
    let kinds = "photo, screenshot, document, receipt, handwriting and chart.";
    check("kind:cat", &format!("There is no kind “cat”; there are {kinds}"));
    check("-kind:selfie", &format!("There is no kind “selfie”; there are {kinds}"));
    check("kind:\"recipt\"", &format!("There is no kind “recipt”; did you mean receipt? There are {kinds}"));
    check("has:", "Say what it has: text, code, face, place, label, date, amount, email, link, phone or iban.");
    check("faces:two", "“two” is no number of faces; write faces:2, faces:>1 or faces:0.");
    check("object:person>", "“person>” is not understood; write object:person or object:person>2.");
    check("similar:a.png", "“a.png” is no image; write the number of one, such as similar:17.");
    check("label:--", "“--” has no letters that could be looked for.");
    for text in [
        "taken:26",
        "taken:2026-13",
        "date:soon",
        "amount:much",
        "place:munich",
        "place:2..1,3..4",
        "colour:teal",
        "faces:-1",
        "faces:99999999999",
        "similar:-1",
        "has:cat",
    ] {
        assert!(Query::chips(text)[0].problem.is_some(), "{text}");
    }
}

/// Something that looks like a filter, right or wrong.
fn filter() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec![
        "kind", "code", "colour", "color", "taken", "date", "amount", "label", "object", "faces", "similar", "place",
        "has", "Kind", "note",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "photo",
            "qr",
            "Blue",
            "2026-11",
            "2025..2026",
            ">2025",
            "dog",
            "person>2",
            "person<=0",
            "=3",
            ">1",
            ">99.50€",
            "10..20",
            "7",
            "48.1,11.6",
            "-1,2.50,7.5km",
            "-1..2,179..-179.5",
            "text",
            "face",
            "",
            "ß",
            "Ω-x",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9<>=.,~-]{0,8}",
        ".{0,6}",
    ];
    let shape = prop::sample::select(vec![
        "{f}:{v}",
        "-{f}:{v}",
        "{f}:\"{v}\"",
        "{f}:\"{v} {v}\">2",
        "-{f}:“{v} x",
        "{f}:{v}\"{v}\"",
    ]);
    (shape, field, value).prop_map(|(shape, field, value)| shape.replace("{f}", field).replace("{v}", &value))
}

fn typed() -> impl Strategy<Value = String> {
    let part = prop_oneof![3 => filter(), 1 => "[a-z\"-]{1,6}", 1 => ".{0,5}"];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.join(" "))
}

#[test]
fn a_choice_is_asked_for_by_its_filter() {
    let check = |field: Field, value: &str, expected: &str| {
        let written = field.asking_for(value);
        assert_eq!(written, expected);
        let chips = Query::chips(&written);
        assert_eq!((chips.len(), chips[0].problem.as_ref()), (1, None), "{written}");
    };
    check(Field::Kind, "receipt", "kind:receipt");
    check(Field::Label, "dog", "label:\"dog\"");
    check(Field::Label, "Hot  Dog", "label:\"hot dog\"");
    check(Field::Object, "a<b", "object:\"a<b\"");
    check(Field::Label, "a \"b\" “c”", "label:\"a b c\"");
    check(Field::Code, "data_matrix", "code:data_matrix");
    check(Field::Taken, "2026", "taken:2026");
}

proptest! {
    #[test]
    fn a_name_that_is_offered_is_found_by_its_filter(name in any::<String>(), is_object in any::<bool>()) {
        let field = if is_object { Field::Object } else { Field::Label };
        let written = field.asking_for(&name);
        let read = Query::parse(&written);
        prop_assert_eq!((read.terms.len(), read.filters.len()), (0, 1), "{:?}", written);
        prop_assert_eq!(read.filters[0].to_string(), written.clone());
        let (Wanted::Label(asked) | Wanted::Object(asked, Comparison::AT_LEAST_ONE)) = &read.filters[0].wanted else {
            panic!("{written:?}");
        };
        prop_assert!(asked.test()(&name), "{written:?}");
    }

    #[test]
    fn chips_cut_out_are_the_same_filters(text in prop_oneof![typed(), any::<String>()]) {
        let chips = Query::chips(&text);
        let filters = Query::parse(&text).filters;
        prop_assert_eq!(chips.len(), filters.len());
        let mut last = 0;
        for (chip, filter) in chips.iter().zip(&filters) {
            prop_assert!(last <= chip.start && chip.start < chip.end && chip.end <= text.chars().count());
            last = chip.end;
            let alone: String = text.chars().skip(chip.start).take(chip.end - chip.start).collect();
            let query = Query::parse(&alone);
            prop_assert!(query.terms.is_empty(), "{alone:?}");
            prop_assert_eq!(&query.filters, std::slice::from_ref(filter), "{:?}", alone);
        }
    }

    #[test]
    fn a_filter_is_what_it_is_written_as(text in typed()) {
        for filter in Query::parse(&text).filters {
            let written = filter.to_string();
            let read = Query::parse(&written);
            prop_assert!(read.terms.is_empty(), "{written:?}");
            prop_assert_eq!(read.filters, [filter], "{:?}", written);
        }
    }
}
