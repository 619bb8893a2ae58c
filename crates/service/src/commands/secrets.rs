//! Commands on secrets: how they are kept, and the passphrase that opens them.

use crate::api::{NoArgs, SecretsState, UnlockSecrets};
use crate::changes::Changes;
use crate::error::Result;
use crate::secrets::Passphrase;
use crate::service::{Role, Service};

impl Service {
    /// How secrets are kept.
    ///
    /// # Errors
    /// None of its own.
    pub async fn secrets_state(&self, _: NoArgs) -> Result<SecretsState> {
        self.blocking(|service| Ok(SecretsState { kept: service.sealed().kept() })).await
    }

    /// Opens the secrets for this process and for the one that runs the jobs, or chooses the passphrase.
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
        if !matches!(self.role(), Role::Runner) {
            self.announce(Changes { unlock: Some(passphrase), ..Changes::default() }).await;
        }
        self.secrets_state(NoArgs {}).await
    }

    /// Opens the secrets by what another process was told, which has seen that it is right.
    pub(crate) async fn hear_unlock(&self, passphrase: Passphrase) {
        if let Err(error) = self.blocking(move |service| Ok(service.sealed().unlock(&passphrase)?)).await {
            tracing::warn!(%error, "the secrets could not be unlocked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ErrorCode, SecretsKept};
    use crate::clock::ManualClock;
    use crate::link;
    use crate::places::Places;
    use crate::service::Config;
    use crate::testing::NoKeychain;
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
