// Kinds of storages, a draft while it is edited, and the draft as the service takes it.

import { describe, expect, it } from "vitest";
import type { Provider, ProviderView, StorageDraft, StoragePlace } from "./bindings";
import {
    asStorageKind,
    beginWith,
    directionOf,
    followsChanges,
    freshStorage,
    goesByItself,
    isReadable,
    keepsSecret,
    missingStoragePart,
    STORAGE_KINDS,
    storageName,
    STORAGES,
    wholeStorage,
    type StorageKind,
} from "./storage";

type Place<Kind extends StorageKind> = Extract<StoragePlace, { type: Kind }>;
const dav = (change: Partial<Place<"web_dav">> = {}): StoragePlace => ({
    type: "web_dav",
    url: "https://cloud.example.org/dav",
    folder: "",
    user: "mara",
    ...change,
});
const s3 = (change: Partial<Place<"s3">> = {}): StoragePlace => ({
    type: "s3",
    endpoint: "https://s3.example.org",
    region: "us-east-1",
    bucket: "pictures",
    folder: "",
    key_id: "AKIA",
    virtual_host: false,
    ...change,
});
const sftp = (change: Partial<Place<"sftp">> = {}): StoragePlace => ({
    type: "sftp",
    host: "nas",
    port: null,
    user: null,
    key_file: null,
    folder: "Legible",
    trust_first: false,
    ...change,
});
const rclone = (change: Partial<Place<"rclone">> = {}): StoragePlace => ({
    type: "rclone",
    runs: { type: "own", program: null, config: null },
    remote: "mybox",
    folder: "",
    ...change,
});
const RC = "http://127.0.0.1:5572";
const at = (place: StoragePlace, change: Partial<StorageDraft> = {}): StorageDraft => ({
    ...freshStorage(place.type, "UTC"),
    place,
    ...change,
});

describe("kinds", () => {
    it.each(STORAGE_KINDS)("a new %s is of that kind, goes both ways by the clock and lacks its place", (kind) => {
        const draft = freshStorage(kind, "Europe/Vienna");
        expect([draft.place.type, draft.direction, draft.rule?.type, draft.zone, draft.enabled]).toEqual([
            kind,
            "both",
            "every",
            "Europe/Vienna",
            true,
        ]);
        expect(missingStoragePart(draft, draft)).not.toBeNull();
        expect(storageName(draft.place)).toBe(STORAGES[kind].name);
    });
    it("only a folder of this machine needs no network", () => {
        const networks = STORAGE_KINDS.map((kind) => [kind, freshStorage(kind, "UTC").conditions.network]);
        expect(Object.fromEntries(networks)).toEqual({
            google_drive: "connected",
            dropbox: "connected",
            onedrive: "connected",
            rclone: "connected",
            web_dav: "connected",
            s3: "connected",
            sftp: "connected",
            folder: "any",
        });
    });
});

describe("beginWith", () => {
    const provider = (provider: Provider, ready: boolean): ProviderView => ({
        provider,
        ready,
        name: provider,
        of_build: false,
        wants_secret: false,
        register: "",
        manage: "",
    });
    it.each<[string, ProviderView[], StorageKind, StorageKind[]]>([
        ["of none", [], "web_dav", ["google_drive", "dropbox", "onedrive"]],
        ["of one", [provider("dropbox", true), provider("onedrive", false)], "dropbox", ["google_drive", "onedrive"]],
    ])("what nobody can sign in to comes last, in a build %s", (_, providers, first, last) => {
        const all = beginWith(providers);
        expect(all[0]).toEqual({ kind: first, ready: true });
        expect(all.filter(({ ready }) => !ready).map(({ kind }) => kind)).toEqual(last);
        expect(all.slice(-last.length).every(({ ready }) => !ready)).toBe(true);
        expect(all).toHaveLength(STORAGE_KINDS.length);
    });
});

describe("asStorageKind", () => {
    const before = at(dav(), { name: "Mine", secret: "hush", direction: "up", kilobytes_a_second: 9 });
    it("keeps what is not about the place, and takes no secret to another", () => {
        expect(asStorageKind(before, "s3")).toEqual({
            ...before,
            place: freshStorage("s3", "UTC").place,
            secret: null,
        });
    });
    it("changes nothing when it is of that kind already", () => {
        expect(asStorageKind(before, "web_dav")).toBe(before);
    });
    it("asks for a network where one is needed, unless a person said which", () => {
        const folder = freshStorage("folder", "UTC");
        const sftp = asStorageKind(folder, "sftp");
        expect(sftp.conditions.network).toBe("connected");
        expect(asStorageKind(sftp, "folder").conditions.network).toBe("any");
        const metered = { ...folder, conditions: { ...folder.conditions, network: "unmetered" as const } };
        expect(asStorageKind(metered, "sftp").conditions.network).toBe("unmetered");
    });
});

describe("storageName", () => {
    it.each<[StoragePlace, string]>([
        [dav({ url: " https://cloud.example.org:8443/dav " }), "cloud.example.org:8443"],
        [dav({ url: "cloud" }), "WebDAV"],
        [s3(), "pictures"],
        [sftp({ host: " nas.local " }), "nas.local"],
        [{ type: "folder", path: "/home/mara/Dropbox/" }, "Dropbox"],
        [{ type: "folder", path: "D:\\Cloud\\Bilder" }, "Bilder"],
    ])("%j", (place, expected) => expect(storageName(place)).toBe(expected));
});

describe("who is signed in", () => {
    it("stays so at the same provider, whatever the folder, and nowhere else", () => {
        const before: StorageDraft = { ...at({ type: "dropbox", folder: "a" }), id: 4 };
        const missing = (place: StoragePlace): string | null => missingStoragePart({ ...before, place }, before);
        expect(missing({ type: "dropbox", folder: "b" })).toBeNull();
        expect(missing({ type: "onedrive", folder: "a" })).toBe("Sign in to OneDrive.");
    });
    it("is forgotten with the kind", () => {
        const draft = at({ type: "dropbox", folder: "" }, { sign_in: 3 });
        expect(asStorageKind(draft, "onedrive").sign_in).toBeNull();
    });
    it("is taken as it is, with a folder without spaces around it", () => {
        const draft = at({ type: "google_drive", folder: " Legible " }, { sign_in: 3 });
        const { place, sign_in } = wholeStorage(draft);
        expect([place, sign_in]).toEqual([{ type: "google_drive", folder: "Legible" }, 3]);
    });
});

describe("missingStoragePart", () => {
    const known = { secret: "hush" };
    const check = (draft: StorageDraft, expected: RegExp | null, before = freshStorage("folder", "UTC")): void => {
        const missing = missingStoragePart(draft, before);
        if (expected === null) expect(missing).toBeNull();
        else expect(missing).toMatch(expected);
    };
    it.each<[string, StorageDraft, RegExp | null]>([
        ["a Dropbox that nobody signed in to", at({ type: "dropbox", folder: "" }), /^Sign in to Dropbox\.$/],
        ["one that somebody signed in to", at({ type: "dropbox", folder: "" }, { sign_in: 3 }), null],
        ["an rclone without a password", at(rclone()), null],
        ["one without a remote", at(rclone({ remote: " " })), /remote/],
        ["one that runs", at(rclone({ runs: { type: "at", url: "127.0.0.1", user: "" } })), /address of the rclone/],
        ["one that wants a password", at(rclone({ runs: { type: "at", url: RC, user: "me" } })), /Give the password/],
        ["a WebDAV", at(dav(), known), null],
        ["one without an address", at(dav({ url: " " }), known), /address of the storage/],
        ["one at no address", at(dav({ url: "cloud.example.org" }), known), /cloud\.example\.org is no address/],
        ["one without a password", at(dav()), /Give the password\.$/],
        ["one where nobody signs in", at(dav({ user: " " })), null],
        ["an S3", at(s3(), known), null],
        ["one without a host", at(s3({ endpoint: "" }), known), /address of the storage/],
        ["one without a bucket", at(s3({ bucket: " " }), known), /bucket/],
        ["one without a region", at(s3({ region: "" }), known), /region/],
        ["one without a key id", at(s3({ key_id: "" }), known), /key id/],
        ["one without a key", at(s3()), /Give the secret key\.$/],
        ["an SFTP", at(sftp()), null],
        ["one without a server", at(sftp({ host: "" })), /Name the server/],
        ["one with the user before it", at(sftp({ host: "mara@nas" })), /a name only/],
        ["one at port 0", at(sftp({ port: 0 })), /port/],
        ["one at port 70000", at(sftp({ port: 70_000 })), /port/],
        ["one at port 65535", at(sftp({ port: 65_535 })), null],
        ["one without a folder there", at(sftp({ folder: " " })), /folder on the server/],
        ["a folder", at({ type: "folder", path: "/a" }), null],
        ["no folder", at({ type: "folder", path: "" }), /Choose the folder/],
        ["a week without days", at(sftp(), { rule: { type: "weekly", days: [], at: "02:00" } }), /one day/],
        ["never by the clock", at(sftp(), { rule: null }), null],
        [
            "hours that are none",
            at(sftp(), {
                conditions: { ...freshStorage("sftp", "UTC").conditions, hours: { from: "01:00", to: "01:00" } },
            }),
            /hours/,
        ],
    ])("%s", (_, draft, expected) => check(draft, expected));

    describe("a secret in the keychain", () => {
        const stored = at(dav(), { id: 4 });
        it.each<[string, StorageDraft, boolean]>([
            ["stays", stored, true],
            ["stays in another folder of the same server", { ...stored, place: dav({ folder: "b" }) }, true],
            ["stays with another path", { ...stored, place: dav({ url: "https://cloud.example.org/b" }) }, true],
            ["goes to no other server", { ...stored, place: dav({ url: "https://evil.example.org/dav" }) }, false],
            ["is no other person's", { ...stored, place: dav({ user: "ida" }) }, false],
            ["goes to no other port", { ...stored, place: dav({ url: "https://cloud.example.org:1/dav" }) }, false],
            ["is not sent readable", { ...stored, place: dav({ url: "http://cloud.example.org/dav" }) }, false],
        ])("%s", (_, draft, kept) => {
            expect(keepsSecret(draft, stored)).toBe(kept);
            check(draft, kept ? null : /password again/, stored);
            check({ ...draft, secret: "typed" }, null, stored);
        });
        it("is none of a new storage, and none where nothing has to be opened", () => {
            expect(keepsSecret(at(dav()), at(dav()))).toBe(false);
            expect(keepsSecret(at(sftp(), { id: 4 }), at(sftp(), { id: 4 }))).toBe(false);
        });
    });
});

describe("isReadable", () => {
    it.each<[StoragePlace, boolean]>([
        [dav(), false],
        [dav({ url: "http://cloud.example.org" }), true],
        [s3({ endpoint: "http://192.168.1.2:9000" }), true],
        [s3({ endpoint: "http://localhost:9000" }), false],
        [s3({ endpoint: "http://127.0.0.1:9000" }), false],
        [dav({ url: "http://127.0.0.1.evil.org" }), true],
        [dav({ url: "http://[::1]:80" }), false],
        [dav({ url: "" }), false],
        [sftp(), false],
    ])("%j", (place, expected) => expect(isReadable(place)).toBe(expected));
});

describe("what goes, and when", () => {
    it.each<[string, Partial<StorageDraft>, [string, boolean, boolean]]>([
        ["both ways by the clock", {}, ["both", false, true]],
        ["down by the clock", { direction: "down" }, ["down", false, true]],
        ["up after changes", { direction: "up", rule: null, on_change: true }, ["up", true, true]],
        ["down never follows changes", { direction: "down", rule: null, on_change: true }, ["down", false, false]],
        ["only when asked", { rule: null }, ["both", false, false]],
        ["text goes up, whatever was chosen before", { content: "text", direction: "down" }, ["up", false, true]],
        [
            "Markdown goes up after changes",
            { content: "markdown", direction: "down", on_change: true },
            ["up", true, true],
        ],
    ])("%s", (_, change, expected) => {
        const draft = at(dav(), change);
        expect([directionOf(draft), followsChanges(draft), goesByItself(draft)]).toEqual(expected);
        expect(wholeStorage(draft)).toMatchObject({ direction: expected[0], on_change: expected[1] });
    });
});

describe("wholeStorage", () => {
    const check = (draft: StorageDraft, expected: Partial<StorageDraft>): void =>
        expect(wholeStorage(draft)).toEqual({ ...draft, ...expected });
    it("takes spaces away around what was typed, but not from a password", () => {
        check(at(dav({ url: " https://a.org ", folder: " b ", user: " c " }), { name: " d ", secret: " e " }), {
            name: "d",
            place: dav({ url: "https://a.org", folder: "b", user: "c" }),
        });
        check(at(s3({ bucket: " b ", key_id: " k " }), { secret: "x" }), { place: s3({ bucket: "b", key_id: "k" }) });
    });
    it("says nothing of what is left empty", () => {
        check(at(sftp({ user: " ", key_file: "" }), { secret: "left over" }), { place: sftp(), secret: null });
        check(at(dav(), { secret: "" }), { secret: null });
    });
    it("leaves the path of a folder alone", () => {
        check(at({ type: "folder", path: "/a b " }), {});
    });
});
