//! Secrets that nothing uses any more: a process was killed between the moment at which a storage or a source was removed, or opened by
//! something else, and that at which what had opened it was given back. Nothing of a grant is to outlive what it was for.

use super::account;
use crate::error::{Error, Result};
use crate::service::Service;
use crate::sources::secret_names;
use crate::tables::secrets as table;
use legible_cloud::Error as CloudError;
use legible_cloud::account::{ProviderKind, Tokens};
use rusqlite::Connection;
use std::collections::HashSet;

/// How the names begin under which secrets are kept together with what they open: one that nothing refers to is an orphan at once.
const BEGINNINGS: [&str; 2] = ["storage:", "source:"];

impl Service {
    /// Forgets secrets that nothing uses, and has providers take back what was granted by them. What cannot be asked now stays for the next
    /// time. Gives how many are gone.
    ///
    /// # Errors
    /// When the database fails, or has a storage or a source of a newer program: then nobody knows what is used.
    pub(crate) async fn forget_orphaned_secrets(&self) -> Result<usize> {
        let mut gone = 0;
        for name in self.database().read(orphans).await? {
            match self.forget_orphan(&name).await {
                Ok(()) => gone += 1,
                Err(error) => tracing::debug!(%error, "what opened a storage that was removed stays for now"),
            }
        }
        Ok(gone)
    }

    async fn forget_orphan(&self, name: &str) -> Result<()> {
        let of = name.to_owned();
        let Some(kind) = self.blocking(move |service| service.kind_of_grant(&of)).await? else {
            let name = name.to_owned();
            return self.blocking(move |service| Ok(service.secrets().forget(&name)?)).await;
        };
        self.reaches(kind, name).await?;
        if let Some(left) = self.sign_out(kind, name).await {
            tracing::warn!(why = left.why, page = left.page, "a provider was not told that a grant is used no more");
        }
        Ok(())
    }

    /// That a provider answers for the grant of a name, be it that this does not hold any more: who is signed out where nothing can be reached
    /// leaves the grant alive for ever.
    async fn reaches(&self, kind: ProviderKind, name: &str) -> Result<()> {
        let name = name.to_owned();
        let (account, _) = self.blocking(move |service| service.account_of(kind, &name)).await?;
        match account.access(None).await {
            Err(error @ CloudError::MayPass { .. }) => Err(Error::from(error)),
            _ => Ok(()),
        }
    }
}

/// The names of secrets that no storage and no source has.
fn orphans(conn: &Connection) -> Result<Vec<String>> {
    let storages = account::all(conn)?.into_iter().filter_map(|known| known.account.secret_name(known.id));
    let mut used: HashSet<String> = storages.collect();
    for source in legible_sources::sources(conn)? {
        used.extend(secret_names(&source.map_err(|damaged| damaged.error)?)?);
    }
    let mut names = table::names(conn)?;
    names.retain(|name| BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) && !used.contains(name));
    Ok(names)
}

#[cfg(test)]
mod tests {
    use crate::secrets::NoSecret;
    use crate::testing::Home;

    #[test]
    fn only_what_nothing_refers_to_is_forgotten() {
        let home = Home::new();
        let secrets = home.service.secrets();
        let all = ["storage:1:0000abcd", "source:1:0000abcd", "storage 7", "source 7 of 1 header cookie", "else"];
        all.iter().for_each(|name| secrets.set(name, "a password").unwrap());
        assert_eq!(home.ask(home.service.forget_orphaned_secrets()).unwrap(), 2);
        let is_there = |name: &&str| !matches!(secrets.get(name), Err(NoSecret::Missing(_)));
        assert_eq!(all.iter().map(is_there).collect::<Vec<_>>(), [false, false, true, true, true]);
    }
}
