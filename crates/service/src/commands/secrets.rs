//! Commands on secrets: how they are kept, and the passphrase that opens them.

use crate::api::{ErrorCode, NoArgs, SecretsState, SyncNow, UnlockSecrets, WireError};
use crate::changes::Changes;
use crate::cloud::accounts::account;
use crate::error::Result;
use crate::secrets::Passphrase;
use crate::service::{Role, Service};
use legible_cloud::store;
use rusqlite::Connection;

impl Service {
    /// How secrets are kept.
    ///
    /// # Errors
    /// None of its own.
    pub async fn secrets_state(&self, _: NoArgs) -> Result<SecretsState> {
        self.blocking(|service| Ok(SecretsState { kept: service.sealed().kept() })).await
    }

    /// Opens the secrets for this process and for the one that runs the jobs, or chooses the passphrase. Storages that were left for
    /// being locked are then brought in step.
    ///
    /// # Errors
    /// When it is another one, or none is wanted.
    pub async fn unlock_secrets(&self, UnlockSecrets { passphrase, new }: UnlockSecrets) -> Result<SecretsState> {
        let typed = passphrase.clone();
        self.blocking(move |service| match new {
            true => Ok(service.sealed().choose(&typed)?),
            false => Ok(service.sealed().unlock(&typed)?),
        })
        .await?;
        match self.role() {
            Role::Runner => self.go_on_unlocked().await?,
            _ => self.announce(Changes { unlock: Some(passphrase), ..Changes::default() }).await,
        }
        self.secrets_state(NoArgs {}).await
    }

    /// Opens the secrets by what another process was told, which has seen that it is right.
    pub(crate) async fn hear_unlock(&self, passphrase: Passphrase) {
        let unlocked = async {
            self.blocking(move |service| Ok(service.sealed().unlock(&passphrase)?)).await?;
            self.go_on_unlocked().await
        };
        if let Err(error) = unlocked.await {
            tracing::warn!(%error, "the secrets could not be unlocked");
        }
    }

    /// Brings in step what was left for being locked. Only the process that runs jobs does it: in another one, a job could begin before
    /// this one has heard of the passphrase.
    async fn go_on_unlocked(&self) -> Result<()> {
        for id in self.database().read(left_locked).await? {
            self.sync_storage(SyncNow { id, agreed: vec![] }).await?;
        }
        self.announce(Changes { storages: true, ..Changes::default() }).await;
        Ok(())
    }
}

/// Storages that could not be opened for want of the passphrase, if they are brought in step by themselves.
fn left_locked(conn: &Connection) -> Result<Vec<i64>> {
    let mut left = vec![];
    for known in account::all(conn)?.into_iter().filter(|known| known.enabled) {
        let problem = store::state(conn, known.id)?.and_then(|state| state.problem);
        let error = problem.and_then(|text| serde_json::from_str::<WireError>(&text).ok());
        if error.is_some_and(|error| error.code == ErrorCode::Locked) {
            left.push(known.id.0);
        }
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ErrorCode, SecretsKept};
    use crate::clock::ManualClock;
    use crate::handlers::SYNC;
    use crate::link;
    use crate::places::Places;
    use crate::secrets::NoSecret;
    use crate::service::Config;
    use crate::testing::NoKeychain;
    use legible_cloud::remote::storage::Found;
    use legible_cloud::store::{RemoteId, StoredRemote};
    use legible_jobs::Machine;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::sync::watch;

    /// How long the other process may take.
    const SOON: Duration = Duration::from_secs(60);

    /// A process without a keychain.
    fn process(places: &Places, runs: bool) -> Service {
        Service::open(Config {
            places: places.clone(),
            worker: ("no worker".into(), vec![]),
            clock: Arc::new(ManualClock::at(1)),
            chance: Arc::new(crate::chance::Counting::default()),
            runs,
            keychain: Arc::new(NoKeychain),
            machine: Some(watch::channel(Machine::default()).1),
        })
        .unwrap()
    }

    fn typed(passphrase: &str, new: bool) -> UnlockSecrets {
        UnlockSecrets { passphrase: Passphrase::new(passphrase), new }
    }

    /// A storage that was left for being locked.
    async fn left(service: &Service, name: &'static str, enabled: bool) {
        let spec = serde_json::json!({
            "place": { "kind": "web-dav", "url": "http://127.0.0.1:9", "folder": "", "user": "mara" },
            "direction": "both", "kilobytes_a_second": null, "found": Found::default(),
        });
        let keep = move |tx: &rusqlite::Transaction<'_>| {
            let (kind, spec) = ("webdav".to_owned(), spec.to_string());
            let new = StoredRemote {
                id: RemoteId(0),
                kind,
                name: name.to_owned(),
                spec,
                capabilities: None,
                enabled,
                created_at: 0,
            };
            let id = store::add(tx, &new)?;
            let problem = serde_json::to_string(&crate::error::Error::from(NoSecret::Locked).to_wire());
            store::began(tx, id, 0)?;
            Ok(store::ended(tx, id, 0, None, problem.ok().as_deref())?)
        };
        service.database().write(keep).await.unwrap();
    }

    async fn kept(service: &Service) -> SecretsKept {
        service.secrets_state(NoArgs {}).await.unwrap().kept
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_runner_is_unlocked_by_another_process() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::below(home.path());
        let first = process(&places, false);
        assert_eq!(kept(&first).await, SecretsKept::Nowhere);
        assert_eq!(first.unlock_secrets(typed("correct horse", true)).await.unwrap().kept, SecretsKept::Unlocked);

        let runner = process(&places, true);
        assert_eq!(kept(&runner).await, SecretsKept::Locked);
        left(&runner, "left", true).await;
        left(&runner, "switched off", false).await;
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn({
            let runner = runner.clone();
            async move { runner.run(stopped).await }
        });
        let listens = async {
            while link::tell(&places, &Changes::default()).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, listens).await.unwrap();
        let other = process(&places, false);
        let wrong = other.unlock_secrets(typed("battery staple", false)).await.unwrap_err().to_wire();
        assert_eq!((wrong.code, wrong.message.as_str()), (ErrorCode::Locked, "That is not the passphrase"));
        assert_eq!(kept(&runner).await, SecretsKept::Locked);
        assert_eq!(other.unlock_secrets(typed("correct horse", false)).await.unwrap().kept, SecretsKept::Unlocked);
        let unlocked = async {
            while kept(&runner).await != SecretsKept::Unlocked {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, unlocked).await.unwrap();
        let syncs = || async {
            let all = |conn: &Connection| Ok(legible_jobs::jobs(conn, &legible_jobs::Filter::default(), 0, 10)?.jobs);
            let jobs = runner.database().read(all).await.unwrap();
            jobs.into_iter().filter(|job| job.kind == SYNC).map(|job| job.title).collect::<Vec<_>>()
        };
        let goes_on = async {
            while syncs().await.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, goes_on).await.unwrap();
        assert_eq!(syncs().await, ["left"]);
        stop.send(true).unwrap();
        running.await.unwrap().unwrap();
    }

    #[test]
    fn a_passphrase_is_not_shown() {
        let typed = typed("correct horse", false);
        let changes = Changes { unlock: Some(typed.passphrase.clone()), ..Changes::default() };
        let shown = format!("{typed:?} {changes:?}");
        assert!(!shown.contains("correct"), "{shown}");
    }
}
