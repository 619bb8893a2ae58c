// Made by `cargo xtask bindings` from crates/service/src/api. Change it there.

import { invoke } from "@tauri-apps/api/core";

/**
 * What a schedule does.
 */
export type Action = "read_new" | "read_newer_model" | "find_duplicates" | "rebuild" | "tidy" | "check_models" | "check_library" | "export";

/**
 * What came of an offer. The files are looked at in the background as one group.
 */
export type Added = { 
/**
 * The group to follow in the activity view.
 */
group: number, };

/**
 * How images are offered.
 */
export type AddOrigin = "drop" | "dialog" | "paste" | "cli";

/**
 * Files and folders to add.
 */
export type AddPaths = { 
/**
 * Absolute paths as `path_text` writes them; folders are walked.
 */
paths: Array<string>, 
/**
 * How they came.
 */
origin: AddOrigin, };

/**
 * One attempt of a job.
 */
export type AttemptView = { 
/**
 * Its number, from 1.
 */
attempt: number, 
/**
 * When it began.
 */
started_at: number, 
/**
 * When it ended.
 */
ended_at: number | null, 
/**
 * How it ended, such as `succeeded`, `failed`, `released`.
 */
outcome: string | null, 
/**
 * Why.
 */
error: WireError | null, };

/**
 * What `legible doctor` looks at.
 */
export type Check = { 
/**
 * What was checked, such as "Models".
 */
name: string, 
/**
 * How it is.
 */
health: Health, 
/**
 * One line of detail.
 */
detail: string, 
/**
 * What to do, when something is to be done.
 */
hint: string | null, };

/**
 * What to choose in a native dialog.
 */
export type Choose = "files" | "folders" | "library_folder";

/**
 * Asks for a native dialog.
 */
export type ChooseArgs = { 
/**
 * What to choose.
 */
what: Choose, };

/**
 * What a person chose; empty when the dialog was dismissed.
 */
export type Chosen = { 
/**
 * Absolute paths.
 */
paths: Array<string>, };

/**
 * What a job needs of the machine, before it starts and while it runs.
 */
export type Conditions = { 
/**
 * The network it needs.
 */
network: NetworkNeed, 
/**
 * Only on AC power.
 */
ac_power: boolean, 
/**
 * Not while the battery is low.
 */
battery_not_low: boolean, 
/**
 * Only when nobody used the computer for this many minutes.
 */
idle_minutes: number | null, 
/**
 * Not while the disk is nearly full.
 */
disk_not_low: boolean, 
/**
 * Only between these hours.
 */
hours: Hours | null, };

/**
 * Pauses, resumes or kills a worker.
 */
export type ControlWorker = { 
/**
 * The worker.
 */
id: number, 
/**
 * What to do with it.
 */
action: WorkerAction, };

/**
 * A text for the clipboard.
 */
export type CopyText = { 
/**
 * The text.
 */
text: string, };

/**
 * The result of the `doctor` command.
 */
export type Diagnosis = { 
/**
 * All checks.
 */
checks: Array<Check>, };

/**
 * Nothing to tell but that it worked.
 */
export type Done = Record<symbol, never>;

/**
 * A change of what a person says about an item; a field left out stays as it is.
 */
export type EditItem = { 
/**
 * The item.
 */
id: number, 
/**
 * All tags anew.
 */
tags: Array<string> | null, 
/**
 * The note anew.
 */
note: string | null, };

/**
 * Switches a schedule on or off.
 */
export type EnableSchedule = { 
/**
 * The schedule.
 */
id: number, 
/**
 * Whether it is to run.
 */
enabled: boolean, };

/**
 * What kind of error it is. A front end decides by this, never by the message.
 */
export type ErrorCode = "bad_request" | "not_found" | "model_missing" | "bad_image" | "file" | "disk_full" | "library_folder" | "database" | "worker" | "nothing_to_paste" | "network" | "cancelled" | "internal";

/**
 * Something happened. Events say *that* something changed; the truth is asked for by command.
 */
export type Event = { "type": "items_changed", 
/**
 * The items; empty when there were too many to name.
 */
ids: Array<number>, } | { "type": "job_changed", 
/**
 * The job.
 */
job: JobView, } | { "type": "progress", 
/**
 * The job.
 */
job: number, 
/**
 * The item it works on.
 */
item: number | null, 
/**
 * How far it is, 0 to 1.
 */
fraction: number, 
/**
 * What it does just now, in words.
 */
words: string, } | { "type": "group_changed", 
/**
 * The group.
 */
group: GroupView, } | { "type": "group_ended", 
/**
 * The group.
 */
group: GroupView, 
/**
 * The item to open, when there is just one.
 */
item: number | null, 
/**
 * The first failure, to say what went wrong.
 */
error: WireError | null, } | { "type": "status_changed", 
/**
 * The new state.
 */
status: Status, } | { "type": "settings_changed", 
/**
 * The new settings.
 */
settings: Settings, } | { "type": "model_progress", 
/**
 * Which one.
 */
model: string, 
/**
 * Bytes here.
 */
done: number, 
/**
 * Bytes in all.
 */
total: number, } | { "type": "schedules_changed" } | { "type": "reminders_changed" };

/**
 * The newest groups, running ones first.
 */
export type Groups = { 
/**
 * The groups.
 */
groups: Array<GroupView>, };

/**
 * Jobs that a person started together, such as one drop of many files.
 */
export type GroupView = { 
/**
 * The group's number.
 */
id: number, 
/**
 * What was started, in words.
 */
label: string, 
/**
 * When.
 */
created_at: number, 
/**
 * When its last job ended; empty while it goes on.
 */
ended_at: number | null, 
/**
 * Images that came in with it.
 */
images: number, 
/**
 * Images of it that are done.
 */
done: number, 
/**
 * Images or files of it that failed.
 */
failed: number, 
/**
 * Images of it that a person cancelled.
 */
cancelled: number, 
/**
 * Images offered that the library had already.
 */
known: number, 
/**
 * Images that came back: from the trash, or with what the library folder knows of them.
 */
restored: number, 
/**
 * Files in the library folder that a rebuild could not use.
 */
unusable: number, 
/**
 * Whether its files are still being looked for: more images may come.
 */
gathering: boolean, 
/**
 * Whether a person cancelled it as a whole, before anything of it was done or while its files were looked for.
 */
stopped: boolean, };

/**
 * How a check came out.
 */
export type Health = "good" | "limited" | "broken";

/**
 * A place where the search matches.
 */
export type HitView = { 
/**
 * Number of the line in the reading, from 0.
 */
line: number, 
/**
 * First matching character of the line (Unicode scalar values, from 0).
 */
start: number, 
/**
 * One past the last.
 */
end: number, 
/**
 * Four corners as in a line.
 */
quad: [[number, number], [number, number], [number, number], [number, number]], };

/**
 * What the shell tells the window, beside the service's events.
 */
export type HostEvent = { "type": "drag_over", 
/**
 * How many.
 */
count: number, } | { "type": "drag_left" } | { "type": "dropped", 
/**
 * The group to follow; empty when adding failed.
 */
group: number | null, 
/**
 * Why adding failed.
 */
error: WireError | null, } | { "type": "go", 
/**
 * Where to.
 */
place: Place, };

/**
 * Hours of the day by the clock on the wall; they may span midnight.
 */
export type Hours = { 
/**
 * When they begin, such as `22:00`.
 */
from: string, 
/**
 * When they end.
 */
to: string, };

/**
 * An item as the grid shows it.
 */
export type ItemCard = { 
/**
 * The item's number, stable for its life.
 */
id: number, 
/**
 * File name.
 */
name: string, 
/**
 * Width of the upright image in pixels, once known.
 */
width: number | null, 
/**
 * Height of the upright image in pixels, once known.
 */
height: number | null, 
/**
 * When it came into the library.
 */
added_at: number, 
/**
 * How far it is.
 */
state: ItemState, 
/**
 * Why it could not be read.
 */
problem: WireError | null, 
/**
 * Whether a thumbnail is there (`legible://localhost/thumbnail/ID`).
 */
thumbnail: boolean, 
/**
 * The text around the first hit of a search, or how the text begins.
 */
snippet: Snippet | null, };

/**
 * Asks to open or show the file of an item.
 */
export type ItemFile = { 
/**
 * The item.
 */
id: number, };

/**
 * A choice of items.
 */
export type ItemIds = { 
/**
 * The items.
 */
ids: Array<number>, };

/**
 * Asks for one item.
 */
export type ItemQuery = { 
/**
 * The item.
 */
id: number, 
/**
 * The search whose hits are to be marked; may be empty.
 */
query: string, };

/**
 * One page of items.
 */
export type ItemsPage = { 
/**
 * How many items match in all.
 */
total: number, 
/**
 * The items of this page.
 */
items: Array<ItemCard>, };

/**
 * Which items to list.
 */
export type ItemsQuery = { 
/**
 * What to search for; empty lists everything, newest first.
 */
query: string, 
/**
 * List the trash instead of the library.
 */
trashed: boolean, 
/**
 * How many items to leave out from the start.
 */
offset: number, 
/**
 * How many items at most; 0 means the default of 100.
 */
limit: number, };

/**
 * How far an item is.
 */
export type ItemState = "waiting" | "reading" | "text" | "no_text" | "problem" | "unread";

/**
 * One item with everything the item view shows.
 */
export type ItemView = { 
/**
 * What the grid shows.
 */
card: ItemCard, 
/**
 * Size of the file in bytes.
 */
bytes: number, 
/**
 * Format of the image, such as `png`.
 */
format: string | null, 
/**
 * When the picture was taken by its own account (EXIF), local time without zone.
 */
taken_at: string | null, 
/**
 * The camera that took it.
 */
camera: string | null, 
/**
 * Where the file is.
 */
path: string, 
/**
 * Where it came from.
 */
origins: Array<OriginView>, 
/**
 * What was read in it.
 */
reading: ReadingView | null, 
/**
 * Where the search matches.
 */
hits: Array<HitView>, 
/**
 * Words the person filed it under.
 */
tags: Array<string>, 
/**
 * What the person wrote about it.
 */
note: string, 
/**
 * Whether it lies in the trash.
 */
trashed: boolean, 
/**
 * Its unfinished and failed jobs.
 */
jobs: Array<JobView>, };

/**
 * One job with its attempts.
 */
export type JobDetail = { 
/**
 * The job.
 */
job: JobView, 
/**
 * Its attempts, the first first.
 */
history: Array<AttemptView>, };

/**
 * Asks for one job.
 */
export type JobId = { 
/**
 * The job.
 */
id: number, };

/**
 * One page of jobs, the running first, then the newest.
 */
export type JobsPage = { 
/**
 * How many jobs match in all.
 */
total: number, 
/**
 * The jobs of this page.
 */
jobs: Array<JobView>, };

/**
 * Which jobs to list or touch. Empty fields do not narrow.
 */
export type JobsQuery = { 
/**
 * Just these jobs.
 */
ids: Array<number>, 
/**
 * Just these states.
 */
states: Array<JobState>, 
/**
 * Just this group.
 */
group: number | null, 
/**
 * How many to leave out from the start.
 */
offset: number, 
/**
 * How many at most; 0 means the default of 100.
 */
limit: number, 
/**
 * Just jobs with this tag.
 */
tag: string | null, 
/**
 * Just jobs with this name.
 */
name: string | null, 
/**
 * Just runs of this schedule.
 */
schedule: number | null, 
/**
 * Just these kinds.
 */
kinds: Array<string>, };

/**
 * Where a job stands.
 */
export type JobState = "enqueued" | "blocked" | "running" | "succeeded" | "failed" | "cancelled";

/**
 * One job.
 */
export type JobView = { 
/**
 * The job's number.
 */
id: number, 
/**
 * What it does, such as `read`.
 */
kind: string, 
/**
 * What it works on, in words.
 */
title: string, 
/**
 * Where it stands.
 */
state: JobState, 
/**
 * The item it works on.
 */
item: number | null, 
/**
 * The group it belongs to.
 */
group: number | null, 
/**
 * How far it is, 0 to 1.
 */
fraction: number, 
/**
 * What it does just now, in words.
 */
words: string, 
/**
 * How often it was started.
 */
attempts: number, 
/**
 * How often it may be started.
 */
max_attempts: number, 
/**
 * Why the last attempt failed.
 */
error: WireError | null, 
/**
 * When it was enqueued.
 */
created_at: number, 
/**
 * When the last attempt began.
 */
started_at: number | null, 
/**
 * When it ended.
 */
finished_at: number | null, 
/**
 * When it may run next, while it waits.
 */
run_at: number | null, 
/**
 * Words it can be found by.
 */
tags: Array<string>, 
/**
 * Its unique name.
 */
name: string | null, 
/**
 * The higher, the sooner.
 */
priority: number, 
/**
 * What it waits for, in words, such as "AC power".
 */
waiting_for: Array<string>, 
/**
 * The jobs it comes after.
 */
blocked_by: Array<number>, 
/**
 * The schedule it is a run of.
 */
schedule: number | null, 
/**
 * When that run was due.
 */
scheduled_for: number | null, 
/**
 * Why the last attempt was stopped, in words.
 */
stopped: string | null, };

/**
 * What happens to files that are dropped or added.
 */
export type Keep = "copy" | "in_place";

/**
 * A line of text in place.
 */
export type LineView = { 
/**
 * The text.
 */
text: string, 
/**
 * Four corners clockwise from where reading starts, each `[x, y]`.
 */
quad: [[number, number], [number, number], [number, number], [number, number]], 
/**
 * Confidence, 0 to 1.
 */
confidence: number, 
/**
 * The words in reading order.
 */
words: Array<WordView>, };

/**
 * One thing that is known of this machine.
 */
export type MachineFact = { 
/**
 * What it is, such as "Power".
 */
name: string, 
/**
 * How it is, in words.
 */
value: string, 
/**
 * Who says so, such as UPower.
 */
source: string | null, };

/**
 * What the conditions of jobs are held against.
 */
export type MachineView = { 
/**
 * The facts.
 */
facts: Array<MachineFact>, };

/**
 * What becomes of runs whose time passed while the computer slept or was off.
 */
export type Missed = { "type": "skip" } | { "type": "once" } | { "type": "all", 
/**
 * How many at most.
 */
most: number, };

/**
 * The models of the manifest and whether they are here.
 */
export type Models = { 
/**
 * All models.
 */
models: Array<ModelView>, };

/**
 * One model.
 */
export type ModelView = { 
/**
 * Its short name.
 */
id: string, 
/**
 * What it is for, in words.
 */
purpose: string, 
/**
 * Size in bytes.
 */
bytes: number, 
/**
 * Its licence.
 */
licence: string, 
/**
 * Whether the default features need it.
 */
default: boolean, 
/**
 * Whether it is here and whole.
 */
installed: boolean, };

/**
 * The network a job needs.
 */
export type NetworkNeed = "any" | "connected" | "unmetered" | "metered";

/**
 * Arguments of commands that need none.
 */
export type NoArgs = Record<symbol, never>;

/**
 * A lasting problem of the whole program with the command that mends it.
 */
export type Notice = { 
/**
 * What happened and what to do.
 */
error: WireError, 
/**
 * What the button does.
 */
remedy: Remedy | null, };

/**
 * Which notifications are shown.
 */
export type Notify = { 
/**
 * When a batch ends.
 */
batches: boolean, 
/**
 * When something failed.
 */
failures: boolean, 
/**
 * When a reminder is due.
 */
reminders: boolean, 
/**
 * When a scheduled run ends.
 */
schedules: boolean, };

/**
 * Where an item came from.
 */
export type OriginView = { 
/**
 * How it came: `drop`, `paste`, `dialog`, `cli` or `rebuild`.
 */
kind: string, 
/**
 * The file it came from.
 */
path: string | null, 
/**
 * When.
 */
at: number, };

/**
 * What becomes of a run that is due while the last one still goes on.
 */
export type Overlap = "skip" | "queue" | "replace" | "allow";

/**
 * What came of pasting.
 */
export type Pasted = { 
/**
 * The group to follow in the activity view; none when there is nothing to do, since the library has the image.
 */
group: number | null, 
/**
 * Whether the image came back from the trash.
 */
restored: boolean, };

/**
 * Where the window is to go.
 */
export type Place = { "view": "library" } | { "view": "item", 
/**
 * Which one.
 */
id: number, } | { "view": "activity" } | { "view": "settings" };

/**
 * Where else events are sent.
 */
export type Push = { 
/**
 * How.
 */
kind: PushKind, 
/**
 * Address of the webhook or of the ntfy topic.
 */
url: string, };

/**
 * How events are pushed.
 */
export type PushKind = "off" | "webhook" | "ntfy";

/**
 * A reading for the text layer. Coordinates are pixels of the upright image, x right, y down.
 */
export type ReadingView = { 
/**
 * The engine that read it, with its version.
 */
engine: string, 
/**
 * Width of the image in pixels.
 */
width: number, 
/**
 * Height of the image in pixels.
 */
height: number, 
/**
 * All text in reading order.
 */
text: string, 
/**
 * Mean confidence, 0 to 1.
 */
confidence: number | null, 
/**
 * The lines in reading order.
 */
lines: Array<LineView>, };

/**
 * One of the newest readings.
 */
export type RecentOutput = { 
/**
 * The item that was read.
 */
item: number, 
/**
 * Its name.
 */
name: string, 
/**
 * When.
 */
at: number, };

/**
 * A remedy the window can offer as a button.
 */
export type Remedy = "install_models" | "rebuild" | "choose_folder" | "reset_settings";

/**
 * A reminder as a person writes it.
 */
export type ReminderDraft = { 
/**
 * Empty for a new one.
 */
id: number | null, 
/**
 * The item it is about.
 */
item: number | null, 
/**
 * What to be reminded of.
 */
title: string, 
/**
 * More about it.
 */
note: string, 
/**
 * When.
 */
rule: Rule, 
/**
 * IANA time zone of the rule.
 */
zone: string, };

/**
 * Asks for one reminder.
 */
export type ReminderId = { 
/**
 * The reminder.
 */
id: number, };

/**
 * All reminders: the due ones first, then by the next time.
 */
export type Reminders = { 
/**
 * The reminders.
 */
reminders: Array<ReminderView>, };

/**
 * A reminder and how it stands.
 */
export type ReminderView = { 
/**
 * Its number.
 */
id: number, 
/**
 * What a person wrote.
 */
draft: ReminderDraft, 
/**
 * When, in words.
 */
sentence: string, 
/**
 * When it is due next.
 */
next: number | null, 
/**
 * Since when it is due and waits for an answer.
 */
due_since: number | null, 
/**
 * When it was done.
 */
done_at: number | null, };

/**
 * When a schedule runs.
 */
export type Rule = { "type": "every", 
/**
 * Seconds from one run to the next.
 */
seconds: number, } | { "type": "daily", 
/**
 * Time of day, such as `02:30`.
 */
at: string, } | { "type": "weekly", 
/**
 * On these days.
 */
days: Array<Weekday>, 
/**
 * Time of day.
 */
at: string, } | { "type": "monthly", 
/**
 * Day of the month, 1 to 31; a month without that day: its last day.
 */
day: number, 
/**
 * Time of day.
 */
at: string, } | { "type": "cron", 
/**
 * Five fields, or six with seconds.
 */
expression: string, } | { "type": "once", 
/**
 * When.
 */
at: number, } | { "type": "on", 
/**
 * What sets it off.
 */
trigger: Trigger, };

/**
 * Which process runs the background service.
 */
export type Runner = "here" | "elsewhere" | "nobody";

/**
 * One run of a schedule.
 */
export type RunView = { 
/**
 * The job that did it.
 */
job: number, 
/**
 * When it was due.
 */
scheduled_for: number, 
/**
 * When it began.
 */
started_at: number | null, 
/**
 * When it ended.
 */
finished_at: number | null, 
/**
 * Where it stands.
 */
state: JobState, 
/**
 * What it does or did, in words.
 */
words: string, 
/**
 * Why it failed.
 */
error: WireError | null, };

/**
 * A schedule as a person writes it.
 */
export type ScheduleDraft = { 
/**
 * Empty for a new one.
 */
id: number | null, 
/**
 * Its name.
 */
title: string, 
/**
 * What it does.
 */
action: Action, 
/**
 * Where an export goes.
 */
folder: string | null, 
/**
 * When.
 */
rule: Rule, 
/**
 * IANA time zone of the rule.
 */
zone: string, 
/**
 * What it needs of the machine.
 */
conditions: Conditions, 
/**
 * What becomes of missed runs.
 */
missed: Missed, 
/**
 * What becomes of runs that would overlap.
 */
overlap: Overlap, 
/**
 * A run may begin this much later than due.
 */
flex_seconds: number | null, 
/**
 * Whether it runs.
 */
enabled: boolean, };

/**
 * Asks for one schedule.
 */
export type ScheduleId = { 
/**
 * The schedule.
 */
id: number, };

/**
 * What a draft would do.
 */
export type SchedulePreview = { 
/**
 * The schedule as a sentence.
 */
sentence: string, 
/**
 * The next five runs.
 */
next_runs: Array<number>, 
/**
 * What is wrong with the draft.
 */
problem: WireError | null, };

/**
 * All schedules.
 */
export type Schedules = { 
/**
 * The schedules.
 */
schedules: Array<ScheduleView>, 
/**
 * The IANA time zones.
 */
zones: Array<string>, 
/**
 * The zone of this computer.
 */
system_zone: string, };

/**
 * A schedule and how it stands.
 */
export type ScheduleView = { 
/**
 * Its number.
 */
id: number, 
/**
 * What a person wrote.
 */
draft: ScheduleDraft, 
/**
 * Whether Legible brought it along; such a one can be switched off, not removed.
 */
built_in: boolean, 
/**
 * The schedule as a sentence.
 */
sentence: string, 
/**
 * When it runs next.
 */
next: number | null, 
/**
 * The next five runs.
 */
next_runs: Array<number>, 
/**
 * The run that goes on or waits.
 */
active: RunView | null, 
/**
 * What the due run waits for, in words, such as "AC power".
 */
waiting_for: Array<string>, 
/**
 * The last run that ended.
 */
last: RunView | null, 
/**
 * Runs left out so far.
 */
skipped: number, 
/**
 * When it was last changed.
 */
changed_at: number, };

/**
 * Pauses or resumes all work.
 */
export type SetPaused = { 
/**
 * Whether work is to rest.
 */
paused: boolean, };

/**
 * All settings.
 */
export type Settings = { 
/**
 * The folder that holds the images, absolute.
 */
library_folder: string, 
/**
 * What happens to dropped files.
 */
keep: Keep, 
/**
 * The engine that reads text: `ppocr` or `ocrs`.
 */
engine: string, 
/**
 * Native notifications when a batch ends or fails.
 */
notifications: boolean, 
/**
 * Start in the tray when the person logs in.
 */
start_at_login: boolean, 
/**
 * Which notifications are shown.
 */
notify: Notify, 
/**
 * No notifications between these hours.
 */
quiet_hours: Hours | null, 
/**
 * Where else events are sent.
 */
push: Push, 
/**
 * What closing the window does.
 */
window_close: WindowClose, 
/**
 * Start at login without the window.
 */
start_hidden: boolean, };

/**
 * A piece of text with marked parts.
 */
export type Snippet = { 
/**
 * The parts in order; joined they are the text.
 */
parts: Array<SnippetPart>, };

/**
 * A run of a snippet.
 */
export type SnippetPart = { 
/**
 * The text.
 */
text: string, 
/**
 * Whether it matches the search.
 */
hit: boolean, };

/**
 * Puts a due reminder off.
 */
export type SnoozeReminder = { 
/**
 * The reminder.
 */
id: number, 
/**
 * Until when.
 */
until: number, };

/**
 * The state of service and library at one moment.
 */
export type Status = { 
/**
 * Which process does the work.
 */
runner: Runner, 
/**
 * Whether a person paused the work.
 */
paused: boolean, 
/**
 * Images in the library, the trash left out.
 */
items: number, 
/**
 * Images that have text.
 */
with_text: number, 
/**
 * Images that could not be read.
 */
problems: number, 
/**
 * Images in the trash.
 */
trashed: number, 
/**
 * Jobs that wait for their turn.
 */
waiting: number, 
/**
 * Jobs that run now.
 */
running: number, 
/**
 * Jobs that failed and were not retried.
 */
failed: number, 
/**
 * The images that were read last, the latest first: health is output, not a living process.
 */
recent: Array<RecentOutput>, 
/**
 * The folder that holds the images.
 */
library_folder: string, 
/**
 * Models that the default engine needs and that are missing; empty when reading works.
 */
missing_models: Array<string>, 
/**
 * Something the person should know and act on, such as a database that was set aside.
 */
notices: Array<Notice>, };

/**
 * A due date found in the text of an item.
 */
export type Suggestion = { 
/**
 * The item.
 */
item: number, 
/**
 * What to be reminded of.
 */
title: string, 
/**
 * When.
 */
at: number, 
/**
 * The words of the text that say so.
 */
why: string, };

/**
 * Reminders that an item suggests.
 */
export type Suggestions = { 
/**
 * The suggestions.
 */
suggestions: Array<Suggestion>, };

/**
 * How many things a command touched.
 */
export type Touched = { 
/**
 * The number.
 */
count: number, };

/**
 * What sets a schedule off.
 */
export type Trigger = { "type": "folder_changed", 
/**
 * The folder, absolute.
 */
path: string, 
/**
 * It must have been quiet for this long.
 */
settle_seconds: number, 
/**
 * It runs after this long though it is not quiet.
 */
max_delay_seconds: number, } | { "type": "app_start" } | { "type": "network_back" } | { "type": "plugged_in" } | { "type": "schedule_ended", 
/**
 * The other schedule.
 */
schedule: number, };

/**
 * A day of the week.
 */
export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/**
 * What closing the window does.
 */
export type WindowClose = "keep_running" | "quit";

/**
 * An error a person can act on.
 */
export type WireError = { 
/**
 * For programs.
 */
code: ErrorCode, 
/**
 * For a person: what happened.
 */
message: string, 
/**
 * For a person: what to do next.
 */
hint: string | null, };

/**
 * A word in place.
 */
export type WordView = { 
/**
 * The text.
 */
text: string, 
/**
 * Four corners as in a line.
 */
quad: [[number, number], [number, number], [number, number], [number, number]], };

/**
 * What can be done with a worker.
 */
export type WorkerAction = "pause" | "resume" | "kill";

/**
 * All workers.
 */
export type Workers = { 
/**
 * The workers.
 */
workers: Array<WorkerView>, };

/**
 * How a worker is.
 */
export type WorkerState = "running" | "paused" | "stopping";

/**
 * Something that works now.
 */
export type WorkerView = { 
/**
 * Its number.
 */
id: number, 
/**
 * What it does, in words.
 */
what: string, 
/**
 * The job it works on.
 */
job: number | null, 
/**
 * How it is.
 */
state: WorkerState, 
/**
 * Since when.
 */
since: number, 
/**
 * Processor time so far, in milliseconds.
 */
cpu_ms: number | null, };

/** Every command of the service and of the desktop around the window. A failed call throws a `WireError`. */
export const commands = {
    /** The state of service and library. */
    status: (args: NoArgs = {}): Promise<Status> => invoke<Status>("call", { name: "status", args }),
    /** Lists items, or searches them. */
    items: (args: ItemsQuery): Promise<ItemsPage> => invoke<ItemsPage>("call", { name: "items", args }),
    /** One item with its reading. */
    item: (args: ItemQuery): Promise<ItemView> => invoke<ItemView>("call", { name: "item", args }),
    /** Adds files and folders; the work goes on in the background. */
    add_paths: (args: AddPaths): Promise<Added> => invoke<Added>("call", { name: "add_paths", args }),
    /** Changes tags or note of an item. */
    edit_item: (args: EditItem): Promise<ItemView> => invoke<ItemView>("call", { name: "edit_item", args }),
    /** Reads items again. */
    read_again: (args: ItemIds): Promise<Touched> => invoke<Touched>("call", { name: "read_again", args }),
    /** Moves items to the trash. */
    trash_items: (args: ItemIds): Promise<Touched> => invoke<Touched>("call", { name: "trash_items", args }),
    /** Takes items out of the trash. */
    restore_items: (args: ItemIds): Promise<Touched> => invoke<Touched>("call", { name: "restore_items", args }),
    /** Deletes items in the trash for good; no items named means all of the trash. */
    purge_items: (args: ItemIds): Promise<Touched> => invoke<Touched>("call", { name: "purge_items", args }),
    /** Lists jobs. */
    jobs: (args: JobsQuery): Promise<JobsPage> => invoke<JobsPage>("call", { name: "jobs", args }),
    /** One job with its history. */
    job: (args: JobId): Promise<JobDetail> => invoke<JobDetail>("call", { name: "job", args }),
    /** Cancels jobs, waiting or running. */
    cancel_jobs: (args: JobsQuery): Promise<Touched> => invoke<Touched>("call", { name: "cancel_jobs", args }),
    /** Starts failed or cancelled jobs again. */
    retry_jobs: (args: JobsQuery): Promise<Touched> => invoke<Touched>("call", { name: "retry_jobs", args }),
    /** The newest groups of jobs. */
    groups: (args: NoArgs = {}): Promise<Groups> => invoke<Groups>("call", { name: "groups", args }),
    /** All schedules. */
    schedules: (args: NoArgs = {}): Promise<Schedules> => invoke<Schedules>("call", { name: "schedules", args }),
    /** Adds a schedule, or changes one. */
    save_schedule: (args: ScheduleDraft): Promise<ScheduleView> => invoke<ScheduleView>("call", { name: "save_schedule", args }),
    /** What a draft would do, without saving it. */
    preview_schedule: (args: ScheduleDraft): Promise<SchedulePreview> => invoke<SchedulePreview>("call", { name: "preview_schedule", args }),
    /** Switches a schedule on or off. */
    enable_schedule: (args: EnableSchedule): Promise<ScheduleView> => invoke<ScheduleView>("call", { name: "enable_schedule", args }),
    /** Runs a schedule now. */
    run_schedule: (args: ScheduleId): Promise<ScheduleView> => invoke<ScheduleView>("call", { name: "run_schedule", args }),
    /** Removes a schedule; built-in ones are only switched off. */
    remove_schedule: (args: ScheduleId): Promise<Touched> => invoke<Touched>("call", { name: "remove_schedule", args }),
    /** All reminders. */
    reminders: (args: NoArgs = {}): Promise<Reminders> => invoke<Reminders>("call", { name: "reminders", args }),
    /** Adds a reminder, or changes one. */
    save_reminder: (args: ReminderDraft): Promise<ReminderView> => invoke<ReminderView>("call", { name: "save_reminder", args }),
    /** Puts a due reminder off. */
    snooze_reminder: (args: SnoozeReminder): Promise<ReminderView> => invoke<ReminderView>("call", { name: "snooze_reminder", args }),
    /** Marks a reminder as done. */
    finish_reminder: (args: ReminderId): Promise<ReminderView> => invoke<ReminderView>("call", { name: "finish_reminder", args }),
    /** Removes a reminder. */
    remove_reminder: (args: ReminderId): Promise<Touched> => invoke<Touched>("call", { name: "remove_reminder", args }),
    /** Due dates found in the text of an item. */
    suggest_reminders: (args: ItemFile): Promise<Suggestions> => invoke<Suggestions>("call", { name: "suggest_reminders", args }),
    /** Runs jobs ahead of the queue, whatever they wait for. */
    run_jobs_now: (args: JobsQuery): Promise<Touched> => invoke<Touched>("call", { name: "run_jobs_now", args }),
    /** Forgets ended jobs. */
    prune_jobs: (args: JobsQuery): Promise<Touched> => invoke<Touched>("call", { name: "prune_jobs", args }),
    /** What works now. */
    workers: (args: NoArgs = {}): Promise<Workers> => invoke<Workers>("call", { name: "workers", args }),
    /** Pauses, resumes or kills a worker. */
    control_worker: (args: ControlWorker): Promise<Workers> => invoke<Workers>("call", { name: "control_worker", args }),
    /** What is known of this machine. */
    machine: (args: NoArgs = {}): Promise<MachineView> => invoke<MachineView>("call", { name: "machine", args }),
    /** Sends a test to where events are pushed. */
    test_push: (args: NoArgs = {}): Promise<Done> => invoke<Done>("call", { name: "test_push", args }),
    /** Pauses or resumes all work. */
    set_paused: (args: SetPaused): Promise<Status> => invoke<Status>("call", { name: "set_paused", args }),
    /** The settings. */
    settings: (args: NoArgs = {}): Promise<Settings> => invoke<Settings>("call", { name: "settings", args }),
    /** Changes the settings. */
    save_settings: (args: Settings): Promise<Settings> => invoke<Settings>("call", { name: "save_settings", args }),
    /** Sets settings that cannot be read aside and goes back to the defaults, but for the library folder. */
    reset_settings: (args: NoArgs = {}): Promise<Settings> => invoke<Settings>("call", { name: "reset_settings", args }),
    /** The models. */
    models: (args: NoArgs = {}): Promise<Models> => invoke<Models>("call", { name: "models", args }),
    /** Fetches the missing models: the default ones and those of the chosen engine. */
    install_models: (args: NoArgs = {}): Promise<Models> => invoke<Models>("call", { name: "install_models", args }),
    /** Makes the database anew from the library folder. */
    rebuild: (args: NoArgs = {}): Promise<Added> => invoke<Added>("call", { name: "rebuild", args }),
    /** Looks at models, folders, database and versions. */
    doctor: (args: NoArgs = {}): Promise<Diagnosis> => invoke<Diagnosis>("call", { name: "doctor", args }),
    /** Where a fresh window starts. */
    landing: (args: NoArgs = {}): Promise<Place> => invoke<Place>("call", { name: "landing", args }),
    /** Opens a native dialog. */
    choose: (args: ChooseArgs): Promise<Chosen> => invoke<Chosen>("call", { name: "choose", args }),
    /** Adds the image or the files on the clipboard. */
    paste: (args: NoArgs = {}): Promise<Pasted> => invoke<Pasted>("call", { name: "paste", args }),
    /** Puts text on the clipboard. */
    copy_text: (args: CopyText): Promise<Done> => invoke<Done>("call", { name: "copy_text", args }),
    /** Opens an item's file with the program for it. */
    open_file: (args: ItemFile): Promise<Done> => invoke<Done>("call", { name: "open_file", args }),
    /** Shows an item's file in the file browser. */
    reveal_file: (args: ItemFile): Promise<Done> => invoke<Done>("call", { name: "reveal_file", args }),
    /** Ends the program. */
    quit: (args: NoArgs = {}): Promise<Done> => invoke<Done>("call", { name: "quit", args }),
};
