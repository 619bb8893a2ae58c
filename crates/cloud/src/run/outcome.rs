//! What came of a run.

use crate::Result;
use crate::error::Error;
use crate::path::FilePath;
use crate::plan::{Plan, Question, Step};
use crate::remote::Unusable;

/// What a run tells of while it goes.
#[derive(Debug, Clone, Copy)]
pub enum Done<'a> {
    /// Both sides were looked at, and this is to be done, besides what was done before.
    Planned(&'a Plan),
    /// A step begins.
    Began(&'a Step),
    /// A step ended.
    Ended(&'a Step, std::result::Result<&'a Tally, &'a Error>),
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Files that went up.
    pub uploaded: usize,
    /// Files that came down.
    pub downloaded: usize,
    /// Files that were removed from the storage.
    pub removed: usize,
    /// Files that were put away here.
    pub put_away: usize,
    /// Files that both sides changed, made one.
    pub merged: usize,
    /// Files that were the same on both sides already.
    pub adopted: usize,
    /// Where the versions of this machine lie that were kept beside those of others.
    pub kept_both: Vec<FilePath>,
    /// Bytes that were moved.
    pub bytes: u64,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.uploaded += other.uploaded;
        self.downloaded += other.downloaded;
        self.removed += other.removed;
        self.put_away += other.put_away;
        self.merged += other.merged;
        self.adopted += other.adopted;
        self.kept_both.extend(other.kept_both);
        self.bytes += other.bytes;
    }
}

/// A file that could not be brought in step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which.
    pub name: String,
    /// Why, for a person.
    pub message: String,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was done.
    pub tally: Tally,
    /// Files that could not be brought in step, by the last look.
    pub problems: Vec<Problem>,
    /// What a person is to agree to before anything is done.
    pub questions: Vec<Question>,
    /// What would be done then.
    pub plan: Option<Plan>,
    /// Files that changed meanwhile, by the last look, and those kept beside others that have not gone up yet: they are left for the next
    /// run.
    pub left: Vec<FilePath>,
}

impl Outcome {
    /// Another look was taken: what went wrong before shows again, if it still does.
    pub(super) fn begin_round(&mut self, unusable: Vec<Unusable>) {
        let problem = |unusable: Unusable| Problem { name: unusable.name, message: unusable.why };
        self.problems = unusable.into_iter().map(problem).collect();
        self.left.clear();
    }

    /// Takes what came of a step in; gives back what ends the run.
    pub(super) fn take(&mut self, step: &Step, result: Result<Tally>) -> Result<()> {
        match result {
            Ok(tally) => {
                // What was kept beside is a new file.
                self.left.extend(tally.kept_both.iter().cloned());
                self.tally.add(tally);
            }
            Err(Error::Stale(_)) => self.left.push(step.path.clone()),
            Err(error @ (Error::File { .. } | Error::Damaged { .. })) => {
                self.problems.push(Problem { name: step.path.to_string(), message: error.to_string() });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
