// A backend in memory that answers every command of the typed edge.

import type {
    CodeView,
    commands,
    Event,
    GroupView,
    HitView,
    ItemCard,
    ItemState,
    ItemView,
    MachineFact,
    Models,
    ModelView,
    PackView,
    PartModels,
    Settings,
    Snippet,
    Status,
    WireError,
} from "../src/lib/bindings";
import { BLANK_GROUP, BLANK_STATUS } from "./blank";
import { conflictBackend, settled } from "./conflicts";
import { duplicateBackend } from "./duplicates";
import { findingBackend, inOrder, recognitionOf, takenOf, whyFound, wordsOf, type Found } from "./finding";
import { jobBackend, sampleJobs } from "./jobs";
import { reminderBackend } from "./reminders";
import { picture } from "./samples";
import { scheduleBackend } from "./schedules";
import { secretsBackend } from "./secrets";
import { sourceBackend } from "./sources";
import { storageBackend } from "./storages";
import { textFactsOf } from "./text-facts";

type Edge = {
    [Name in keyof typeof commands]: (
        args: NonNullable<Parameters<(typeof commands)[Name]>[0]>,
    ) => Awaited<ReturnType<(typeof commands)[Name]>>;
};

const BROKEN: WireError = {
    code: "bad_image",
    message: "The file ends in the middle of the picture.",
    hint: "Copy it again from where it came, then retry.",
};
const HOUR = 3_600_000;

const FACTS: MachineFact[] = [
    { name: "Power", value: "Battery at 74 %, not plugged in", source: "UPower" },
    { name: "Network", value: "Connected, unmetered", source: "NetworkManager" },
    { name: "Person", value: "Here; last input a moment ago", source: "logind" },
    { name: "Disk", value: "212 GB free", source: null },
];

const codeLine = ({ what, text, facts }: CodeView): string => `${what}: ${facts[0]?.value ?? text}`;

const fail = (code: WireError["code"], message: string): never => {
    throw { code, message, hint: null } satisfies WireError;
};

export function fakeBackend(scene: string, tell: (event: Event) => void): (name: string, args: unknown) => unknown {
    const now = Date.now();
    const busy = scene === "busy" || scene === "huge";
    const broken = scene === "broken";
    const count = scene === "empty" ? 0 : scene === "huge" ? 20_000 : 500;
    let paused = false;
    let installed = !broken;
    const items: Found[] = Array.from({ length: count }, (_, i) => {
        const id = count - i;
        const fresh: ItemState[] = ["waiting", "waiting", "reading", "reading", "problem", "no_text"];
        const wordless = i === 13 || picture(id).reading.lines.length === 0;
        const state = (busy ? fresh[i] : undefined) ?? (i === 9 ? "problem" : wordless ? "no_text" : "text");
        const name = picture(id).name.replace(/(\.\w+)$/, ` ${id}$1`);
        return {
            id,
            name,
            state,
            trashed: false,
            tags: i === 0 ? ["receipts", "2026"] : [],
            note: "",
            added: now - i * HOUR,
        };
    });
    for (const item of items.slice(30, 34)) item.trashed = true;
    let settings: Settings = {
        library_folder: "/home/mara/Pictures/Legible",
        keep: "copy",
        engine: "ppocr",
        start_at_login: false,
        start_hidden: true,
        notify: { batches: true, failures: true, reminders: true, schedules: false },
        quiet_hours: { from: "22:00", to: "07:00" },
        push: broken ? { kind: "ntfy", url: "https://ntfy.example/legible-mara" } : { kind: "off", url: "" },
        window_close: "keep_running",
        models: { labels: "automatic", objects: "automatic", faces: "automatic", embedding: "automatic", tags: [] },
        cloud: {
            google_drive: { id: "", secret: "" },
            dropbox: { id: "k3yofmaras4pp", secret: "" },
            onedrive: { id: "", secret: "" },
        },
    };
    let stopAdding = (): void => undefined;
    const models: ModelView[] = [
        ["ppocr-det", "Finds text in images", 9_900_000, true, "", "PaddleOCR team"],
        ["ppocr-rec", "Reads Latin, Chinese and Japanese text", 21_300_000, true, "", "PaddleOCR team"],
        ["ocrs-detection", "Finds Latin text (ocrs)", 2_510_000, false, "", "Robert Knight"],
        ["ocrs-recognition", "Reads Latin text (ocrs)", 9_720_000, false, "", "Robert Knight"],
        ["yunet", "Finds faces, not whose they are", 232_589, false, "faces", "Shiqi Yu and others, OpenCV Zoo"],
        ["yolox-nano", "Finds things of 80 classes", 3_659_407, false, "objects", "Megvii"],
        ["mobilenet-v2", "Labels photos with 1000 classes", 13_964_571, false, "labels", "Google, ONNX Model Zoo"],
        ["yolox-s", "Finds things of 80 classes, more surely", 35_858_002, false, "objects", "Megvii"],
        [
            "clip-vit-b32-text",
            "Understands descriptions of photos, for search and labels",
            64_504_507,
            false,
            "",
            "OpenAI",
        ],
    ].map(([id, purpose, bytes, standard, part, attribution]) => ({
        id: String(id),
        purpose: String(purpose),
        bytes: Number(bytes),
        licence: id === "yunet" ? "MIT" : "Apache-2.0",
        attribution: String(attribution),
        default: Boolean(standard),
        installed: installed && (Boolean(standard) || id === "yunet" || id === "clip-vit-b32-text"),
        removable: true,
        own: false,
        parts: part === "" ? [] : [String(part)],
        describes: id === "clip-vit-b32-text",
        used_for: installed && id === "yunet" ? ["faces"] : [],
        by_hand: null,
        problem: null,
        off: busy && id === "yunet" ? "It failed on 5 photos in a row and is switched off: it crashed." : null,
    }));
    const packs = (): PackView[] =>
        [
            { id: "small", title: "Small", models: ["yunet", "yolox-nano", "mobilenet-v2"] },
            { id: "better", title: "Better", models: ["yunet", "yolox-s", "clip-vit-b32-text"] },
        ].map((pack) => {
            const its = models.filter((model) => pack.models.includes(model.id));
            const sum = (of: ModelView[]) => of.reduce((bytes, model) => bytes + model.bytes, 0);
            const missing = its.filter((model) => !model.installed);
            const purpose = "Labels for photos, things and faces in them";
            return { ...pack, purpose, bytes: sum(its), missing_bytes: sum(missing), installed: missing.length === 0 };
        });
    const parts = (): PartModels[] =>
        ["labels", "objects", "faces", "embedding"].map((part) => {
            const best = models.filter((model) => model.installed && model.parts.includes(part)).at(-1);
            return { part, automatic: best?.id ?? null };
        });
    const named = (id: string): ModelView[] => {
        const its = packs().find((pack) => pack.id === id)?.models ?? [id];
        return models.filter((model) => its.includes(model.id));
    };
    const group = (
        id: number,
        label: string,
        images: number,
        done: number,
        failed: number,
        open: boolean,
        recognised = 0,
    ): GroupView => ({
        ...BLANK_GROUP,
        id,
        label,
        created_at: now - id * 240_000,
        ended_at: open ? null : now - id * 200_000,
        images,
        done,
        failed,
        recognised,
    });
    const groups: GroupView[] =
        count === 0
            ? []
            : [
                  ...(busy
                      ? [
                            group(1, "120 images dropped", 120, 2, 1, true),
                            group(5, "Recognise new images", 8_412, 1_206, 0, true, 1_206),
                        ]
                      : []),
                  group(2, "Scans 2026 (folder)", 48, 47, 1, false),
                  group(6, "Recognise new images", 310, 310, 0, false, 310),
                  group(3, "receipt-cafe.jpg", 1, 1, 0, false),
                  group(4, "Cats\u2069\u202E(redlof)", 3, 3, 0, false),
              ];
    const schedules = scheduleBackend(scene, tell);
    const { jobsCancelled, ...cloud } = storageBackend(scene, tell);
    const jobs = jobBackend(sampleJobs(items, scene, now), now, schedules.titles, tell);

    const status = (): Status => ({
        ...BLANK_STATUS,
        runner: broken ? "nobody" : "here",
        paused,
        items: items.filter((item) => !item.trashed).length,
        with_text: items.filter((item) => item.state === "text").length,
        problems: items.filter((item) => item.state === "problem").length,
        trashed: items.filter((item) => item.trashed).length,
        waiting: jobs.count("enqueued", "blocked"),
        running: jobs.count("running"),
        failed: jobs.count("failed"),
        recent: items.slice(0, 5).map(({ id, name }) => ({ item: id, name, at: now - 130_000 })),
        library_folder: settings.library_folder,
        missing_models: installed ? [] : ["ppocr-det", "ppocr-rec"],
        notices: broken
            ? [
                  {
                      error: {
                          code: "database",
                          message: "The index was damaged and has been set aside.",
                          hint: "Your images are safe in the library folder. Rebuild the index from it.",
                      },
                      remedy: "rebuild",
                  },
              ]
            : [],
    });

    const find = (id: number): Found =>
        items.find((item) => item.id === id) ?? fail("not_found", "This image is not in the library any more.");
    const shown = (item: Found): boolean => item.state === "text";
    const snippet = (item: Found, query: string): Snippet => {
        const text = picture(item.id).reading.text.replace(/\n+/g, " ");
        const at = query === "" ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
        if (at < 0) return { parts: [{ text: text.slice(0, 120), hit: false }] };
        return {
            parts: [
                { text: text.slice(0, at), hit: false },
                { text: text.slice(at, at + query.length), hit: true },
                { text: text.slice(at + query.length, at + 90), hit: false },
            ],
        };
    };
    const card = (item: Found, query = ""): ItemCard => {
        const { width, height } = picture(item.id).reading;
        const unread = item.state === "waiting" || item.state === "problem";
        return {
            id: item.id,
            name: item.name,
            width: unread ? null : width,
            height: unread ? null : height,
            added_at: item.added,
            state: item.state,
            problem: item.state === "problem" ? BROKEN : null,
            original: "kept",
            thumbnail: item.state !== "problem",
            snippet: shown(item) ? snippet(item, wordsOf(query)) : null,
            codes: unread ? [] : recognitionOf(item.id).codes.map(codeLine),
            why: whyFound(item, query) ?? [],
        };
    };
    const view = (item: Found, search: string): ItemView => {
        const query = wordsOf(search);
        const unread = item.state === "waiting" || item.state === "problem";
        const reading = picture(item.id).reading;
        const hits: HitView[] = [];
        reading.lines.forEach((line, i) => {
            const start = query === "" ? -1 : line.text.toLowerCase().indexOf(query.toLowerCase());
            const word = line.words.find((one) => one.text.toLowerCase().includes(query.toLowerCase()));
            if (start >= 0) hits.push({ line: i, start, end: start + query.length, quad: word?.quad ?? line.quad });
        });
        return {
            card: card(item, search),
            bytes: 482_113,
            format: "png",
            taken_at: takenOf(item.id),
            camera: takenOf(item.id) ? "Fairphone 5" : null,
            place: picture(item.id).place,
            path: `${settings.library_folder}/2026/${item.name}`,
            origins: [{ kind: "drop", path: `/home/mara/Downloads/${item.name}`, url: null, at: item.added }],
            sources: [],
            text_facts: unread ? [] : textFactsOf(reading.text),
            reading: unread ? null : reading,
            recognition: unread ? null : recognitionOf(item.id),
            hits,
            tags: item.tags,
            note: item.note,
            trashed: item.trashed,
            jobs: [],
        };
    };
    const change = (ids: number[], how: (item: Found) => void): { count: number } => {
        ids.forEach((id) => how(find(id)));
        tell({ type: "items_changed", ids });
        return { count: ids.length };
    };

    const edge: Edge = {
        status,
        items: ({ query, trashed, offset, limit }) => {
            if (query === "!")
                throw { code: "database", message: "The index cannot be read.", hint: "Rebuild it in the settings." };
            const found = items.filter((item) => item.trashed === trashed && whyFound(item, query) !== null);
            const fits = inOrder(found, query);
            return {
                total: fits.length,
                items: fits.slice(offset, offset + (limit || 100)).map((one) => card(one, query)),
            };
        },
        item: ({ id, query }) => view(find(id), query),
        add_paths: () => ({ group: 1 }),
        edit_item: ({ id, tags, note }) => {
            const item = find(id);
            item.tags = tags ?? item.tags;
            item.note = note ?? item.note;
            return view(item, "");
        },
        read_again: ({ ids }) => change(ids, (item) => (item.state = "waiting")),
        trash_items: ({ ids }) => change(ids, (item) => (item.trashed = true)),
        restore_items: ({ ids }) => change(ids, (item) => (item.trashed = false)),
        purge_items: ({ ids }) => {
            const gone = items.filter((item) => item.trashed && (ids.length === 0 || ids.includes(item.id)));
            gone.forEach((item) => items.splice(items.indexOf(item), 1));
            tell({ type: "items_changed", ids: [] });
            return { count: gone.length };
        },
        ...findingBackend(
            items,
            scene,
            (id) => view(find(id), ""),
            (ids) => tell({ type: "items_changed", ids }),
        ),
        ...settled(
            duplicateBackend(items, scene, card, (ids) => tell({ type: "items_changed", ids })),
            conflictBackend(items, scene, card),
        ),
        ...jobs,
        ...schedules,
        ...reminderBackend(scene, tell),
        ...sourceBackend(scene, tell),
        ...cloud,
        cancel_jobs: (query) => {
            jobsCancelled(query.ids);
            return jobs.cancel_jobs(query);
        },
        machine: () => ({ facts: broken ? [] : FACTS }),
        ...secretsBackend(scene, tell),
        test_push: () => (broken ? fail("network", "The server did not answer.") : {}),
        groups: () => ({ groups }),
        set_paused: (args) => {
            paused = args.paused;
            return status();
        },
        settings: () => settings,
        save_settings: (args) => {
            if (args.engine === "ocrs" && broken) fail("model_missing", "The models of ocrs are not installed.");
            return (settings = args);
        },
        models: () => ({ models, packs: packs(), parts: parts() }),
        install_pack: (args) => {
            if (broken) fail("network", "No source for the model yunet works: no connection.");
            for (const model of named(args.id)) model.installed = true;
            return { models, packs: packs(), parts: parts() };
        },
        remove_model: (args) => {
            for (const model of named(args.id)) model.installed = false;
            return { models, packs: packs(), parts: parts() };
        },
        switch_on_model: (args) => {
            for (const model of named(args.id)) model.off = null;
            return { models, packs: packs(), parts: parts() };
        },
        forget_seen: () => ({ count: 1 }),
        unrecognised: () => ({ count: 1_234 }),
        recognise_now: () => ({ count: 1_234 }),
        add_model: () => {
            tell({
                type: "model_step",
                words: "running it on a picture, to see whether its answers are what the TOML says",
            });
            // The caller waits for whatever comes back, so this may end later.
            const stopped = new Promise<void>((stop) => (stopAdding = stop));
            return stopped.then(() => fail("cancelled", "cancelled")) as unknown as Models;
        },
        stop_adding_model: () => {
            stopAdding();
            return {};
        },
        reset_settings: () => settings,
        install_models: () => {
            installed = true;
            models.forEach((model) => (model.installed ||= model.default));
            return { models, packs: packs(), parts: parts() };
        },
        rebuild: () => ({ group: 1 }),
        doctor: () => ({
            checks: [
                {
                    name: "Models",
                    health: installed ? "good" : "broken",
                    detail: installed ? "2 of 2 are here." : "2 are missing.",
                    hint: installed ? null : "Install them above.",
                },
                {
                    name: "Library folder",
                    health: "good",
                    detail: `${settings.library_folder} can be written to.`,
                    hint: null,
                },
                {
                    name: "Tray",
                    health: "limited",
                    detail: "No tray was found on this desktop.",
                    hint: "Install a tray extension to reach Legible with the window closed.",
                },
            ],
        }),
        landing: () => ({ view: "library" }),
        choose: ({ what }) => ({
            paths: [
                what === "files" || what === "pictures"
                    ? "/home/mara/Pictures/a.png"
                    : what === "model"
                      ? "/home/mara/mushrooms.toml"
                      : "/home/mara/Pictures",
            ],
        }),
        capture: ({ type }) => {
            if (type === "window") fail("internal", "This desktop does not let a window be chosen.");
            return {};
        },
        paste: () => fail("nothing_to_paste", "The clipboard holds no image and no files."),
        copy_text: ({ text }) => {
            Object.assign(window, { copied: text });
            return {};
        },
        open_file: () => ({}),
        reveal_file: () => ({}),
        quit: () => ({}),
    };
    if (busy) {
        // The service says so of a group about as often.
        setInterval(() => {
            const running = groups.find((one) => one.id === 5);
            if (!running || paused) return;
            running.done += 2;
            running.recognised += 2;
            tell({ type: "group_changed", group: { ...running } });
        }, 3_000);
        let fraction = 0;
        setInterval(() => {
            fraction = (fraction + 0.03) % 1;
            const words = `${Math.round(fraction * 9800).toLocaleString()} of 9,800`;
            tell({ type: "progress", job: 70, item: null, fraction, words });
            const item = items.findIndex((one) => one.state === "reading");
            if (item >= 0) {
                tell({
                    type: "progress",
                    job: item + 1,
                    item: items[item]?.id ?? null,
                    fraction,
                    words: "Reading lines",
                });
            }
        }, 120);
    }
    return (name, args) => (edge as Record<string, (args: never) => unknown>)[name]?.(args as never);
}
