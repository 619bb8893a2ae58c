// Values of the typed edge in which nothing has happened yet, for samples and tests to fill in.

import type {
    GroupView,
    JobDetail,
    JobView,
    LookView,
    ReminderView,
    RunView,
    ScheduleView,
    SourceView,
    Status,
    StorageView,
    SyncPlan,
    SyncProgress,
    SyncResult,
} from "../src/lib/bindings";
import { freshReminder } from "../src/lib/reminder";
import { freshSchedule } from "../src/lib/schedule";
import { freshSource } from "../src/lib/source";
import { freshStorage } from "../src/lib/storage";

export const BLANK_STATUS: Status = {
    runner: "here",
    paused: false,
    items: 0,
    with_text: 0,
    problems: 0,
    trashed: 0,
    waiting: 0,
    running: 0,
    failed: 0,
    recent: [],
    library_folder: "",
    missing_models: [],
    notices: [],
};

export const BLANK_GROUP: GroupView = {
    id: 1,
    label: "",
    created_at: 0,
    ended_at: null,
    images: 0,
    done: 0,
    recognised: 0,
    failed: 0,
    known: 0,
    cancelled: 0,
    restored: 0,
    unusable: 0,
    gathering: false,
    stopped: false,
};

export const BLANK_JOB: JobView = {
    id: 1,
    kind: "read",
    title: "",
    state: "enqueued",
    item: null,
    group: null,
    fraction: 0,
    words: "",
    attempts: 0,
    max_attempts: 5,
    error: null,
    created_at: 0,
    started_at: null,
    finished_at: null,
    run_at: null,
    tags: [],
    name: null,
    priority: 0,
    waiting_for: [],
    blocked_by: [],
    schedule: null,
    scheduled_for: null,
    stopped: null,
};

export const BLANK_DETAIL: JobDetail = {
    job: BLANK_JOB,
    history: [],
    conditions: "",
    needs: [],
    needed_by: [],
    budget_ms: null,
    keep_ms: null,
    input: null,
    output: null,
};

export const BLANK_RUN: RunView = {
    job: 1,
    scheduled_for: 0,
    started_at: null,
    finished_at: null,
    state: "enqueued",
    words: "",
    error: null,
};

export const BLANK_SCHEDULE: ScheduleView = {
    id: 1,
    draft: freshSchedule("UTC"),
    built_in: false,
    sentence: "",
    next: null,
    next_runs: [],
    active: null,
    waiting_for: [],
    last: null,
    skipped: 0,
    changed_at: 0,
    problem: null,
};

export const BLANK_REMINDER: ReminderView = {
    id: 1,
    draft: freshReminder(0, "UTC"),
    sentence: "",
    next: null,
    due_since: null,
    done_at: null,
    problem: null,
};

export const BLANK_LOOK: LookView = {
    job: 1,
    asked_at: 0,
    started_at: null,
    finished_at: null,
    state: "enqueued",
    words: "",
    reasons: [],
    error: null,
};

export const BLANK_SOURCE: SourceView = {
    id: 1,
    draft: freshSource("folder", "UTC"),
    built_in: false,
    sentence: "",
    watching: null,
    remark: null,
    looked_at: null,
    found_at: null,
    found: 0,
    items: 0,
    next: null,
    active: null,
    waiting_for: [],
    problem: null,
};

export const BLANK_STORAGE: StorageView = {
    id: 1,
    draft: freshStorage("web_dav", "UTC"),
    sentence: "",
    found: [],
    job: null,
    doing: null,
    waiting_for: [],
    next: null,
    in_step: 0,
    last: null,
    problem: null,
    stopped: false,
    held: false,
};

export const BLANK_SYNC: SyncResult = {
    at: 0,
    uploaded: 0,
    downloaded: 0,
    removed: 0,
    put_away: 0,
    merged: 0,
    adopted: 0,
    kept_both: [],
    bytes: 0,
    problems: [],
    problem_count: 0,
    questions: [],
    left: [],
};

export const BLANK_PLAN: SyncPlan = {
    steps: [],
    count: 0,
    counts: [],
    bytes: 0,
    problems: [],
    problem_count: 0,
    questions: [],
};

export const BLANK_PROGRESS: SyncProgress = {
    storage: 1,
    files: 0,
    files_done: 0,
    bytes: 0,
    bytes_done: 0,
    fraction: 0,
    seconds_left: null,
    under_way: [],
};
