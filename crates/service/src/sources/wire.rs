//! Sources between the wire and their tables.

use super::cloud::CloudFolder;
use super::schedule_of;
use super::text::{language, layout, layout_view};
use crate::api;
use crate::error::{Error, Result};
use crate::schedules::{conditions_view, rule_view, system_zone, unusable};
use legible_jobs::{Rule, Trigger};
use legible_library::limits::{MAX_TAG_CHARS, MAX_TAGS};
use legible_sources::folder::Wanted;
use legible_sources::{
    ClipboardSpec, Filing, FilingRule, FolderSpec, Header, Keep, Kind, Remind, RemoteSpec, ScreenSpec, Source,
    SourceId, Spec, WebSpec, What, WriteText, shortcut, template,
};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// The most rules of one source.
const MAX_RULES: usize = 100;

/// The longest time that a file may have to be left alone, in milliseconds.
const MAX_QUIET_MS: u32 = 24 * 60 * 60 * 1000;

/// The most characters of a name.
const MAX_NAME: usize = 200;

/// A draft as the tables keep it; the number of a new one counts for nothing.
///
/// # Errors
/// When something in it cannot be used; the message says what and what would be right.
pub fn source(draft: &api::SourceDraft, now: i64) -> Result<Source> {
    let spec = spec(&draft.spec)?;
    let filing = filing(&draft.filing, spec.kind())?;
    let name = match draft.name.trim() {
        "" => name_of(&spec),
        name if name.chars().count() > MAX_NAME => {
            return Err(Error::BadRequest(format!("a name may have {MAX_NAME} characters")));
        }
        name => name.to_owned(),
    };
    let id = SourceId(draft.id.unwrap_or(0));
    Ok(Source { id, name, spec, filing, enabled: draft.enabled, created_at: now })
}

/// Looks whether a source can look at what it names. A new one is told of a folder that is not there, which is only a trouble
/// later. `own` are the places that Legible writes to, `others` the other sources.
///
/// # Errors
/// When it cannot, or would keep another source from looking.
pub fn check(source: &Source, own: &[PathBuf], others: &[Source]) -> Result<()> {
    let Spec::Folder(FolderSpec { path, .. }) = &source.spec else { return Ok(()) };
    if source.id == SourceId(0) && !path.is_dir() {
        return Err(Error::BadRequest(format!("there is no folder {}; make it first", path.display())));
    }
    if let Some(own) = own.iter().find(|own| path.starts_with(own)) {
        let message = format!("{} belongs to Legible; choose a folder of your images", own.display());
        return Err(Error::BadRequest(message));
    }
    let Some(target) = &source.filing.move_to else { return Ok(()) };
    if path.starts_with(target) {
        return Err(Error::BadRequest(format!("files cannot be moved to {}, where they come from", target.display())));
    }
    let is_there = |other: &&Source| match &other.spec {
        Spec::Folder(folder) => other.id != source.id && folder.path.starts_with(target),
        _ => false,
    };
    match others.iter().find(is_there) {
        // Where files are moved to, no source looks: they would be taken in again.
        Some(other) => {
            let message = format!("files cannot be moved to {}, where {} looks", target.display(), other.name);
            Err(Error::BadRequest(message))
        }
        None => Ok(()),
    }
}

/// A stored source as a person set it.
///
/// # Errors
/// When the database fails.
pub fn draft(conn: &Connection, source: &Source) -> Result<api::SourceDraft> {
    let spec = spec_view(&source.spec)?;
    let schedule = schedule_of(conn, source.id)?.map(|stored| stored.schedule);
    let by_clock = schedule.as_ref().filter(|schedule| schedule.rule != only_at_start());
    Ok(api::SourceDraft {
        id: Some(source.id.0),
        name: source.name.clone(),
        spec,
        filing: filing_view(&source.filing),
        rule: by_clock.map(|schedule| rule_view(&schedule.rule)),
        zone: schedule.as_ref().map_or_else(system_zone, |schedule| schedule.zone.clone()),
        conditions: schedule.as_ref().map(|schedule| conditions_view(&schedule.conditions)).unwrap_or_default(),
        enabled: source.enabled,
    })
}

/// The rule of a source that does not look by the clock: it looks when Legible starts.
pub fn only_at_start() -> Rule {
    Rule::On { trigger: Trigger::AppStart }
}

fn spec(spec: &api::SourceSpec) -> Result<Spec> {
    Ok(match spec {
        api::SourceSpec::Folder { path, recursive, include, exclude, quiet_ms } => {
            let path = absolute(path)?;
            let (recursive, quiet_ms) = (*recursive, *quiet_ms);
            if quiet_ms > MAX_QUIET_MS {
                return Err(Error::BadRequest(
                    "files can be left alone for a day at most before they are taken".into(),
                ));
            }
            let spec = FolderSpec { path, recursive, include: trimmed(include), exclude: trimmed(exclude), quiet_ms };
            Wanted::new(&spec, &[]).map_err(|error| unusable(&error))?;
            Spec::Folder(spec)
        }
        api::SourceSpec::Web { what, headers, min_side, most } => {
            if *most == 0 {
                return Err(Error::BadRequest(
                    "a look that takes no image is of no use; let it take one at least".into(),
                ));
            }
            let headers = headers.iter().map(header).collect();
            let spec = WebSpec { what: self::what(what), headers, min_side: *min_side, most: *most };
            legible_sources::fetch::validate(&spec).map_err(Error::Fetch)?;
            Spec::Web(spec)
        }
        api::SourceSpec::Screen { shortcut, copy } => {
            let shortcut = shortcut.as_deref().map(str::trim).filter(|keys| !keys.is_empty());
            let shortcut = shortcut.map(shortcut::parse).transpose().map_err(|error| unusable(&error))?;
            Spec::Screen(ScreenSpec { shortcut, copy: *copy })
        }
        api::SourceSpec::Clipboard { min_side, exclude } => {
            Spec::Clipboard(ClipboardSpec { min_side: *min_side, exclude: trimmed(exclude) })
        }
        api::SourceSpec::Camera {} => Spec::Camera,
        api::SourceSpec::Cloud { place, include, exclude, most_megabytes, write_text, .. } => {
            let (include, exclude) = (trimmed(include), trimmed(exclude));
            Wanted::like(&include, &exclude).map_err(|error| unusable(&error))?;
            Spec::Remote(RemoteSpec {
                storage: CloudFolder::at(place)?.written()?,
                include,
                exclude,
                most_megabytes: most_megabytes.filter(|most| *most > 0),
                write_text: match write_text {
                    api::WriteText::Off => WriteText::Off,
                    api::WriteText::Plain => WriteText::Plain,
                    api::WriteText::Markdown => WriteText::Markdown,
                },
            })
        }
    })
}

fn spec_view(spec: &Spec) -> Result<api::SourceSpec> {
    Ok(match spec {
        Spec::Folder(FolderSpec { path, recursive, include, exclude, quiet_ms }) => api::SourceSpec::Folder {
            path: legible_paths::to_text(path),
            recursive: *recursive,
            include: include.clone(),
            exclude: exclude.clone(),
            quiet_ms: *quiet_ms,
        },
        Spec::Web(WebSpec { what, headers, min_side, most }) => api::SourceSpec::Web {
            what: what_view(what),
            headers: headers.iter().map(header_view).collect(),
            min_side: *min_side,
            most: *most,
        },
        Spec::Screen(ScreenSpec { shortcut, copy }) => {
            api::SourceSpec::Screen { shortcut: shortcut.clone(), copy: *copy }
        }
        Spec::Clipboard(ClipboardSpec { min_side, exclude }) => {
            api::SourceSpec::Clipboard { min_side: *min_side, exclude: exclude.clone() }
        }
        Spec::Camera => api::SourceSpec::Camera {},
        Spec::Remote(remote) => api::SourceSpec::Cloud {
            place: CloudFolder::of(remote)?.view(),
            secret: None,
            sign_in: None,
            include: remote.include.clone(),
            exclude: remote.exclude.clone(),
            most_megabytes: remote.most_megabytes,
            write_text: match remote.write_text {
                WriteText::Off => api::WriteText::Off,
                WriteText::Plain => api::WriteText::Plain,
                WriteText::Markdown => api::WriteText::Markdown,
            },
        },
    })
}

fn what(what: &api::WebWhat) -> What {
    let trim = |text: &str| text.trim().to_owned();
    match what {
        api::WebWhat::Urls { urls } => What::Urls { urls: trimmed(urls) },
        api::WebWhat::Page { url, depth } => What::Page { url: trim(url), depth: *depth },
        api::WebWhat::Feed { url } => What::Feed { url: trim(url) },
        api::WebWhat::Api { url, path } => What::Api { url: trim(url), path: trim(path) },
    }
}

fn what_view(what: &What) -> api::WebWhat {
    match what.clone() {
        What::Urls { urls } => api::WebWhat::Urls { urls },
        What::Page { url, depth } => api::WebWhat::Page { url, depth },
        What::Feed { url } => api::WebWhat::Feed { url },
        What::Api { url, path } => api::WebWhat::Api { url, path },
    }
}

fn header(header: &api::WebHeader) -> Header {
    let value = header.value.clone().unwrap_or_default();
    Header { name: header.name.trim().to_owned(), value: Some(value).filter(|_| !header.secret) }
}

fn header_view(header: &Header) -> api::WebHeader {
    api::WebHeader { name: header.name.clone(), value: header.value.clone(), secret: header.value.is_none() }
}

fn filing(filing: &api::Filing, kind: Kind) -> Result<Filing> {
    let keep = match filing.keep {
        api::KeepWhat::Copy => Keep::Copy,
        api::KeepWhat::InPlace if kind == Kind::Folder => Keep::InPlace,
        api::KeepWhat::InPlace => {
            return Err(Error::BadRequest("only files of a folder can stay where they are".into()));
        }
        api::KeepWhat::Text => Keep::Text,
    };
    let move_to = filing.move_to.as_deref().map(str::trim).filter(|path| !path.is_empty());
    if move_to.is_some() && kind != Kind::Folder {
        return Err(Error::BadRequest("only files of a folder can be moved once they are read".into()));
    }
    let name = filing.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    name.map(template::check).transpose().map_err(|error| unusable(&error))?;
    let engine = filing.engine.as_deref().map(str::trim).filter(|engine| !engine.is_empty());
    if let Some(unknown) = engine.filter(|engine| legible_vision::engine::signature(engine).is_none()) {
        return Err(Error::BadRequest(format!("there is no engine {unknown}; choose ppocr or ocrs")));
    }
    let languages = filing.languages.iter().map(|tag| language(tag.trim(), engine)).collect::<Result<_>>()?;
    if filing.rules.len() > MAX_RULES {
        return Err(Error::BadRequest(format!("a source may have {MAX_RULES} rules")));
    }
    Ok(Filing {
        keep,
        tags: tags(&filing.tags)?,
        engine: engine.map(str::to_owned),
        languages,
        layout: layout(filing.layout),
        name: name.map(str::to_owned),
        move_to: move_to.map(absolute).transpose()?,
        notify: filing.notify,
        rules: filing.rules.iter().map(filing_rule).collect::<Result<_>>()?,
    })
}

fn filing_rule(rule: &api::FilingRule) -> Result<FilingRule> {
    let (when, tags) = (rule.when.trim().to_owned(), tags(&rule.tags)?);
    let query = legible_library::Query::parse(&when);
    if query.is_empty() {
        return Err(Error::BadRequest("a rule needs a search that says when it holds".into()));
    }
    if !query.descriptions().is_empty() {
        return Err(Error::BadRequest(
            "a rule cannot ask for a description: take looks: out, or write label: instead".into(),
        ));
    }
    if tags.is_empty() && rule.remind_days_before.is_none() {
        return Err(Error::BadRequest(format!("the rule for “{when}” does nothing; give it a tag or a reminder")));
    }
    let remind = rule.remind_days_before.map(|days_before| Remind { days_before });
    Ok(FilingRule { when, tags, remind })
}

fn filing_view(filing: &Filing) -> api::Filing {
    let rule = |rule: &FilingRule| api::FilingRule {
        when: rule.when.clone(),
        tags: rule.tags.clone(),
        remind_days_before: rule.remind.map(|remind| remind.days_before),
    };
    api::Filing {
        keep: match filing.keep {
            Keep::Copy => api::KeepWhat::Copy,
            Keep::InPlace => api::KeepWhat::InPlace,
            Keep::Text => api::KeepWhat::Text,
        },
        tags: filing.tags.clone(),
        engine: filing.engine.clone(),
        languages: filing.languages.clone(),
        layout: layout_view(filing.layout),
        name: filing.name.clone(),
        move_to: filing.move_to.as_deref().map(legible_paths::to_text),
        notify: filing.notify,
        rules: filing.rules.iter().map(rule).collect(),
    }
}

/// What a source is called that nobody gave a name.
fn name_of(spec: &Spec) -> String {
    let host = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or(rest).to_owned()
    };
    match spec {
        Spec::Folder(FolderSpec { path, .. }) => {
            path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
        }
        Spec::Web(WebSpec { what, .. }) => match what {
            What::Urls { urls } => urls.first().map(|url| host(url)).unwrap_or_default(),
            What::Page { url, .. } | What::Feed { url } | What::Api { url, .. } => host(url),
        },
        Spec::Screen(_) => "Screen".into(),
        Spec::Clipboard(_) => "Clipboard".into(),
        Spec::Camera => "Camera".into(),
        Spec::Remote(remote) => CloudFolder::of(remote).map_or_else(|_| "Cloud folder".into(), |folder| folder.name()),
    }
}

fn tags(typed: &[String]) -> Result<Vec<String>> {
    let tags = trimmed(typed);
    if tags.len() > MAX_TAGS {
        return Err(Error::BadRequest(format!("an image may have {MAX_TAGS} tags")));
    }
    if let Some(long) = tags.iter().find(|tag| tag.chars().count() > MAX_TAG_CHARS) {
        return Err(Error::BadRequest(format!("the tag {long} is too long: it may have {MAX_TAG_CHARS} characters")));
    }
    Ok(tags)
}

fn trimmed(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

fn absolute(text: &str) -> Result<PathBuf> {
    let path = legible_paths::from_text(text.trim()).filter(|path| Path::is_absolute(path));
    path.ok_or_else(|| Error::BadRequest(format!("{text} is no absolute path")))
}
