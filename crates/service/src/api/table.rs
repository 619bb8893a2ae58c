//! The tables of commands: those of the service and those of the desktop around the window. A line here without a method
//! of the same name does not compile, and the TypeScript client is written from the same lines.

use super::typescript::{Types, type_name};
use super::*;
use crate::Service;

/// One command as the bindings need it.
pub struct Command {
    /// The name on the wire.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// TypeScript name of its arguments.
    pub args: fn() -> String,
    /// TypeScript name of its result.
    pub result: fn() -> String,
    /// Adds the declarations of both.
    pub declare: fn(&mut Types),
}

macro_rules! commands {
    ($table:ident, $call:ident($target:ty), $($(#[doc = $doc:literal])+ $name:ident($args:ty) -> $result:ty;)*) => {
        /// The commands in the order of the table.
        pub const $table: &[Command] = &[$(Command {
            name: stringify!($name),
            doc: concat!($($doc),+),
            args: type_name::<$args>,
            result: type_name::<$result>,
            declare: |types| { types.add::<$args>(); types.add::<$result>(); },
        }),*];

        /// Calls a command by its name with JSON arguments.
        ///
        /// # Errors
        /// `bad_request` for an unknown name or arguments of another shape; otherwise what the command says.
        pub async fn $call(
            target: &$target,
            name: &str,
            args: serde_json::Value,
        ) -> Result<serde_json::Value, WireError> {
            let bad = |error: serde_json::Error| WireError::new(ErrorCode::BadRequest, format!("{name}: {error}"));
            match name {
                $(stringify!($name) => {
                    let args: $args = serde_json::from_value(args).map_err(bad)?;
                    let result: $result = target.$name(args).await?;
                    serde_json::to_value(result).map_err(bad)
                })*
                _ => Err(WireError::new(ErrorCode::BadRequest, format!("there is no command {name}"))),
            }
        }
    };
}

commands! {
    COMMANDS, call(Service),
    /// The state of service and library.
    status(NoArgs) -> Status;
    /// Lists items, or searches them.
    items(ItemsQuery) -> ItemsPage;
    /// One item with its reading.
    item(ItemQuery) -> ItemView;
    /// Adds files and folders; the work goes on in the background.
    add_paths(AddPaths) -> Added;
    /// Changes tags or note of an item.
    edit_item(EditItem) -> ItemView;
    /// The filters of a search, and how many images others would leave.
    facets(FacetsQuery) -> FacetsView;
    /// Where images were taken.
    places_of_items(NoArgs) -> Places;
    /// Says that a label is wrong, or right after all.
    judge_label(JudgeLabel) -> ItemView;
    /// Images that look alike.
    duplicates(DuplicatesQuery) -> Duplicates;
    /// Keeps one of images that look alike; the others go to the trash.
    keep_one(KeepOne) -> KeptOne;
    /// Says that images are not the same, or takes that back.
    tell_apart(TellApart) -> Touched;
    /// Reads items again.
    read_again(ItemIds) -> Touched;
    /// Moves items to the trash.
    trash_items(ItemIds) -> Touched;
    /// Takes items out of the trash.
    restore_items(ItemIds) -> Touched;
    /// Deletes items in the trash for good; no items named means all of the trash.
    purge_items(ItemIds) -> Touched;
    /// Lists jobs.
    jobs(JobsQuery) -> JobsPage;
    /// One job with its history.
    job(JobId) -> JobDetail;
    /// Puts work into the queue: one job, or several that wait for each other.
    add_jobs(JobsDraft) -> AddedJobs;
    /// Cancels jobs, waiting or running.
    cancel_jobs(JobsQuery) -> Touched;
    /// Starts failed or cancelled jobs again.
    retry_jobs(JobsQuery) -> Touched;
    /// Moves waiting jobs ahead of all others, whatever their conditions.
    run_jobs_now(JobsQuery) -> Touched;
    /// Forgets ended jobs.
    prune_jobs(JobsQuery) -> Touched;
    /// What is being done just now.
    workers(NoArgs) -> Workers;
    /// Pauses, resumes or stops one of the workers.
    control_worker(ControlWorker) -> Workers;
    /// What this machine is like.
    machine(NoArgs) -> MachineView;
    /// Sends a push at once, to see whether it arrives.
    test_push(NoArgs) -> Done;
    /// All schedules.
    schedules(NoArgs) -> Schedules;
    /// Makes or changes a schedule.
    save_schedule(ScheduleDraft) -> ScheduleView;
    /// What a draft would do, or why it cannot be saved.
    preview_schedule(ScheduleDraft) -> SchedulePreview;
    /// Switches a schedule on or off.
    enable_schedule(EnableSchedule) -> ScheduleView;
    /// Runs a schedule at once, whatever its conditions.
    run_schedule(ScheduleRef) -> ScheduleView;
    /// Removes a schedule and cancels its run.
    remove_schedule(ScheduleRef) -> Touched;
    /// All sources.
    sources(NoArgs) -> Sources;
    /// Makes or changes a source.
    save_source(SourceDraft) -> SourceView;
    /// What a draft would find, or why it would not work. Takes nothing in.
    test_source(SourceDraft) -> SourceTest;
    /// Switches a source on or off.
    enable_source(EnableSource) -> SourceView;
    /// Has a source look at once, whatever its conditions.
    look_now(SourceRef) -> SourceView;
    /// The looks of a source.
    looks(SourceRef) -> Looks;
    /// Removes a source and forgets what it has seen; its images stay.
    remove_source(SourceRef) -> Removed;
    /// All storages.
    storages(NoArgs) -> Storages;
    /// Makes or changes a storage, once it was tried what it does.
    save_storage(StorageDraft) -> StorageView;
    /// What would be done with a storage now. Nothing is moved.
    plan_storage(PlanStorage) -> SyncPlan;
    /// Ends the plan of a storage that is just being made.
    stop_plan(StorageRef) -> Done;
    /// Brings a storage in step at once, whatever its conditions.
    sync_storage(SyncNow) -> StorageView;
    /// Stops bringing a storage in step, or what waits for that. The next time goes on where it was.
    stop_storage(StorageRef) -> StorageView;
    /// Switches on or off that a storage is brought in step by itself.
    enable_storage(EnableStorage) -> StorageView;
    /// The files that were last moved to or from a storage.
    transfers(StorageRef) -> SyncTransfers;
    /// Images of which two versions were kept, because two machines changed them.
    conflicts(NoArgs) -> SyncConflicts;
    /// Removes a storage; nothing is deleted on either side.
    remove_storage(StorageRef) -> Removed;
    /// The providers that people sign in to, and whether they know this program.
    providers(NoArgs) -> Providers;
    /// Begins to sign in at a provider.
    begin_sign_in(BeginSignIn) -> SignInBegun;
    /// Waits until the person has signed in.
    finish_sign_in(SignInRef) -> SignedIn;
    /// Ends a sign-in. What was granted is given back.
    cancel_sign_in(SignInRef) -> Touched;
    /// How secrets are kept.
    secrets_state(NoArgs) -> SecretsState;
    /// Opens the secrets with their passphrase, or chooses it.
    unlock_secrets(UnlockSecrets) -> SecretsState;
    /// Takes a picture of the camera in.
    add_picture(TakenPicture) -> Pasted;
    /// All reminders.
    reminders(NoArgs) -> Reminders;
    /// Makes or changes a reminder.
    save_reminder(ReminderDraft) -> ReminderView;
    /// Puts a reminder off.
    snooze_reminder(SnoozeReminder) -> ReminderView;
    /// Says that what a reminder is about is done.
    finish_reminder(ReminderRef) -> ReminderView;
    /// Removes a reminder.
    remove_reminder(ReminderRef) -> Touched;
    /// The due dates in the text of an item.
    suggest_reminders(ItemFile) -> Suggestions;
    /// The newest groups of jobs.
    groups(NoArgs) -> Groups;
    /// Pauses or resumes all work.
    set_paused(SetPaused) -> Status;
    /// The settings.
    settings(NoArgs) -> Settings;
    /// Changes the settings.
    save_settings(Settings) -> Settings;
    /// Sets settings that cannot be read aside and goes back to the defaults, but for the library folder.
    reset_settings(NoArgs) -> Settings;
    /// The models.
    models(NoArgs) -> Models;
    /// Fetches the missing models: the default ones and those of the chosen engine.
    install_models(NoArgs) -> Models;
    /// Fetches the missing models of a pack, or one model.
    install_pack(ModelRef) -> Models;
    /// Removes a model, the models of a pack, or a model of the person's own; what it saw stays or is forgotten for good.
    remove_model(RemoveModel) -> Models;
    /// How many images are still to be recognised, at most.
    unrecognised(NoArgs) -> Touched;
    /// Begins at once to recognise them.
    recognise_now(NoArgs) -> Touched;
    /// Has forgotten for good what models saw.
    forget_seen(ForgetSeen) -> Touched;
    /// Has a model look again that was switched off because it failed.
    switch_on_model(ModelRef) -> Models;
    /// Adds a model from a file on this machine; one of the person's own is checked by a run first.
    add_model(ModelFile) -> Models;
    /// Stops adding a model from a file.
    stop_adding_model(NoArgs) -> Done;
    /// Makes the database anew from the library folder.
    rebuild(NoArgs) -> Added;
    /// Looks at models, folders, database and versions.
    doctor(NoArgs) -> Diagnosis;
}

commands! {
    HOST_COMMANDS, call_host(impl Host),
    /// Where a fresh window starts.
    landing(NoArgs) -> Place;
    /// Opens a native dialog.
    choose(ChooseArgs) -> Chosen;
    /// Adds the image or the files on the clipboard.
    paste(NoArgs) -> Pasted;
    /// Takes a picture of the screen and has it read; waits until it is taken.
    capture(CaptureWhat) -> Done;
    /// Puts text on the clipboard.
    copy_text(CopyText) -> Done;
    /// Opens an item's file with the program for it.
    open_file(ItemFile) -> Done;
    /// Shows an item's file in the file browser.
    reveal_file(ItemFile) -> Done;
    /// Opens a page of a provider in the browser.
    open_page(WebPage) -> Done;
    /// Ends the program.
    quit(NoArgs) -> Done;
}
