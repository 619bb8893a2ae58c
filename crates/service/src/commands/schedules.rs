//! Commands on schedules: list, set, preview, switch, run, remove.

use crate::api::{
    BrokenSchedule, EnableSchedule, MachineFact, MachineView, NoArgs, Rule, ScheduleDraft, SchedulePreview,
    ScheduleRef, ScheduleView, Schedules, Touched, Trigger,
};
use crate::changes::Changes;
use crate::error::{Error, Result};
use crate::handlers::EXPORT;
use crate::schedules::{
    BUILT_IN, broken_view, next_runs, no_folder, put_built_in, said, schedule, sentence, view, words_of, zone,
};
use crate::service::Service;
use crate::views::Circumstances;
use legible_jobs::{ScheduleId, SchedulePolicy, StoredSchedule, Zone};
use rusqlite::Connection;

impl Service {
    /// All schedules.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schedules(&self, _: NoArgs) -> Result<Schedules> {
        let around = self.circumstances_of_schedules().await?;
        let (mut schedules, mut broken) = self.all_schedules(around.clone()).await?;
        if !schedules.iter().any(|schedule| schedule.built_in) {
            // Nobody has run the jobs yet.
            let now = self.now();
            self.database().write(move |tx| put_built_in(tx, now)).await?;
            (schedules, broken) = self.all_schedules(around).await?;
        }
        Ok(Schedules { schedules, broken, zones: Zone::all(), system_zone: Zone::system().name().to_owned() })
    }

    /// Makes a schedule, or changes one. A run that waits or goes on stays and takes the change over.
    ///
    /// # Errors
    /// When something in it cannot be used.
    pub async fn save_schedule(&self, draft: ScheduleDraft) -> Result<ScheduleView> {
        let (now, name) = (self.now(), self.new_name("own"));
        self.refuse_own_files(&draft)?;
        let id = self.database().write(move |tx| {
            let old = draft.id.map(|id| stored(tx, id)).transpose()?;
            let new = schedule(&draft, old.as_ref(), &name, now)?;
            Ok(legible_jobs::put_schedule(tx, &new, SchedulePolicy::Update, now).map_err(said)?.0)
        });
        let id = id.await?;
        self.schedule_changed(id).await
    }

    /// What a draft would do. What is wrong with it is part of the answer, since the person is still writing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preview_schedule(&self, draft: ScheduleDraft) -> Result<SchedulePreview> {
        let now = self.now();
        let own_files = self.refuse_own_files(&draft);
        let made = self.database().read(move |c| {
            own_files?;
            let old = draft.id.map(|id| stored(c, id)).transpose()?;
            let new = schedule(&ScheduleDraft { enabled: true, ..draft.clone() }, old.as_ref(), "preview", now)?;
            Ok((new, draft.action))
        });
        Ok(match made.await {
            Ok((new, action)) => {
                let zone = zone(&new.zone)?;
                let sentence = sentence(&new.rule, &zone, &new.conditions, words_of(action));
                SchedulePreview { sentence, next_runs: next_runs(&new, None, now), problem: None }
            }
            Err(error) => {
                SchedulePreview { sentence: String::new(), next_runs: vec![], problem: Some(error.to_wire()) }
            }
        })
    }

    /// Switches a schedule on or off.
    ///
    /// # Errors
    /// When there is no such schedule.
    pub async fn enable_schedule(&self, EnableSchedule { id, enabled }: EnableSchedule) -> Result<ScheduleView> {
        let now = self.now();
        self.change_schedule(id, move |tx, stored| {
            if enabled {
                refuse_no_folder(stored)?;
            }
            Ok(legible_jobs::set_enabled(tx, stored.id, enabled, now)?)
        })
        .await
    }

    /// Runs a schedule at once, whatever its conditions. Its times stay.
    ///
    /// # Errors
    /// When there is no such schedule.
    pub async fn run_schedule(&self, ScheduleRef { id }: ScheduleRef) -> Result<ScheduleView> {
        let now = self.now();
        self.change_schedule(id, move |tx, stored| {
            refuse_no_folder(stored)?;
            Ok(legible_jobs::run_schedule_now(tx, stored.id, now).map(drop)?)
        })
        .await
    }

    /// Removes a schedule and cancels its run, if one waits or goes on. Its history stays. Of one that cannot be read it
    /// is not known what it was: if it came with the program it comes back as it was shipped.
    ///
    /// # Errors
    /// When there is no such schedule, or it came with the program.
    pub async fn remove_schedule(&self, ScheduleRef { id }: ScheduleRef) -> Result<Touched> {
        let now = self.now();
        let removed = self.database().write(move |tx| {
            if legible_jobs::broken_schedules(tx)?.iter().any(|broken| broken.id.0 == id) {
                let id = ScheduleId(id);
                crate::tables::reminders::forget(tx, id)?;
                let removed = legible_jobs::remove_schedule(tx, id, now)?;
                put_built_in(tx, now)?;
                return Ok(removed);
            }
            let stored = stored(tx, id)?;
            if stored.schedule.name.starts_with(BUILT_IN) {
                let message = format!("{} came with Legible; switch it off instead", stored.schedule.title);
                return Err(Error::BadRequest(message));
            }
            Ok(legible_jobs::remove_schedule(tx, stored.id, now)?)
        });
        let count = u32::from(removed.await?);
        self.announce(Changes { schedules: true, ..Changes::work() }).await;
        Ok(Touched { count })
    }

    /// What this machine is like.
    ///
    /// # Errors
    /// None.
    pub async fn machine(&self, _: NoArgs) -> Result<MachineView> {
        let surroundings = self.surroundings();
        surroundings.look().await;
        let fact =
            |fact: crate::machine::Fact| MachineFact { name: fact.name.into(), value: fact.value, source: fact.source };
        Ok(MachineView { facts: surroundings.facts().into_iter().map(fact).collect() })
    }

    async fn change_schedule<F>(&self, id: i64, change: F) -> Result<ScheduleView>
    where
        F: FnOnce(&rusqlite::Transaction<'_>, &StoredSchedule) -> Result<()> + Send + 'static,
    {
        self.database().write(move |tx| change(tx, &stored(tx, id)?)).await?;
        self.schedule_changed(ScheduleId(id)).await
    }

    /// Tells of a change, and answers with the schedule as it is now.
    async fn schedule_changed(&self, id: ScheduleId) -> Result<ScheduleView> {
        self.announce(Changes { schedules: true, ..Changes::work() }).await;
        let around = self.circumstances_of_schedules().await?;
        let found = self.database().read(move |c| view(c, &stored(c, id.0)?, &around)).await?;
        found.ok_or_else(|| Error::NotFound(format!("schedule {id}")))
    }

    /// A folder with the service's own files changes with everything that it does.
    fn refuse_own_files(&self, draft: &ScheduleDraft) -> Result<()> {
        match &draft.rule {
            Rule::On { trigger: Trigger::FolderChanged { path, .. } } if self.places().data.starts_with(path) => Err(
                Error::BadRequest(format!("Legible keeps its own files below {path}; choose a folder of your images")),
            ),
            _ => Ok(()),
        }
    }

    /// Who looks before the first start of the service sees the schedules that come with it all the same.
    async fn all_schedules(&self, around: Circumstances) -> Result<(Vec<ScheduleView>, Vec<BrokenSchedule>)> {
        let read = move |c: &Connection| {
            let stored = legible_jobs::schedules(c, None)?;
            let views = stored.iter().filter_map(|stored| view(c, stored, &around).transpose());
            let broken = legible_jobs::broken_schedules(c)?.into_iter().map(broken_view).collect();
            Ok((views.collect::<Result<_>>()?, broken))
        };
        self.database().read(read).await
    }

    pub(crate) async fn circumstances_of_schedules(&self) -> Result<Circumstances> {
        let waiting = self.database().read(|c| Ok(legible_jobs::waiting_conditions(c)?)).await?;
        let machine = if waiting.is_empty() { Default::default() } else { self.machine_now().await };
        let paused = self.database().read(|c| Ok(legible_jobs::paused(c)?)).await?;
        Ok(Circumstances { paused, machine, cannot_read: false, now: self.now() })
    }
}

/// The schedule of this number, if a person set it.
fn stored(conn: &Connection, id: i64) -> Result<StoredSchedule> {
    let found = legible_jobs::schedule(conn, ScheduleId(id))?;
    let is_shown = |stored: &StoredSchedule| crate::schedules::action_of(&stored.schedule.kind).is_some();
    found.filter(is_shown).ok_or_else(|| Error::NotFound(format!("schedule {id}")))
}

/// Refuses to export to nowhere: the schedule that comes with the program has no folder until a person chooses one.
fn refuse_no_folder(stored: &StoredSchedule) -> Result<()> {
    let is_missing = stored.schedule.kind == EXPORT && stored.schedule.payload.get("folder").is_none();
    if is_missing { Err(no_folder()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use crate::api::{
        Action, Conditions, EnableSchedule, Missed, NoArgs, Overlap, Rule, ScheduleDraft, ScheduleRef, Trigger,
    };
    use crate::testing::Home;

    fn on_folder(path: &str, action: Action, folder: Option<&str>) -> ScheduleDraft {
        let trigger = Trigger::FolderChanged { path: path.into(), settle_seconds: 1, max_delay_seconds: 9 };
        ScheduleDraft {
            id: None,
            title: String::new(),
            action,
            folder: folder.map(str::to_owned),
            rule: Rule::On { trigger },
            zone: "UTC".into(),
            conditions: Conditions::default(),
            missed: Missed::Once,
            overlap: Overlap::Skip,
            flex_seconds: None,
            enabled: true,
        }
    }

    #[test]
    fn what_would_start_itself_is_refused_with_its_reason() {
        let home = Home::new();
        let scans = home.path("scans");
        std::fs::create_dir_all(scans.join("texts")).unwrap();
        let (scans, root) = (scans.display().to_string(), home.path("").display().to_string());
        let check = |draft: ScheduleDraft, expected: Option<&str>| {
            let problem = home.ask(home.service.preview_schedule(draft.clone())).unwrap().problem;
            let saved = home.ask(home.service.save_schedule(draft));
            assert_eq!(problem.is_some(), saved.is_err());
            assert_eq!(problem.is_some(), expected.is_some());
            let message = problem.map_or_else(String::new, |problem| problem.message);
            assert!(message.contains(expected.unwrap_or_default()), "{message}");
        };
        check(on_folder(&scans, Action::ReadNew, None), None);
        let texts = format!("{scans}/texts");
        check(on_folder(&scans, Action::Export, Some(&texts)), Some("again and again"));
        check(on_folder(&root, Action::Tidy, None), Some("own files"));
        check(on_folder(&format!("{scans}/none"), Action::Tidy, None), Some("no folder"));
    }

    #[test]
    fn what_cannot_run_is_shown_and_can_be_mended_or_removed() {
        let home = Home::new();
        let all = || home.ask(home.service.schedules(NoArgs {})).unwrap();
        let (zoneless, unreadable) = (all().schedules[0].clone(), all().schedules[1].clone());
        let inject = move |tx: &rusqlite::Transaction<'_>| {
            tx.execute("UPDATE schedule SET zone = 'Mars/Olympus' WHERE id = ?1", [zoneless.id])?;
            tx.execute(r#"UPDATE schedule SET rule = '{"rule":"lunar"}' WHERE id = ?1"#, [unreadable.id])?;
            Ok(())
        };
        home.service.database().write_blocking(inject).unwrap();
        let seen = all();
        assert_eq!(seen.schedules.len(), 8);
        let problem = seen.schedules[0].problem.clone().unwrap();
        assert!(problem.contains("Mars/Olympus"), "{problem}");
        assert_eq!((seen.schedules[0].next, seen.schedules[0].next_runs.len()), (None, 0));
        assert!(seen.broken.len() == 1 && seen.broken[0].problem.contains("lunar"), "{:?}", seen.broken);
        let mended = home.ask(home.service.save_schedule(zoneless.draft)).unwrap();
        assert_eq!((mended.id, mended.problem), (zoneless.id, None));
        home.ask(home.service.remove_schedule(ScheduleRef { id: unreadable.id })).unwrap();
        let (seen, action) = (all(), unreadable.draft.action);
        assert_eq!((seen.schedules.len(), seen.broken.len()), (9, 0));
        assert!(seen.schedules.iter().any(|one| one.draft.action == action && one.built_in && one.id != unreadable.id));
    }

    #[test]
    fn the_export_that_comes_with_the_program_needs_a_folder_before_it_is_switched_on() {
        let home = Home::new();
        let all = home.ask(home.service.schedules(NoArgs {})).unwrap().schedules;
        assert_eq!(all.len(), 9);
        let export = all.into_iter().find(|schedule| schedule.draft.action == Action::Export).unwrap();
        assert!(export.built_in && !export.draft.enabled);
        let enable = EnableSchedule { id: export.id, enabled: true };
        assert!(home.ask(home.service.enable_schedule(enable)).is_err());
        let folder = home.path("texts");
        std::fs::create_dir(&folder).unwrap();
        let folder = Some(folder.display().to_string());
        let draft = ScheduleDraft { folder, ..export.draft };
        home.ask(home.service.save_schedule(draft)).unwrap();
        assert!(home.ask(home.service.enable_schedule(enable)).unwrap().draft.enabled);
    }
}
