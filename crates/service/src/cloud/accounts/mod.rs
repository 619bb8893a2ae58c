//! Storages as they are set: where they are, when they are brought in step, what opens them, and who signed in for that.

pub mod account;
pub mod grants;
mod opening;
mod orphans;
mod own;
pub mod place;
pub mod schedule;
mod set_up;
pub mod sign_ins;

pub use opening::{Key, in_time};
pub use set_up::{NewKey, Said, SealedKey};
