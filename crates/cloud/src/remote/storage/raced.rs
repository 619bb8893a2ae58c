//! Somebody who writes between two steps of ours, where files are written beside and renamed. (For where requests are made, the conformance
//! suite has somebody between two of these.)

use super::{Found, Place, Secret, Storage, Way};
use crate::Result;
use crate::error::Error;
use crate::path::FilePath;
use crate::remote::{Expect, Remote, RemoteFile, Unkept, Unwatched, Upload};
use opendal::raw::{
    Layer, OpCompose, OpCopy, OpCreateDir, OpList, OpPresign, OpRead, OpRename, OpStat, OpWrite, RpCreateDir,
    RpPresign, RpRename, RpStat, Service, ServiceInfo, Servicer, oio,
};
use opendal::{Capability, OperationContext};
use std::fmt::{self, Debug, Formatter};
use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// When somebody writes, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Just before a rename.
    Before,
    /// Just after one.
    After,
}

/// Somebody, as a layer of the operator.
#[derive(Clone)]
struct Somebody {
    when: When,
    writes: Arc<dyn Fn() + Send + Sync>,
    has_written: Arc<AtomicBool>,
}

impl Debug for Somebody {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Somebody {:?}", self.when)
    }
}

impl Somebody {
    fn turn(&self, now: When) {
        if now == self.when && !self.has_written.swap(true, Ordering::SeqCst) {
            (self.writes)();
        }
    }
}

impl Layer for Somebody {
    fn apply_service(&self, inner: Servicer) -> Servicer {
        Arc::new(Raced { inner, by: self.clone() })
    }
}

#[derive(Debug)]
struct Raced {
    inner: Servicer,
    by: Somebody,
}

impl Service for Raced {
    type Reader = oio::Reader;
    type Writer = oio::Writer;
    type Lister = oio::Lister;
    type Deleter = oio::Deleter;
    type Copier = oio::Copier;
    type Composer = oio::Composer;

    fn info(&self) -> ServiceInfo {
        self.inner.info_dyn()
    }

    fn capability(&self) -> Capability {
        self.inner.capability_dyn()
    }

    async fn create_dir(&self, on: &OperationContext, path: &str, args: OpCreateDir) -> opendal::Result<RpCreateDir> {
        self.inner.create_dir_dyn(on, path, args).await
    }

    async fn stat(&self, on: &OperationContext, path: &str, args: OpStat) -> opendal::Result<RpStat> {
        self.inner.stat_dyn(on, path, args).await
    }

    fn read(&self, on: &OperationContext, path: &str, args: OpRead) -> opendal::Result<oio::Reader> {
        self.inner.read_dyn(on, path, args)
    }

    fn write(&self, on: &OperationContext, path: &str, args: OpWrite) -> opendal::Result<oio::Writer> {
        self.inner.write_dyn(on, path, args)
    }

    fn delete(&self, on: &OperationContext) -> opendal::Result<oio::Deleter> {
        self.inner.delete_dyn(on)
    }

    fn list(&self, on: &OperationContext, path: &str, args: OpList) -> opendal::Result<oio::Lister> {
        self.inner.list_dyn(on, path, args)
    }

    fn copy(&self, on: &OperationContext, from: &str, to: &str, args: OpCopy) -> opendal::Result<oio::Copier> {
        self.inner.copy_dyn(on, from, to, args)
    }

    fn compose(&self, on: &OperationContext, to: &str, args: OpCompose) -> opendal::Result<oio::Composer> {
        self.inner.compose_dyn(on, to, args)
    }

    async fn rename(&self, on: &OperationContext, from: &str, to: &str, args: OpRename) -> opendal::Result<RpRename> {
        self.by.turn(When::Before);
        let renamed = self.inner.rename_dyn(on, from, to, args).await;
        self.by.turn(When::After);
        renamed
    }

    async fn presign(&self, on: &OperationContext, path: &str, args: OpPresign) -> opendal::Result<RpPresign> {
        self.inner.presign_dyn(on, path, args).await
    }
}

/// A folder in which `a.png` holds "first" when `then` runs, which is told how that is.
fn in_a_folder(then: impl Fn(Storage, RemoteFile, PathBuf)) {
    for is_sftp in [false, true] {
        let above = tempfile::tempdir().unwrap();
        let place = Place::Folder { path: above.path().join("folder") };
        let today = Arc::new(|| "2026-11-22".to_owned());
        let mut storage = Storage::open(&place, &Secret::new(""), Found::default(), today).unwrap();
        if is_sftp {
            // What a server of SFTP does is what a file system does.
            storage.way = Way::Sftp;
        }
        let first = put(&storage, b"first", &Expect::Absent).unwrap();
        then(storage, first, above.path().join("folder/a.png"));
    }
}

fn put(storage: &Storage, bytes: &[u8], expect: &Expect) -> Result<RemoteFile> {
    let path = FilePath::parse("a.png").unwrap();
    let (content, size) = (&mut Cursor::new(bytes), bytes.len() as u64);
    storage.put(Upload { path: &path, content, size, expect, session: &mut Unkept }, &Unwatched)
}

fn raced(storage: Storage, when: When, writes: impl Fn() + Send + Sync + 'static) -> Storage {
    let by = Somebody { when, writes: Arc::new(writes), has_written: Arc::default() };
    Storage { operator: storage.operator.clone().layer(by), ..storage }
}

#[test]
fn what_somebody_writes_right_after_ours_is_theirs() {
    let check = |theirs: &'static [u8]| {
        in_a_folder(|storage, first, at| {
            let there = at.clone();
            let storage = raced(storage, When::After, move || fs::write(&there, theirs).unwrap());
            let put = put(&storage, b"ours!", &Expect::Revision(first.revision));
            assert!(matches!(put, Err(Error::Stale(_))), "{put:?}");
            assert_eq!(fs::read(&at).unwrap(), theirs);
        });
    };
    check(b"of another size");
    check(b"their");
}

#[test]
fn a_time_that_settles_later_is_nobodys_write() {
    let later = |at: &Path| {
        let file = File::options().write(true).open(at).unwrap();
        let before = file.metadata().unwrap().modified().unwrap();
        file.set_modified(before + Duration::from_secs(2)).unwrap();
    };
    in_a_folder(|storage, first, at| {
        let storage = raced(storage, When::After, {
            let at = at.clone();
            move || later(&at)
        });
        let put = put(&storage, b"ours!", &Expect::Revision(first.revision)).unwrap();
        assert_eq!(storage.look(&put.path, &Unwatched).unwrap().unwrap(), put, "in the state that it has now");
    });
}

#[test]
fn what_somebody_writes_right_before_a_removal_comes_back() {
    let check = |theirs: &'static [u8]| {
        in_a_folder(|storage, first, at| {
            let there = at.clone();
            let storage = raced(storage, When::Before, move || fs::write(&there, theirs).unwrap());
            let removed = storage.remove(&first, &Unwatched);
            assert!(matches!(removed, Err(Error::Stale(_))), "{removed:?}");
            assert_eq!(fs::read(&at).unwrap(), theirs);
        });
    };
    check(b"of another size");
    check(b"their");
}
