// The Test button, and the store of the sources: what is shown, and that nothing older takes its place.

import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BLANK_SOURCE } from "../../dev/blank";
import type { SourceDraft, Sources, SourceTest, SourceView } from "./bindings";
import { freshCloud } from "./cloud-source";
import { confirm } from "./confirm.svelte";
import { freshSource } from "./source";
import { sources } from "./sources.svelte";
import { toasts } from "./toasts.svelte";
import { Trial } from "./trial.svelte";

const GOOD: SourceTest = { words: "Would take 3 images.", samples: [], warnings: [], problem: null };
const draft: SourceDraft = freshSource("feed", "UTC");
const folder: SourceDraft = freshSource("folder", "UTC");
let answers: Record<string, (args: never) => unknown> = {};
let asked: string[] = [];

beforeEach(() => {
    asked = [];
    mockIPC((_, payload) => {
        const { name, args } = payload as { name: string; args: never };
        asked.push(name);
        return answers[name]?.(args);
    });
});
afterEach(clearMocks);

describe("Trial", () => {
    it("tells what was found, as long as it is asked about the same place", async () => {
        answers = { test_source: () => GOOD };
        const trial = new Trial();
        await trial.run(draft);
        expect(trial.about(draft)).toEqual(GOOD);
        expect(trial.about({ ...draft, name: "Other" })).toEqual(GOOD);
        expect(trial.about(folder)).toBeNull();
    });
    it("tells why a test could not be made", async () => {
        const problem = { code: "network", message: "No answer.", hint: null };
        answers = { test_source: () => Promise.reject(problem) };
        const trial = new Trial();
        await trial.run(draft);
        expect(trial.about(draft)?.problem).toEqual(problem);
        expect(trial.running).toBe(false);
    });
    it("never shows an older answer", async () => {
        let slow: (test: SourceTest) => void = () => undefined;
        answers = { test_source: () => new Promise((resolve) => (slow = resolve)) };
        const trial = new Trial();
        const first = trial.run(draft);
        expect(trial.running).toBe(true);
        trial.stop();
        slow(GOOD);
        await first;
        expect([trial.running, trial.about(draft)]).toEqual([false, null]);
    });
});

describe("sources", () => {
    const clipboard: SourceView = {
        ...BLANK_SOURCE,
        id: 1,
        built_in: true,
        draft: { ...folder, id: 1, name: "Clipboard", spec: { type: "clipboard", min_side: 32, exclude: [] } },
    };
    const problem = { at: 0, error: { code: "file" as const, message: "Gone.", hint: null } };
    const failing: SourceView = { ...BLANK_SOURCE, id: 2, draft: { ...folder, id: 2, name: "Scans" }, problem };
    const told = (list: SourceView[]): Sources => ({
        sources: list,
        broken: [],
        engines: ["ppocr"],
        languages: [],
        system_zone: "UTC",
    });

    it("know whether the clipboard is watched and how many fail", async () => {
        answers = { sources: () => told([clipboard, failing]) };
        await sources.refresh();
        expect([sources.clipboard?.id, sources.failing]).toEqual([1, 1]);
        const off = (one: SourceView): SourceView => ({ ...one, draft: { ...one.draft, enabled: false } });
        answers = { sources: () => told([off(clipboard), off(failing)]), enable_source: () => off(clipboard) };
        await sources.enable(clipboard, false);
        expect([sources.clipboard, sources.failing]).toEqual([null, 0]);
    });
    it("are asked for again once one was saved: a new one is in no list yet", async () => {
        answers = { save_source: () => failing, sources: () => told([failing]) };
        sources.all = [];
        expect((await sources.save(failing.draft)).id).toBe(2);
        expect(asked).toEqual(["save_source", "sources"]);
        expect(sources.all).toEqual([failing]);
    });
    it("stay as they were when one could not be switched", async () => {
        answers = {
            sources: () => told([clipboard]),
            enable_source: () => Promise.reject({ code: "internal", message: "No.", hint: null }),
        };
        await sources.refresh();
        await sources.enable(clipboard, false);
        expect(sources.clipboard?.id).toBe(1);
    });
    it.each([
        [true, ["remove_source", "sources"]],
        [false, []],
    ])("are removed only when a person says %s", async (yes, expected) => {
        answers = { sources: () => told([]), remove_source: () => ({ still_granted: null }) };
        const removal = sources.remove(failing);
        expect(confirm.question?.title).toContain("Scans");
        confirm.answer(yes);
        await removal;
        expect(asked).toEqual(expected);
    });
    it("say where a person takes back what the provider did not", async () => {
        const still_granted = { provider: "onedrive", why: "it lets no program do that", page: "https://x.example" };
        answers = { sources: () => told([]), remove_source: () => ({ still_granted }) };
        const removal = sources.remove(failing);
        confirm.answer(true);
        await removal;
        const last = toasts.list.at(-1);
        expect(last?.message).toMatch(/Scans.*removed\. The provider was not told: it lets no program do that\./);
        last?.action?.run();
        expect(asked.at(-1)).toBe("open_page");
    });
    it("go on once somebody has signed in again", async () => {
        const spec = { ...freshCloud("dropbox", "UTC"), place: { type: "dropbox" as const, folder: "Camera Uploads" } };
        const signedOut = { ...failing, draft: { ...folder, id: 2, spec } };
        let saved: SourceDraft | null = null;
        answers = {
            sources: () => told([signedOut]),
            save_source: (draft: SourceDraft) => ((saved = draft), signedOut),
            look_now: () => signedOut,
        };
        expect(await sources.signedInAgain(signedOut, 7)).toBe(true);
        expect(saved).toEqual({ ...signedOut.draft, spec: { ...spec, sign_in: 7 } });
        expect(asked).toEqual(["save_source", "look_now", "sources"]);
        answers = { save_source: () => Promise.reject({ code: "network", message: "No.", hint: null }) };
        expect(await sources.signedInAgain(signedOut, 7)).toBe(false);
    });
});
