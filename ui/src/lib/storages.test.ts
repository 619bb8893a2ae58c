// Saving a storage while it is tried, and the store of the storages.

import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BLANK_PROGRESS, BLANK_STORAGE, BLANK_SYNC } from "../../dev/blank";
import type { Storages, StorageView } from "./bindings";
import { confirm } from "./confirm.svelte";
import { live } from "./live.svelte";
import { storages } from "./storages.svelte";
import { toasts } from "./toasts.svelte";
import { Trying } from "./trying.svelte";

const view: StorageView = { ...BLANK_STORAGE, draft: { ...BLANK_STORAGE.draft, id: 1, name: "NAS" } };
const told = (...list: StorageView[]): Storages => ({ storages: list, system_zone: "UTC" });
const fresh = { ...view.draft, id: null };
let answers: Record<string, (args: never) => unknown> = {};
let asked: [string, unknown][] = [];
const names = (): string[] => asked.map(([name]) => name);

beforeEach(() => {
    asked = [];
    mockIPC((_, payload) => {
        const { name, args } = payload as { name: string; args: never };
        asked.push([name, args]);
        return answers[name]?.(args);
    });
});
afterEach(clearMocks);

describe("Trying", () => {
    it("saves, and says so while it goes on", async () => {
        answers = { save_storage: () => view, storages: () => told(view) };
        const trying = new Trying();
        const saved = trying.save(fresh);
        expect(trying.running).toBe(true);
        expect(await saved).toEqual(view);
        expect(trying.running).toBe(false);
    });
    it("tells why it cannot be used", async () => {
        const problem = { code: "network", message: "No answer.", hint: "Look at the address." };
        answers = { save_storage: () => Promise.reject(problem) };
        const trying = new Trying();
        await expect(trying.save(fresh)).rejects.toEqual(problem);
        expect(trying.running).toBe(false);
    });
    it.each([
        ["a new one that was saved late goes again", fresh, true],
        ["one that was changed late stays", view.draft, false],
    ])("can be stopped: %s", async (_, draft, goes) => {
        let answer: (saved: StorageView) => void = () => undefined;
        answers = {
            save_storage: () => new Promise<StorageView>((resolve) => (answer = resolve)),
            storages: () => told(),
            remove_storage: () => ({ still_granted: null }),
        };
        const trying = new Trying();
        const saved = trying.save(draft);
        trying.stop();
        await expect(saved).rejects.toMatchObject({ code: "cancelled" });
        expect(trying.running).toBe(false);
        expect(names()).toEqual(["save_storage"]);
        answer(view);
        const changed = (): boolean => toasts.list.some(({ message }) => message.includes("after all"));
        await vi.waitFor(() => expect(names().includes("remove_storage") || changed()).toBe(true));
        expect([names().includes("remove_storage"), changed()]).toEqual([goes, !goes]);
    });
});

describe("storages", () => {
    const failed: StorageView = {
        ...view,
        id: 2,
        problem: { at: 1, error: { code: "network", message: "No.", hint: null } },
    };
    const asking: StorageView = {
        ...view,
        id: 3,
        last: { ...BLANK_SYNC, questions: [{ type: "first_meeting", local: 1, remote: 2 }] },
    };
    it("count those that failed and those that wait for a person", async () => {
        answers = { storages: () => told(view, failed, asking) };
        await storages.refresh();
        expect([storages.failing, storages.asking]).toEqual([1, 1]);
    });
    it("are brought in step with what a person agreed to, as it was asked", async () => {
        answers = { storages: () => told(asking), sync_storage: () => asking };
        const questions = asking.last?.questions ?? [];
        expect(await storages.sync(asking, questions)).toBe(true);
        expect(asked[0]).toEqual(["sync_storage", { id: 3, agreed: questions }]);
    });
    it("go on once somebody has signed in again", async () => {
        const signedOut = { ...failed, draft: { ...failed.draft, id: 2 } };
        answers = { storages: () => told(view), save_storage: () => view, sync_storage: () => view };
        expect(await storages.signedInAgain(signedOut, 7)).toBe(true);
        expect(asked.slice(0, 2)).toEqual([
            ["save_storage", { ...signedOut.draft, sign_in: 7 }],
            ["sync_storage", { id: view.id, agreed: [] }],
        ]);
    });
    it("say when that was not taken", async () => {
        answers = { sync_storage: () => Promise.reject({ code: "not_found", message: "Gone.", hint: null }) };
        expect(await storages.sync(view)).toBe(false);
    });
    it("are stopped", async () => {
        const running = { ...view, job: 44, doing: "looking" };
        answers = { storages: () => told(running), stop_storage: () => view };
        await storages.refresh();
        answers = { storages: () => told(view), stop_storage: () => view };
        await storages.stop(running);
        expect(asked.slice(1)).toEqual([
            ["stop_storage", { id: view.id }],
            ["storages", {}],
        ]);
        expect(storages.all).toEqual([view]);
    });
    it.each([true, false])("are switched, and switch back if that is refused: %s", async (taken) => {
        const off = { ...view, draft: { ...view.draft, enabled: false } };
        const refused = { code: "not_found", message: "Gone.", hint: null };
        answers = { storages: () => told(view) };
        await storages.refresh();
        let shown: boolean | undefined;
        answers = {
            enable_storage: () => {
                shown = storages.all[0]?.draft.enabled;
                return taken ? off : Promise.reject(refused);
            },
            storages: () => told(taken ? off : view),
        };
        await storages.enable(view, false);
        expect(asked[1]).toEqual(["enable_storage", { id: view.id, enabled: false }]);
        expect([shown, storages.all[0]?.draft.enabled]).toEqual([false, !taken]);
    });
    it("forget how far they are once they are not on it any more", async () => {
        const far = (storage: number): void => void live.byStorage.set(storage, { ...BLANK_PROGRESS, storage });
        [1, 2, 3, 9].forEach(far);
        const running = { ...view, job: 44, doing: "" };
        answers = { storages: () => told(running, failed, { ...asking, job: 45, waiting_for: ["AC power"] }) };
        await storages.refresh();
        expect([...live.byStorage.keys()]).toEqual([1]);
        answers = { storages: () => told(view), stop_storage: () => view };
        await storages.stop(running);
        expect(live.byStorage.size).toBe(0);
    });
    it.each([
        [true, ["remove_storage", "storages"]],
        [false, []],
    ])("are removed only when a person says %s", async (yes, expected) => {
        answers = { storages: () => told(), remove_storage: () => ({ still_granted: null }) };
        const removal = storages.remove(view);
        expect(confirm.question?.title).toContain("NAS");
        confirm.answer(yes);
        await removal;
        expect(names()).toEqual(expected);
    });
});
