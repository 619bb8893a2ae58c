//! Images are decoded and read in child processes: a crash, a hang or a memory blow-up there costs one task.
//!
//! The parent's side is [`Pool`]: it starts workers when there is work, hands each one task at a time over its stdin,
//! watches clock, memory and cancel token while the task runs, and ends workers that misbehave or idle. The child's side
//! is [`serve`]: it limits its own memory, gives up files and network ([`confine`]) before it sees a byte from outside,
//! keeps its engines loaded, and ends when its stdin closes. Both speak frames ([`frame`]) on stdin and stdout; stderr
//! is for a person.

mod args;
mod cancel;
mod check;
mod client;
mod describe;
mod error;
pub mod frame;
pub mod limits;
mod memory;
mod pool;
mod protocol;
mod sandbox;
mod server;
mod stderr;

pub use args::ServeArgs;
pub use cancel::CancelToken;
pub use error::{EngineFault, TaskError, WorkerError};
pub use pool::{Pool, PoolConfig};
pub use protocol::{Answer, Task};
pub use sandbox::{Confinement, confine};
pub use server::serve;
