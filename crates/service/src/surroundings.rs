//! The machine as this process sees it: followed when first asked for, once per process, or given by a test.

use crate::machine::{self, Fact, Interruption, Needs, Watch};
use crate::service::Service;
use legible_jobs::{Conditions, Machine, NetworkNeed};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, watch};

/// The machine, now and as it changes. Clones share the followers.
#[derive(Clone)]
pub struct Surroundings {
    /// What the machine is like.
    pub machine: watch::Receiver<Machine>,
    followed: Option<Arc<Followed>>,
}

struct Followed {
    watch: Watch,
    interruptions: Mutex<Option<mpsc::UnboundedReceiver<Interruption>>>,
}

impl Surroundings {
    /// Those that a test tells.
    pub fn told(machine: watch::Receiver<Machine>) -> Self {
        Surroundings { machine, followed: None }
    }

    /// Those of this machine. To be called on the tokio runtime.
    pub fn of_this_machine(service: &Service) -> Self {
        let (sender, interruptions) = mpsc::unbounded_channel();
        let settings = service.settings_file().clone();
        let folder = move || {
            let settings = settings.load().unwrap_or_else(|_| settings.defaults().clone());
            PathBuf::from(settings.library_folder)
        };
        let config = machine::Config::new(service.clock(), folder);
        let watch = machine::watch(machine::Config { interruptions: Some(sender), ..config });
        let machine = watch.machine();
        let followed = Followed { watch, interruptions: Mutex::new(Some(interruptions)) };
        Surroundings { machine, followed: Some(Arc::new(followed)) }
    }

    /// Waits for a change of the machine.
    pub async fn changed(&mut self) {
        if self.machine.changed().await.is_err() {
            // Nobody tells any more: what is known stays.
            std::future::pending().await
        }
    }

    /// Says what jobs need, now and as long as nothing else is said. What nobody needs is not looked at.
    pub fn need<'a>(&self, conditions: impl Iterator<Item = &'a Conditions>) {
        let Some(followed) = &self.followed else { return };
        let mut needs = Needs::default();
        for conditions in conditions {
            needs.power |= conditions.ac_power || conditions.battery_not_low;
            needs.network |= conditions.network != NetworkNeed::Any;
            needs.user |= conditions.idle_minutes.is_some();
            needs.disk |= conditions.disk_not_low;
        }
        followed.watch.need(needs);
    }

    /// Looks at everything anew.
    pub async fn look(&self) {
        if let Some(followed) = &self.followed {
            followed.watch.look().await;
        }
    }

    /// What is known of the machine, and who told it.
    pub fn facts(&self) -> Vec<Fact> {
        self.followed.as_ref().map_or_else(Vec::new, |followed| followed.watch.facts())
    }

    /// Sleep and shutdown as they come. Only the first who asks is told.
    pub fn interruptions(&self) -> Option<mpsc::UnboundedReceiver<Interruption>> {
        let followed = self.followed.as_ref()?;
        followed.interruptions.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
