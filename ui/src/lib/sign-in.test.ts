// Signing in at a provider: the browser is opened, waited for, given up.

import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignIn } from "./sign-in.svelte";

const DENIED = { code: "network", message: "Legible was not allowed to use Dropbox", hint: "Sign in again." };

let asked: [string, unknown][] = [];
let finish: { resolve: (signedIn: unknown) => void; reject: (error: unknown) => void };
let refused: unknown;

beforeEach(() => {
    asked = [];
    refused = null;
    let last = 6;
    mockIPC((_, payload) => {
        const { name, args } = payload as { name: string; args: unknown };
        asked.push([name, args]);
        if (name === "begin_sign_in") {
            if (refused !== null) return Promise.reject(refused);
            return { id: ++last, provider: "dropbox", address: "https://www.dropbox.com/oauth2/authorize" };
        }
        if (name === "finish_sign_in") return new Promise((resolve, reject) => (finish = { resolve, reject }));
        return {};
    });
});
afterEach(clearMocks);

const names = (): string[] => asked.map(([name]) => name);
const waits = (): Promise<void> => vi.waitFor(() => expect(names()).toContain("finish_sign_in"));

describe("SignIn", () => {
    it("opens the page by its number and waits until the person is back", async () => {
        const signIn = new SignIn();
        const signed = signIn.begin("dropbox", "pictures");
        expect(signIn.state).toBe("waiting");
        await waits();
        expect(asked).toEqual([
            ["begin_sign_in", { provider: "dropbox", purpose: "pictures" }],
            ["open_page", { type: "sign_in", id: 7 }],
            ["finish_sign_in", { id: 7 }],
        ]);
        finish.resolve({ id: 7, provider: "dropbox" });
        expect(await signed).toBe(7);
        expect(signIn.state).toBe("signed_in");
    });
    it("tells why it came to nothing", async () => {
        const signIn = new SignIn();
        refused = DENIED;
        expect(await signIn.begin("dropbox", "pictures")).toBeNull();
        expect([signIn.state, signIn.error]).toEqual(["failed", DENIED]);
    });
    it("is given up by a word, and what comes late counts for nothing", async () => {
        const signIn = new SignIn();
        const signed = signIn.begin("dropbox", "pictures");
        await waits();
        signIn.cancel();
        expect(signIn.state).toBe("idle");
        finish.resolve({ id: 7, provider: "dropbox" });
        expect(await signed).toBeNull();
        expect(signIn.state).toBe("idle");
        expect(asked.at(-1)).toEqual(["cancel_sign_in", { id: 7 }]);
    });
    it("gives back what nobody took, and not what somebody took", async () => {
        for (const [ends, expected] of [
            ["cancel", true],
            ["taken", false],
        ] as const) {
            asked = [];
            const signIn = new SignIn();
            const signed = signIn.begin("dropbox", "pictures");
            await waits();
            finish.resolve({});
            await signed;
            signIn[ends]();
            signIn.cancel();
            expect(names().includes("cancel_sign_in")).toBe(expected);
        }
    });
});
