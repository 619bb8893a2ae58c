//! The settings file: TOML in the config directory. A missing field means the default; unknown fields are kept.

use crate::api::{CloudClients, Keep, ModelChoices, Notify, Push, PushKind, Settings, WindowClose};
use crate::error::{Error, Result};
use crate::limits::{MAX_OWN_TAG_CHARS, MAX_OWN_TAGS};
use crate::places::Places;
use crate::push::Address;
use crate::telling::quiet::QuietHours;
use std::io::Write;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Reads and writes the settings.
#[derive(Debug, Clone)]
pub struct SettingsFile {
    path: PathBuf,
    defaults: Settings,
}

impl SettingsFile {
    /// The settings file of these places.
    pub fn new(places: &Places) -> Self {
        SettingsFile {
            path: places.config.join("settings.toml"),
            defaults: Settings {
                library_folder: places.default_library.to_string_lossy().into_owned(),
                keep: Keep::Copy,
                engine: "ppocr".into(),
                models: ModelChoices::default(),
                notify: ALL_TOLD,
                quiet_hours: None,
                push: Push { kind: PushKind::Off, url: String::new() },
                window_close: WindowClose::KeepRunning,
                start_at_login: false,
                start_hidden: true,
                cloud: CloudClients::default(),
            },
        }
    }

    /// The settings as they stand.
    ///
    /// # Errors
    /// When the file cannot be read or is no TOML. It is then left as it is, and the defaults are not used silently.
    pub fn load(&self) -> Result<Settings> {
        let mut merged = as_table(&self.defaults)?;
        lay_over(&mut merged, as_written_today(self.table()?));
        let mut settings: Settings =
            Value::Table(merged).try_into().map_err(|e: toml::de::Error| self.unusable(e.message()))?;
        // A tag that cannot be one is no reason to use nothing of the file.
        settings.models.tags.retain(|tag| check_tag(tag).inspect_err(|problem| tracing::warn!("{problem}")).is_ok());
        settings.models.tags.truncate(MAX_OWN_TAGS);
        check(&settings).map_err(|problem| self.unusable(&problem))?;
        Ok(settings)
    }

    /// What holds where the file says nothing.
    pub fn defaults(&self) -> &Settings {
        &self.defaults
    }

    /// Renames the file and goes back to the defaults. What the file says of the library folder is kept if it can be made
    /// out: by default there would be no image where the library looks for them. The old file stays for a person to look at.
    ///
    /// # Errors
    /// When a file cannot be read, renamed or written.
    pub fn reset(&self) -> Result<()> {
        let failed = |error| Error::File { path: self.path.clone(), error };
        let text = match std::fs::read(&self.path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        std::fs::rename(&self.path, self.path.with_extension("toml.unusable")).map_err(failed)?;
        let folder = |line: &str| line.parse::<Table>().ok()?.get("library_folder")?.as_str().map(str::to_owned);
        match text.lines().rev().filter_map(folder).find(|folder| Path::new(folder).is_absolute()) {
            Some(library_folder) => self.save(&Settings { library_folder, ..self.defaults.clone() }),
            None => Ok(()),
        }
    }

    /// Writes the settings, whole or not at all.
    ///
    /// # Errors
    /// When a setting makes no sense, or the file cannot be written.
    pub fn save(&self, settings: &Settings) -> Result<()> {
        check(settings).map_err(Error::BadRequest)?;
        let mut table = as_written_today(self.table()?);
        // What is not set is not written, so an old value would stay.
        table.remove("quiet_hours");
        lay_over(&mut table, as_table(settings)?);
        let text = toml::to_string_pretty(&table).map_err(|e| self.unusable(&e.to_string()))?;
        write_atomically(&self.path, text.as_bytes()).map_err(|error| Error::File { path: self.path.clone(), error })
    }

    fn table(&self) -> Result<Table> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => text.parse().map_err(|e: toml::de::Error| self.unusable(e.message())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Table::new()),
            Err(error) => Err(Error::File { path: self.path.clone(), error }),
        }
    }

    fn unusable(&self, detail: &str) -> Error {
        Error::Settings { path: self.path.clone(), detail: detail.to_owned() }
    }
}

/// Every kind of notification.
const ALL_TOLD: Notify = Notify { batches: true, failures: true, reminders: true, schedules: true };

/// What is wrong with the settings, in words.
fn check(settings: &Settings) -> Result<(), String> {
    if !Path::new(&settings.library_folder).is_absolute() {
        return Err("library_folder must be an absolute path".into());
    }
    if let Some(hours) = &settings.quiet_hours {
        QuietHours::parse(hours).map_err(|problem| format!("quiet_hours: {problem}"))?;
    }
    check_tags(&settings.models.tags)?;
    match settings.push.kind {
        PushKind::Off => Ok(()),
        kind => Address::parse(kind, &settings.push.url).map(drop).map_err(|problem| format!("push: {problem}")),
    }
}

fn check_tags(tags: &[String]) -> Result<(), String> {
    if tags.len() > MAX_OWN_TAGS {
        return Err(format!("models.tags: {MAX_OWN_TAGS} tags are the most"));
    }
    tags.iter().try_for_each(|tag| check_tag(tag))
}

/// A tag is a line of the file of labels that models get.
fn check_tag(tag: &str) -> Result<(), String> {
    let plain = !tag.chars().any(char::is_control) && !tag.contains(',');
    let usable = plain && !tag.is_empty() && tag.trim() == tag && tag.chars().count() <= MAX_OWN_TAG_CHARS;
    usable.then_some(()).ok_or_else(|| {
        format!(
            "models.tags: “{}” cannot be a tag: write 1 to {MAX_OWN_TAG_CHARS} characters without commas, and without spaces \
             around them",
            tag.escape_debug()
        )
    })
}

/// A file as this version writes it: one switch for all notifications became one for each kind.
fn as_written_today(mut table: Table) -> Table {
    if table.remove("notifications") == Some(Value::Boolean(false)) && !table.contains_key("notify") {
        let none = ["batches", "failures", "reminders", "schedules"].map(|kind| (kind.to_owned(), false.into()));
        table.insert("notify".into(), Value::Table(none.into_iter().collect()));
    }
    table
}

/// Puts what `over` says in the place of what `table` says, also within tables.
fn lay_over(table: &mut Table, over: Table) {
    for (key, value) in over {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(value)) => lay_over(inner, value),
            (_, value) => drop(table.insert(key, value)),
        }
    }
}

fn as_table(settings: &Settings) -> Result<Table> {
    Table::try_from(settings).map_err(|e| Error::Internal(format!("settings do not serialise: {e}")))
}

/// Writes a file through a temporary one in the same directory, so that a reader never sees a half.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|e| e.error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Hours;

    #[test]
    fn an_older_file_leaves_the_choice_of_models_to_the_program() {
        let home = tempfile::tempdir().unwrap();
        let file = SettingsFile::new(&Places::below(home.path()));
        std::fs::create_dir_all(home.path().join("config")).unwrap();
        let check = |text: &str, labels: &str, objects: &str| {
            std::fs::write(&file.path, text).unwrap();
            let models = file.load().unwrap().models;
            assert_eq!((models.labels.as_str(), models.objects.as_str()), (labels, objects), "{text}");
        };
        check("engine = \"ocrs\"", "automatic", "automatic");
        check("[models]\nlabels = \"mine\"\nsmell = \"x\"", "mine", "automatic");
        let mut settings = file.load().unwrap();
        settings.models.objects = "none".into();
        file.save(&settings).unwrap();
        assert_eq!(file.load().unwrap(), settings);
    }

    #[test]
    fn a_missing_file_means_defaults_and_unknown_fields_survive() {
        let home = tempfile::tempdir().unwrap();
        let file = SettingsFile::new(&Places::below(home.path()));
        let mut settings = file.load().unwrap();
        assert_eq!((settings.keep, settings.engine.as_str()), (Keep::Copy, "ppocr"));

        std::fs::create_dir_all(home.path().join("config")).unwrap();
        std::fs::write(&file.path, "engine = \"ocrs\"\nfrom_the_future = 7\n").unwrap();
        assert_eq!(file.load().unwrap().engine, "ocrs");
        settings.notify.batches = false;
        file.save(&settings).unwrap();
        let text = std::fs::read_to_string(&file.path).unwrap();
        assert!(text.contains("from_the_future = 7") && text.contains("batches = false"), "{text}");
    }

    #[test]
    fn an_old_file_keeps_its_meaning() {
        let check = |text: &str, expected: Notify| {
            let home = tempfile::tempdir().unwrap();
            let file = SettingsFile::new(&Places::below(home.path()));
            std::fs::create_dir_all(home.path().join("config")).unwrap();
            std::fs::write(&file.path, text).unwrap();
            assert_eq!(file.load().unwrap().notify, expected, "{text}");
            file.save(&file.load().unwrap()).unwrap();
            assert_eq!(file.load().unwrap().notify, expected, "{text}, saved");
            assert!(!std::fs::read_to_string(&file.path).unwrap().contains("notifications"), "{text}");
        };
        let none = Notify { batches: false, failures: false, reminders: false, schedules: false };
        check("", ALL_TOLD);
        check("notifications = true", ALL_TOLD);
        check("notifications = false", none);
        check("[notify]\nbatches = false", Notify { batches: false, ..ALL_TOLD });
        check("notifications = false\n[notify]\nreminders = false", Notify { reminders: false, ..ALL_TOLD });
    }

    #[test]
    fn settings_that_make_no_sense_are_refused_and_the_old_ones_hold() {
        let home = tempfile::tempdir().unwrap();
        let file = SettingsFile::new(&Places::below(home.path()));
        let quiet = |from: &str, to: &str| Settings {
            quiet_hours: Some(Hours { from: from.into(), to: to.into() }),
            ..file.defaults.clone()
        };
        let push = |kind, url: &str| Settings { push: Push { kind, url: url.into() }, ..file.defaults.clone() };
        let check = |settings: Settings, problem: Option<&str>| match (file.save(&settings), problem) {
            (Ok(()), None) => assert_eq!(file.load().unwrap(), settings),
            (Err(Error::BadRequest(told)), Some(problem)) => assert!(told.contains(problem), "{told}"),
            (result, _) => panic!("{settings:?}: {result:?}"),
        };
        check(quiet("22:00", "06:30"), None);
        check(file.defaults.clone(), None);
        check(quiet("22:00", "25:00"), Some("25:00"));
        check(quiet("late", "06:00"), Some("late"));
        check(quiet("22:00", "22:00"), Some("differ"));
        check(push(PushKind::Ntfy, "https://ntfy.example/topic"), None);
        check(push(PushKind::Off, "whatever"), None);
        check(push(PushKind::Webhook, "whatever"), Some("https://"));
        check(push(PushKind::Webhook, "http://example.org/hook"), Some("https"));
    }

    #[test]
    fn a_broken_file_is_an_error_and_stays_until_it_is_reset() {
        for broken in ["engine = ", "engine = 7", "library_folder = \"relative\""] {
            let home = tempfile::tempdir().unwrap();
            let file = SettingsFile::new(&Places::below(home.path()));
            std::fs::create_dir_all(home.path().join("config")).unwrap();
            std::fs::write(&file.path, broken).unwrap();
            assert!(matches!(file.load(), Err(Error::Settings { .. })), "{broken}");
            assert_eq!(std::fs::read_to_string(&file.path).unwrap(), broken);
            file.reset().unwrap();
            assert_eq!(file.load().unwrap(), file.defaults);
            let aside = std::fs::read_to_string(home.path().join("config/settings.toml.unusable"));
            assert_eq!(aside.unwrap(), broken);
        }
    }

    #[test]
    fn a_reset_does_not_lose_the_library_folder() {
        let home = tempfile::tempdir().unwrap();
        let file = SettingsFile::new(&Places::below(home.path()));
        std::fs::create_dir_all(home.path().join("config")).unwrap();
        let folder = home.path().join("elsewhere").to_str().unwrap().to_owned();
        std::fs::write(&file.path, format!("engine = \nlibrary_folder = {folder:?}\nkeep = \"in_place\"")).unwrap();
        file.reset().unwrap();
        assert_eq!(file.load().unwrap(), Settings { library_folder: folder, ..file.defaults.clone() });
    }

    #[test]
    fn a_file_that_is_no_toml_is_not_written_over() {
        let home = tempfile::tempdir().unwrap();
        let file = SettingsFile::new(&Places::below(home.path()));
        std::fs::create_dir_all(home.path().join("config")).unwrap();
        std::fs::write(&file.path, "engine = ").unwrap();
        assert!(file.save(&file.defaults).is_err());
        assert_eq!(std::fs::read_to_string(&file.path).unwrap(), "engine = ");
    }
}
