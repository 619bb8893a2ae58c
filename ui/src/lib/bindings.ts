// Made by `cargo xtask bindings` from crates/service/src/api. Change it there.

import { invoke } from "@tauri-apps/api/core";

/**
 * What a schedule does.
 */
export type Action = "read_new" | "read_newer_model" | "recognise_new" | "find_duplicates" | "rebuild" | "tidy" | "check_models" | "check_library" | "export";

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
 * What came of an offer. The files are looked at in the background as one group.
 */
export type Added = { 
/**
 * The group to follow in the activity view.
 */
group: number, };

/**
 * What came of [`JobsDraft`].
 */
export type AddedJobs = { 
/**
 * The new jobs, step by step; none when the name was held and its holder stays.
 */
steps: Array<Array<JobView>>, 
/**
 * The job that holds the name and stays.
 */
kept: JobView | null, };

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
 * The waits between the attempts of a job, with jitter.
 */
export type BackoffDraft = { 
/**
 * How they grow.
 */
growth: Growth, 
/**
 * The first one, in seconds.
 */
first_seconds: number, 
/**
 * The longest one, in seconds.
 */
longest_seconds: number, };

/**
 * Begins to sign in.
 */
export type BeginSignIn = { 
/**
 * Where.
 */
provider: Provider, 
/**
 * What for.
 */
purpose: SignInFor, };

/**
 * A schedule, or a reminder, that this version of the program cannot read. It does not run and can only be removed; one
 * that came with the program then comes back as it was shipped.
 */
export type BrokenSchedule = { 
/**
 * Its number.
 */
id: number, 
/**
 * What a person calls it.
 */
title: string, 
/**
 * What cannot be read, in words.
 */
problem: string, };

/**
 * A source that cannot be read.
 */
export type BrokenSource = { 
/**
 * Its number.
 */
id: number, 
/**
 * What a person calls it.
 */
name: string, 
/**
 * What cannot be read, in words.
 */
problem: string, };

/**
 * What to capture of the screen.
 */
export type CaptureWhat = { "type": "screen", } | { "type": "window", } | { "type": "region", };

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
 * A filter that stands in a search.
 */
export type Chip = { 
/**
 * Its first character in the search (UTF-16 code units, as in JavaScript).
 */
start: number, 
/**
 * One past its last.
 */
end: number, 
/**
 * What it asks for, such as `Kind`.
 */
field: string, 
/**
 * Which one, such as `receipt`.
 */
value: string, 
/**
 * Whether it asks for images that are not so.
 */
excluded: boolean, 
/**
 * Why nothing can be found by it, with what to do.
 */
problem: string | null, };

/**
 * What to choose in a native dialog.
 */
export type Choose = "files" | "folders" | "library_folder" | "source_folder" | "pictures" | "model";

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
 * How a provider knows this program. An empty id leaves that to the build.
 */
export type CloudClient = { 
/**
 * Its public name there.
 */
id: string, 
/**
 * What Google shows beside the id. It counts as no secret there, and is not shown in logs.
 */
secret: string, };

/**
 * How providers of cloud storage know this program.
 */
export type CloudClients = { 
/**
 * Google Drive.
 */
google_drive: CloudClient, 
/**
 * Dropbox, which wants no secret.
 */
dropbox: CloudClient, 
/**
 * OneDrive, which wants no secret.
 */
onedrive: CloudClient, };

/**
 * A part of what a code says.
 */
export type CodeFact = { 
/**
 * What it is.
 */
name: string, 
/**
 * The part.
 */
value: string, };

/**
 * A code in an image, with what it means.
 */
export type CodeView = { 
/**
 * How it is printed, such as `QR code`.
 */
printed: string, 
/**
 * What it is for, such as `Wi-Fi network`.
 */
what: string, 
/**
 * What it says, as it stands there.
 */
text: string, 
/**
 * What it says, part by part, for a person.
 */
facts: Array<CodeFact>, 
/**
 * Four corners in pixels of the upright image, each `[x, y]`.
 */
quad: [[number, number], [number, number], [number, number], [number, number]], };

/**
 * A dominant colour.
 */
export type ColourView = { 
/**
 * What people call it, and search for.
 */
name: string, 
/**
 * As in CSS: `#rrggbb`.
 */
css: string, 
/**
 * Its share of the image, 0 to 1.
 */
share: number, };

/**
 * What work needs of the machine before and while it runs.
 */
export type Conditions = { 
/**
 * The network.
 */
network: NetworkNeed, 
/**
 * Mains power.
 */
ac_power: boolean, 
/**
 * A battery that is charged, or being charged.
 */
battery_not_low: boolean, 
/**
 * No input of a person for this many minutes.
 */
idle_minutes: number | null, 
/**
 * Free disk space.
 */
disk_not_low: boolean, 
/**
 * A part of the day, by the wall clock of the schedule's zone.
 */
hours: Hours | null, };

/**
 * Pauses, resumes or stops a worker.
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
 * Images that look alike.
 */
export type DuplicateGroup = { 
/**
 * The images, the best first: the one with the most pixels, then the largest file, then the one that came first.
 */
images: Array<DuplicateImage>, };

/**
 * One of them.
 */
export type DuplicateImage = { 
/**
 * The image.
 */
card: ItemCard, 
/**
 * Size of its file in bytes.
 */
bytes: number, 
/**
 * Its format, such as `png`.
 */
format: string | null, 
/**
 * Where its file is.
 */
path: string, 
/**
 * How it compares with the best, such as `half the width, smaller file`; empty for the best itself.
 */
compared: string, };

/**
 * Groups of look-alikes.
 */
export type Duplicates = { 
/**
 * How many groups there are in all.
 */
total: number, 
/**
 * How many images are in them.
 */
images: number, 
/**
 * How many bytes would be free if only the best of each were kept.
 */
spare_bytes: number, 
/**
 * How many images have not been looked at yet.
 */
unseen: number, 
/**
 * The groups of this part, the largest first.
 */
groups: Array<DuplicateGroup>, };

/**
 * Which groups of look-alikes to list.
 */
export type DuplicatesQuery = { 
/**
 * How many groups to leave out from the start.
 */
offset: number, 
/**
 * How many at most; 0 means the default of 50.
 */
limit: number, };

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
 * Switches a source on or off.
 */
export type EnableSource = { 
/**
 * The source.
 */
id: number, 
/**
 * Whether it is to look by itself.
 */
enabled: boolean, };

/**
 * Switches a storage on or off.
 */
export type EnableStorage = { 
/**
 * Its number.
 */
id: number, 
/**
 * Whether it is brought in step by itself.
 */
enabled: boolean, };

/**
 * What kind of error it is. A front end decides by this, never by the message.
 */
export type ErrorCode = "bad_request" | "not_found" | "model_missing" | "bad_image" | "file" | "disk_full" | "library_folder" | "database" | "worker" | "capture" | "nothing_to_paste" | "network" | "sign_in" | "locked" | "cancelled" | "internal";

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
settings: Settings, } | { "type": "schedules_changed", } | { "type": "sources_changed", } | { "type": "storages_changed", } | { "type": "storage_progress", 
/**
 * How far it is.
 */
progress: SyncProgress, } | { "type": "reminders_changed", } | { "type": "model_progress", 
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
total: number, } | { "type": "model_step", 
/**
 * What is being done just now, in words.
 */
words: string, };

/**
 * A face in an image.
 */
export type FaceView = { 
/**
 * How sure the model is, 0 to 1.
 */
confidence: number, 
/**
 * Four corners in pixels of the upright image, each `[x, y]`.
 */
quad: [[number, number], [number, number], [number, number], [number, number]], };

/**
 * One choice.
 */
export type Facet = { 
/**
 * What it is called, such as `Receipt`.
 */
name: string, 
/**
 * What stands in a search for it, such as `kind:receipt`.
 */
filter: string, 
/**
 * How many of the images that are found now it would leave.
 */
count: number, 
/**
 * A colour to show it by, as in CSS.
 */
css: string | null, };

/**
 * Choices of one sort.
 */
export type FacetGroup = { 
/**
 * What it is called, such as `Kind`.
 */
title: string, 
/**
 * The choices, the most frequent first but for years, of which the latest is first.
 */
choices: Array<Facet>, };

/**
 * A search whose filters are to be told.
 */
export type FacetsQuery = { 
/**
 * The search.
 */
query: string, 
/**
 * In the trash instead of the library.
 */
trashed: boolean, };

/**
 * What a search asks for apart from words, and what else it could ask for.
 */
export type FacetsView = { 
/**
 * The filters in the search, in their order.
 */
chips: Array<Chip>, 
/**
 * What the images that are found can be told apart by, with counts. A group without a choice is left out.
 */
groups: Array<FacetGroup>, };

/**
 * A file that could not be brought in step.
 */
export type FileProblem = { 
/**
 * Its name.
 */
name: string, 
/**
 * Why, for a person.
 */
message: string, };

/**
 * What happens to the images of a source.
 */
export type Filing = { 
/**
 * What is kept of an image.
 */
keep: KeepWhat, 
/**
 * Tags that every image gets.
 */
tags: Array<string>, 
/**
 * The engine that reads them; none for the one of the settings.
 */
engine: string | null, 
/**
 * Tags of the languages that their text is probably in, such as `de` or `en-US`; none where nothing is known.
 */
languages: Array<string>, 
/**
 * How the lines of their text are put together.
 */
layout: TextLayout, 
/**
 * What they are called: a template such as `{date} {name}`; none for their own names.
 */
name: string | null, 
/**
 * The folder that their files go to once they are read; none if they stay. For folders only.
 */
move_to: string | null, 
/**
 * Whether a person is told when new ones were read.
 */
notify: boolean, 
/**
 * What else happens, by what they say.
 */
rules: Array<FilingRule>, };

/**
 * Files an image by what it says.
 */
export type FilingRule = { 
/**
 * A search that must find the image.
 */
when: string, 
/**
 * Tags that it gets then.
 */
tags: Array<string>, 
/**
 * To be reminded so many days before the due date that its text names; none for no reminder.
 */
remind_days_before: number | null, };

/**
 * What a folder on a storage is that is not marked as the one that was kept in step.
 */
export type FolderIs = "same" | "new";

/**
 * What models saw that is to be forgotten, for good.
 */
export type ForgetSeen = { 
/**
 * `labels`, `objects`, `faces`, `embedding`.
 */
parts: Array<string>, 
/**
 * Only what this model saw. Else no model looks for these parts any more.
 */
model: string | null, };

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
 * Those of them in which was recognised what they show; the others were read.
 */
recognised: number, 
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
 * The newest groups, running ones first.
 */
export type Groups = { 
/**
 * The groups.
 */
groups: Array<GroupView>, };

/**
 * How waits grow from attempt to attempt.
 */
export type Growth = "linear" | "exponential";

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
 * A part of each day, such as 22:00 to 06:00; over midnight if the end is the smaller.
 */
export type Hours = { 
/**
 * Its first minute, such as `22:00`.
 */
from: string, 
/**
 * The first minute after it.
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
 * Whether its picture is there.
 */
original: Original, 
/**
 * Whether a thumbnail is there (`legible://localhost/thumbnail/ID`).
 */
thumbnail: boolean, 
/**
 * The text around the first hit of a search, or how the text begins.
 */
snippet: Snippet | null, 
/**
 * What its codes are for and say, each on one line, such as `Wi-Fi network: home`; the first few of them.
 */
codes: Array<string>, 
/**
 * What of a search it fits apart from its words, such as `Shows: dog, 87 %`.
 */
why: Array<string>, };

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
 * Where it was taken, as EXIF says.
 */
place: TakenAt | null, 
/**
 * Where the file is.
 */
path: string, 
/**
 * Where it came from.
 */
origins: Array<OriginView>, 
/**
 * What the sources are called that it came from by itself.
 */
sources: Array<string>, 
/**
 * What was read in it.
 */
reading: ReadingView | null, 
/**
 * What one can act on in that, each once, in the order in which it stands there; the first of them.
 */
text_facts: Array<TextFact>, 
/**
 * What was recognised in it.
 */
recognition: RecognitionView | null, 
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
 * One job with its attempts and all that is known of it.
 */
export type JobDetail = { 
/**
 * The job.
 */
job: JobView, 
/**
 * Its attempts, the first first.
 */
history: Array<AttemptView>, 
/**
 * What it needs of the machine, in words, such as "on AC power and connected"; empty if nothing.
 */
conditions: string, 
/**
 * The jobs whose end, or success, it needs or needed.
 */
needs: Array<number>, 
/**
 * The jobs that need or needed it.
 */
needed_by: Array<number>, 
/**
 * How long one attempt may take, in milliseconds.
 */
budget_ms: number | null, 
/**
 * How long it is listed after its end at least, in milliseconds.
 */
keep_ms: number | null, 
/**
 * What it was given, with what the jobs before it put out.
 */
input: unknown, 
/**
 * What it put out.
 */
output: unknown, };

/**
 * Asks for one job.
 */
export type JobId = { 
/**
 * The job.
 */
id: number, };

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
 * Words to find it by.
 */
tags: Array<string>, 
/**
 * Its unique name.
 */
name: string | null, 
/**
 * Higher runs earlier.
 */
priority: number, 
/**
 * What it waits for, in words, such as "AC power"; empty when it only waits for its turn.
 */
waiting_for: Array<string>, 
/**
 * The jobs it waits for.
 */
blocked_by: Array<number>, 
/**
 * The schedule that asked for it.
 */
schedule: number | null, 
/**
 * For which of the schedule's times it runs.
 */
scheduled_for: number | null, 
/**
 * Why its last attempt was stopped before its end, in words.
 */
stopped: string | null, };

/**
 * Work as a person asks for it. Whatever is not said is as it is for the runs of a schedule.
 */
export type JobsDraft = { 
/**
 * The steps, one after the other. A step begins when all jobs of the one before it succeeded; the jobs within a step do
 * not wait for each other.
 */
steps: Array<Array<StepDraft>>, 
/**
 * When the first step may begin, in milliseconds since the Unix epoch; none for at once.
 */
run_at: number | null, 
/**
 * Whether it goes ahead of all other work, whatever the machine is like. Time, conditions and priority do not count then.
 */
now: boolean, 
/**
 * The IANA name of the zone whose wall clock counts for the hours among the conditions; none for that of this system.
 */
zone: string | null, 
/**
 * What each job needs of the machine.
 */
conditions: Conditions, 
/**
 * Words to find and cancel the jobs by.
 */
tags: Array<string>, 
/**
 * A name that only one piece of work holds at a time, until its last job ended.
 */
name: string | null, 
/**
 * What happens when the name is held.
 */
policy: NamePolicy, 
/**
 * Higher runs earlier, from -1000 to 1000; 0 is what a person adds, -10 the runs of schedules.
 */
priority: number, 
/**
 * How often each job may be tried.
 */
attempts: number | null, 
/**
 * The waits between attempts.
 */
backoff: BackoffDraft | null, 
/**
 * How long one attempt may take, in seconds.
 */
budget_seconds: number | null, 
/**
 * How long the jobs are listed after their end at least, in seconds.
 */
keep_seconds: number | null, 
/**
 * How what the jobs of a step put out becomes the input of the next.
 */
merge: Merge, };

/**
 * One page of jobs, the running first, then the newest.
 */
export type JobsPage = { 
/**
 * How many jobs match in all.
 */
total: number, 
/**
 * When all jobs were last cancelled at once, if they ever were.
 */
cancelled_all_at?: number, 
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
 * Just jobs with this tag.
 */
tag: string | null, 
/**
 * Just jobs with this in their title or their unique name, whatever its case.
 */
name: string | null, 
/**
 * Just jobs with exactly this unique name.
 */
unique: string | null, 
/**
 * Just the runs of this schedule.
 */
schedule: number | null, 
/**
 * Just these kinds.
 */
kinds: Array<string>, 
/**
 * How many to leave out from the start.
 */
offset: number, 
/**
 * How many at most; 0 means the default of 100.
 */
limit: number, };

/**
 * Says that a label or an object is wrong, or that it is right after all.
 */
export type JudgeLabel = { 
/**
 * The item.
 */
item: number, 
/**
 * Which part says so.
 */
part: JudgedPart, 
/**
 * The name as it stands there.
 */
name: string, 
/**
 * Whether it is wrong.
 */
wrong: boolean, };

/**
 * What a person can judge.
 */
export type JudgedPart = "label" | "object";

/**
 * What happens to files that are dropped or added.
 */
export type Keep = "copy" | "in_place";

/**
 * Keeps one of images that look alike: the others go to the trash, and what a person said of them (tags, notes) is added to
 * what was said of this one.
 */
export type KeepOne = { 
/**
 * The one to keep.
 */
keep: number, 
/**
 * The others.
 */
others: Array<number>, };

/**
 * What is kept of an image.
 */
export type KeepWhat = "copy" | "in_place" | "text";

/**
 * What came of keeping one; with it, that can be undone.
 */
export type KeptOne = { 
/**
 * The images that went to the trash.
 */
trashed: Array<number>, 
/**
 * The tags of the one that was kept, as they were before.
 */
tags: Array<string>, 
/**
 * Its note, as it was before.
 */
note: string, };

/**
 * What an image shows as a whole, to a model.
 */
export type LabelView = { 
/**
 * What it is.
 */
name: string, 
/**
 * How sure the model is, 0 to 1.
 */
confidence: number, 
/**
 * Whether a person said that it is wrong: then nothing is found by it.
 */
wrong: boolean, };

/**
 * A language that can be named.
 */
export type LanguageView = { 
/**
 * Its code, such as `de`.
 */
code: string, 
/**
 * Its English name.
 */
name: string, };

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
 * One look of a source.
 */
export type LookView = { 
/**
 * Its job.
 */
job: number, 
/**
 * When it was asked for.
 */
asked_at: number, 
/**
 * When it began.
 */
started_at: number | null, 
/**
 * When it ended.
 */
finished_at: number | null, 
/**
 * How it stands.
 */
state: JobState, 
/**
 * What it found, or is doing, in words: "nothing new" is a result.
 */
words: string, 
/**
 * What it could not use or left for later, and why: the first of these, a line each.
 */
reasons: Array<string>, 
/**
 * Why it failed.
 */
error: WireError | null, };

/**
 * The looks of a source.
 */
export type Looks = { 
/**
 * The newest first.
 */
looks: Array<LookView>, };

/**
 * One thing that is known of the machine.
 */
export type MachineFact = { 
/**
 * What it is about, such as "Power".
 */
name: string, 
/**
 * How it is, in words.
 */
value: string, 
/**
 * Who told, such as "UPower".
 */
source: string | null, };

/**
 * What this machine is like, as far as work cares.
 */
export type MachineView = { 
/**
 * What is known.
 */
facts: Array<MachineFact>, };

/**
 * How the outputs of several jobs become one input.
 */
export type Merge = "overwrite" | "collect";

/**
 * What happens to times that were missed, because the program or the machine was off.
 */
export type Missed = { "type": "skip" } | { "type": "once" } | { "type": "all", 
/**
 * How many at most.
 */
most: number, };

/**
 * Which model looks for each thing in photos: `automatic` (the best one that is installed), `none`, or the id of a model. One
 * that is not installed counts as `automatic`.
 */
export type ModelChoices = { 
/**
 * What the image shows as a whole.
 */
labels: string, 
/**
 * Things in it.
 */
objects: string, 
/**
 * Faces in it.
 */
faces: string, 
/**
 * What finds images that show something alike.
 */
embedding: string, 
/**
 * What a model that takes descriptions is to tell besides its own list, each a word or a few.
 */
tags: Array<string>, };

/**
 * A file with a model.
 */
export type ModelFile = { 
/**
 * The file, absolute: a model that Legible knows, or the TOML of one of the person's own (it ends in `.toml`).
 */
path: string, };

/**
 * A model or a pack by its id.
 */
export type ModelRef = { 
/**
 * Its id.
 */
id: string, };

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
 * Its licence; empty when the person did not tell that of a model of their own.
 */
licence: string, 
/**
 * Who made it; empty likewise.
 */
attribution: string, 
/**
 * Whether the default features need it.
 */
default: boolean, 
/**
 * Whether it is here and whole.
 */
installed: boolean, 
/**
 * Whether it can be removed: what came with the program, or lies in LEGIBLE_MODELS_DIR, cannot.
 */
removable: boolean, 
/**
 * Whether it is the person's own.
 */
own: boolean, 
/**
 * What it sees in photos: `labels`, `objects`, `faces`, `embedding`; empty for one that reads or
 * describes.
 */
parts: Array<string>, 
/**
 * Whether it understands descriptions, for search (`looks:"a dog on a beach"`) and for labels.
 */
describes: boolean, 
/**
 * For which of these it is used now.
 */
used_for: Array<string>, 
/**
 * Why it cannot be downloaded and where to get it, for one that can only be added from a file.
 */
by_hand: string | null, 
/**
 * What is wrong with it, and what to do.
 */
problem: string | null, 
/**
 * Why it is switched off although it is here: it failed on photo after photo.
 */
off: string | null, };

/**
 * All models and packs, and whether they are here.
 */
export type Models = { 
/**
 * All models, those of the person's own last.
 */
models: Array<ModelView>, 
/**
 * All packs.
 */
packs: Array<PackView>, 
/**
 * What models see, and which would look for it.
 */
parts: Array<PartModels>, };

/**
 * What happens when the name of new work is held by other work that has not ended.
 */
export type NamePolicy = "keep" | "replace" | "append" | "append_or_replace";

/**
 * Which network work needs.
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
 * Which kinds of notifications a person wants.
 */
export type Notify = { 
/**
 * A batch ended, or goes on for long.
 */
batches: boolean, 
/**
 * Something failed, or needs the person.
 */
failures: boolean, 
/**
 * A reminder is due.
 */
reminders: boolean, 
/**
 * A schedule ended.
 */
schedules: boolean, };

/**
 * A thing in an image.
 */
export type ObjectView = { 
/**
 * What it is.
 */
name: string, 
/**
 * How sure the model is, 0 to 1.
 */
confidence: number, 
/**
 * Four corners in pixels of the upright image, each `[x, y]`.
 */
quad: [[number, number], [number, number], [number, number], [number, number]], 
/**
 * Whether a person said that there is none of these: then nothing is found by it.
 */
wrong: boolean, };

/**
 * Where an item came from.
 */
export type OriginView = { 
/**
 * How it came: `drop`, `paste`, `dialog`, `cli`, `rebuild`, `folder`, `web`, `screen`, `clipboard`, `camera` or
 * `remote`.
 */
kind: string, 
/**
 * The file it came from.
 */
path: string | null, 
/**
 * The address it came from.
 */
url: string | null, 
/**
 * When.
 */
at: number, };

/**
 * Whether the picture of an item is there.
 */
export type Original = "kept" | "missing" | "text_only";

/**
 * What a run does while the one before goes on.
 */
export type Overlap = "skip" | "queue" | "replace" | "allow";

/**
 * Models that are installed together.
 */
export type PackView = { 
/**
 * Its short name.
 */
id: string, 
/**
 * Its name for people.
 */
title: string, 
/**
 * What one gets by it, in words.
 */
purpose: string, 
/**
 * Size of all its models in bytes.
 */
bytes: number, 
/**
 * How many bytes of them are not here.
 */
missing_bytes: number, 
/**
 * Whether all its models are here.
 */
installed: boolean, 
/**
 * The ids of its models.
 */
models: Array<string>, };

/**
 * Something that models see.
 */
export type PartModels = { 
/**
 * `labels`, `objects`, `faces`, `embedding`.
 */
part: string, 
/**
 * The model that looks for it when the choice is left to the program; none where none that is here does.
 */
automatic: string | null, };

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
id: number, } | { "view": "activity" } | { "view": "sources" } | { "view": "schedules" } | { "view": "reminders" } | { "view": "cloud" } | { "view": "settings" };

/**
 * Images taken near each other.
 */
export type PlaceView = { 
/**
 * Where, in words: `48.1° N, 11.6° E`.
 */
name: string, 
/**
 * What stands in a search for it.
 */
filter: string, 
/**
 * How many images.
 */
count: number, 
/**
 * The earliest day on which one was taken (`2026-11-03`).
 */
first: string | null, 
/**
 * The latest.
 */
last: string | null, 
/**
 * The latest of them, to show a thumbnail of.
 */
item: number, };

/**
 * Where images were taken.
 */
export type Places = { 
/**
 * The places, that with the most images first.
 */
places: Array<PlaceView>, };

/**
 * Asks what would be done with a storage.
 */
export type PlanStorage = { 
/**
 * Its number.
 */
id: number, 
/**
 * What its folder is said to be, if it is not marked as the one that was kept in step.
 */
folder: FolderIs | null, };

/**
 * A provider that a person signs in to.
 */
export type Provider = "google_drive" | "dropbox" | "onedrive";

/**
 * A provider, and whether it knows this program.
 */
export type ProviderView = { 
/**
 * Which.
 */
provider: Provider, 
/**
 * What people call it.
 */
name: string, 
/**
 * Whether this build of the program is registered there.
 */
of_build: boolean, 
/**
 * Whether it can be signed in to: by a client of the settings, or else of the build.
 */
ready: boolean, 
/**
 * Whether it wants a client secret beside a client id.
 */
wants_secret: boolean, 
/**
 * Where a program is registered.
 */
register: string, 
/**
 * Where people see and take back what they granted.
 */
manage: string, };

/**
 * The providers that people sign in to.
 */
export type Providers = { 
/**
 * In the order in which they are shown.
 */
providers: Array<ProviderView>, };

/**
 * Where notifications are sent besides this screen.
 */
export type Push = { 
/**
 * How they are sent.
 */
kind: PushKind, 
/**
 * The address of the webhook or of the ntfy topic. It may hold a secret and is never logged.
 */
url: string, };

/**
 * How notifications are sent to another device.
 */
export type PushKind = "off" | "webhook" | "ntfy";

/**
 * Which rclone is asked.
 */
export type RcloneRuns = { "type": "own", 
/**
 * The program, as `path_text` writes it; none for the one on the search path.
 */
program: string | null, 
/**
 * Its configuration; none for the one that it takes by itself.
 */
config: string | null, } | { "type": "at", 
/**
 * Its address, as `http://127.0.0.1:5572`.
 */
url: string, 
/**
 * Who signs in; empty where nobody has to.
 */
user: string, };

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
 * All text in reading order, its lines put together as the source of the image says.
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
 * What was recognised in an image.
 */
export type RecognitionView = { 
/**
 * What kind of image it is: `photo`, `screenshot`, `document`, `receipt`, `handwriting` or `chart`, if that is known.
 */
kind: string | null, 
/**
 * Its bar codes and matrix codes.
 */
codes: Array<CodeView>, 
/**
 * Its dominant colours, the largest first.
 */
colours: Array<ColourView>, 
/**
 * What it shows as a whole, the surest first.
 */
labels: Array<LabelView>, 
/**
 * Things in it, the surest first.
 */
objects: Array<ObjectView>, 
/**
 * Faces in it, the surest first.
 */
faces: Array<FaceView>, 
/**
 * What made it: a line for each part, such as `Shows: mobilenet-v2 (069c62686154)`.
 */
made_by: Array<string>, };

/**
 * What a person does on the overlay of a display, to choose a region. Places are pixels of the picture on it.
 */
export type RegionChoice = { "type": "ready", } | { "type": "drag", 
/**
 * Where the drag began: to the right, down.
 */
from: [number, number], 
/**
 * Where it ended; beyond the picture's edge when that is on another display.
 */
to: [number, number], } | { "type": "whole", } | { "type": "cancel", };

/**
 * A remedy the window can offer as a button.
 */
export type Remedy = "install_models" | "rebuild" | "choose_folder" | "reset_settings";

/**
 * A reminder as a person sets it.
 */
export type ReminderDraft = { 
/**
 * The reminder to change; none for a new one.
 */
id: number | null, 
/**
 * The image it is about.
 */
item: number | null, 
/**
 * What it says.
 */
title: string, 
/**
 * More of it.
 */
note: string, 
/**
 * When.
 */
rule: Rule, 
/**
 * The IANA name of the zone whose wall clock counts.
 */
zone: string, };

/**
 * Names a reminder.
 */
export type ReminderRef = { 
/**
 * The reminder.
 */
id: number, };

/**
 * A reminder with what is known of it.
 */
export type ReminderView = { 
/**
 * Its number.
 */
id: number, 
/**
 * What was set.
 */
draft: ReminderDraft, 
/**
 * When, in words.
 */
sentence: string, 
/**
 * When it comes next.
 */
next: number | null, 
/**
 * Since when it is due and nobody said that it is done.
 */
due_since: number | null, 
/**
 * When somebody last said that it is done.
 */
done_at: number | null, 
/**
 * Why it does not come, in words: its time zone is no longer known, say. Saving it anew mends it.
 */
problem: string | null, };

/**
 * All reminders: those that are due first, then by their next time.
 */
export type Reminders = { 
/**
 * The reminders.
 */
reminders: Array<ReminderView>, };

/**
 * A model or a pack that is to go.
 */
export type RemoveModel = { 
/**
 * Its id.
 */
id: string, 
/**
 * Whether what it saw is forgotten, for good.
 */
forget: boolean, };

/**
 * What came of leaving a storage or a source alone.
 */
export type Removed = { 
/**
 * The provider that still lets Legible in, if one does: nothing here can use that any more.
 */
still_granted: StillGranted | null, };

/**
 * When a schedule runs.
 */
export type Rule = { "type": "every", 
/**
 * Seconds from one to the next.
 */
seconds: number, } | { "type": "daily", 
/**
 * When, such as `02:30`.
 */
at: string, } | { "type": "weekly", 
/**
 * The days.
 */
days: Array<Weekday>, 
/**
 * When.
 */
at: string, } | { "type": "monthly", 
/**
 * The day, 1 to 31; in a month without it, the last one.
 */
day: number, 
/**
 * When.
 */
at: string, } | { "type": "cron", 
/**
 * Five fields, or six with seconds first.
 */
expression: string, } | { "type": "once", 
/**
 * When, in milliseconds since the Unix epoch.
 */
at: number, } | { "type": "on", 
/**
 * What.
 */
trigger: Trigger, };

/**
 * One run of a schedule.
 */
export type RunView = { 
/**
 * Its job.
 */
job: number, 
/**
 * For which of the schedule's times, or when a person asked for it.
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
 * How it stands.
 */
state: JobState, 
/**
 * What it did, or is doing, in words.
 */
words: string, 
/**
 * Why it failed.
 */
error: WireError | null, };

/**
 * Which process runs the background service.
 */
export type Runner = "here" | "elsewhere" | "nobody";

/**
 * A schedule as a person sets it.
 */
export type ScheduleDraft = { 
/**
 * The schedule to change; none for a new one.
 */
id: number | null, 
/**
 * What a person calls it. Empty: what it does.
 */
title: string, 
/**
 * What it does.
 */
action: Action, 
/**
 * The folder that it writes to, where it does.
 */
folder: string | null, 
/**
 * When it runs.
 */
rule: Rule, 
/**
 * The IANA name of the zone whose wall clock counts.
 */
zone: string, 
/**
 * What it needs of the machine.
 */
conditions: Conditions, 
/**
 * What happens to times that were missed.
 */
missed: Missed, 
/**
 * What a run does while the one before goes on.
 */
overlap: Overlap, 
/**
 * How much earlier than its time a run may start, in seconds.
 */
flex_seconds: number | null, 
/**
 * Whether it runs.
 */
enabled: boolean, };

/**
 * What a draft would do.
 */
export type SchedulePreview = { 
/**
 * All of it in one sentence.
 */
sentence: string, 
/**
 * When it would run next, up to five times.
 */
next_runs: Array<number>, 
/**
 * Why it cannot be saved.
 */
problem: WireError | null, };

/**
 * Names a schedule.
 */
export type ScheduleRef = { 
/**
 * The schedule.
 */
id: number, };

/**
 * A schedule with what is known of it.
 */
export type ScheduleView = { 
/**
 * Its number.
 */
id: number, 
/**
 * What was set.
 */
draft: ScheduleDraft, 
/**
 * Whether it came with the program; it can be changed and switched off, not removed.
 */
built_in: boolean, 
/**
 * All of it in one sentence.
 */
sentence: string, 
/**
 * When it runs next; empty when it waits for an event, is off, or never runs again.
 */
next: number | null, 
/**
 * When it runs next, up to five times.
 */
next_runs: Array<number>, 
/**
 * The run that has not ended.
 */
active: RunView | null, 
/**
 * What that run waits for.
 */
waiting_for: Array<string>, 
/**
 * The run that ended last.
 */
last: RunView | null, 
/**
 * How many of its times were not run: missed, or the run before went on.
 */
skipped: number, 
/**
 * When it was changed.
 */
changed_at: number, 
/**
 * Why it does not run, in words: its time zone is no longer known, say. Saving it anew mends it.
 */
problem: string | null, };

/**
 * All schedules.
 */
export type Schedules = { 
/**
 * The schedules, the oldest first.
 */
schedules: Array<ScheduleView>, 
/**
 * Those that cannot be read, the oldest first.
 */
broken: Array<BrokenSchedule>, 
/**
 * The names of all time zones.
 */
zones: Array<string>, 
/**
 * The zone of this system.
 */
system_zone: string, };

/**
 * Where the key to all secrets lies.
 */
export type SecretsKept = "keychain" | "unlocked" | "locked" | "nowhere";

/**
 * How secrets are kept.
 */
export type SecretsState = { 
/**
 * Where the key lies.
 */
kept: SecretsKept, };

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
 * Which models look at photos.
 */
models: ModelChoices, 
/**
 * What is told by notifications and pushes.
 */
notify: Notify, 
/**
 * When only reminders are told; everything else waits for the end of these hours.
 */
quiet_hours: Hours | null, 
/**
 * Where notifications are sent besides this screen.
 */
push: Push, 
/**
 * What closing the window means.
 */
window_close: WindowClose, 
/**
 * Start when the person logs in.
 */
start_at_login: boolean, 
/**
 * Whether a start at login shows no window.
 */
start_hidden: boolean, 
/**
 * How providers of cloud storage know this program, where that is not left to the build.
 */
cloud: CloudClients, };

/**
 * A person is to sign in now, in the browser.
 */
export type SignInBegun = { 
/**
 * Its number, good in this process until it is taken, cancelled or too old.
 */
id: number, 
/**
 * Where.
 */
provider: Provider, 
/**
 * What is to be opened in the browser.
 */
address: string, };

/**
 * What a person signs in for: no more is asked for than serves.
 */
export type SignInFor = "library" | "pictures" | "pictures_and_texts";

/**
 * A sign-in by its number.
 */
export type SignInRef = { 
/**
 * Its number.
 */
id: number, };

/**
 * A person has signed in, and may say now what for.
 */
export type SignedIn = { 
/**
 * The number of the sign-in.
 */
id: number, 
/**
 * Where.
 */
provider: Provider, };

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
 * Puts a reminder off.
 */
export type SnoozeReminder = { 
/**
 * The reminder.
 */
id: number, 
/**
 * When it is to come again, in milliseconds since the Unix epoch.
 */
until: number, };

/**
 * A source as a person sets it.
 */
export type SourceDraft = { 
/**
 * The source to change; none for a new one.
 */
id: number | null, 
/**
 * What a person calls it. Empty: what it is.
 */
name: string, 
/**
 * What it is and where it looks.
 */
spec: SourceSpec, 
/**
 * What happens to its images.
 */
filing: Filing, 
/**
 * When it looks by the clock; none for a source that does not.
 */
rule: Rule | null, 
/**
 * The IANA name of the zone whose wall clock counts.
 */
zone: string, 
/**
 * What looking, and reading what it found, need of the machine.
 */
conditions: Conditions, 
/**
 * Whether it looks by itself.
 */
enabled: boolean, };

/**
 * Why a source could not look, or could not move a file.
 */
export type SourceProblem = { 
/**
 * When.
 */
at: number, 
/**
 * What happened, and what to do.
 */
error: WireError, };

/**
 * Names a source.
 */
export type SourceRef = { 
/**
 * The source.
 */
id: number, };

/**
 * What a source is and where it looks.
 */
export type SourceSpec = { "type": "folder", 
/**
 * The folder, absolute, as `path_text` writes it.
 */
path: string, 
/**
 * Whether folders in it are looked at too.
 */
recursive: boolean, 
/**
 * Globs of what is taken, relative to the folder, such as `*.png`; empty for every image.
 */
include: Array<string>, 
/**
 * Globs of what is left out.
 */
exclude: Array<string>, 
/**
 * How long a file must have been left alone before it is taken, in milliseconds.
 */
quiet_ms: number, } | { "type": "web", 
/**
 * Where the addresses of the images come from.
 */
what: WebWhat, 
/**
 * What is sent along with every request.
 */
headers: Array<WebHeader>, 
/**
 * The shortest side that an image must have, in pixels; 0 for any.
 */
min_side: number, 
/**
 * The most images that one look takes; the next one goes on.
 */
most: number, } | { "type": "screen", 
/**
 * The keys that start a capture of a region everywhere, such as `Ctrl+Shift+T`.
 */
shortcut: string | null, 
/**
 * Whether the text goes to the clipboard.
 */
copy: boolean, } | { "type": "clipboard", 
/**
 * The shortest side that an image must have, in pixels.
 */
min_side: number, 
/**
 * Programs whose copies are left alone: parts of the name or title of the window in front.
 */
exclude: Array<string>, } | { "type": "camera", } | { "type": "cloud", 
/**
 * Where it is.
 */
place: StoragePlace, 
/**
 * What opens it, such as a password. It goes to the keychain and is never told; without one, that which is there stays.
 */
secret: string | null, 
/**
 * The sign-in whose grant opens it from now on. Never told.
 */
sign_in: number | null, 
/**
 * Globs of what is taken, relative to the folder, such as `*.jpg`; empty for every image.
 */
include: Array<string>, 
/**
 * Globs of what is left out.
 */
exclude: Array<string>, 
/**
 * The largest file that is fetched, in megabytes (1,000,000 bytes); none for as large as can be read.
 */
most_megabytes: number | null, 
/**
 * Whether the text of a picture is written beside it.
 */
write_text: WriteText, };

/**
 * What a draft would find, without taking anything in.
 */
export type SourceTest = { 
/**
 * What it found, in words.
 */
words: string, 
/**
 * Names or addresses of what it would take, some of them.
 */
samples: Array<string>, 
/**
 * What a person should know before saving it.
 */
warnings: Array<string>, 
/**
 * Why it would not work.
 */
problem: WireError | null, };

/**
 * A source with what is known of it.
 */
export type SourceView = { 
/**
 * Its number.
 */
id: number, 
/**
 * What was set.
 */
draft: SourceDraft, 
/**
 * Whether it came with the program; it can be changed and switched off, not removed.
 */
built_in: boolean, 
/**
 * What it does and when, in one sentence.
 */
sentence: string, 
/**
 * How it hears of news by itself, or why it does not, in words.
 */
watching: string | null, 
/**
 * When it last looked and could.
 */
looked_at: number | null, 
/**
 * When it last found something new.
 */
found_at: number | null, 
/**
 * How much was new then.
 */
found: number, 
/**
 * How many images came from it.
 */
items: number, 
/**
 * When it looks next by the clock.
 */
next: number | null, 
/**
 * The look that goes on or waits.
 */
active: LookView | null, 
/**
 * What that look waits for.
 */
waiting_for: Array<string>, 
/**
 * What the last look that could look left out or left for later, in words.
 */
remark: string | null, 
/**
 * Why the last look failed, or else why a file could not be moved, if so.
 */
problem: SourceProblem | null, };

/**
 * All sources.
 */
export type Sources = { 
/**
 * The sources: those that come with the program, then the others, the oldest first.
 */
sources: Array<SourceView>, 
/**
 * Those that this version of the program cannot read. They do not look and can only be removed.
 */
broken: Array<BrokenSource>, 
/**
 * The names of the engines that can be chosen.
 */
engines: Array<string>, 
/**
 * The languages that an engine here can read, by their names.
 */
languages: Array<LanguageView>, 
/**
 * The zone of this system, for new ones.
 */
system_zone: string, };

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
 * One job of a step.
 */
export type StepDraft = { 
/**
 * What it does.
 */
action: Action, 
/**
 * The folder that it writes to, where it does.
 */
folder: string | null, };

/**
 * A provider that did not take a grant back.
 */
export type StillGranted = { 
/**
 * Which.
 */
provider: Provider, 
/**
 * Why, for a person.
 */
why: string, 
/**
 * Where a person takes it back.
 */
page: string, };

/**
 * A storage as a person sets it.
 */
export type StorageDraft = { 
/**
 * The storage to change; none for a new one.
 */
id: number | null, 
/**
 * What a person calls it. Empty: where it is.
 */
name: string, 
/**
 * Where it is.
 */
place: StoragePlace, 
/**
 * What opens it, such as a password. It goes to the keychain and is never told; without one, that which is there stays.
 */
secret: string | null, 
/**
 * The sign-in by which it is opened from now on, where a person signs in; without one, who is signed in stays so.
 */
sign_in: number | null, 
/**
 * Which side may change.
 */
direction: SyncDirection, 
/**
 * What of the library is meant.
 */
content: SyncContent, 
/**
 * The most that is moved, in kilobytes (1000 bytes) a second; none for as fast as it goes.
 */
kilobytes_a_second: number | null, 
/**
 * When it is brought in step by the clock; none for not by the clock.
 */
rule: Rule | null, 
/**
 * Whether it is also brought in step soon after something changed on this machine.
 */
on_change: boolean, 
/**
 * The IANA name of the zone whose wall clock counts.
 */
zone: string, 
/**
 * What it needs of the machine.
 */
conditions: Conditions, 
/**
 * Whether it is brought in step by itself.
 */
enabled: boolean, };

/**
 * Where a folder of a storage is. There is no secret in it.
 */
export type StoragePlace = { "type": "s3", 
/**
 * `https://host`, without the bucket.
 */
endpoint: string, 
/**
 * The region that requests are signed for; `us-east-1` where there are none.
 */
region: string, 
/**
 * The bucket.
 */
bucket: string, 
/**
 * The folder in it; empty for all of it.
 */
folder: string, 
/**
 * The public half of the key.
 */
key_id: string, 
/**
 * Whether the bucket is part of the host's name, or else of the path.
 */
virtual_host: boolean, } | { "type": "web_dav", 
/**
 * The address that the provider tells.
 */
url: string, 
/**
 * The folder below it; empty for the address itself.
 */
folder: string, 
/**
 * Who signs in; empty where nobody has to.
 */
user: string, } | { "type": "sftp", 
/**
 * The name of the server, or of an entry of the settings of ssh.
 */
host: string, 
/**
 * Its port, if it is not the usual one.
 */
port: number | null, 
/**
 * Who signs in, if it is not who ssh would take.
 */
user: string | null, 
/**
 * The file with the private key, if it is not one that ssh would take.
 */
key_file: string | null, 
/**
 * The folder: from the home folder, or from the root of the server if it begins with `/`.
 */
folder: string, 
/**
 * Whether a server that was never seen is trusted and remembered.
 */
trust_first: boolean, } | { "type": "folder", 
/**
 * Its absolute path, as `path_text` writes it.
 */
path: string, } | { "type": "dropbox", 
/**
 * The folder, from the folder of the app on; empty for all of that.
 */
folder: string, } | { "type": "onedrive", 
/**
 * The folder, from the folder of the app on; empty for all of that.
 */
folder: string, } | { "type": "google_drive", 
/**
 * What it is called: it is made where it is not there. Empty for `Legible`.
 */
folder: string, } | { "type": "rclone", 
/**
 * Which rclone is asked.
 */
runs: RcloneRuns, 
/**
 * The name of the remote in rclone's configuration.
 */
remote: string, 
/**
 * The folder in it; empty for all of it.
 */
folder: string, };

/**
 * A storage by its number.
 */
export type StorageRef = { 
/**
 * Its number.
 */
id: number, };

/**
 * A storage and what is known of it.
 */
export type StorageView = { 
/**
 * Its number.
 */
id: number, 
/**
 * How it is set, without its secret.
 */
draft: StorageDraft, 
/**
 * Where it is and what is done with it, in a sentence.
 */
sentence: string, 
/**
 * What it was found to do and not to do, in words.
 */
found: Array<string>, 
/**
 * The job that brings it in step or waits for that.
 */
job: number | null, 
/**
 * What that job is at, in words.
 */
doing: string | null, 
/**
 * What it waits for.
 */
waiting_for: Array<string>, 
/**
 * When it is brought in step next by the clock, in milliseconds since the Unix epoch.
 */
next: number | null, 
/**
 * How many files are in step.
 */
in_step: number, 
/**
 * What came of the last time.
 */
last: SyncResult | null, 
/**
 * Why the last time failed.
 */
problem: SyncProblem | null, 
/**
 * Whether the last time was stopped before it was done; `last` tells of the time before.
 */
stopped: boolean, 
/**
 * Whether what goes on is held by a person, until it is resumed or a long pause ends by itself.
 */
held: boolean, };

/**
 * All storages.
 */
export type Storages = { 
/**
 * The storages, the oldest first.
 */
storages: Array<StorageView>, 
/**
 * The zone of this system, for new ones.
 */
system_zone: string, };

/**
 * A due date found in the text of an image.
 */
export type Suggestion = { 
/**
 * The image.
 */
item: number, 
/**
 * What a reminder could say.
 */
title: string, 
/**
 * When it could come, in milliseconds since the Unix epoch.
 */
at: number, 
/**
 * The words of the text that say so.
 */
why: string, };

/**
 * The due dates found in the text of an image.
 */
export type Suggestions = { 
/**
 * The dates, the next one first.
 */
suggestions: Array<Suggestion>, };

/**
 * An image that two machines changed. It is settled by keeping one of both, or by telling them apart.
 */
export type SyncConflict = { 
/**
 * The path of the image in the library folder.
 */
of: string, 
/**
 * The machine that kept its own version beside.
 */
device: string, 
/**
 * Whether that is this one.
 */
here: boolean, 
/**
 * The day on which it did: `2026-11-22`.
 */
day: string, 
/**
 * The version of that machine.
 */
card: ItemCard, 
/**
 * Where it lies in the library folder.
 */
path: string, 
/**
 * The size of its file, in bytes.
 */
bytes: number, 
/**
 * The version that has the name; where that one is gone, the first of those that were kept beside.
 */
other: ItemCard, 
/**
 * Where it lies in the library folder.
 */
other_path: string, 
/**
 * The size of its file, in bytes.
 */
other_bytes: number, };

/**
 * Images of which two versions were kept.
 */
export type SyncConflicts = { 
/**
 * Those that nobody has settled yet, in the order of their names.
 */
conflicts: Array<SyncConflict>, };

/**
 * What of the library is meant.
 */
export type SyncContent = "library" | "text" | "markdown";

/**
 * How many files one thing would be done with.
 */
export type SyncCount = { 
/**
 * What.
 */
what: SyncWhat, 
/**
 * How many files.
 */
files: number, 
/**
 * How many bytes are moved for it.
 */
bytes: number, };

/**
 * Which side may change.
 */
export type SyncDirection = "both" | "up" | "down";

/**
 * Has a storage brought in step.
 */
export type SyncNow = { 
/**
 * Its number.
 */
id: number, 
/**
 * What a person agrees to, as it was asked.
 */
agreed: Array<SyncQuestion>, };

/**
 * What would be done.
 */
export type SyncPlan = { 
/**
 * File by file: the first of them.
 */
steps: Array<SyncStep>, 
/**
 * How many there are.
 */
count: number, 
/**
 * How many there are of each kind that there is.
 */
counts: Array<SyncCount>, 
/**
 * How many bytes are moved.
 */
bytes: number, 
/**
 * Files that are left alone: the first of them.
 */
problems: Array<FileProblem>, 
/**
 * How many those are.
 */
problem_count: number, 
/**
 * What a person is to agree to before.
 */
questions: Array<SyncQuestion>, };

/**
 * Why a storage could not be brought in step.
 */
export type SyncProblem = { 
/**
 * When, in milliseconds since the Unix epoch.
 */
at: number, 
/**
 * Why.
 */
error: WireError, };

/**
 * How far bringing a storage in step is.
 */
export type SyncProgress = { 
/**
 * The storage.
 */
storage: number, 
/**
 * How many files there are to do.
 */
files: number, 
/**
 * How many of them are done.
 */
files_done: number, 
/**
 * How many bytes there are to move.
 */
bytes: number, 
/**
 * How many of them were moved.
 */
bytes_done: number, 
/**
 * How much is done, 0 to 1, files and bytes weighed against each other.
 */
fraction: number, 
/**
 * How many seconds it may still take, once that can be guessed.
 */
seconds_left: number | null, 
/**
 * The files that are on their way: the first of them.
 */
under_way: Array<SyncStep>, };

/**
 * What a person is to agree to.
 */
export type SyncQuestion = { "type": "first_meeting", 
/**
 * How many are here.
 */
local: number, 
/**
 * How many are there.
 */
remote: number, } | { "type": "empty", 
/**
 * Whether it is the storage, or else this machine.
 */
remote: boolean, 
/**
 * How many were in step.
 */
had: number, } | { "type": "other_folder", 
/**
 * Whether it is marked as another one, or else has no mark at all.
 */
marked: boolean, 
/**
 * What a person says that it is; none where that is asked.
 */
answer: FolderIs | null, } | { "type": "many_deletes", 
/**
 * Whether on the storage, or else on this machine.
 */
remote: boolean, 
/**
 * How many.
 */
deletes: number, 
/**
 * Out of how many.
 */
of: number, };

/**
 * What came of bringing a storage in step.
 */
export type SyncResult = { 
/**
 * When it ended, in milliseconds since the Unix epoch.
 */
at: number, 
/**
 * Files that went up.
 */
uploaded: number, 
/**
 * Files that came down.
 */
downloaded: number, 
/**
 * Files that were removed from the storage.
 */
removed: number, 
/**
 * Files that went to the trash here.
 */
put_away: number, 
/**
 * Files that both sides changed, made one.
 */
merged: number, 
/**
 * Files that were the same on both sides already.
 */
adopted: number, 
/**
 * Where the versions of this machine lie that are kept beside those of others.
 */
kept_both: Array<string>, 
/**
 * Bytes that were moved.
 */
bytes: number, 
/**
 * Files that could not be brought in step: the first of them.
 */
problems: Array<FileProblem>, 
/**
 * How many those are.
 */
problem_count: number, 
/**
 * What a person is to agree to before anything is done.
 */
questions: Array<SyncQuestion>, 
/**
 * Files that changed meanwhile and are left for the next time, which comes soon: the first of them. Those that were left the time before
 * too are among `problems` as well.
 */
left: Array<string>, };

/**
 * What would be done with one file.
 */
export type SyncStep = { 
/**
 * Which.
 */
path: string, 
/**
 * What.
 */
what: SyncWhat, 
/**
 * How many bytes are moved.
 */
bytes: number, };

/**
 * A file that was moved, merged or removed, or was to be.
 */
export type SyncTransfer = { 
/**
 * When that ended, in milliseconds since the Unix epoch.
 */
at: number, 
/**
 * Which file.
 */
path: string, 
/**
 * What was done with it.
 */
what: SyncWhat, 
/**
 * How many bytes were moved.
 */
bytes: number, 
/**
 * Why it could not be done, for a person; none where it was.
 */
problem: string | null, };

/**
 * Files that were moved to or from a storage.
 */
export type SyncTransfers = { 
/**
 * The last ones, the newest first.
 */
transfers: Array<SyncTransfer>, };

/**
 * What is done with one file.
 */
export type SyncWhat = "upload" | "download" | "remove_there" | "trash_here" | "compare" | "forget";

/**
 * A place on Earth (WGS 84).
 */
export type TakenAt = { 
/**
 * Degrees north, −90 to 90.
 */
latitude: number, 
/**
 * Degrees east, −180 to 180.
 */
longitude: number, };

/**
 * A picture that was taken in the window.
 */
export type TakenPicture = { 
/**
 * The bytes of an image file, in Base64 (RFC 4648).
 */
base64: string, };

/**
 * Says that images are not the same, or takes that back. It is remembered.
 */
export type TellApart = { 
/**
 * The images.
 */
ids: Array<number>, 
/**
 * Whether they are apart.
 */
apart: boolean, };

/**
 * Something in the text of an image that one can act on.
 */
export type TextFact = { 
/**
 * What it is.
 */
kind: TextFactKind, 
/**
 * As it stands there.
 */
text: string, 
/**
 * In its one form: a day as `2026-11-23`, an amount as `12.50 EUR`, a number without spaces.
 */
value: string, 
/**
 * What finds images with the same in their text.
 */
search: string, };

/**
 * What something in a text is.
 */
export type TextFactKind = "date" | "amount" | "email" | "link" | "phone" | "iban";

/**
 * How the lines of a text are put together.
 */
export type TextLayout = "lines" | "paragraphs" | "one_line";

/**
 * How many things a command touched.
 */
export type Touched = { 
/**
 * The number.
 */
count: number, };

/**
 * Something that starts a schedule.
 */
export type Trigger = { "type": "folder_changed", 
/**
 * The folder.
 */
path: string, 
/**
 * How long nothing must change before it runs, in seconds.
 */
settle_seconds: number, 
/**
 * How long after the first change it runs at the latest, in seconds.
 */
max_delay_seconds: number, } | { "type": "app_start" } | { "type": "network_back" } | { "type": "plugged_in" } | { "type": "schedule_ended", 
/**
 * The other schedule.
 */
schedule: number, };

/**
 * Opens the secrets.
 */
export type UnlockSecrets = { 
/**
 * What the person typed.
 */
passphrase: string, 
/**
 * Whether it is chosen just now, where there is none yet.
 */
new: boolean, };

/**
 * A header of requests.
 */
export type WebHeader = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value. A secret one is never told; left empty when a source is saved, the one in the keychain stays.
 */
value: string | null, 
/**
 * Whether it lies in the system's keychain and nowhere else.
 */
secret: boolean, };

/**
 * A page of a provider.
 */
export type WebPage = { "type": "sign_in", 
/**
 * The number of the sign-in.
 */
id: number, } | { "type": "manage", 
/**
 * Of which provider.
 */
provider: Provider, } | { "type": "register", 
/**
 * Of which provider.
 */
provider: Provider, };

/**
 * Where the addresses of images come from.
 */
export type WebWhat = { "type": "urls", 
/**
 * The addresses of images.
 */
urls: Array<string>, } | { "type": "page", 
/**
 * Its address.
 */
url: string, 
/**
 * How many links away from it pages of the same host are looked at too; 0 for the page alone.
 */
depth: number, } | { "type": "feed", 
/**
 * Its address.
 */
url: string, } | { "type": "api", 
/**
 * The address to ask.
 */
url: string, 
/**
 * Where in the answer the addresses are: a JSONPath such as `$.photos[*].url`.
 */
path: string, };

/**
 * A day of the week.
 */
export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/**
 * What closing the window means.
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
 * How a worker stands.
 */
export type WorkerState = "running" | "paused" | "stopping";

/**
 * One thing that is being done just now.
 */
export type WorkerView = { 
/**
 * Its number.
 */
id: number, 
/**
 * What it does.
 */
what: string, 
/**
 * The job it carries out.
 */
job: number | null, 
/**
 * How it stands.
 */
state: WorkerState, 
/**
 * Since when.
 */
since: number, };

/**
 * All that is being done just now.
 */
export type Workers = { 
/**
 * The workers, the oldest first.
 */
workers: Array<WorkerView>, };

/**
 * Whether the text of a picture is written beside it on its storage.
 */
export type WriteText = "off" | "plain" | "markdown";

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
    /** The filters of a search, and how many images others would leave. */
    facets: (args: FacetsQuery): Promise<FacetsView> => invoke<FacetsView>("call", { name: "facets", args }),
    /** Where images were taken. */
    places_of_items: (args: NoArgs = {}): Promise<Places> => invoke<Places>("call", { name: "places_of_items", args }),
    /** Says that a label is wrong, or right after all. */
    judge_label: (args: JudgeLabel): Promise<ItemView> => invoke<ItemView>("call", { name: "judge_label", args }),
    /** Images that look alike. */
    duplicates: (args: DuplicatesQuery): Promise<Duplicates> => invoke<Duplicates>("call", { name: "duplicates", args }),
    /** Keeps one of images that look alike; the others go to the trash. */
    keep_one: (args: KeepOne): Promise<KeptOne> => invoke<KeptOne>("call", { name: "keep_one", args }),
    /** Says that images are not the same, or takes that back. */
    tell_apart: (args: TellApart): Promise<Touched> => invoke<Touched>("call", { name: "tell_apart", args }),
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
    /** Puts work into the queue: one job, or several that wait for each other. */
    add_jobs: (args: JobsDraft): Promise<AddedJobs> => invoke<AddedJobs>("call", { name: "add_jobs", args }),
    /** Cancels jobs, waiting or running. */
    cancel_jobs: (args: JobsQuery): Promise<Touched> => invoke<Touched>("call", { name: "cancel_jobs", args }),
    /** Starts failed or cancelled jobs again. */
    retry_jobs: (args: JobsQuery): Promise<Touched> => invoke<Touched>("call", { name: "retry_jobs", args }),
    /** Moves waiting jobs ahead of all others, whatever their conditions. */
    run_jobs_now: (args: JobsQuery): Promise<Touched> => invoke<Touched>("call", { name: "run_jobs_now", args }),
    /** Forgets ended jobs. */
    prune_jobs: (args: JobsQuery): Promise<Touched> => invoke<Touched>("call", { name: "prune_jobs", args }),
    /** What is being done just now. */
    workers: (args: NoArgs = {}): Promise<Workers> => invoke<Workers>("call", { name: "workers", args }),
    /** Pauses, resumes or stops one of the workers. */
    control_worker: (args: ControlWorker): Promise<Workers> => invoke<Workers>("call", { name: "control_worker", args }),
    /** What this machine is like. */
    machine: (args: NoArgs = {}): Promise<MachineView> => invoke<MachineView>("call", { name: "machine", args }),
    /** Sends a push at once, to see whether it arrives. */
    test_push: (args: NoArgs = {}): Promise<Done> => invoke<Done>("call", { name: "test_push", args }),
    /** All schedules. */
    schedules: (args: NoArgs = {}): Promise<Schedules> => invoke<Schedules>("call", { name: "schedules", args }),
    /** Makes or changes a schedule. */
    save_schedule: (args: ScheduleDraft): Promise<ScheduleView> => invoke<ScheduleView>("call", { name: "save_schedule", args }),
    /** What a draft would do, or why it cannot be saved. */
    preview_schedule: (args: ScheduleDraft): Promise<SchedulePreview> => invoke<SchedulePreview>("call", { name: "preview_schedule", args }),
    /** Switches a schedule on or off. */
    enable_schedule: (args: EnableSchedule): Promise<ScheduleView> => invoke<ScheduleView>("call", { name: "enable_schedule", args }),
    /** Runs a schedule at once, whatever its conditions. */
    run_schedule: (args: ScheduleRef): Promise<ScheduleView> => invoke<ScheduleView>("call", { name: "run_schedule", args }),
    /** Removes a schedule and cancels its run. */
    remove_schedule: (args: ScheduleRef): Promise<Touched> => invoke<Touched>("call", { name: "remove_schedule", args }),
    /** All sources. */
    sources: (args: NoArgs = {}): Promise<Sources> => invoke<Sources>("call", { name: "sources", args }),
    /** Makes or changes a source. */
    save_source: (args: SourceDraft): Promise<SourceView> => invoke<SourceView>("call", { name: "save_source", args }),
    /** What a draft would find, or why it would not work. Takes nothing in. */
    test_source: (args: SourceDraft): Promise<SourceTest> => invoke<SourceTest>("call", { name: "test_source", args }),
    /** Switches a source on or off. */
    enable_source: (args: EnableSource): Promise<SourceView> => invoke<SourceView>("call", { name: "enable_source", args }),
    /** Has a source look at once, whatever its conditions. */
    look_now: (args: SourceRef): Promise<SourceView> => invoke<SourceView>("call", { name: "look_now", args }),
    /** The looks of a source. */
    looks: (args: SourceRef): Promise<Looks> => invoke<Looks>("call", { name: "looks", args }),
    /** Removes a source and forgets what it has seen; its images stay. */
    remove_source: (args: SourceRef): Promise<Removed> => invoke<Removed>("call", { name: "remove_source", args }),
    /** All storages. */
    storages: (args: NoArgs = {}): Promise<Storages> => invoke<Storages>("call", { name: "storages", args }),
    /** Makes or changes a storage, once it was tried what it does. */
    save_storage: (args: StorageDraft): Promise<StorageView> => invoke<StorageView>("call", { name: "save_storage", args }),
    /** What would be done with a storage now. Nothing is moved. */
    plan_storage: (args: PlanStorage): Promise<SyncPlan> => invoke<SyncPlan>("call", { name: "plan_storage", args }),
    /** Ends the plan of a storage that is just being made. */
    stop_plan: (args: StorageRef): Promise<Done> => invoke<Done>("call", { name: "stop_plan", args }),
    /** Brings a storage in step at once, whatever its conditions. */
    sync_storage: (args: SyncNow): Promise<StorageView> => invoke<StorageView>("call", { name: "sync_storage", args }),
    /** Stops bringing a storage in step, or what waits for that. The next time goes on where it was. */
    stop_storage: (args: StorageRef): Promise<StorageView> => invoke<StorageView>("call", { name: "stop_storage", args }),
    /** Switches on or off that a storage is brought in step by itself. */
    enable_storage: (args: EnableStorage): Promise<StorageView> => invoke<StorageView>("call", { name: "enable_storage", args }),
    /** The files that were last moved to or from a storage. */
    transfers: (args: StorageRef): Promise<SyncTransfers> => invoke<SyncTransfers>("call", { name: "transfers", args }),
    /** Images of which two versions were kept, because two machines changed them. */
    conflicts: (args: NoArgs = {}): Promise<SyncConflicts> => invoke<SyncConflicts>("call", { name: "conflicts", args }),
    /** Removes a storage; nothing is deleted on either side. */
    remove_storage: (args: StorageRef): Promise<Removed> => invoke<Removed>("call", { name: "remove_storage", args }),
    /** The providers that people sign in to, and whether they know this program. */
    providers: (args: NoArgs = {}): Promise<Providers> => invoke<Providers>("call", { name: "providers", args }),
    /** Begins to sign in at a provider. */
    begin_sign_in: (args: BeginSignIn): Promise<SignInBegun> => invoke<SignInBegun>("call", { name: "begin_sign_in", args }),
    /** Waits until the person has signed in. */
    finish_sign_in: (args: SignInRef): Promise<SignedIn> => invoke<SignedIn>("call", { name: "finish_sign_in", args }),
    /** Ends a sign-in. What was granted is given back. */
    cancel_sign_in: (args: SignInRef): Promise<Touched> => invoke<Touched>("call", { name: "cancel_sign_in", args }),
    /** How secrets are kept. */
    secrets_state: (args: NoArgs = {}): Promise<SecretsState> => invoke<SecretsState>("call", { name: "secrets_state", args }),
    /** Opens the secrets with their passphrase, or chooses it. */
    unlock_secrets: (args: UnlockSecrets): Promise<SecretsState> => invoke<SecretsState>("call", { name: "unlock_secrets", args }),
    /** Takes a picture of the camera in. */
    add_picture: (args: TakenPicture): Promise<Pasted> => invoke<Pasted>("call", { name: "add_picture", args }),
    /** All reminders. */
    reminders: (args: NoArgs = {}): Promise<Reminders> => invoke<Reminders>("call", { name: "reminders", args }),
    /** Makes or changes a reminder. */
    save_reminder: (args: ReminderDraft): Promise<ReminderView> => invoke<ReminderView>("call", { name: "save_reminder", args }),
    /** Puts a reminder off. */
    snooze_reminder: (args: SnoozeReminder): Promise<ReminderView> => invoke<ReminderView>("call", { name: "snooze_reminder", args }),
    /** Says that what a reminder is about is done. */
    finish_reminder: (args: ReminderRef): Promise<ReminderView> => invoke<ReminderView>("call", { name: "finish_reminder", args }),
    /** Removes a reminder. */
    remove_reminder: (args: ReminderRef): Promise<Touched> => invoke<Touched>("call", { name: "remove_reminder", args }),
    /** The due dates in the text of an item. */
    suggest_reminders: (args: ItemFile): Promise<Suggestions> => invoke<Suggestions>("call", { name: "suggest_reminders", args }),
    /** The newest groups of jobs. */
    groups: (args: NoArgs = {}): Promise<Groups> => invoke<Groups>("call", { name: "groups", args }),
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
    /** Fetches the missing models of a pack, or one model. */
    install_pack: (args: ModelRef): Promise<Models> => invoke<Models>("call", { name: "install_pack", args }),
    /** Removes a model, the models of a pack, or a model of the person's own; what it saw stays or is forgotten for good. */
    remove_model: (args: RemoveModel): Promise<Models> => invoke<Models>("call", { name: "remove_model", args }),
    /** How many images are still to be recognised, at most. */
    unrecognised: (args: NoArgs = {}): Promise<Touched> => invoke<Touched>("call", { name: "unrecognised", args }),
    /** Begins at once to recognise them. */
    recognise_now: (args: NoArgs = {}): Promise<Touched> => invoke<Touched>("call", { name: "recognise_now", args }),
    /** Has forgotten for good what models saw. */
    forget_seen: (args: ForgetSeen): Promise<Touched> => invoke<Touched>("call", { name: "forget_seen", args }),
    /** Has a model look again that was switched off because it failed. */
    switch_on_model: (args: ModelRef): Promise<Models> => invoke<Models>("call", { name: "switch_on_model", args }),
    /** Adds a model from a file on this machine; one of the person's own is checked by a run first. */
    add_model: (args: ModelFile): Promise<Models> => invoke<Models>("call", { name: "add_model", args }),
    /** Stops adding a model from a file. */
    stop_adding_model: (args: NoArgs = {}): Promise<Done> => invoke<Done>("call", { name: "stop_adding_model", args }),
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
    /** Takes a picture of the screen and has it read; waits until it is taken. */
    capture: (args: CaptureWhat): Promise<Done> => invoke<Done>("call", { name: "capture", args }),
    /** Puts text on the clipboard. */
    copy_text: (args: CopyText): Promise<Done> => invoke<Done>("call", { name: "copy_text", args }),
    /** Opens an item's file with the program for it. */
    open_file: (args: ItemFile): Promise<Done> => invoke<Done>("call", { name: "open_file", args }),
    /** Shows an item's file in the file browser. */
    reveal_file: (args: ItemFile): Promise<Done> => invoke<Done>("call", { name: "reveal_file", args }),
    /** Opens a page of a provider in the browser. */
    open_page: (args: WebPage): Promise<Done> => invoke<Done>("call", { name: "open_page", args }),
    /** Ends the program. */
    quit: (args: NoArgs = {}): Promise<Done> => invoke<Done>("call", { name: "quit", args }),
};
