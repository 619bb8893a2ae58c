//! Opening a place and trying it, whatever kind it is: for storages, and for sources that look into a folder of one.

use super::account::day;
use super::grants::{reaches_less, signed_out};
use super::place::{Needs, StoredPlace};
use crate::cloud::in_step::JobWatch;
use crate::error::{Error, Result};
use crate::limits::PROBE_WITHIN;
use crate::service::Service;
use legible_cloud::account::{OAuthTokens, Reach};
use legible_cloud::marker;
use legible_cloud::remote::drive::{Drive, Found as FoundFolder};
use legible_cloud::remote::dropbox::Dropbox;
use legible_cloud::remote::onedrive::OneDrive;
use legible_cloud::remote::rclone::Rclone;
use legible_cloud::remote::storage::{Found, Secret, Storage, Today};
use legible_cloud::remote::{Capabilities, Remote, Watch, Whose};
use legible_vision::worker::CancelToken;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};

/// What opens a place.
#[derive(Debug, Clone)]
pub enum Key {
    /// A password or key; empty where there is none.
    Secret(Secret),
    /// What signs requests for who signed in, and how far that reaches: what it opens is a folder of Legible, or one of the person.
    SignedIn(OAuthTokens, Reach),
}

impl Key {
    /// Where nothing is needed.
    pub fn none() -> Self {
        Key::Secret(Secret::default())
    }
}

impl Service {
    /// What opens a place, which is kept under this name, so far as is `wanted`. Where nothing is needed, no secret is asked for. Blocks.
    ///
    /// # Errors
    /// When it cannot be had; when somebody has to sign in.
    pub(crate) fn key_of_place(&self, place: &StoredPlace, name: Option<&str>, wanted: Reach) -> Result<Key> {
        match (place.needs(), name) {
            (Needs::Nothing, _) | (Needs::PerhapsSecret, None) => Ok(Key::none()),
            (Needs::Secret | Needs::PerhapsSecret, Some(name)) => {
                Ok(Key::Secret(Secret::new(self.secrets().get(name)?)))
            }
            (Needs::Secret, None) => Err(Error::BadRequest("type the password or key".into())),
            (Needs::SignIn(kind), Some(name)) => match self.account_of(kind, name)? {
                (account, reach) if reach.serves(wanted) => Ok(Key::SignedIn(account, reach)),
                _ => Err(reaches_less(kind, wanted).into()),
            },
            (Needs::SignIn(kind), None) => Err(signed_out(kind).into()),
        }
    }

    /// Opens a place, of which `found` is known. Nothing is asked yet, but of rclone, which is started. Blocks.
    ///
    /// # Errors
    /// When it cannot be like this, or the key is one for another kind of place.
    pub(crate) fn open_place(
        &self,
        place: &StoredPlace,
        found: Found,
        key: &Key,
        watch: &dyn Watch,
    ) -> Result<Box<dyn Remote>> {
        let service = self.clone();
        let today: Today = Arc::new(move || day(service.now()));
        let remote: Box<dyn Remote> = match (place, key) {
            (StoredPlace::Storage(place), Key::Secret(secret)) => Box::new(Storage::open(place, secret, found, today)?),
            (StoredPlace::Rclone(place), Key::Secret(secret)) => Box::new(Rclone::open(place, secret, today, watch)?),
            (StoredPlace::Dropbox { folder }, Key::SignedIn(account, reach)) => {
                Box::new(Dropbox::open(reach.whose(), folder, Arc::new(account.clone()))?)
            }
            (StoredPlace::OneDrive { folder }, Key::SignedIn(account, reach)) => {
                Box::new(OneDrive::open(reach.whose(), folder, Arc::new(account.clone()))?)
            }
            (StoredPlace::GoogleDrive { found: Some(found), .. }, Key::SignedIn(account, reach)) => {
                Box::new(Drive::open(reach.whose(), found, Arc::new(account.clone()))?)
            }
            (StoredPlace::GoogleDrive { found: None, .. }, Key::SignedIn(..)) => {
                return Err(Error::Internal("a folder of Google Drive was not looked for".into()));
            }
            (place, Key::Secret(_) | Key::SignedIn(..)) => {
                return Err(Error::BadRequest(format!("this does not open {}", place.words())));
            }
        };
        Ok(remote)
    }

    /// Tries a place: whether it lets us in, and what it does. Gives it back with what was found of it, such as which folder of Google Drive
    /// has the name; one of Legible that is not there is made. Blocks, for [`PROBE_WITHIN`] at most.
    ///
    /// # Errors
    /// What keeps the place from being used.
    pub(crate) fn probe_place(&self, place: StoredPlace, key: &Key) -> Result<(StoredPlace, Found)> {
        in_time(|watch| self.probe(place, key, watch))
    }

    /// The same, for who waits already.
    ///
    /// # Errors
    /// What keeps the place from being used.
    pub(crate) fn probe(&self, place: StoredPlace, key: &Key, watch: &dyn Watch) -> Result<(StoredPlace, Found)> {
        match (&place, key) {
            (StoredPlace::Storage(at), Key::Secret(secret)) => {
                let service = self.clone();
                let storage = Storage::open(at, secret, Found::default(), Arc::new(move || day(service.now())))?;
                let found = storage.probe(watch)?;
                Ok((place, found))
            }
            (StoredPlace::GoogleDrive { .. }, Key::SignedIn(account, reach)) => match reach.whose() {
                Whose::Legible => self.probe_drive(place, account, watch),
                Whose::Person => self.look_into(found_of_person(place, account, watch)?, key, watch),
            },
            _ => self.look_into(place, key, watch),
        }
    }

    /// What a place can do by itself. Looking for our mark proves that it lets us in.
    fn look_into(&self, place: StoredPlace, key: &Key, watch: &dyn Watch) -> Result<(StoredPlace, Found)> {
        let (found, _) = self.is_marked(&place, key, watch)?;
        Ok((place, found))
    }

    /// The folder that was found before is taken for it as long as it has our mark: a person may have renamed or moved it.
    fn probe_drive(
        &self,
        place: StoredPlace,
        account: &OAuthTokens,
        watch: &dyn Watch,
    ) -> Result<(StoredPlace, Found)> {
        let key = Key::SignedIn(account.clone(), Reach::OwnFolder);
        if let StoredPlace::GoogleDrive { found: Some(_), .. } = &place
            && let Ok((found, true)) = self.is_marked(&place, &key, watch)
        {
            return Ok((place, found));
        }
        let StoredPlace::GoogleDrive { name, .. } = place else { unreachable!("it is asked for no other") };
        let folder = FoundFolder::find(&name, Arc::new(account.clone()), watch)?;
        self.look_into(StoredPlace::GoogleDrive { name, found: Some(folder) }, &key, watch)
    }

    /// What a place can do by itself, and whether the folder has our mark.
    fn is_marked(&self, place: &StoredPlace, key: &Key, watch: &dyn Watch) -> Result<(Found, bool)> {
        let remote = self.open_place(place, Found::default(), key, watch)?;
        let is_marked = marker::read(&*remote, watch)?.is_some();
        let Capabilities { conditional, folds_case, digest, .. } = remote.capabilities();
        Ok((Found { conditional, whole: true, folds_case, md5: digest.is_some(), ..Found::default() }, is_marked))
    }
}

/// A folder of Google Drive that is the person's: the one that was found before as long as it is there, by whatever name; else the one of
/// its path.
fn found_of_person(place: StoredPlace, account: &OAuthTokens, watch: &dyn Watch) -> Result<StoredPlace> {
    let StoredPlace::GoogleDrive { name, found } = place else { unreachable!("it is asked for no other") };
    let tokens = || Arc::new(account.clone());
    if let Some(before) = found {
        match Drive::open(Whose::Person, &before, tokens())?.enter(watch) {
            Err(legible_cloud::Error::NeedsYou { .. }) => {}
            entered => return Ok(entered.map(|()| StoredPlace::GoogleDrive { name, found: Some(before) })?),
        }
    }
    let found = FoundFolder::at(&name, tokens(), watch)?;
    Ok(StoredPlace::GoogleDrive { name, found: Some(found) })
}

/// Asks a storage something that a person waits for, for [`PROBE_WITHIN`] at most. Blocks.
///
/// # Errors
/// When it does not answer in time, and those of the question.
pub fn in_time<T>(ask: impl FnOnce(&JobWatch) -> Result<T>) -> Result<T> {
    let token = CancelToken::new();
    let watch = JobWatch::new(&token, None);
    let answer = std::thread::scope(|scope| {
        let (ended, end) = channel::<()>();
        let timer = token.clone();
        scope.spawn(move || {
            if end.recv_timeout(PROBE_WITHIN) == Err(RecvTimeoutError::Timeout) {
                timer.cancel();
            }
        });
        let answer = ask(&watch);
        drop(ended);
        answer
    });
    match answer {
        Err(Error::Stopped) => {
            let message = format!("the storage did not answer within {} s", PROBE_WITHIN.as_secs());
            Err(legible_cloud::Error::may_pass(message).into())
        }
        answer => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ErrorCode;
    use crate::cloud::accounts::grants::Grantee;
    use crate::testing::Home;
    use legible_cloud::account::{Client, ProviderKind};

    #[test]
    fn a_grant_that_reaches_less_is_no_key() {
        let home = Home::new();
        let place = StoredPlace::Dropbox { folder: "Camera Uploads".into() };
        let (client, token) = (Client { id: "an app".into(), secret: None }, Secret::new("token"));
        let check = |granted: Reach, wanted: Reach, expected: Option<&str>| {
            let name = format!("{granted:?}");
            let grantee = Grantee { kind: ProviderKind::Dropbox, client: client.clone(), reach: granted };
            home.service.secrets().set(&name, &grantee.grant(&token).unwrap()).unwrap();
            match (home.service.key_of_place(&place, Some(&name), wanted), expected) {
                (Ok(Key::SignedIn(_, reach)), None) => assert_eq!(reach, granted),
                (Err(error), Some(expected)) => {
                    let told = error.to_wire();
                    assert_eq!((told.code, told.message.as_str()), (ErrorCode::SignIn, expected));
                }
                (told, _) => panic!("{granted:?} {wanted:?}: {told:?}"),
            }
        };
        check(Reach::Read, Reach::Read, None);
        check(Reach::ReadWrite, Reach::Read, None);
        check(Reach::Read, Reach::ReadWrite, Some("You let Legible read at Dropbox, and not write"));
        check(
            Reach::OwnFolder,
            Reach::Read,
            Some("What you granted at Dropbox does not let Legible read your folders"),
        );
        check(Reach::ReadWrite, Reach::OwnFolder, Some("What you granted at Dropbox is not for the folder of Legible"));
    }
}
