//! Pictures that a person takes: of the screen, of what is copied, with a camera. Each comes in as its source says.

use crate::api::{ErrorCode, Pasted, TakenPicture, WireError};
use crate::changes::Changes;
use crate::clock::local_time;
use crate::error::{Error, Result};
use crate::filing::{Claimed, named};
use crate::handlers::READ;
use crate::handlers::file_away::origin_of;
use crate::hints;
use crate::intake::{Group, Offer, is_due};
use crate::letters::capitalised;
use crate::service::Service;
use crate::sources::put_built_in;
use crate::tables::outbox;
use crate::telling::message::{self, Message};
use crate::telling::pictures;
use base64::Engine;
use legible_jobs::{Conditions, Filter, State};
use legible_library::{Added, ItemId};
use legible_sources::screen::{self, Picture, Screen, Warning, What};
use legible_sources::{Kind, Source};
use std::time::Duration;

/// How often it is looked whether a picture was read, when no event says so.
const LOOK: Duration = Duration::from_millis(100);

/// A picture that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// Its item.
    pub item: i64,
    /// What a person should know of it.
    pub warnings: Vec<String>,
}

impl Service {
    /// Takes a picture of the screen, takes it in and has it read ahead of all else. Blocks.
    ///
    /// # Errors
    /// When no picture can be taken, with what to do about it, or it cannot be taken in.
    pub fn capture_screen(&self, what: &What) -> Result<Captured> {
        self.take_screen_picture(&Screen::here().capture(what)?)
    }

    /// Takes in a picture that was taken of the screen, and has it read ahead of all else. Blocks.
    ///
    /// # Errors
    /// When it cannot be taken in.
    pub fn take_screen_picture(&self, picture: &Picture) -> Result<Captured> {
        let warning = |warning: &Warning| format!("{} {}", sentence(&warning.to_string()), warning.hint());
        let warnings = picture.warnings.iter().map(warning).map(|words| words.trim().to_owned()).collect();
        let item = self.take_picture(Kind::Screen, &self.picture_name("Screenshot", "png"), picture.png()?)?;
        Ok(Captured { item, warnings })
    }

    /// Tells the person, who has no window in front, what is doubtful about a picture that was taken. Blocks.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tell_warnings(&self, captured: &Captured) -> Result<()> {
        let messages = captured.warnings.iter().map(|words| message::picture_doubtful(captured.item, words)).collect();
        self.tell(messages)
    }

    /// Tells the person, who has no window in front, why no picture was taken. Not if that was the person's wish. Blocks.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tell_no_picture(&self, error: &WireError) -> Result<()> {
        if error.code == ErrorCode::Cancelled {
            return Ok(());
        }
        self.tell(vec![message::no_picture(error)])
    }

    fn tell(&self, messages: Vec<Message>) -> Result<()> {
        let now = self.now();
        self.database()
            .write_blocking(move |tx| messages.iter().try_for_each(|message| outbox::put(tx, message, now)))?;
        self.announce_blocking(Changes::work());
        Ok(())
    }

    /// Notes how a source that comes with the program hears of news, or why it does not, in words.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn say_how_it_hears(&self, kind: Kind, words: Option<String>) -> Result<()> {
        let source = self.blocking(move |service| service.built_in_source(kind)).await?.id;
        let noted = self.database().write(move |tx| {
            let is_news = legible_sources::state(tx, source)?.watching != words;
            if is_news {
                legible_sources::set_watching(tx, source, words.as_deref())?;
            }
            Ok(is_news)
        });
        if noted.await? {
            self.announce(Changes { sources: true, ..Changes::default() }).await;
        }
        Ok(())
    }

    /// Takes in a picture that was taken with a camera in the window.
    ///
    /// # Errors
    /// When it is no image, or cannot be taken in.
    pub async fn add_picture(&self, TakenPicture { base64 }: TakenPicture) -> Result<Pasted> {
        let bytes = base64::engine::general_purpose::STANDARD.decode(base64);
        let bytes = bytes.map_err(|_| Error::BadRequest("the picture is no Base64".into()))?;
        self.blocking(move |service| service.take_picture(Kind::Camera, &service.picture_name("Photo", "jpg"), bytes))
            .await?;
        Ok(Pasted { group: None, restored: false })
    }

    /// The source of a kind of which there is always one. Blocks.
    ///
    /// # Errors
    /// When the database fails.
    pub fn built_in_source(&self, kind: Kind) -> Result<Source> {
        let now = self.now();
        let found = self.database().read_blocking(|c| Ok(legible_sources::source_of_kind(c, kind)?))?;
        if let Some(found) = found {
            return Ok(found);
        }
        self.database().write_blocking(move |tx| put_built_in(tx, now))?;
        let found = self.database().read_blocking(|c| Ok(legible_sources::source_of_kind(c, kind)?))?;
        found.ok_or_else(|| Error::Internal("a source that comes with the program is missing".into()))
    }

    /// The text of an item, once it was read. `None` when that does not come to pass within a time, or reading fails.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn text_of(&self, item: i64, within: Duration) -> Result<Option<String>> {
        let (mut events, ends) = (self.subscribe(), tokio::time::Instant::now() + within);
        loop {
            let read = self.database().read(move |c| {
                let failed = legible_library::item(c, ItemId(item))?.is_none_or(|item| item.problem.is_some());
                Ok((hints::text(c, ItemId(item))?, failed))
            });
            match read.await? {
                (Some(text), _) => return Ok(Some(text)),
                (None, true) => return Ok(None),
                (None, false) if tokio::time::Instant::now() >= ends => return Ok(None),
                (None, false) => drop(tokio::time::timeout(LOOK, events.recv()).await),
            }
        }
    }

    /// What a picture is called that was taken just now: by the clock of this place, so that several can be told apart.
    pub(crate) fn picture_name(&self, what: &str, ending: &str) -> String {
        format!("{what} {}.{ending}", local_time(self.now()).strftime("%Y-%m-%d %H.%M.%S"))
    }

    /// Takes in a picture of a source of which there is always one, and has it read ahead of all else. Blocks.
    pub(crate) fn take_picture(&self, kind: Kind, name: &str, bytes: Vec<u8>) -> Result<i64> {
        let source = self.built_in_source(kind)?;
        let name = named(self, &source, name)?;
        let (filing, conditions) = (source.filing.clone(), Conditions::default());
        let claimed = Claimed { source: source.id, filing, conditions };
        let offer =
            Offer { group: Group::Of(None), claimed: Some(claimed), ..Offer::new(name, bytes, origin_of(kind)) };
        let (added, _) = self.take_in(offer)?;
        let (Added { id: item, new, .. }, now, tells) = (added, self.now(), pictures::tells(&source));
        // A person waits for it.
        let reading = Filter { subject: Some(crate::handler::subject_of(item.0)), ..Filter::states([State::Enqueued]) };
        self.database().write_blocking(move |tx| {
            legible_jobs::run_now(tx, &reading, now)?;
            // The same picture again: it is not read again, but the person waits all the same.
            let is_told = tells && !new && !is_due(tx, READ, item)?;
            if let (true, Some(text)) = (is_told, hints::text(tx, item)?) {
                outbox::put(tx, &message::picture_read(item.0, &text), now)?;
            }
            Ok(())
        })?;
        self.announce_blocking(Changes { sources: true, ..Changes::items([item.0]).and_work() });
        Ok(item.0)
    }
}

/// Why there is no picture of the screen, and what to do.
impl From<screen::Error> for Error {
    fn from(error: screen::Error) -> Self {
        let is_cancelled = matches!(error, screen::Error::Cancelled);
        let code = if is_cancelled { ErrorCode::Cancelled } else { ErrorCode::Capture };
        WireError::new(code, sentence(&error.to_string())).hint(error.hint()).into()
    }
}

fn sentence(text: &str) -> String {
    format!("{}.", capitalised(text).trim_end_matches('.'))
}
