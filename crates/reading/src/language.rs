//! Languages as people name them, by their tags (BCP 47), and the scripts that they are written in.

use serde::{Deserialize, Serialize};

/// A script, as far as an engine or a hint tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// Latin letters with all their marks.
    Latin,
    /// Han characters, with the punctuation and the wide forms that go with them.
    Han,
    /// Hiragana and katakana.
    Kana,
    /// Korean letters and syllables.
    Hangul,
    /// Cyrillic letters.
    Cyrillic,
    /// Greek letters.
    Greek,
    /// Arabic letters.
    Arabic,
    /// Hebrew letters.
    Hebrew,
    /// Devanagari.
    Devanagari,
    /// Thai.
    Thai,
}

impl Script {
    /// The script that a character belongs to; `None` for one that many use, such as a digit, a blank or a comma, and
    /// for one of a script that is not listed.
    pub fn of(character: char) -> Option<Script> {
        Some(match character {
            'A'..='Z' | 'a'..='z' | 'ª' | 'º' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ʯ' | 'Ḁ'..='ỿ' | 'ﬀ'..='ﬆ' => {
                Script::Latin
            }
            'Ͱ'..='Ͽ' | 'ἀ'..='῾' => Script::Greek,
            'Ѐ'..='ԯ' => Script::Cyrillic,
            '\u{0590}'..='\u{05FF}' => Script::Hebrew,
            '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => {
                Script::Arabic
            }
            '\u{0900}'..='\u{097F}' => Script::Devanagari,
            '\u{0E00}'..='\u{0E7F}' => Script::Thai,
            '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7AF}' => Script::Hangul,
            '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{FF65}'..='\u{FF9F}' => Script::Kana,
            '\u{2E80}'..='\u{303F}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF00}'..='\u{FF64}'
            | '\u{FFE0}'..='\u{FFEF}'
            | '\u{20000}'..='\u{3FFFF}' => Script::Han,
            _ => return None,
        })
    }
}

/// A language.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// Its code of two letters (ISO 639-1).
    pub code: &'static str,
    /// Its English name.
    pub name: &'static str,
    /// What it is written in. Latin letters occur in all of them and go without saying.
    pub scripts: &'static [Script],
}

/// The language of a tag such as `de` or `en-US`; `None` for one that is not listed or no tag.
pub fn language(tag: &str) -> Option<&'static Language> {
    let (code, region) = tag.split_once(['-', '_']).map_or((tag, None), |(code, region)| (code, Some(region)));
    let is_region = |region: &str| region.len() == 2 && region.chars().all(|c| c.is_ascii_alphabetic());
    if !region.is_none_or(is_region) {
        return None;
    }
    LANGUAGES.iter().find(|language| language.code.eq_ignore_ascii_case(code))
}

/// The scripts to expect in texts of these languages; none where no language is named that is known: then any may come.
pub fn scripts(tags: &[String]) -> Vec<Script> {
    let named: Vec<&Language> = tags.iter().filter_map(|tag| language(tag)).collect();
    let latin = (!named.is_empty()).then_some(Script::Latin);
    let mut scripts: Vec<Script> = latin.into_iter().collect();
    for script in named.iter().flat_map(|language| language.scripts) {
        if !scripts.contains(script) {
            scripts.push(*script);
        }
    }
    scripts
}

const LATIN: &[Script] = &[Script::Latin];
const CYRILLIC: &[Script] = &[Script::Cyrillic];
const ARABIC: &[Script] = &[Script::Arabic];
const DEVANAGARI: &[Script] = &[Script::Devanagari];

const fn one(code: &'static str, name: &'static str, scripts: &'static [Script]) -> Language {
    Language { code, name, scripts }
}

/// The languages that can be named, by their names.
pub const LANGUAGES: [Language; 55] = [
    one("af", "Afrikaans", LATIN),
    one("sq", "Albanian", LATIN),
    one("ar", "Arabic", ARABIC),
    one("az", "Azerbaijani", LATIN),
    one("eu", "Basque", LATIN),
    one("be", "Belarusian", CYRILLIC),
    one("bs", "Bosnian", LATIN),
    one("bg", "Bulgarian", CYRILLIC),
    one("ca", "Catalan", LATIN),
    one("zh", "Chinese", &[Script::Han]),
    one("hr", "Croatian", LATIN),
    one("cs", "Czech", LATIN),
    one("da", "Danish", LATIN),
    one("nl", "Dutch", LATIN),
    one("en", "English", LATIN),
    one("et", "Estonian", LATIN),
    one("fi", "Finnish", LATIN),
    one("fr", "French", LATIN),
    one("gl", "Galician", LATIN),
    one("de", "German", LATIN),
    one("el", "Greek", &[Script::Greek]),
    one("he", "Hebrew", &[Script::Hebrew]),
    one("hi", "Hindi", DEVANAGARI),
    one("hu", "Hungarian", LATIN),
    one("is", "Icelandic", LATIN),
    one("id", "Indonesian", LATIN),
    one("ga", "Irish", LATIN),
    one("it", "Italian", LATIN),
    one("ja", "Japanese", &[Script::Han, Script::Kana]),
    one("ko", "Korean", &[Script::Hangul]),
    one("la", "Latin", LATIN),
    one("lv", "Latvian", LATIN),
    one("lt", "Lithuanian", LATIN),
    one("mk", "Macedonian", CYRILLIC),
    one("ms", "Malay", LATIN),
    one("mr", "Marathi", DEVANAGARI),
    one("ne", "Nepali", DEVANAGARI),
    one("no", "Norwegian", LATIN),
    one("fa", "Persian", ARABIC),
    one("pl", "Polish", LATIN),
    one("pt", "Portuguese", LATIN),
    one("ro", "Romanian", LATIN),
    one("ru", "Russian", CYRILLIC),
    one("sr", "Serbian", &[Script::Latin, Script::Cyrillic]),
    one("sk", "Slovak", LATIN),
    one("sl", "Slovenian", LATIN),
    one("es", "Spanish", LATIN),
    one("sw", "Swahili", LATIN),
    one("sv", "Swedish", LATIN),
    one("th", "Thai", &[Script::Thai]),
    one("tr", "Turkish", LATIN),
    one("uk", "Ukrainian", CYRILLIC),
    one("ur", "Urdu", ARABIC),
    one("vi", "Vietnamese", LATIN),
    one("cy", "Welsh", LATIN),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_name_languages() {
        let check = |tag: &str, expected: Option<&str>| assert_eq!(language(tag).map(|l| l.name), expected, "{tag}");
        check("de", Some("German"));
        check("EN-us", Some("English"));
        check("pt_BR", Some("Portuguese"));
        check("german", None);
        check("de-", None);
        check("de-Latn", None);
        check("xx", None);
        check("", None);
    }

    #[test]
    fn languages_say_which_scripts_come() {
        let check = |tags: &[&str], expected: &[Script]| {
            let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            assert_eq!(scripts(&tags), expected, "{tags:?}");
        };
        check(&[], &[]);
        check(&["xx"], &[]);
        check(&["de", "en-US"], &[Script::Latin]);
        check(&["ja", "zh"], &[Script::Latin, Script::Han, Script::Kana]);
        check(&["sr"], &[Script::Latin, Script::Cyrillic]);
    }

    #[test]
    fn characters_belong_to_scripts() {
        let check = |text: &str, expected: Option<Script>| {
            text.chars().for_each(|character| assert_eq!(Script::of(character), expected, "{character}"));
        };
        check("aZßŁřʒệﬁ", Some(Script::Latin));
        check("0 .,-+€%×÷°", None);
        check("中〇。，（𠮷", Some(Script::Han));
        check("のカー", Some(Script::Kana));
        check("한", Some(Script::Hangul));
        check("Яї", Some(Script::Cyrillic));
        check("Ωά", Some(Script::Greek));
        check("שב", Some(Script::Hebrew));
        check("سپ", Some(Script::Arabic));
        check("हिं", Some(Script::Devanagari));
        check("ไทย", Some(Script::Thai));
    }
}
