// A folder on a storage as a source: what is missing in it, what it shares with storages, what is sent of it.

import { describe, expect, it } from "vitest";
import type { SourceDraft, StoragePlace } from "./bindings";
import { atKind, atStorage, cloudName, freshCloud, type CloudSpec, storageOf } from "./cloud-source";
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
    it.each<[string, SourceDraft, SourceDraft, RegExp | null]>([
        ["no address", draft(at(dav({ url: "" }))), draft(at(dav())), /address/],
        ["no password", draft(at(dav())), draft(at(dav())), /password/],
        ["a password", draft(at(dav(), { secret: "p" })), draft(at(dav())), null],
        ["nobody signs in", draft(at(dav({ user: "" }))), draft(at(dav())), null],
        ["it is kept", saved, saved, null],
        ["another server", draft(at(dav({ url: "https://other.example.org" })), 7), saved, /again/],
        ["no folder", draft(at({ type: "folder", path: "" })), saved, /folder/],
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
