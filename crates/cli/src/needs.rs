//! What work needs of the machine, as a person types it: `--needs ac --needs idle:10`.

use anyhow::{Context, bail, ensure};
use legible_service::api::{Conditions, Hours, NetworkNeed};

/// Reads the needs; each may be said once.
///
/// # Errors
/// When one is none, or two contradict each other; the message says what would be right.
pub fn conditions(needs: &[String]) -> anyhow::Result<Conditions> {
    let mut conditions = Conditions::default();
    for need in needs {
        match need.split_once(':').map_or((need.as_str(), None), |(name, value)| (name, Some(value))) {
            ("none", None) => {
                ensure!(needs.len() == 1, "none stands alone: leave it or the other needs out");
            }
            ("ac", None) => conditions.ac_power = true,
            ("battery", None) => conditions.battery_not_low = true,
            ("disk", None) => conditions.disk_not_low = true,
            ("network", None) => need_network(&mut conditions, NetworkNeed::Connected)?,
            ("unmetered", None) => need_network(&mut conditions, NetworkNeed::Unmetered)?,
            ("metered", None) => need_network(&mut conditions, NetworkNeed::Metered)?,
            ("idle", Some(minutes)) => {
                let Ok(minutes @ 1..) = minutes.parse() else {
                    bail!("{minutes} is no number of minutes; write one from 1 on, such as idle:10")
                };
                ensure!(conditions.idle_minutes.is_none(), "idle is said twice; say it once");
                conditions.idle_minutes = Some(minutes);
            }
            ("hours", Some(hours)) => {
                let (from, to) = hours.split_once('-').with_context(|| format!("{hours} is not like 22:00-06:00"))?;
                ensure!(conditions.hours.is_none(), "hours are said twice; say them once");
                conditions.hours = Some(Hours { from: from.to_owned(), to: to.to_owned() });
            }
            _ => bail!(
                "{need} is no need; there are ac, battery, disk, idle:MINUTES, network, unmetered, metered, \
                 hours:22:00-06:00 and none"
            ),
        }
    }
    Ok(conditions)
}

fn need_network(conditions: &mut Conditions, need: NetworkNeed) -> anyhow::Result<()> {
    let first_or_same = conditions.network == NetworkNeed::Any || conditions.network == need;
    ensure!(first_or_same, "only one of network, unmetered and metered can be needed; leave the others out");
    conditions.network = need;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::conditions;

    #[test]
    fn needs_are_read() {
        let check = |needs: &[&str], expected: Result<&str, &str>| {
            let needs: Vec<String> = needs.iter().map(|need| (*need).to_owned()).collect();
            let seen = conditions(&needs).map(|conditions| serde_json::to_string(&conditions).unwrap());
            let seen = seen.map_err(|error| error.to_string());
            assert_eq!(seen.as_deref().map_err(String::as_str), expected);
        };
        let all = r#"{"network":"unmetered","ac_power":true,"battery_not_low":false,"idle_minutes":10,"disk_not_low":true,"hours":{"from":"22:00","to":"06:00"}}"#;
        check(&["ac", "idle:10", "unmetered", "disk", "hours:22:00-06:00"], Ok(all));
        let none = r#"{"network":"any","ac_power":false,"battery_not_low":false,"idle_minutes":null,"disk_not_low":false,"hours":null}"#;
        check(&["none"], Ok(none));
        check(&["idle:soon"], Err("soon is no number of minutes; write one from 1 on, such as idle:10"));
        check(&["idle:0"], Err("0 is no number of minutes; write one from 1 on, such as idle:10"));
        check(&["idle:-5"], Err("-5 is no number of minutes; write one from 1 on, such as idle:10"));
        check(&["idle:5", "idle:10"], Err("idle is said twice; say it once"));
        check(&["hours:22"], Err("22 is not like 22:00-06:00"));
        let network = "only one of network, unmetered and metered can be needed; leave the others out";
        check(&["unmetered", "metered"], Err(network));
        check(&["network", "ac", "unmetered"], Err(network));
        check(&["none", "metered"], Err("none stands alone: leave it or the other needs out"));
        check(&["ac", "none"], Err("none stands alone: leave it or the other needs out"));
    }
}
