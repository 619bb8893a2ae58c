//! What a source says about the text of its images, between the wire and its table: their languages and layout.

use crate::api::{self, LanguageView};
use crate::error::{Error, Result};
use legible_reading::{LANGUAGES, Language, Layout};
use legible_vision::engine;

/// The languages that an engine here can read, by their names.
pub fn languages() -> Vec<LanguageView> {
    let readable = LANGUAGES.iter().filter(|language| engine::NAMES.iter().any(|engine| reads(engine, language)));
    readable.map(|language| LanguageView { code: language.code.into(), name: language.name.into() }).collect()
}

/// The tag of a language that the engine can read, or any engine where none is named.
///
/// # Errors
/// When it names no language, or one that cannot be read.
pub fn language(tag: &str, engine: Option<&str>) -> Result<String> {
    let Some(language) = legible_reading::language(tag) else {
        return Err(Error::BadRequest(format!("“{tag}” is no language that Legible knows; write it like de or en-US")));
    };
    let can = match engine {
        Some(engine) => reads(engine, language),
        None => engine::NAMES.iter().any(|engine| reads(engine, language)),
    };
    let name = language.name;
    match engine {
        _ if can => Ok(tag.to_owned()),
        Some(engine) => Err(Error::BadRequest(format!(
            "the engine {engine} cannot read {name}; choose another one, or leave {name} out"
        ))),
        None => Err(Error::BadRequest(format!("no engine that is here can read {name}; leave it out"))),
    }
}

fn reads(engine: &str, language: &Language) -> bool {
    language.scripts.iter().all(|script| engine::scripts(engine).contains(script))
}

/// A layout that a person chose.
pub fn layout(layout: api::TextLayout) -> Layout {
    match layout {
        api::TextLayout::Lines => Layout::Lines,
        api::TextLayout::Paragraphs => Layout::Paragraphs,
        api::TextLayout::OneLine => Layout::OneLine,
    }
}

/// A layout for a person.
pub fn layout_view(layout: Layout) -> api::TextLayout {
    match layout {
        Layout::Lines => api::TextLayout::Lines,
        Layout::Paragraphs => api::TextLayout::Paragraphs,
        Layout::OneLine => api::TextLayout::OneLine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_languages_that_can_be_read_are_taken() {
        let check = |tag: &str, engine: Option<&str>, expected: Result<&str, &str>| {
            let taken = language(tag, engine).map_err(|error| error.to_string());
            assert_eq!(taken.as_deref().map_err(String::as_str), expected);
        };
        check("de", None, Ok("de"));
        check("en-US", Some("ocrs"), Ok("en-US"));
        check("ja", Some("ppocr"), Ok("ja"));
        check(
            "ja",
            Some("ocrs"),
            Err("the engine ocrs cannot read Japanese; choose another one, or leave Japanese out"),
        );
        check("ru", None, Err("no engine that is here can read Russian; leave it out"));
        check("german", None, Err("“german” is no language that Legible knows; write it like de or en-US"));
    }

    #[test]
    fn what_can_be_chosen_can_be_taken() {
        for LanguageView { code, .. } in languages() {
            assert_eq!(language(&code, None).unwrap(), code);
        }
    }
}
