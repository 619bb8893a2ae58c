//! `legible unlock`: the passphrase of the secrets, where this machine has no keychain.

use crate::args::Unlock;
use crate::context;
use crate::output::{Exit, print_line};
use anyhow::{Context, ensure};
use legible_service::api::{SecretsKept, UnlockSecrets};
use legible_service::secrets::Passphrase;
use std::io::{BufRead, IsTerminal, stdin};

/// Asks for the passphrase on the terminal, or reads the first line of standard input, and has the process that runs the jobs know it.
///
/// # Errors
/// When it is another one, or none is wanted.
pub async fn unlock(args: Unlock) -> anyhow::Result<Exit> {
    context::log("warn");
    let service = context::service(false)?;
    let passphrase = typed(args.new)?;
    let state = service.unlock_secrets(UnlockSecrets { passphrase, new: args.new }).await?;
    args.print.show(&state, |state| match state.kept {
        SecretsKept::Unlocked => print_line("the secrets are unlocked"),
        SecretsKept::Keychain => print_line("the system's keychain keeps the key to the secrets"),
        SecretsKept::Locked | SecretsKept::Nowhere => print_line("the secrets are locked"),
    })?;
    context::say_if_nobody_runs(&service);
    Ok(Exit::Fine)
}

fn typed(new: bool) -> anyhow::Result<Passphrase> {
    if !stdin().is_terminal() {
        let mut line = String::new();
        stdin().lock().read_line(&mut line).context("the passphrase cannot be read from standard input")?;
        return Ok(Passphrase::new(&line));
    }
    let ask = |question: &str| {
        let answer = rpassword::prompt_password(question).context("the passphrase cannot be asked for")?;
        anyhow::Ok(Passphrase::new(&answer))
    };
    let first = ask(if new { "New passphrase: " } else { "Passphrase: " })?;
    if new {
        ensure!(ask("Once more: ")? == first, "those are two passphrases; nothing was changed");
    }
    Ok(first)
}
