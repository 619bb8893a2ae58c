// A plan that is looked at: made anew for what a person says of the folder, never an older one, and left when nobody looks any more.

import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BLANK_PLAN } from "../../dev/blank";
import { Planning } from "./planning.svelte";

let asked: [string, unknown][] = [];
let answers: { resolve: (plan: unknown) => void; reject: (error: unknown) => void }[] = [];

beforeEach(() => {
    [asked, answers] = [[], []];
    mockIPC((_, payload) => {
        const { name, args } = payload as { name: string; args: unknown };
        asked.push([name, args]);
        if (name === "plan_storage") return new Promise((resolve, reject) => answers.push({ resolve, reject }));
        return {};
    });
});
afterEach(clearMocks);

const plan = (count: number): unknown => ({ ...BLANK_PLAN, count });

describe("Planning", () => {
    it("is made anew for the folder that a person names, and an older answer is none", async () => {
        const planning = new Planning(3);
        const [first, second] = [planning.look(), planning.look("new")];
        answers[1]?.resolve(plan(2));
        await second;
        answers[0]?.resolve(plan(1));
        await first;
        expect([planning.plan?.count, planning.folder, planning.looking]).toEqual([2, "new", false]);
        expect(asked).toEqual([
            ["plan_storage", { id: 3, folder: null }],
            ["plan_storage", { id: 3, folder: "new" }],
        ]);
    });
    it("keeps what is asked while another is made, and nothing of what was agreed to", async () => {
        const planning = new Planning(3);
        const first = planning.look("same");
        answers[0]?.resolve(plan(1));
        await first;
        planning.agreed[1] = true;
        const second = planning.look("new");
        expect([planning.plan?.count, planning.agreed, planning.looking]).toEqual([1, [], true]);
        answers[1]?.reject({ code: "network", message: "No.", hint: null });
        await second;
        expect([planning.plan, planning.error?.message, planning.looking]).toEqual([null, "No.", false]);
    });
    it.each([true, false])("is left when nobody looks any more, if it is still being made: %s", async (early) => {
        const planning = new Planning(3);
        const looks = planning.look();
        if (early) planning.stop();
        answers[0]?.resolve(plan(1));
        await looks;
        planning.stop();
        const stopped = asked.filter(([name]) => name === "stop_plan");
        expect(stopped).toEqual(early ? [["stop_plan", { id: 3 }]] : []);
        expect(planning.plan === null).toBe(early);
    });
});
