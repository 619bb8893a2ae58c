//! `legible add`, `search` and `rebuild`.

use crate::args::{Add, Rebuild, Search};
use crate::output::{Exit, complain, plain, print_marked, report, say};
use crate::{context, follow};
use anyhow::Context;
use legible_service::api::{AddOrigin, AddPaths, Added, FacetsQuery, ItemsQuery, NoArgs, Notice, Remedy, Runner};
use legible_service::{MAX_ITEMS_PAGE, Service, path_text};
use std::path::Path;

/// Adds files and folders. Those that are not there are told one by one, and the others are added.
///
/// # Errors
/// When no path is there, or library folder or database cannot be used.
pub async fn add(args: Add) -> anyhow::Result<Exit> {
    context::log("warn");
    let mut paths = Vec::new();
    for path in &args.paths {
        match absolute(path) {
            Ok(path) => paths.push(path),
            Err(error) => {
                report(&error);
            }
        }
    }
    let some_missing = paths.len() < args.paths.len();
    if paths.is_empty() {
        return Ok(Exit::Nothing);
    }
    let service = context::service(args.wait)?;
    for Notice { error, remedy } in service.status(NoArgs {}).await?.notices {
        // Without a library folder nothing can come in; the other problems only hold the work up.
        if matches!(remedy, Some(Remedy::ChooseFolder | Remedy::ResetSettings)) {
            return Err(error.into());
        }
        complain(&error);
    }
    let added = service.add_paths(AddPaths { paths, origin: AddOrigin::Cli }).await?;
    let exit = stay_or_leave(service, &added, args.wait).await?;
    Ok(if some_missing { Exit::SomeFailed } else { exit })
}

/// Makes the database anew from the library folder.
///
/// # Errors
/// When the database cannot be used.
pub async fn rebuild(args: Rebuild) -> anyhow::Result<Exit> {
    context::log("warn");
    let service = context::service(args.wait)?;
    let added = service.rebuild(NoArgs {}).await?;
    stay_or_leave(service, &added, args.wait).await
}

/// Finds images. Filters that are not understood, because of which nothing is found, are told with what could be meant.
///
/// # Errors
/// When the database cannot be used.
pub async fn search(args: Search) -> anyhow::Result<Exit> {
    context::log("warn");
    let service = context::service(false)?;
    let query = args.query.join(" ");
    let page = service.items(ItemsQuery { query: query.clone(), limit: args.limit, ..Default::default() }).await?;
    if page.total == 0 {
        tell_problems(&service, query).await?;
    }
    args.print.show(&page, |page| {
        for item in &page.items {
            let parts = item.snippet.as_ref().map_or(&[][..], |snippet| &snippet.parts);
            let why: Vec<String> = item.why.iter().map(|why| plain(why)).collect();
            print_marked(&format!("{}\t{}\t", item.id, plain(&item.name)), parts, &format!("\t{}", why.join("; ")))?;
        }
        let shown = page.items.len();
        if u32::try_from(shown).is_ok_and(|shown| shown < page.total) {
            let more = if args.limit < MAX_ITEMS_PAGE { "--limit shows more" } else { "more words find fewer" };
            say(&format!("{shown} of {} shown; {more}", page.total));
        }
        Ok(())
    })?;
    Ok(if page.total == 0 { Exit::Nothing } else { Exit::Fine })
}

async fn tell_problems(service: &Service, query: String) -> anyhow::Result<()> {
    let told = service.facets(FacetsQuery { query, trashed: false }).await?;
    let problems: Vec<String> = told.chips.into_iter().filter_map(|chip| chip.problem).collect();
    problems.iter().for_each(|problem| say(&format!("legible: {}", plain(problem))));
    if !problems.is_empty() {
        say("  With a filter that is not understood nothing is found. `legible search --help` lists all filters.");
    }
    Ok(())
}

async fn stay_or_leave(service: Service, added: &Added, wait: bool) -> anyhow::Result<Exit> {
    if wait {
        return follow::group(service, added.group).await;
    }
    if service.runner() == Runner::Nobody {
        say("Queued. Start the app or `legible run` to work on it, or use --wait.");
    }
    Ok(Exit::Fine)
}

fn absolute(path: &Path) -> anyhow::Result<String> {
    std::fs::symlink_metadata(path).with_context(|| format!("{} cannot be added", path.display()))?;
    Ok(path_text(&std::path::absolute(path)?))
}
