//! What the fakes have in common: the hand that a test holds of one, and what the server asks of it.

use crate::faults::{Fault, Orders};
use crate::log::Entry;
use crate::tokens::{Grant, Tokens};
use crate::web::{Answer, Request};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A provider with one account.
pub trait Provider: Send + 'static {
    /// The hosts that it answers for.
    fn hosts(&self) -> &'static [&'static str];

    /// Does what is asked.
    fn answer(&mut self, request: &Request) -> Answer;

    /// How it says that something is not done now.
    fn refusal(&self, status: u16, retry_after: Option<u64>) -> Answer;

    /// Keeps what it keeps of a request whose body ended too early.
    fn cut_short(&mut self, _request: &Request) {}

    /// Who may ask.
    fn tokens(&mut self) -> &mut Tokens;

    /// See [`Fake::put`].
    fn put(&mut self, path: &str, content: &[u8]);

    /// See [`Fake::get`].
    fn get(&self, path: &str) -> Option<Vec<u8>>;

    /// See [`Fake::remove`].
    fn remove(&mut self, path: &str);

    /// See [`Fake::rename`].
    fn rename(&mut self, from: &str, to: &str);

    /// See [`Fake::files`].
    fn files(&self) -> BTreeMap<String, Vec<u8>>;

    /// See [`Fake::expire_cursors`].
    fn expire_cursors(&mut self);

    /// See [`Fake::expire_sessions`].
    fn expire_sessions(&mut self);

    /// See [`Fake::set_room`].
    fn set_room(&mut self, bytes: Option<u64>);
}

/// A provider as a test holds it. A clone is the same one.
pub struct Fake<P: ?Sized>(Arc<Inner<P>>);

struct Inner<P: ?Sized> {
    orders: Mutex<Orders>,
    log: Mutex<Vec<Entry>>,
    provider: Mutex<P>,
}

impl<P: ?Sized> Clone for Fake<P> {
    fn clone(&self) -> Self {
        Fake(self.0.clone())
    }
}

impl<P: Provider> Fake<P> {
    pub(crate) fn new(provider: P) -> Self {
        let (orders, log) = (Mutex::default(), Mutex::default());
        Fake(Arc::new(Inner { orders, log, provider: Mutex::new(provider) }))
    }

    /// The same, whatever it is.
    pub fn any(&self) -> Fake<dyn Provider> {
        Fake(self.0.clone())
    }
}

impl<P: Provider + ?Sized> Fake<P> {
    pub(crate) fn lock(&self) -> MutexGuard<'_, P> {
        locked(&self.0.provider)
    }

    pub(crate) fn note(&self, entry: Entry) {
        locked(&self.0.log).push(entry);
    }

    pub(crate) fn faults_at(&self, line: &str) -> Vec<Fault> {
        locked(&self.0.orders).take(line)
    }

    /// Has something go wrong with the next `times` requests whose line (see [`Entry::line`]) holds `matching`. Those that match one
    /// request all happen with it.
    pub fn fault(&self, matching: &str, times: usize, fault: Fault) {
        locked(&self.0.orders).add(matching, times, fault);
    }

    /// How many faults were ordered and did not happen.
    pub fn faults_left(&self) -> usize {
        locked(&self.0.orders).left()
    }

    /// No fault that is ordered will happen.
    pub fn clear_faults(&self) {
        locked(&self.0.orders).clear();
    }

    /// The requests since the log was last taken.
    pub fn log(&self) -> Vec<Entry> {
        locked(&self.0.log).clone()
    }

    /// The same, and begins it anew.
    pub fn take_log(&self) -> Vec<Entry> {
        std::mem::take(&mut locked(&self.0.log))
    }

    /// Puts a file there as another client does, over what lies there, with the folders above it. Paths are like `folder/name.png`.
    pub fn put(&self, path: &str, content: &[u8]) {
        self.lock().put(path, content);
    }

    /// The content of the file at a path.
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.lock().get(path)
    }

    /// Removes a file, or a folder with all that is in it, as another client does.
    ///
    /// # Panics
    /// When there is none.
    pub fn remove(&self, path: &str) {
        self.lock().remove(path);
    }

    /// Moves a file or a folder as another client does. The folders above its new place are there.
    ///
    /// # Panics
    /// When there is none, or something lies there.
    pub fn rename(&self, from: &str, to: &str) {
        self.lock().rename(from, to);
    }

    /// All files that are not in a trash, with their contents.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.lock().files()
    }

    /// Every mark after which changes are told is out of date.
    pub fn expire_cursors(&self) {
        self.lock().expire_cursors();
    }

    /// Every upload that is not finished is forgotten.
    pub fn expire_sessions(&self) {
        self.lock().expire_sessions();
    }

    /// How many bytes the account holds; `None` for as many as come.
    pub fn set_room(&self, bytes: Option<u64>) {
        self.lock().set_room(bytes);
    }

    /// Tokens of somebody who signed in.
    pub fn grant(&self) -> Grant {
        self.lock().tokens().grant()
    }

    /// Tokens of somebody who granted only these scopes.
    pub fn grant_only(&self, scopes: &[&str]) -> Grant {
        self.lock().tokens().grant_only(scopes)
    }

    /// Every access token that was given is out of date. What refreshes them still does.
    pub fn expire_access(&self) {
        self.lock().tokens().expire_access();
    }

    /// Every token that was given is worth nothing any more: the person took the leave back.
    pub fn revoke_all(&self) {
        self.lock().tokens().revoke_all();
    }

    /// Whether a token that refreshes others still does.
    pub fn refreshes(&self, token: &str) -> bool {
        self.lock().tokens().refreshes(token)
    }

    /// Whether the person says yes on the page that asks for leave. They do, unless a test says otherwise.
    pub fn person_agrees(&self, agrees: bool) {
        self.lock().tokens().person_agrees(agrees);
    }
}

/// A test that failed while it held a lock must not make the others fail.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
