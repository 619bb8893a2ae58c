//! The hand that a test holds of a fake, whichever it is, and the tokens of it.

use futures_util::future::BoxFuture;
use legible_cloud::account::Tokens;
use legible_cloud::{Error, Result};
use legible_cloud_fakes::Fault;
use std::sync::{Arc, Mutex};

/// A fake, whichever it is.
pub trait Hand: Send + Sync {
    fn fault(&self, matching: &str, times: usize, fault: Fault);
    fn faults_left(&self) -> usize;
    fn put(&self, path: &str, content: &[u8]);
    fn get(&self, path: &str) -> Option<Vec<u8>>;
    fn remove(&self, path: &str);
    fn rename(&self, from: &str, to: &str);
    fn set_room(&self, bytes: Option<u64>);
    fn expire_cursors(&self);
    fn expire_sessions(&self);
    fn expire_access(&self);
    fn revoke_all(&self);
    fn access(&self) -> String;
}

macro_rules! hand {
    ($fake:ty) => {
        impl Hand for $fake {
            fn fault(&self, matching: &str, times: usize, fault: Fault) {
                self.fault(matching, times, fault);
            }
            fn faults_left(&self) -> usize {
                self.faults_left()
            }
            fn put(&self, path: &str, content: &[u8]) {
                self.put(path, content);
            }
            fn get(&self, path: &str) -> Option<Vec<u8>> {
                self.get(path)
            }
            fn remove(&self, path: &str) {
                self.remove(path);
            }
            fn rename(&self, from: &str, to: &str) {
                self.rename(from, to);
            }
            fn set_room(&self, bytes: Option<u64>) {
                self.set_room(bytes);
            }
            fn expire_cursors(&self) {
                self.expire_cursors();
            }
            fn expire_sessions(&self) {
                self.expire_sessions();
            }
            fn expire_access(&self) {
                self.expire_access();
            }
            fn revoke_all(&self) {
                self.revoke_all();
            }
            fn access(&self) -> String {
                self.grant().access
            }
        }
    };
}
hand!(legible_cloud_fakes::Drive);
hand!(legible_cloud_fakes::Dropbox);
hand!(legible_cloud_fakes::OneDrive);

/// Tokens of a fake: another one when one was refused, unless the person took the leave back.
pub struct Granted {
    fake: Arc<dyn Hand>,
    now: Mutex<Option<String>>,
    pub is_revoked: Mutex<bool>,
}

impl Granted {
    pub fn of(fake: Arc<dyn Hand>) -> Arc<Self> {
        Arc::new(Granted { fake, now: Mutex::default(), is_revoked: Mutex::default() })
    }
}

impl Tokens for Granted {
    fn access<'a>(&'a self, refused: Option<&'a str>) -> BoxFuture<'a, Result<String>> {
        let mut now = self.now.lock().unwrap();
        if refused.is_some() && *self.is_revoked.lock().unwrap() {
            let (message, hint) = ("you are signed out".to_owned(), "Sign in again.".to_owned());
            return Box::pin(async { Err(Error::SignIn { message, hint }) });
        }
        if now.is_none() || *now == refused.map(str::to_owned) {
            *now = Some(self.fake.access());
        }
        let token = now.clone().unwrap();
        Box::pin(async { Ok(token) })
    }
}
