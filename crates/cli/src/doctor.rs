//! `legible doctor`: what works, what does not, and what to do.

use crate::args::Print;
use crate::context;
use crate::output::{Exit, print_line};
use legible_service::api::{Check, Diagnosis, Health, NoArgs};

/// Checks everything and says how it is.
///
/// # Errors
/// When standard output is closed.
pub async fn doctor(print: Print) -> anyhow::Result<Exit> {
    context::log("error");
    let diagnosis = match context::service(false) {
        Ok(service) => service.doctor(NoArgs {}).await?,
        Err(error) => Diagnosis { checks: vec![unopened(&error)] },
    };
    print.show(&diagnosis, |diagnosis| diagnosis.checks.iter().try_for_each(print_check))?;
    let broken = diagnosis.checks.iter().any(|check| check.health == Health::Broken);
    Ok(if broken { Exit::Nothing } else { Exit::Fine })
}

fn print_check(check: &Check) -> anyhow::Result<()> {
    let mark = match check.health {
        Health::Good => "ok",
        Health::Limited => "limited",
        Health::Broken => "broken",
    };
    print_line(&format!("{:<20}{mark:<9}{}", check.name, check.detail))?;
    check.hint.iter().try_for_each(|hint| print_line(&format!("{:<29}{hint}", "")))
}

/// What there is to say when not even the database can be opened.
fn unopened(error: &anyhow::Error) -> Check {
    let known = error.downcast_ref::<legible_service::Error>();
    Check {
        name: "Database".to_owned(),
        health: Health::Broken,
        detail: format!("{error:#}"),
        hint: known.and_then(legible_service::Error::hint),
    }
}
