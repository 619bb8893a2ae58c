//! What the log may tell, whatever a person asks for.

/// Names what is to be logged, as `tracing_subscriber::EnvFilter` takes it.
pub const LOG_VARIABLE: &str = "LEGIBLE_LOG";

/// The crates that sign requests to S3: from `debug` on they tell the secret key.
const TELLS_SECRETS: &str = "reqsign";

/// What is logged by these directives, without what would tell secrets.
pub fn log_directives(asked: &str) -> String {
    let asked = asked.split(',').map(str::trim).filter(|one| !one.is_empty() && !one.starts_with(TELLS_SECRETS));
    asked.map(str::to_owned).chain([format!("{TELLS_SECRETS}=warn")]).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_directive_has_secrets_told() {
        let check = |asked: &str, expected: &str| assert_eq!(log_directives(asked), expected, "{asked}");
        check("trace", "trace,reqsign=warn");
        check("warn,legible=info", "warn,legible=info,reqsign=warn");
        check("reqsign_core::api=debug, info,reqsign=trace", "info,reqsign=warn");
        check("", "reqsign=warn");
    }
}
