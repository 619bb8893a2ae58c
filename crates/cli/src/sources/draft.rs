//! A source as it is typed.

use crate::args::{Browser, PlaceOptions, Print, SourceOptions, What};
use crate::cloud::draft::{place_of, provider_of, secret};
use crate::needs::conditions;
use crate::paths::whole_path;
use anyhow::{Context, bail, ensure};
use legible_service::api::{
    Conditions, Filing, FilingRule, KeepWhat, NetworkNeed, Rule, SourceDraft, SourceSpec, StoragePlace, TextLayout,
    WebHeader, WebWhat, WriteText,
};
use legible_service::{parse_rule, system_zone};
use std::io::BufRead;
use std::path::Path;

/// How often a source looks if nobody says when, in seconds.
const EVERY: u32 = 60 * 60;

/// How long a file must have been left alone if nobody says so, in milliseconds.
const QUIET_MS: u32 = 2000;

/// The most images that one look fetches if nobody says so.
const MOST: u32 = 500;

/// What is said where something is said of a source that means nothing for it.
const ONLY_SERVERS: &str = "--header, --secret-header, --min-side and --most are for servers only";
const ONLY_FOLDERS: &str = "--flat, --quiet and --move-to are for folders only";
const ONLY_STORAGES: &str = "--most-megabytes and --write-text are for storages only";

/// A new source, and how it is printed.
///
/// # Errors
/// When something in it is not understood.
pub fn new(what: What, now: i64) -> anyhow::Result<(SourceDraft, Print)> {
    let online = Conditions { network: NetworkNeed::Connected, ..Conditions::default() };
    let web = |what| SourceSpec::Web { what, headers: vec![], min_side: 0, most: MOST };
    let (spec, conditions, options) = match what {
        What::Folder { path, options } => {
            let spec = SourceSpec::Folder {
                path: whole_path(&path)?,
                recursive: true,
                include: vec![],
                exclude: vec![],
                quiet_ms: QUIET_MS,
            };
            (spec, Conditions::default(), options)
        }
        What::Urls { urls, options } => (web(WebWhat::Urls { urls }), online, options),
        What::Page { url, depth, options } => (web(WebWhat::Page { url, depth }), online, options),
        What::Feed { url, options } => (web(WebWhat::Feed { url }), online, options),
        What::Cloud { place, at, options } => {
            let spec = cloud(place.as_deref(), &at)?;
            let is_here = matches!(spec, SourceSpec::Cloud { place: StoragePlace::Folder { .. }, .. });
            (spec, if is_here { Conditions::default() } else { online }, options)
        }
        What::Api { url, json_path, options } => (web(WebWhat::Api { url, path: json_path }), online, options),
    };
    let filing = Filing {
        keep: KeepWhat::Copy,
        tags: vec![],
        engine: None,
        languages: vec![],
        layout: TextLayout::default(),
        name: None,
        move_to: None,
        notify: matches!(spec, SourceSpec::Web { .. } | SourceSpec::Cloud { .. }),
        rules: vec![],
    };
    let rule = Some(Rule::Every { seconds: EVERY });
    let (name, zone) = (String::new(), system_zone());
    let draft = SourceDraft { id: None, name, spec, filing, rule, zone, conditions, enabled: true };
    Ok((changed(draft, &options, now)?, options.print))
}

/// How a person signs in for a new source, where one does.
pub fn browser(what: &What) -> Browser {
    match what {
        What::Cloud { at, .. } => at.browser,
        _ => Browser::default(),
    }
}

/// A folder on a storage of which nothing else is said.
fn cloud(place: Option<&str>, at: &PlaceOptions) -> anyhow::Result<SourceSpec> {
    let place = place_of(place, at)?;
    // Before anybody signs in.
    let is_named = at.folder.as_ref().is_some_and(|folder| !folder.trim().trim_matches('/').is_empty());
    ensure!(provider_of(&place).is_none() || is_named, "name the folder there, such as --folder 'Camera Uploads'");
    Ok(SourceSpec::Cloud {
        place,
        secret: at.secret_from.as_deref().map(secret).transpose()?,
        sign_in: None,
        include: vec![],
        exclude: vec![],
        most_megabytes: None,
        write_text: WriteText::Off,
    })
}

/// The draft with the password or key of its storage that was typed anew.
///
/// # Errors
/// When it has none.
pub fn with_secret(mut draft: SourceDraft, from: Option<&Path>) -> anyhow::Result<SourceDraft> {
    match (&mut draft.spec, from) {
        (_, None) => {}
        (SourceSpec::Cloud { secret: typed, .. }, Some(file)) => *typed = Some(secret(file)?),
        (_, Some(_)) => bail!("--secret-from is for storages only"),
    }
    Ok(draft)
}

/// The draft with what was said of it.
///
/// # Errors
/// When something is not understood, or means nothing for such a source.
pub fn changed(mut draft: SourceDraft, options: &SourceOptions, now: i64) -> anyhow::Result<SourceDraft> {
    draft.name = options.name.clone().unwrap_or(draft.name);
    draft.zone = options.zone.clone().unwrap_or(draft.zone);
    match options.when.as_deref() {
        None => {}
        Some("never") => draft.rule = None,
        Some(when) => draft.rule = Some(parse_rule(when, &draft.zone, now)?),
    }
    if !options.needs.is_empty() {
        draft.conditions = conditions(&options.needs)?;
    }
    spec(&mut draft.spec, options)?;
    filing(&mut draft.filing, options)?;
    Ok(draft)
}

fn spec(spec: &mut SourceSpec, options: &SourceOptions) -> anyhow::Result<()> {
    let like = !options.include.is_empty() || !options.exclude.is_empty();
    let for_folders = options.flat || options.quiet.is_some() || options.move_to.is_some();
    let for_storages = options.most_megabytes.is_some() || options.write_text.is_some();
    let for_web = !options.header.is_empty()
        || !options.secret_header.is_empty()
        || options.min_side.is_some()
        || options.most.is_some();
    match spec {
        SourceSpec::Folder { recursive, include, exclude, quiet_ms, .. } => {
            ensure!(!for_web, ONLY_SERVERS);
            ensure!(!for_storages, ONLY_STORAGES);
            *recursive &= !options.flat;
            replace(include, &options.include);
            replace(exclude, &options.exclude);
            *quiet_ms = options.quiet.unwrap_or(*quiet_ms);
        }
        SourceSpec::Web { headers, min_side, most, .. } => {
            ensure!(!for_folders, ONLY_FOLDERS);
            ensure!(!like, "--include and --exclude are for folders and storages only");
            ensure!(!for_storages, ONLY_STORAGES);
            let typed = options.header.iter().map(|text| header(text)).collect::<anyhow::Result<Vec<_>>>()?;
            let typed = typed.into_iter().chain(secret_headers(&options.secret_header)?);
            for header in typed {
                headers.retain(|known| !known.name.eq_ignore_ascii_case(&header.name));
                headers.push(header);
            }
            *min_side = options.min_side.unwrap_or(*min_side);
            *most = options.most.unwrap_or(*most);
        }
        SourceSpec::Cloud { include, exclude, most_megabytes, write_text, .. } => {
            ensure!(!for_web, ONLY_SERVERS);
            ensure!(!for_folders, ONLY_FOLDERS);
            replace(include, &options.include);
            replace(exclude, &options.exclude);
            *most_megabytes = options.most_megabytes.or(*most_megabytes).filter(|most| *most > 0);
            *write_text = options.write_text.unwrap_or(*write_text);
        }
        SourceSpec::Screen { .. } | SourceSpec::Clipboard { .. } | SourceSpec::Camera {} => {
            let said = for_web || for_folders || for_storages || like;
            ensure!(!said, "this is set in the app: it takes what you give it");
        }
    }
    Ok(())
}

fn filing(filing: &mut Filing, options: &SourceOptions) -> anyhow::Result<()> {
    filing.keep = options.keep.unwrap_or(filing.keep);
    replace(&mut filing.tags, &options.tag);
    filing.engine = options.engine.clone().or(filing.engine.take());
    match options.language.as_slice() {
        [any] if any == "any" => filing.languages.clear(),
        languages => replace(&mut filing.languages, languages),
    }
    filing.layout = options.layout.unwrap_or(filing.layout);
    filing.name = options.rename.clone().or(filing.name.take());
    if let Some(folder) = &options.move_to {
        filing.move_to = Some(whole_path(folder)?);
    }
    filing.notify = (filing.notify || options.notify) && !options.quietly;
    if !options.rule.is_empty() {
        filing.rules = options.rule.iter().map(|text| rule(text)).collect::<anyhow::Result<_>>()?;
    }
    Ok(())
}

fn replace(old: &mut Vec<String>, new: &[String]) {
    if !new.is_empty() {
        *old = new.to_vec();
    }
}

fn header(text: &str) -> anyhow::Result<WebHeader> {
    let (name, value) = text.split_once(':').with_context(|| format!("{text} is not like Accept-Language: de"))?;
    Ok(WebHeader { name: name.trim().to_owned(), value: Some(value.trim().to_owned()), secret: false })
}

/// Secret headers, whose values come a line each on standard input: what is typed as an argument is seen by all.
fn secret_headers(names: &[String]) -> anyhow::Result<Vec<WebHeader>> {
    let mut lines = std::io::stdin().lock().lines();
    let secret = |name: &String| {
        let value = lines.next().with_context(|| format!("give the value of {name} on standard input"))??;
        Ok(WebHeader { name: name.clone(), value: Some(value), secret: true })
    };
    names.iter().map(secret).collect()
}

/// A rule such as `invoice => invoice, remind:3`.
fn rule(text: &str) -> anyhow::Result<FilingRule> {
    let (when, then) = text.split_once("=>").with_context(|| format!("{text} is not like 'invoice => invoice'"))?;
    let mut rule = FilingRule { when: when.trim().to_owned(), tags: vec![], remind_days_before: None };
    for part in then.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once(':') {
            None if part == "remind" => rule.remind_days_before = Some(0),
            Some(("remind", days)) => {
                let Ok(days) = days.trim().parse() else { bail!("{days} is no number of days before the due date") };
                rule.remind_days_before = Some(days);
            }
            _ => rule.tags.push(part.to_owned()),
        }
    }
    Ok(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read() {
        let check = |text: &str, expected: Result<(&str, &[&str], Option<u16>), &str>| {
            let read = rule(text).map_err(|error| error.to_string());
            let read = read.as_ref().map(|rule| {
                (rule.when.as_str(), rule.tags.iter().map(String::as_str).collect::<Vec<_>>(), rule.remind_days_before)
            });
            let expected = expected.map(|(when, tags, remind)| (when, tags.to_vec(), remind));
            assert_eq!(read.map_err(String::as_str), expected);
        };
        check("invoice => invoice", Ok(("invoice", &["invoice"], None)));
        check(
            "\"amount due\" -paid => bills, to pay, remind:3",
            Ok(("\"amount due\" -paid", &["bills", "to pay"], Some(3))),
        );
        check("rent=>remind", Ok(("rent", &[], Some(0))));
        check("invoice", Err("invoice is not like 'invoice => invoice'"));
        check("a => remind:soon", Err("soon is no number of days before the due date"));
    }
}
