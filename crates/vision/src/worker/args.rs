//! The worker's command line, written by the pool and read by the worker.

use std::ffi::OsString;
use std::path::PathBuf;

use super::error::WorkerError;

const MODELS_DIR: &str = "--models-dir";
const MEMORY_LIMIT: &str = "--memory-limit-mb";

/// What a worker is told at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeArgs {
    /// Where models lie, searched in order. The worker can read nothing else.
    pub models_dirs: Vec<PathBuf>,
    /// The most memory it may take, in MiB.
    pub memory_limit_mb: u64,
}

impl ServeArgs {
    /// The arguments as [`ServeArgs::parse`] takes them: `--models-dir DIR` any number of times, `--memory-limit-mb N`.
    pub fn to_args(&self) -> Vec<OsString> {
        let dirs = self.models_dirs.iter().flat_map(|dir| [OsString::from(MODELS_DIR), dir.clone().into_os_string()]);
        dirs.chain([MEMORY_LIMIT.into(), self.memory_limit_mb.to_string().into()]).collect()
    }

    /// Reads arguments, without the program's name and verb.
    ///
    /// # Errors
    /// [`WorkerError::Arguments`] says which argument is wrong or missing.
    pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, WorkerError> {
        let wrong = |what: String| Err(WorkerError::Arguments(what));
        let mut models_dirs = Vec::new();
        let mut memory_limit_mb = None;
        let mut args = args.into_iter();
        while let Some(name) = args.next() {
            let Some(value) = args.next() else { return wrong(format!("{} needs a value", name.display())) };
            match name.to_str() {
                Some(MODELS_DIR) => models_dirs.push(PathBuf::from(value)),
                Some(MEMORY_LIMIT) => match value.to_str().and_then(|n| n.parse().ok()).filter(|&n: &u64| n > 0) {
                    Some(n) => memory_limit_mb = Some(n),
                    None => return wrong(format!("{MEMORY_LIMIT} needs a number, not {}", value.display())),
                },
                _ => return wrong(format!("unknown argument {}", name.display())),
            }
        }
        match memory_limit_mb {
            Some(memory_limit_mb) => Ok(ServeArgs { models_dirs, memory_limit_mb }),
            None => wrong(format!("{MEMORY_LIMIT} is missing")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(args: &[&str], expected: Result<ServeArgs, &str>) {
        let seen = ServeArgs::parse(args.iter().map(OsString::from)).map_err(|e| e.to_string());
        assert_eq!(seen, expected.map_err(str::to_string), "{args:?}");
    }

    #[test]
    fn arguments_are_read_as_they_are_written() {
        let both = ServeArgs { models_dirs: vec!["/a b".into(), "--c".into()], memory_limit_mb: 900 };
        assert_eq!(ServeArgs::parse(both.to_args()).unwrap(), both);
        check(&["--memory-limit-mb", "5"], Ok(ServeArgs { models_dirs: vec![], memory_limit_mb: 5 }));
        check(&[], Err("--memory-limit-mb is missing"));
        check(&["--models-dir"], Err("--models-dir needs a value"));
        check(&["--memory-limit-mb", "0"], Err("--memory-limit-mb needs a number, not 0"));
        check(&["--memory-limit-mb", "lots"], Err("--memory-limit-mb needs a number, not lots"));
        check(&["--verbose", "1"], Err("unknown argument --verbose"));
    }
}
