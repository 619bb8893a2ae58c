//! Keeps the library folder in step with storages: how a storage is set, how both are brought in step, and what is told of it.

pub mod accounts;
pub mod in_step;
pub mod told;

/// What this machine is called in the names of files of which both versions are kept.
pub fn device() -> String {
    let name = gethostname::gethostname().to_string_lossy().trim().to_owned();
    if name.is_empty() { "this computer".to_owned() } else { name }
}

#[cfg(test)]
mod tests;
