//! Work that takes as long as a test wants: an original so large that checking it does not end by itself in time.

use super::draw::{number, png};
use super::{Home, wait_for};
use std::fs::File;
use std::path::PathBuf;

/// Bytes of the large original. All holes: it takes no room on the disk, but a minute to read.
const BYTES: u64 = 1 << 37;

/// A library of three images, the second of which is replaced by a file that takes long to check.
pub struct SlowCheck {
    original: PathBuf,
    size: i64,
}

impl SlowCheck {
    /// Fills the library of a home where nothing runs.
    pub fn in_home(home: &Home) -> Self {
        for value in 1..=3 {
            home.write(&format!("in/{value}.png"), png(&number(value)));
        }
        home.run(["add", "in"]).with(0);
        home.run(["run", "--until-idle"]).with(0);
        let row = home.database().query_row("SELECT path, size FROM item WHERE id = 2", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
        });
        let (path, size) = row.unwrap();
        let slow = SlowCheck { original: home.path("library").join(path), size };
        std::fs::rename(&slow.original, home.path("aside.png")).unwrap();
        File::create(&slow.original).unwrap().set_len(BYTES).unwrap();
        slow.note_size(home, BYTES as i64);
        slow
    }

    /// Puts the original back: from now on a check ends at once.
    pub fn hurry(&self, home: &Home) {
        // Not over the large file: whoever has that open reads on.
        std::fs::rename(home.path("aside.png"), &self.original).unwrap();
        self.note_size(home, self.size);
    }

    fn note_size(&self, home: &Home, size: i64) {
        assert_eq!(home.database().execute("UPDATE item SET size = ?1 WHERE id = 2", [size]).unwrap(), 1);
    }
}

/// Waits until a run of this schedule is at work, and returns it.
pub fn wait_until_slow(home: &Home, schedule: &str) -> serde_json::Value {
    wait_for("the check is at work", || home.runs(schedule, &["running"]).pop())
}
