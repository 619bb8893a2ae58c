//! The names of months, whole and as they are shortened, in the languages whose texts are read most (CLDR).

/// Names of months by language, January first. A beginning of at least three letters is a month's too, if it is that of no other.
const NAMES: &[[&str; 12]] = &[
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
    [
        "januar",
        "februar",
        "märz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
    ],
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    [
        "stycznia",
        "lutego",
        "marca",
        "kwietnia",
        "maja",
        "czerwca",
        "lipca",
        "sierpnia",
        "września",
        "października",
        "listopada",
        "grudnia",
    ],
    [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
];
const LEAST_LETTERS: usize = 3;

/// Which month has a name, 1 to 12, in any case.
pub fn number(name: &str) -> Option<i8> {
    let name = name.to_lowercase();
    if name.chars().count() < LEAST_LETTERS {
        return None;
    }
    let months = NAMES.iter().flat_map(|names| names.iter().zip(1_i8..));
    let meant: std::collections::BTreeSet<i8> =
        months.clone().filter(|(whole, _)| whole.starts_with(&name)).map(|(_, number)| number).collect();
    let exact = months.filter(|(whole, _)| **whole == name).map(|(_, number)| number).next();
    exact.or_else(|| (meant.len() == 1).then(|| meant.into_iter().next()).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_names() {
        let check = |name: &str, expected: Option<i8>| assert_eq!(number(name), expected, "{name}");
        check("November", Some(11));
        check("NOV", Some(11));
        check("Sept", Some(9));
        check("Mär", Some(3));
        check("März", Some(3));
        check("mai", Some(5));
        check("août", Some(8));
        check("декабря", Some(12));
        check("may", Some(5));
        check("Mar", Some(3));
        check("Ma", None);
        check("Mayor", None);
        // June and July in one, January and the like in another language.
        check("jui", None);
        check("the", None);
    }
}
