//! What the images of a source are called: a text with places in braces, such as `{date} {source} {n}`.

/// What stands in the places of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// `{name}`: the image's own name without its ending.
    pub name: String,
    /// `{date}`: the day on which it came, as `2026-11-21`.
    pub date: String,
    /// `{time}`: when it came that day, as `14-05-09`.
    pub time: String,
    /// `{source}`: what the source is called.
    pub source: String,
    /// `{n}`: how many images came from the source, with this one.
    pub number: u32,
}

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is a place that means nothing.
    #[error("`{{{0}}}` means nothing in a name; there are {{name}}, {{date}}, {{time}}, {{source}} and {{n}}")]
    Unknown(String),
    /// A brace stands alone.
    #[error("a brace in the name has no partner; write {{name}}, {{date}}, {{time}}, {{source}} or {{n}}")]
    Unpaired,
    /// It would name a folder.
    #[error("a name has no / or \\ in it")]
    Separator,
    /// Nothing is left of it.
    #[error("the name is empty; leave it out to keep the images' own names")]
    Empty,
}

/// The name without its ending that a template makes. It may hold anything; who makes a file of it makes it harmless.
///
/// # Errors
/// When the template cannot be used, whatever stands in its places.
pub fn render(template: &str, places: &Places) -> Result<String, TemplateError> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let place = rest[at..].strip_prefix('{').ok_or(TemplateError::Unpaired)?;
        let end = place.find(['{', '}']).filter(|end| place[*end..].starts_with('}')).ok_or(TemplateError::Unpaired)?;
        match &place[..end] {
            "name" => out.push_str(&places.name),
            "date" => out.push_str(&places.date),
            "time" => out.push_str(&places.time),
            "source" => out.push_str(&places.source),
            "n" => out.push_str(&places.number.to_string()),
            unknown => return Err(TemplateError::Unknown(unknown.to_owned())),
        }
        rest = &place[end + 1..];
    }
    out.push_str(rest);
    if out.trim().is_empty() { Err(TemplateError::Empty) } else { Ok(out.trim().to_owned()) }
}

/// Looks whether a template can be used.
///
/// # Errors
/// When it cannot.
pub fn check(template: &str) -> Result<(), TemplateError> {
    if template.contains(['/', '\\']) {
        return Err(TemplateError::Separator);
    }
    let some = || "x".to_owned();
    render(template, &Places { name: some(), date: some(), time: some(), source: some(), number: 1 }).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_make_names() {
        let places = Places {
            name: "IMG_1".into(),
            date: "2026-11-21".into(),
            time: "14-05-09".into(),
            source: "Scans".into(),
            number: 7,
        };
        let check = |template: &str, expected: Result<&str, TemplateError>| {
            assert_eq!(render(template, &places), expected.map(str::to_owned), "{template}");
            assert_eq!(super::check(template).is_ok(), render(template, &places).is_ok());
        };
        check("{date} {name}", Ok("2026-11-21 IMG_1"));
        check("{source}-{n} {time}", Ok("Scans-7 14-05-09"));
        check("plain", Ok("plain"));
        check(" {name} ", Ok("IMG_1"));
        check("{what}", Err(TemplateError::Unknown("what".into())));
        check("{", Err(TemplateError::Unpaired));
        check("a}", Err(TemplateError::Unpaired));
        check("{na{me}}", Err(TemplateError::Unpaired));
        check("  ", Err(TemplateError::Empty));
        // Only what a person types is looked at: an image's own name may hold anything.
        assert_eq!(super::check("../{name}"), Err(TemplateError::Separator));
        assert_eq!(super::check("a\\b"), Err(TemplateError::Separator));
    }
}
