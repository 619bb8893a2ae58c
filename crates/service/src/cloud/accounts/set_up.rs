//! Setting a storage up: it is tried with what opens it, and then both are kept. Nothing of what was before is lost where that fails.

use super::Key;
use super::account::{self, Account, Known};
use super::grants::reaches_less;
use super::place::{Needs, StoredPlace};
use super::schedule::{self, When};
use super::sign_ins::{Granted, Taken};
use crate::api::StorageDraft;
use crate::cloud::told::view::jobs_of;
use crate::cloud::told::wire;
use crate::error::{Error, Result};
use crate::limits::MAX_STORAGE_NAME;
use crate::secrets::NewSecret;
use crate::service::Service;
use crate::tables::transfers;
use legible_cloud::account::{ProviderKind, Reach};
use legible_cloud::remote::storage::{Found, Secret};
use legible_cloud::store::{self, RemoteId, StoredRemote};
use rusqlite::Transaction;
use std::sync::Arc;

/// A storage that was kept.
pub struct Kept {
    /// Its number.
    pub id: RemoteId,
    /// The grant that opened it before, if it is used no more: where it is from, and its name.
    pub used_no_more: Option<(ProviderKind, String)>,
}

impl Service {
    /// Tries a storage as a person set it, and keeps it. Blocks.
    ///
    /// # Errors
    /// When something in it cannot be used, what opens it cannot be kept, or it cannot be reached.
    pub(crate) fn keep_storage(&self, draft: &StorageDraft, when: When, now: i64) -> Result<Kept> {
        let old = match draft.id {
            Some(id) => Some(self.database().read_blocking(|conn| account::known(conn, RemoteId(id)))?),
            None => None,
        };
        let before = old.as_ref().and_then(|old| old.account.secret_name(old.id));
        let mut account = wire::account(draft, Found::default())?;
        if let Some(old) = &old {
            account.place = account.place.found_like(&old.account.place);
        }
        self.refuse_own(&account.place)?;
        let before_at = before.as_deref().zip(old.as_ref().map(|old| &old.account.place));
        let said = Said { typed: draft.secret.as_deref(), sign_in: draft.sign_in, wanted: Reach::OwnFolder };
        let (key, new) = self.key_for(&account.place, said, before_at)?;
        (account.place, account.found) = self.probe_place(account.place, &key)?;
        let made_of = old.as_ref().map(|old| &old.account.place);
        let name = name_of(&draft.name, &account.place, made_of)?;

        // Under a name of its own: no place ever meets the secret of another.
        let new = new.map(|new| self.sealed_as("storage", new)).transpose()?;
        let stays =
            before.as_ref().filter(|_| old.as_ref().is_some_and(|old| old.account.place.opens_like(&account.place)));
        account.secret = new.as_ref().map(|new| new.name().to_owned()).or_else(|| stays.cloned());
        let (old_id, used) = (old.as_ref().map(|old| old.id), account.secret.clone());
        let moved = old.as_ref().is_some_and(|old| is_other(&old.account, &account));
        let generation = old.as_ref().map_or(0, |old| old.generation);
        let known = Known { id: old_id.unwrap_or(RemoteId(0)), name, account, enabled: draft.enabled, generation };
        let (id, new) = self.database().write_blocking(move |tx| {
            new.iter().try_for_each(|new| new.put(tx))?;
            let id = write(tx, &known, old_id.is_some(), moved, now)?;
            schedule::keep(tx, &Known { id, ..known }, &when, now)?;
            Ok((id, new))
        })?;
        new.into_iter().for_each(SealedKey::kept);
        let unused = before.filter(|before| used.as_ref() != Some(before));
        let used_no_more = match (old.map(|old| old.account.place.needs()), unused) {
            (Some(Needs::SignIn(kind)), Some(name)) => Some((kind, name)),
            (_, Some(name)) => {
                self.forget_secret(&name);
                None
            }
            (_, None) => None,
        };
        Ok(Kept { id, used_no_more })
    }

    /// What opens a place, as a person said it, or as it is known `before` of the place that it opened then; and what of it is new.
    ///
    /// # Errors
    /// When it is not there, or it is for another place.
    pub(crate) fn key_for(
        &self,
        place: &StoredPlace,
        Said { typed, sign_in, wanted }: Said<'_>,
        before: Option<(&str, &StoredPlace)>,
    ) -> Result<(Key, Option<NewKey>)> {
        if let (Needs::SignIn(kind), Some(id)) = (place.needs(), sign_in) {
            let granted = self.sign_ins().granted(id)?;
            if granted.grantee.kind != kind {
                let name = granted.grantee.kind.name();
                return Err(Error::BadRequest(format!("it is {name} that was signed in to, and not {}", kind.name())));
            }
            if !granted.grantee.reach.serves(wanted) {
                return Err(reaches_less(kind, wanted).into());
            }
            let key = Key::SignedIn(granted.account.clone(), granted.grantee.reach);
            return Ok((key, Some(NewKey::Grant { sign_in: id, granted })));
        }
        let takes = matches!(place.needs(), Needs::Secret | Needs::PerhapsSecret);
        if let Some(typed) = typed.filter(|typed| takes && !typed.is_empty()) {
            return Ok((Key::Secret(Secret::new(typed)), Some(NewKey::Typed(Secret::new(typed)))));
        }
        // What opens one place is not shown to another.
        let (name, is_others) = match before {
            Some((name, of)) if of.opens_like(place) => (Some(name), false),
            other => (None, other.is_some()),
        };
        if is_others && place.needs() == Needs::Secret {
            return Err(Error::BadRequest("type the password or key again: it is for another place".into()));
        }
        Ok((self.key_of_place(place, name, wanted)?, None))
    }

    /// Seals what opens a place, under a name of its own with this beginning. It is kept with what refers to it. Who cancels its sign-in
    /// from here on comes too late. Blocks.
    ///
    /// # Errors
    /// When it cannot be sealed, or was given back meanwhile.
    pub(crate) fn sealed_as(&self, beginning: &str, new: NewKey) -> Result<SealedKey> {
        let name = self.new_name(beginning);
        Ok(match new {
            NewKey::Typed(secret) => {
                SealedKey { secret: self.sealed().new_secret(name, secret.reveal())?, sign_in: None }
            }
            NewKey::Grant { sign_in, granted } => {
                let sign_in = Some(self.sign_ins().take(sign_in)?);
                let grant = granted.grantee.grant(&granted.refresh()?)?;
                SealedKey { secret: self.sealed().new_secret(name, &grant)?, sign_in }
            }
        })
    }

    /// Forgets a secret. Where that fails, it stays, sealed.
    pub(crate) fn forget_secret(&self, name: &str) {
        if let Err(error) = self.secrets().forget(name) {
            tracing::warn!(%error, "the secret of a storage was not forgotten");
        }
    }
}

/// What a person said of what opens a place.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// The password or key that was typed.
    pub typed: Option<&'a str>,
    /// The number of the sign-in that is to be taken.
    pub sign_in: Option<i64>,
    /// How far it is to reach, where one signs in.
    pub wanted: Reach,
}

/// What opens a place and is not kept yet.
#[derive(Debug)]
pub enum NewKey {
    /// A person typed it.
    Typed(Secret),
    /// A person granted it, in this sign-in.
    Grant { sign_in: i64, granted: Arc<Granted> },
}

/// What opens a place, sealed and about to be kept.
pub struct SealedKey {
    secret: NewSecret,
    /// The sign-in that it is of.
    sign_in: Option<Taken>,
}

impl SealedKey {
    /// Under which it is kept.
    pub fn name(&self) -> &str {
        self.secret.name()
    }

    /// Puts it among the secrets.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put(&self, tx: &Transaction<'_>) -> Result<()> {
        self.secret.put(tx)
    }

    /// Ends its sign-in: it lies among the secrets now.
    pub fn kept(self) {
        self.sign_in.into_iter().for_each(Taken::kept);
    }
}

/// The name of a storage. One that nobody typed is made of the place, and follows it to another one.
fn name_of(typed: &str, place: &StoredPlace, before: Option<&StoredPlace>) -> Result<String> {
    let made = |of: &StoredPlace| of.words().chars().take(MAX_STORAGE_NAME).collect::<String>();
    match typed.trim() {
        "" => Ok(made(place)),
        name if before.is_some_and(|before| made(before) == name) => Ok(made(place)),
        name if name.chars().count() > MAX_STORAGE_NAME => {
            Err(Error::BadRequest(format!("a name may have {MAX_STORAGE_NAME} characters")))
        }
        name => Ok(name.to_owned()),
    }
}

/// Whether another place, other files or another direction are meant than before. How one gets in is no other place.
fn is_other(old: &Account, new: &Account) -> bool {
    !old.place.is_at(&new.place) || old.content != new.content || old.direction() != new.direction()
}

fn write(tx: &Transaction<'_>, known: &Known, is_old: bool, moved: bool, now: i64) -> Result<RemoteId> {
    let spec = serde_json::to_string(&known.account).map_err(|error| Error::Internal(error.to_string()))?;
    let new = StoredRemote {
        id: known.id,
        kind: known.account.place.kind().to_owned(),
        name: known.name.clone(),
        spec,
        capabilities: None,
        enabled: known.enabled,
        created_at: now,
    };
    if !is_old {
        return Ok(store::add(tx, &new)?);
    }
    store::change(tx, &new)?;
    if moved {
        // Of another place or other files nothing is known, and where another side may change, what was in step says something else.
        store::forget_all(tx, known.id)?;
        transfers::forget(tx, known.id)?;
        legible_jobs::request_cancel(tx, &jobs_of(known.id), now)?;
    }
    Ok(known.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use legible_cloud::remote::storage::Place;

    #[test]
    fn a_name_that_nobody_typed_follows_the_place() {
        let folder = |path: &str| StoredPlace::Storage(Place::Folder { path: path.into() });
        let (old, new) = (folder("/old"), folder("/new"));
        let check = |typed: &str, before: Option<&StoredPlace>, expected: Option<&str>| {
            assert_eq!(name_of(typed, &new, before).ok().as_deref(), expected, "{typed} {before:?}");
        };
        check("", None, Some("/new"));
        check(" NAS ", Some(&old), Some("NAS"));
        check("/old", Some(&old), Some("/new"));
        check("/old", None, Some("/old"));
        check(&"x".repeat(MAX_STORAGE_NAME + 1), None, None);
    }
}
