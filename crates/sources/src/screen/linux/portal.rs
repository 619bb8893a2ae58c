//! Asking the desktop for a picture of the screen: `org.freedesktop.portal.Screenshot`, version 1 to 3
//! (<https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Screenshot.html>).
//!
//! First without a dialog, which desktops allow once the person has agreed. If that is refused, with the desktop's own
//! dialog, where the person decides, and may choose a part of the screen.

use super::{Session, bus};
use crate::screen::{Error, Result};
use futures_core::Stream;
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use zbus::{Connection, MatchRule, MessageStream, OwnedObjectPath, OwnedVariant, Variant};

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SCREENSHOT: &str = "org.freedesktop.portal.Screenshot";
const REQUEST: &str = "org.freedesktop.portal.Request";

/// Who it is that does not answer.
const WHO: &str = "the desktop portal";

/// The window in front, in the portal's list of targets; since version 3.
const ACTIVE_WINDOW: u32 = 8;

/// What the portal is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// All displays.
    Screen,
    /// The window in front. A portal that cannot tell which that is lets the person choose.
    ActiveWindow,
    /// What the person chooses.
    Chosen,
}

/// Where the portal put the picture.
#[derive(Debug, PartialEq, Eq)]
pub struct Taken {
    pub uri: String,
    /// Whether the person chose what is in it.
    pub by_hand: bool,
}

/// Asks for a picture, and waits for it.
pub fn ask(session: &Session, target: Target) -> Result<Taken> {
    bus::with(session, async |connection| {
        let portal = Portal { connection, session };
        let named = target == Target::ActiveWindow && portal.knows_the_active_window().await?;
        if target == Target::Screen || named {
            let answer = portal.request(named.then_some(ACTIVE_WINDOW), false).await?;
            if let Answer::Taken(uri) = answer {
                return Ok(Taken { uri, by_hand: false });
            }
        }
        match portal.request(None, true).await? {
            Answer::Taken(uri) => Ok(Taken { uri, by_hand: true }),
            Answer::Cancelled => Err(Error::Cancelled),
            Answer::Failed => Err(Error::Refused),
        }
    })
}

/// How a request ended.
enum Answer {
    Taken(String),
    Cancelled,
    Failed,
}

struct Portal<'a> {
    connection: Connection,
    session: &'a Session,
}

impl Portal<'_> {
    async fn knows_the_active_window(&self) -> Result<bool> {
        let question = async {
            let object = bus::object(&self.connection, NAME, PATH, SCREENSHOT).await?;
            object.get_property::<u32>("AvailableTargets").await
        };
        let targets = bus::in_time(WHO, self.session.patience.call, question).await?;
        // Older portals do not have the property, and say so with an error.
        Ok(targets.is_ok_and(|targets| targets & ACTIVE_WINDOW != 0))
    }

    async fn request(&self, target: Option<u32>, interactive: bool) -> Result<Answer> {
        let patience = self.session.patience;
        // First the ear, then the question: the answer may come before the question's own reply.
        let mut answers = bus::in_time(WHO, patience.call, self.listen()).await??;
        let request = bus::in_time(WHO, patience.call, self.send(target, interactive)).await??;
        let waits = if interactive { patience.person } else { patience.picture };
        let answer = answer_to(&mut answers, &request);
        match bus::in_time(WHO, waits, answer).await {
            Ok(answer) => answer,
            Err(silence) => {
                self.withdraw(&request, patience.call).await;
                Err(silence)
            }
        }
    }

    async fn listen(&self) -> Result<MessageStream> {
        let rule = format!("type='signal',interface='{REQUEST}',member='Response'");
        let rule = MatchRule::try_from(rule.as_str()).map_err(|error| said(&error))?;
        MessageStream::for_match_rule(rule.to_owned(), &self.connection, None).await.map_err(|error| said(&error))
    }

    async fn send(&self, target: Option<u32>, interactive: bool) -> Result<OwnedObjectPath> {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        let token = format!("legible_{}_{}", std::process::id(), ASKED.fetch_add(1, Ordering::Relaxed));
        let mut options = HashMap::from([
            ("handle_token", Variant::from(token.as_str())),
            ("interactive", Variant::from(interactive)),
            ("modal", Variant::from(false)),
        ]);
        if let Some(target) = target {
            options.insert("target", Variant::from(target));
        }
        let no_window = "";
        let call = async {
            let object = bus::object(&self.connection, NAME, PATH, SCREENSHOT).await?;
            object.call("Screenshot", &(no_window, options)).await
        };
        call.await.map_err(|error| said(&error))
    }

    /// Nobody waits for this request any more: its dialog may go.
    async fn withdraw(&self, request: &OwnedObjectPath, patience: Duration) {
        let call = async {
            let object = bus::object(&self.connection, NAME, request.as_str(), REQUEST).await?;
            object.call::<_, _, ()>("Close", &()).await
        };
        if let Ok(Err(error)) = bus::in_time(WHO, patience, call).await {
            tracing::debug!("the portal's request could not be closed: {error}");
        }
    }
}

/// Waits for the answer to this request.
async fn answer_to(answers: &mut MessageStream, request: &OwnedObjectPath) -> Result<Answer> {
    let mut answers = pin!(answers);
    while let Some(message) = poll_fn(|context| answers.as_mut().poll_next(context)).await {
        let Ok(message) = message else { continue };
        if message.header().path().is_none_or(|path| path.as_str() != request.as_str()) {
            continue;
        }
        let body = message.body();
        let told = body.deserialize::<(u32, HashMap<String, OwnedVariant>)>();
        let (code, results) = told.map_err(|error| Error::BadAnswer(error.to_string()))?;
        return match code {
            0 => uri(&results).map(Answer::Taken),
            1 => Ok(Answer::Cancelled),
            _ => Ok(Answer::Failed),
        };
    }
    Err(Error::NoBus("it was lost while the desktop was asked".to_owned()))
}

fn uri(results: &HashMap<String, OwnedVariant>) -> Result<String> {
    let uri = results.get("uri").and_then(|uri| <&str>::try_from(&**uri).ok()).filter(|uri| !uri.is_empty());
    uri.map(str::to_owned).ok_or_else(|| Error::BadAnswer("it names no file".to_owned()))
}

/// What an error of the bus means for a person.
fn said(error: &zbus::Error) -> Error {
    let name = match error {
        zbus::Error::MethodError(name, ..) => name.as_str().to_owned(),
        zbus::Error::FDO(error) => zbus::DBusError::name(&**error).to_string(),
        other => return Error::NoBus(other.to_string()),
    };
    match name.strip_prefix("org.freedesktop.DBus.Error.").unwrap_or(&name) {
        "ServiceUnknown" | "NameHasNoOwner" | "NoReply" | "Disconnected" => Error::NoPortal,
        spawn if spawn.starts_with("Spawn.") => Error::NoPortal,
        "UnknownMethod" | "UnknownInterface" | "UnknownObject" => Error::NoBackend,
        "AccessDenied" | "org.freedesktop.portal.Error.NotAllowed" => Error::Refused,
        "org.freedesktop.portal.Error.Cancelled" => Error::Cancelled,
        _ => Error::BadAnswer(error.to_string()),
    }
}
