// A folder on a storage as a source: what is missing in it, what it shares with storages, what is sent of it.

import { describe, expect, it } from "vitest";
import type { SourceDraft, StoragePlace } from "./bindings";
import {
    aboutPictures,
    askedOf,
    atKind,
    atStorage,
    cloudName,
    freshCloud,
    purposeOf,
    servesStill,
    storageOf,
    type CloudSpec,
} from "./cloud-source";
import { asKind, fallbackName, freshSource } from "./source";
import { missingPart, wholeDraft } from "./source-draft";

const dav = (change: Partial<Extract<StoragePlace, { type: "web_dav" }>> = {}): StoragePlace => ({
    type: "web_dav",
    url: "https://cloud.example.org/dav",
    folder: "Camera",
    user: "mara",
    ...change,
});
const at = (place: StoragePlace, change: Partial<CloudSpec> = {}): CloudSpec => ({
    ...freshCloud("web_dav", "UTC"),
    place,
    ...change,
});
const draft = (spec: CloudSpec, id: number | null = null): SourceDraft => ({
    ...freshSource("cloud", "UTC"),
    id,
    spec,
});

describe("missingPart", () => {
    const saved = draft(at(dav()), 7);
    const dropbox = (folder = "Camera Uploads"): StoragePlace => ({ type: "dropbox", folder });
    const signedIn = draft(at(dropbox()), 7);
    it.each<[string, SourceDraft, SourceDraft, RegExp | null]>([
        ["no address", draft(at(dav({ url: "" }))), draft(at(dav())), /address/],
        ["no password", draft(at(dav())), draft(at(dav())), /password/],
        ["a password", draft(at(dav(), { secret: "p" })), draft(at(dav())), null],
        ["nobody signs in", draft(at(dav({ user: "" }))), draft(at(dav())), null],
        ["it is kept", saved, saved, null],
        ["another server", draft(at(dav({ url: "https://other.example.org" })), 7), saved, /again/],
        ["no folder", draft(at({ type: "folder", path: "" })), saved, /folder/],
        ["nobody is signed in", draft(at(dropbox())), draft(at(dropbox())), /^Sign in to Dropbox\.$/],
        ["somebody has signed in", draft(at(dropbox(), { sign_in: 3 })), draft(at(dropbox())), null],
        ["no folder at a provider", draft(at(dropbox(" / "), { sign_in: 3 })), draft(at(dropbox())), /folder/],
        ["who is signed in stays so", draft(at(dropbox("b")), 7), signedIn, null],
        ["more is asked for", draft(at(dropbox(), { write_text: "plain" }), 7), signedIn, /Dropbox again/],
        ["that is granted", draft(at(dropbox(), { write_text: "plain", sign_in: 3 }), 7), signedIn, null],
        ["another provider", draft(at({ type: "onedrive", folder: "x" }), 7), signedIn, /OneDrive again/],
    ])("%s", (_, now, before, expected) => {
        const missing = missingPart(now, before);
        if (expected === null) expect(missing).toBeNull();
        else expect(missing).toMatch(expected);
    });
});

describe("the form of storages", () => {
    it("has the place and the secret, and gives them back", () => {
        const storage = storageOf(draft(at(dav(), { secret: "p" }), 7), at(dav(), { secret: "p" }));
        expect([storage.id, storage.place, storage.secret]).toEqual([7, dav(), "p"]);
        const spec = at(dav(), { secret: "p", write_text: "plain" });
        expect(atStorage(spec, { secret: null })).toEqual({ ...spec, secret: null });
        expect(atStorage(spec, { place: dav({ folder: "b" }) })).toEqual({ ...spec, place: dav({ folder: "b" }) });
    });
    it("changes its kind, and keeps what still fits", () => {
        const spec = at(dav(), { secret: "p", include: ["*.jpg"], write_text: "markdown" });
        const { spec: after, conditions } = atKind(draft(spec), spec, "folder");
        expect(after).toEqual({ ...spec, place: { type: "folder", path: "" }, secret: null });
        expect(conditions?.network).toBe("any");
        expect(atKind(draft(spec), spec, "web_dav")).toEqual({});
    });
    it("keeps a sign-in with the provider that it was for", () => {
        const spec = at({ type: "dropbox", folder: "a" }, { sign_in: 3 });
        expect(storageOf(draft(spec), spec).sign_in).toBe(3);
        expect(atStorage(spec, { place: { type: "dropbox", folder: "b" } }).sign_in).toBe(3);
        expect(atStorage(spec, { sign_in: null }).sign_in).toBeNull();
        expect(wholeDraft(draft(spec)).spec).toMatchObject({ sign_in: 3 });
        expect(atKind(draft(spec), spec, "onedrive").spec).toMatchObject({ sign_in: null, place: { folder: "" } });
    });
});

describe("what a provider is asked", () => {
    it.each<[StoragePlace, CloudSpec["write_text"], RegExp]>([
        [{ type: "google_drive", folder: "a" }, "off", /able to read all your files at Google Drive: .*only\.$/],
        [{ type: "onedrive", folder: "a" }, "plain", /read all your files at OneDrive, and write there: .*texts/],
        [dav(), "plain", /^$/],
    ])("is said in words: %j, %s", (place, write_text, expected) => {
        expect(askedOf(at(place, { write_text }))).toMatch(expected);
    });
    it("is no more than serves", () => {
        expect(purposeOf(at(dav()))).toBe("pictures");
        expect(purposeOf(at(dav(), { write_text: "markdown" }))).toBe("pictures_and_texts");
    });
    it("is not asked again where it is granted", () => {
        const dropbox: StoragePlace = { type: "dropbox", folder: "a" };
        const reads = draft(at(dropbox), 7);
        const writes = draft(at(dropbox, { write_text: "plain" }), 7);
        expect(servesStill(at(dropbox), reads)).toBe(true);
        expect(servesStill(at(dropbox, { write_text: "markdown" }), reads)).toBe(false);
        expect(servesStill(at(dropbox, { write_text: "markdown" }), writes)).toBe(true);
        expect(servesStill(at(dropbox), draft(at(dropbox)))).toBe(false);
    });
    it("is not what a library asks", () => {
        expect(aboutPictures("google_drive")).toMatch(/all your files/);
        expect(aboutPictures("s3")).toMatch(/bucket/);
    });
});

describe("a new one", () => {
    it("is not for the folder of the library", () => {
        const spec = freshCloud("s3", "UTC");
        expect(spec.place).toMatchObject({ type: "s3", folder: "" });
        expect(spec.write_text).toBe("off");
    });
    it("comes of another kind with its name", () => {
        const after = asKind({ ...freshSource("folder", "UTC"), name: "Mine" }, "cloud");
        expect([after.name, after.spec.type, after.conditions.network]).toEqual(["Mine", "cloud", "connected"]);
        expect(asKind(after, "page").spec.type).toBe("web");
    });
});

describe("names", () => {
    it.each<[StoragePlace, string]>([
        [dav({ folder: "Photos/Camera/" }), "Camera"],
        [dav({ folder: "" }), "cloud.example.org"],
        [{ type: "folder", path: "/home/mara/Uploads" }, "Uploads"],
    ])("%j", (place, expected) => {
        expect(cloudName(at(place))).toBe(expected);
        expect(fallbackName(at(place))).toBe(expected);
    });
});

describe("wholeDraft", () => {
    it("trims the place, and leaves a secret as it is typed", () => {
        const spec = wholeDraft(draft(at(dav({ url: " https://a.example ", folder: " x " }), { secret: " p " }))).spec;
        expect(spec).toMatchObject({ place: { url: "https://a.example", folder: "x" }, secret: " p " });
    });
});
