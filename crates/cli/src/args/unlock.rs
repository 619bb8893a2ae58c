//! Options of `unlock`.

use super::Print;

/// Options of `unlock`.
#[derive(Debug, clap::Args)]
pub struct Unlock {
    /// Choose the passphrase: where this machine has no keychain, secrets can be kept from then on
    #[arg(long)]
    pub new: bool,
    /// How the result is printed.
    #[command(flatten)]
    pub print: Print,
}
