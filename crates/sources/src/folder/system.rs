//! What depends on the operating system: numbers of files, times, hidden files, and what a file system can do.

use crate::folder::FileId;
use std::fs::Metadata;
use std::path::Path;
#[cfg(not(unix))]
use std::time::UNIX_EPOCH;

/// Whether a watcher of this system adds each folder by itself, after it told of it, instead of hearing of a whole tree.
pub const WATCHES_EACH_FOLDER: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// When the content of a file was last changed, in nanoseconds since the Unix epoch.
#[cfg(unix)]
pub fn modified_ns(metadata: &Metadata) -> i64 {
    use std::os::unix::fs::MetadataExt;
    metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec())
}

/// When the content of a file was last changed, in nanoseconds since the Unix epoch.
#[cfg(not(unix))]
pub fn modified_ns(metadata: &Metadata) -> i64 {
    metadata.modified().map_or(0, nanos)
}

/// When anything was done to a file, in milliseconds since the Unix epoch: what copies a file may set its time back before
/// it has written all of it.
#[cfg(unix)]
pub fn touched_ms(metadata: &Metadata) -> i64 {
    use std::os::unix::fs::MetadataExt;
    let changed = metadata.ctime().saturating_mul(1000).saturating_add(metadata.ctime_nsec() / 1_000_000);
    changed.max(modified_ns(metadata) / 1_000_000)
}

/// When anything was done to a file, in milliseconds since the Unix epoch.
#[cfg(not(unix))]
pub fn touched_ms(metadata: &Metadata) -> i64 {
    metadata.created().map_or(0, nanos).max(modified_ns(metadata)) / 1_000_000
}

#[cfg(not(unix))]
fn nanos(time: std::time::SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    }
}

/// The number of a file or folder.
#[cfg(unix)]
pub fn file_id(_path: &Path, metadata: &Metadata) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    Some(FileId(metadata.ino().into()))
}

/// The number of a file or folder.
#[cfg(windows)]
pub fn file_id(path: &Path, _metadata: &Metadata) -> Option<FileId> {
    match file_id::get_file_id(path).ok()? {
        file_id::FileId::Inode { inode_number, .. } => Some(FileId(inode_number.into())),
        file_id::FileId::LowRes { file_index, .. } => Some(FileId(file_index.into())),
        file_id::FileId::HighRes { file_id, .. } => Some(FileId(file_id)),
    }
}

/// Whether a file or folder is hidden by other means than its name.
#[cfg(windows)]
pub fn is_hidden(metadata: &Metadata) -> bool {
    use std::os::windows::fs::MetadataExt;
    const HIDDEN: u32 = 0x2;
    metadata.file_attributes() & HIDDEN != 0
}

/// Whether a file or folder is hidden by other means than its name.
#[cfg(target_os = "macos")]
pub fn is_hidden(metadata: &Metadata) -> bool {
    use std::os::macos::fs::MetadataExt;
    const UF_HIDDEN: u32 = 0x8000;
    metadata.st_flags() & UF_HIDDEN != 0
}

/// Whether a file or folder is hidden by other means than its name.
#[cfg(not(any(windows, target_os = "macos")))]
pub fn is_hidden(_metadata: &Metadata) -> bool {
    false
}

/// Whether the numbers of the files in a folder last. Where they do not, each look would find all files to be others.
pub fn ids_last(folder: &Path) -> bool {
    file_system(folder).is_none_or(|system| system.ids_last)
}

/// Why changes in a folder are not told, if they are not.
pub fn deaf(folder: &Path) -> Option<String> {
    let system = file_system(folder).filter(|system| !system.tells)?;
    Some(format!("this folder is on {}, which does not tell what others change there", system.name))
}

/// A kind of file systems that lacks something.
struct FileSystem {
    /// For people, as in "this folder is on …".
    name: &'static str,
    /// Whether it tells of all changes.
    tells: bool,
    /// Whether a file has the same number for ever.
    ids_last: bool,
}

/// By their numbers in statfs(2) and in the kernel's `magic.h`.
#[cfg(target_os = "linux")]
const FILE_SYSTEMS: &[(u32, FileSystem)] = &[
    (0x6969, FileSystem { name: "a network share (NFS)", tells: false, ids_last: true }),
    (0x517b, FileSystem { name: "a network share (SMB)", tells: false, ids_last: false }),
    (0xff53_4d42, FileSystem { name: "a network share (CIFS)", tells: false, ids_last: false }),
    (0xfe53_4d42, FileSystem { name: "a network share (SMB)", tells: false, ids_last: false }),
    (0x6573_5546, FileSystem { name: "a file system of a program (FUSE)", tells: false, ids_last: false }),
    (0x0102_1997, FileSystem { name: "a folder of another system (9p)", tells: false, ids_last: false }),
    (0x786f_4256, FileSystem { name: "a folder of the host (VirtualBox)", tells: false, ids_last: false }),
    (0xbacb_acbc, FileSystem { name: "a folder of the host (VMware)", tells: false, ids_last: false }),
    (0x5346_414f, FileSystem { name: "a network share (AFS)", tells: false, ids_last: true }),
    (0x7375_7245, FileSystem { name: "a network share (Coda)", tells: false, ids_last: true }),
    (0x00c3_6400, FileSystem { name: "a network share (Ceph)", tells: false, ids_last: true }),
    (0x0bd0_0bd0, FileSystem { name: "a network share (Lustre)", tells: false, ids_last: true }),
    (0x4d44, FileSystem { name: "a FAT disk", tells: true, ids_last: false }),
    (0x2011_bab0, FileSystem { name: "an exFAT disk", tells: true, ids_last: false }),
];

#[cfg(target_os = "linux")]
fn file_system(folder: &Path) -> Option<&'static FileSystem> {
    // The kernel's numbers have 32 bits, whatever the width of the field.
    let number = rustix::fs::statfs(folder).ok()?.f_type as u32;
    FILE_SYSTEMS.iter().find(|(known, _)| *known == number).map(|(_, system)| system)
}

/// By their names in statfs(2).
#[cfg(target_os = "macos")]
const FILE_SYSTEMS: &[(&str, FileSystem)] = &[
    ("nfs", FileSystem { name: "a network share (NFS)", tells: false, ids_last: true }),
    ("smbfs", FileSystem { name: "a network share (SMB)", tells: false, ids_last: false }),
    ("afpfs", FileSystem { name: "a network share (AFP)", tells: false, ids_last: false }),
    ("webdav", FileSystem { name: "a network share (WebDAV)", tells: false, ids_last: false }),
    ("macfuse", FileSystem { name: "a file system of a program (FUSE)", tells: false, ids_last: false }),
    ("osxfuse", FileSystem { name: "a file system of a program (FUSE)", tells: false, ids_last: false }),
    ("msdos", FileSystem { name: "a FAT disk", tells: true, ids_last: false }),
    ("exfat", FileSystem { name: "an exFAT disk", tells: true, ids_last: false }),
];

#[cfg(target_os = "macos")]
fn file_system(folder: &Path) -> Option<&'static FileSystem> {
    let told = rustix::fs::statfs(folder).ok()?.f_fstypename;
    let name: Vec<u8> = told.iter().map(|&letter| letter as u8).take_while(|&letter| letter != 0).collect();
    FILE_SYSTEMS.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, system)| system)
}

/// Windows tells the real path of a network drive: it begins with the server.
#[cfg(windows)]
fn file_system(folder: &Path) -> Option<&'static FileSystem> {
    use std::path::{Component, Prefix};
    const SHARE: FileSystem = FileSystem { name: "a network share", tells: false, ids_last: false };
    let real = folder.canonicalize().ok()?;
    let Some(Component::Prefix(prefix)) = real.components().next() else { return None };
    matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)).then_some(&SHARE)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn file_system(_folder: &Path) -> Option<&'static FileSystem> {
    None
}
