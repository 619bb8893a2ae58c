//! What the service keeps beside the tables: the secrets of sources, and the places that no source looks into.

use super::cloud::CloudFolder;
use super::secret_of;
use crate::api::{SourceDraft, SourceSpec};
use crate::error::Result;
use crate::handlers::EXPORT;
use crate::places::Places;
use crate::service::Service;
use legible_sources::{Source, SourceId, Spec};
use rusqlite::Connection;
use std::io;
use std::path::PathBuf;

impl Service {
    /// The places that Legible writes to: a source that looked there would find its own output for ever.
    ///
    /// # Errors
    /// When the database or the settings fail.
    pub(crate) fn own_places(&self) -> Result<Vec<PathBuf>> {
        let mut own = vec![self.places().data.clone(), self.places().cache.clone(), self.folder()?.root().to_owned()];
        own.extend(self.places().models.iter().cloned());
        own.extend(self.database().read_blocking(written_to)?);
        Ok(own)
    }

    /// Puts the secrets of a draft into the keychain. One that was left empty stays as it is. Blocks.
    ///
    /// # Errors
    /// When the keychain cannot be used.
    pub(crate) fn keep_secrets(&self, source: &Source, draft: &SourceDraft) -> Result<()> {
        let SourceSpec::Web { headers, .. } = &draft.spec else { return Ok(()) };
        for header in headers.iter().filter(|header| header.secret) {
            if let Some(secret) = header.value.as_deref().filter(|value| !value.is_empty()) {
                self.secrets().set(&secret_of(source, &header.name), secret)?;
            }
        }
        Ok(())
    }

    /// Deletes the secrets of a source from the keychain, but for those that it still has as it is now. One that cannot be
    /// reached keeps them: that is told in the log, for the source is changed or gone already. Blocks.
    pub(crate) fn forget_secrets(&self, source: &Source, now: Option<&Source>) {
        let names = |source| secret_names(source).unwrap_or_default();
        let kept: Vec<String> = now.into_iter().flat_map(names).collect();
        for name in names(source).into_iter().filter(|name| !kept.contains(name)) {
            if let Err(error) = self.secrets().forget(&name) {
                tracing::warn!(%error, "a secret stays in the keychain");
            }
        }
    }

    /// Deletes the beginnings of broken downloads of a source. Blocks.
    pub(crate) fn forget_downloads(&self, id: SourceId) {
        let folder = downloads_of(self.places(), id);
        if let Err(error) = std::fs::remove_dir_all(&folder).or_else(unless_gone) {
            tracing::warn!(%error, folder = %folder.display(), "broken downloads of a source stay");
        }
    }
}

/// Where the beginnings of broken downloads of a source lie.
pub fn downloads_of(places: &Places, id: SourceId) -> PathBuf {
    places.cache.join("downloads").join(id.to_string())
}

fn unless_gone(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// What the secrets of a source are called.
///
/// # Errors
/// When it was set by a newer program.
pub fn secret_names(source: &Source) -> Result<Vec<String>> {
    Ok(match &source.spec {
        Spec::Web(web) => {
            let secret = web.headers.iter().filter(|header| header.value.is_none());
            secret.map(|header| secret_of(source, &header.name)).collect()
        }
        Spec::Remote(spec) => CloudFolder::of(spec)?.secret.into_iter().collect(),
        _ => vec![],
    })
}

/// Where exports go, and the files of sources once they are read.
fn written_to(conn: &Connection) -> Result<Vec<PathBuf>> {
    let exports = legible_jobs::schedules(conn, Some(EXPORT))?;
    let folder =
        |stored: &legible_jobs::StoredSchedule| stored.schedule.payload.get("folder")?.as_str().map(str::to_owned);
    let mut places: Vec<PathBuf> =
        exports.iter().filter_map(folder).filter_map(|text| legible_paths::from_text(&text)).collect();
    places.extend(legible_sources::sources(conn)?.into_iter().flatten().filter_map(|source| source.filing.move_to));
    Ok(places)
}

#[cfg(test)]
mod tests {
    use crate::api::{
        Conditions, EnableSource, Filing, KeepWhat, SourceDraft, SourceRef, TextLayout, WebHeader, WebWhat,
    };
    use crate::sources::{downloads_of, schedule_of, secret_of};
    use crate::testing::Home;
    use legible_sources::SourceId;

    fn draft(headers: &[(&str, Option<&str>)]) -> SourceDraft {
        let header = |(name, secret): &(&str, Option<&str>)| WebHeader {
            name: (*name).into(),
            value: Some(secret.unwrap_or("plain").into()),
            secret: secret.is_some(),
        };
        let spec = crate::api::SourceSpec::Web {
            what: WebWhat::Urls { urls: vec!["http://127.0.0.1:9/a.png".into()] },
            headers: headers.iter().map(header).collect(),
            min_side: 0,
            most: 9,
        };
        let filing = Filing {
            keep: KeepWhat::Copy,
            tags: vec![],
            engine: None,
            languages: vec![],
            layout: TextLayout::Lines,
            name: None,
            move_to: None,
            notify: false,
            rules: vec![],
        };
        let (conditions, zone) = (Conditions::default(), "UTC".to_owned());
        SourceDraft { id: None, name: "web".into(), spec, filing, rule: None, zone, conditions, enabled: true }
    }

    #[test]
    fn secrets_go_with_their_headers_and_downloads_with_their_source() {
        let home = Home::new();
        let save =
            |id, headers: &[_]| home.ask(home.service.save_source(SourceDraft { id, ..draft(headers) })).unwrap();
        let id = save(None, &[("X-Key", Some("a")), ("X-Other", Some("b")), ("X-Plain", Some("c"))]).id;
        let find = |c: &rusqlite::Connection| Ok(legible_sources::source(c, SourceId(id))?.unwrap());
        let source = home.service.database().read_blocking(find).unwrap();
        let kept = |name: &str| home.service.secrets().get(&secret_of(&source, name)).ok();
        assert_eq!(
            [kept("x-key"), kept("X-Other"), kept("X-Plain")],
            [Some("a".into()), Some("b".into()), Some("c".into())]
        );
        save(Some(id), &[("x-KEY", Some("")), ("X-Plain", None)]);
        assert_eq!([kept("X-Key"), kept("X-Other"), kept("X-Plain")], [Some("a".into()), None, None]);
        let downloads = downloads_of(home.service.places(), SourceId(id));
        std::fs::create_dir_all(&downloads).unwrap();
        std::fs::write(downloads.join("begun.part"), "private").unwrap();
        home.ask(home.service.remove_source(SourceRef { id })).unwrap();
        assert_eq!((kept("X-Key"), downloads.exists()), (None, false));
    }

    #[test]
    fn servers_are_asked_only_when_a_person_asks_if_that_is_wanted() {
        let home = Home::new();
        let id = home.ask(home.service.save_source(draft(&[]))).unwrap().id;
        let fires = || {
            let find = |c: &rusqlite::Connection| schedule_of(c, SourceId(id));
            home.service.database().read_blocking(find).unwrap().unwrap().schedule.enabled
        };
        assert!(!fires(), "not even when Legible starts");
        home.ask(home.service.enable_source(EnableSource { id, enabled: false })).unwrap();
        home.ask(home.service.enable_source(EnableSource { id, enabled: true })).unwrap();
        assert!(!fires());
        let rule = Some(crate::api::Rule::Every { seconds: 3600 });
        home.ask(home.service.save_source(SourceDraft { id: Some(id), rule, ..draft(&[]) })).unwrap();
        assert!(fires());
    }
}
