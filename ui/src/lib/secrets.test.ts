// What a person is asked for where secrets are locked, and what comes of the answer.

import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SecretsKept } from "./bindings";
import { secrets } from "./secrets.svelte";

let kept: SecretsKept;
let sent: unknown[];

beforeEach(() => {
    sent = [];
    mockIPC((_, payload) => {
        const { name, args } = payload as { name: string; args: { passphrase: string } };
        if (name === "secrets_state") return { kept };
        sent.push(args);
        if (args.passphrase !== "correct horse") throw { code: "locked", message: "Wrong", hint: null };
        return { kept: (kept = "unlocked") };
    });
});
afterEach(clearMocks);

describe("secrets", () => {
    it("asks for what there is to ask for", async () => {
        const check = async (state: SecretsKept, expected: string): Promise<void> => {
            kept = state;
            await secrets.refresh();
            secrets.ask();
            expect(secrets.asked).toBe(expected);
        };
        await check("locked", "unlock");
        await check("nowhere", "choose");
    });
    it("does once they are open what it was asked for", async () => {
        let done = 0;
        secrets.ask(() => done++);
        await expect(secrets.unlock("battery staple", false)).rejects.toMatchObject({ message: "Wrong" });
        expect(done).toBe(0);
        await secrets.unlock("correct horse", false);
        await secrets.unlock("correct horse", false);
        expect(done).toBe(1);
        secrets.ask(() => done++);
        secrets.ask();
        await secrets.unlock("correct horse", false);
        expect(done, "what was asked for before and left is asked for no more").toBe(1);
    });
    it("stays locked after another passphrase, and opens by the right one", async () => {
        kept = "locked";
        await secrets.refresh();
        await expect(secrets.unlock("battery staple", false)).rejects.toMatchObject({ message: "Wrong" });
        expect(secrets.kept).toBe("locked");
        await secrets.unlock("correct horse", false);
        expect(secrets.kept).toBe("unlocked");
        expect(sent).toEqual([
            { passphrase: "battery staple", new: false },
            { passphrase: "correct horse", new: false },
        ]);
    });
});
