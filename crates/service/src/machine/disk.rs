//! Free space where the library lies.

use super::board::{Board, Part};
use super::{Needs, due};
use crate::limits::MACHINE_ANSWER;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, timeout};

/// Looks at the disk now, when asked, and every `poll` while it is needed.
pub async fn follow(
    board: Arc<Board>,
    mut needs: watch::Receiver<Needs>,
    folder: Box<dyn Fn() -> PathBuf + Send + Sync>,
    poll: Duration,
) {
    let mut asked = board.asked();
    // A network disk may hang: then there is no second look beside the first.
    let mut looking: Option<JoinHandle<Option<u64>>> = None;
    loop {
        let request = *asked.borrow_and_update();
        let looked = looking.get_or_insert_with(|| {
            let folder = folder();
            spawn_blocking(move || free(&folder))
        });
        match timeout(MACHINE_ANSWER, looked).await {
            Ok(free) => {
                looking = None;
                board.disk(free.ok().flatten());
            }
            Err(_) => board.disk(None),
        }
        board.answer(Part::Disk, request);
        due(&mut asked, &mut needs, |needs| needs.disk, Instant::now() + poll).await;
    }
}

/// Free bytes for this user on the disk of a folder, which may not be there yet.
fn free(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| folder.exists())?;
    fs4::available_space(there).ok()
}

#[cfg(test)]
mod tests {
    use super::free;
    use std::path::Path;

    #[test]
    fn a_folder_to_come_has_the_space_of_the_one_it_comes_into() {
        let dir = tempfile::tempdir().unwrap();
        assert!(free(dir.path()).unwrap() > 0);
        assert!(free(&dir.path().join("not/yet")).is_some());
        assert_eq!(free(Path::new("")), None);
    }
}
