// A service for sources. Only as clever as looking at the window needs.

import type { Event, Looks, LookView, SourceDraft, SourceTest, SourceView, WireError } from "../src/lib/bindings";
import { addresses, looks } from "../src/lib/source";
import { BLANK_LOOK, BLANK_SOURCE } from "./blank";
import { BROKEN_SOURCES, sampleLooks, sampleSources, sentence, TIMEOUT } from "./source-samples";

function test({ spec }: SourceDraft): SourceTest {
    const good = (words: string, samples: string[], warnings: string[] = []): SourceTest => ({
        words,
        samples,
        warnings,
        problem: null,
    });
    if (spec.type === "folder")
        return good(
            "Would take 38 of 41 files.",
            ["2026-11-02 letter.png", "2026-11-03 invoice.jpg", "phone/IMG_2041.jpg", "phone/\u202Egpj.exe"],
            [
                "This folder is on a network share, which tells nothing of changes. It is looked through every 5 minutes.",
            ],
        );
    if (spec.type === "cloud")
        return good(
            "412 images would be fetched (1,830 MB).",
            ["Camera/IMG_2041.jpg", "Camera/IMG_2042.jpg", "Camera/\u202Egpj.exe"],
            ["Camera/IMG:7.jpg: Windows cannot have a file of this name"],
        );
    if (addresses(spec)[0]?.includes("bad")) return { words: "", samples: [], warnings: [], problem: TIMEOUT };
    return good(
        "Would take 7 images.",
        addresses(spec).map((url) => `${url}/scan-1.png`),
    );
}

/** Sources that can be changed; `tell` hears of every change. */
export function sourceBackend(scene: string, tell: (event: Event) => void) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    let list = sampleSources(scene, zone, Date.now());
    let broken = scene === "empty" ? [] : BROKEN_SOURCES;
    let fresh = 2000;
    const find = (id: number): SourceView => {
        const found = list.find((one) => one.id === id);
        if (!found) throw { code: "not_found", message: "There is no such source.", hint: null } satisfies WireError;
        return found;
    };
    const put = (view: SourceView): SourceView => {
        const known = list.some((one) => one.id === view.id);
        list = known ? list.map((one) => (one.id === view.id ? view : one)) : [...list, view];
        tell({ type: "sources_changed" });
        return view;
    };
    return {
        sources: () => {
            if (scene === "broken")
                throw {
                    code: "database",
                    message: "The sources could not be read.",
                    hint: "Rebuild the index in the settings, then try again.",
                } satisfies WireError;
            const languages = [
                { code: "en", name: "English" },
                { code: "de", name: "German" },
                { code: "ja", name: "Japanese" },
            ];
            return { sources: list, broken, engines: ["ppocr", "ocrs"], languages, system_zone: zone };
        },
        save_source: (draft: SourceDraft): SourceView => {
            const id = draft.id ?? ++fresh;
            if (list.some((one) => one.id !== id && one.draft.name === draft.name))
                throw {
                    code: "bad_request",
                    message: `There is a source with the name “${draft.name}” already.`,
                    hint: "Give it another name.",
                } satisfies WireError;
            const old = list.find((one) => one.id === id) ?? BLANK_SOURCE;
            const cloud = draft.spec.type === "cloud" ? draft.spec : null;
            const spec = cloud ? { ...cloud, secret: null, sign_in: null } : draft.spec;
            const problem = cloud !== null && cloud.sign_in !== null ? null : old.problem;
            return put({ ...old, id, draft: { ...draft, id, spec }, sentence: sentence(draft), problem });
        },
        test_source: test,
        enable_source: ({ id, enabled }: { id: number; enabled: boolean }): SourceView => {
            const old = find(id);
            return put({ ...old, draft: { ...old.draft, enabled } });
        },
        look_now: ({ id }: { id: number }): SourceView => {
            const now = Date.now();
            const words = "Listing files";
            const active: LookView = {
                ...BLANK_LOOK,
                job: 70,
                asked_at: now,
                started_at: now,
                state: "running",
                words,
            };
            return put({ ...find(id), active, waiting_for: [] });
        },
        looks: ({ id }: { id: number }): Looks => {
            const source = find(id);
            return { looks: looks(source.draft.spec) ? sampleLooks(source, Date.now()) : [] };
        },
        remove_source: ({ id }: { id: number }) => {
            list = list.filter((one) => one.id !== id);
            broken = broken.filter((one) => one.id !== id);
            tell({ type: "sources_changed" });
            return { still_granted: null };
        },
        add_picture: ({ base64 }: { base64: string }) => {
            Object.assign(window, { taken: base64 });
            return { group: 1, restored: false };
        },
    };
}
