//! `legible service`: the background service as a systemd unit of the user's session.

use crate::args::{Print, ServiceVerb};
use crate::context;
use crate::output::{Exit, plain, print_json, print_line};
use crate::times::moment;
use anyhow::{Context, bail};
use legible_service::api::{NoArgs, Runner};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The unit's name.
const UNIT: &str = "legible.service";

/// Installs, removes or looks at the unit.
///
/// # Errors
/// When there is no systemd for the user's session, or it does not do what it is told.
pub async fn service(verb: ServiceVerb) -> anyhow::Result<Exit> {
    context::log("warn");
    match verb {
        ServiceVerb::Install => install(),
        ServiceVerb::Remove => remove(),
        ServiceVerb::Status(print) => status(print).await,
    }
}

fn install() -> anyhow::Result<Exit> {
    let program = std::env::current_exe().context("the path of this program is not known")?;
    let path = unit_file()?;
    let before = std::fs::read(&path).ok();
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))
        .and_then(|()| std::fs::write(&path, unit(&program, &surroundings())))
        .with_context(|| format!("{} could not be written", path.display()))?;
    let enabled = systemctl(&["daemon-reload"]).and_then(|()| systemctl(&["enable", "--now", UNIT]));
    if let Err(error) = enabled {
        // What does not work is not to look as if it were installed; what worked before stays.
        let _ = match before {
            Some(before) => std::fs::write(&path, before),
            None => std::fs::remove_file(&path),
        };
        return Err(error);
    }
    print_line(&format!("{} starts with your session and runs now.", path.display()))?;
    Ok(Exit::Fine)
}

fn remove() -> anyhow::Result<Exit> {
    let path = unit_file()?;
    if !path.exists() {
        print_line("The service is not installed.")?;
        return Ok(Exit::Nothing);
    }
    // While it is not stopped, its unit stays, so that this can be tried again.
    systemctl(&["disable", "--now", UNIT]).context("the service is not removed, because it could not be stopped")?;
    std::fs::remove_file(&path).with_context(|| format!("{} could not be deleted", path.display()))?;
    systemctl(&["daemon-reload"])?;
    print_line("The service is stopped and does not start any more. Your library stays as it is.")?;
    Ok(Exit::Fine)
}

async fn status(print: Print) -> anyhow::Result<Exit> {
    let installed = unit_file()?.exists();
    let active = installed && run(&["is-active", "--quiet", UNIT]).is_ok_and(|output| output.status.success());
    let service = context::service(false)?;
    let status = service.status(NoArgs {}).await?;
    let last = status.recent.first();
    if print.json {
        let last = last.map(|last| json!({ "item": last.item, "name": last.name, "at": last.at }));
        let runs = status.runner != Runner::Nobody;
        let paused = status.paused;
        print_json(&json!({ "installed": installed, "active": active, "runs": runs, "paused": paused, "last": last }))?;
        return Ok(Exit::Fine);
    }
    let unit = match (installed, active) {
        (false, _) => "not installed; `legible service install` does that",
        (true, true) => "installed and active",
        (true, false) => "installed, but not active; `systemctl --user status legible` says why",
    };
    print_line(&format!("unit\t{unit}"))?;
    let runs = match status.runner {
        Runner::Nobody => "nobody runs the jobs",
        _ if status.paused => "paused",
        _ => "a process runs the jobs",
    };
    print_line(&format!("service\t{runs}"))?;
    let last = last.map_or("nothing yet".to_owned(), |last| format!("{} read {}", moment(last.at), plain(&last.name)));
    print_line(&format!("last output\t{last}"))?;
    Ok(Exit::Fine)
}

/// The unit: restarted after a crash, but not for ever, and never after it was told to stop.
fn unit(program: &Path, surroundings: &[(&str, String)]) -> String {
    let environment: String = surroundings
        .iter()
        .map(|(name, value)| format!("Environment={}\n", quoted(&format!("{name}={value}"))))
        .collect();
    format!(
        "[Unit]\n\
         Description=Legible reads and finds images in the background\n\
         StartLimitIntervalSec=600\n\
         StartLimitBurst=5\n\
         \n\
         [Service]\n\
         ExecStart={} run\n\
         {environment}\
         Restart=on-failure\n\
         RestartSec=5\n\
         KillMode=mixed\n\
         TimeoutStopSec=30\n\
         Nice=10\n\
         \n\
         [Install]\n\
         WantedBy=default.target\n",
        quoted(&program.display().to_string()).replace('$', "$$")
    )
}

/// Where the data lies, if this process was told; the service is to use the same.
fn surroundings() -> Vec<(&'static str, String)> {
    // systemd starts it in another directory.
    let told = |name| {
        let place = std::path::absolute(std::env::var_os(name).filter(|place| !place.is_empty())?).ok()?;
        Some((name, place.to_str()?.to_owned()))
    };
    ["LEGIBLE_HOME", "LEGIBLE_MODELS_DIR"].into_iter().filter_map(told).collect()
}

/// A word of a unit file (systemd.syntax(7)): specifiers and quotes lose their meaning. Only in command lines has `$` one.
fn quoted(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    format!("\"{escaped}\"")
}

fn unit_file() -> anyhow::Result<PathBuf> {
    if !cfg!(target_os = "linux") {
        bail!("this is for Linux with systemd. Elsewhere, switch on \"Start at login\" in the settings of the app");
    }
    let config = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".config"));
    Ok(config.or_else(home).context("there is no home directory")?.join("systemd/user").join(UNIT))
}

fn systemctl(args: &[&str]) -> anyhow::Result<()> {
    let output = run(args)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`systemctl --user {}` failed: {}", args.join(" "), plain(said.trim()));
    }
    Ok(())
}

fn run(args: &[&str]) -> anyhow::Result<Output> {
    let output = Command::new("systemctl").arg("--user").args(args).output();
    output.context("systemctl could not be started. Without systemd, have your session start `legible run`")
}

#[cfg(test)]
mod tests {
    use super::unit;
    use std::path::Path;

    #[test]
    fn paths_are_quoted_and_a_stop_is_no_reason_to_start_again() {
        let home = ("LEGIBLE_HOME", "/home/ada/50% \"$done\"".to_owned());
        let text = unit(Path::new("/opt/my $programs/legible"), &[home]);
        assert!(text.contains("ExecStart=\"/opt/my $$programs/legible\" run\n"), "{text}");
        assert!(text.contains("Environment=\"LEGIBLE_HOME=/home/ada/50%% \\\"$done\\\"\"\n"), "{text}");
        assert!(text.contains("Restart=on-failure\n") && text.contains("StartLimitBurst=5\n"), "{text}");
    }
}
