import { expect, test } from "vitest";
import type { Models, ModelView } from "./bindings";
import { choicesOf, partWords, unusedParts } from "./seen";

function model(id: string, parts: string[], change: Partial<ModelView> = {}): ModelView {
    const plain = { purpose: "", bytes: 1, licence: "", attribution: "", default: false, removable: true, own: false };
    const state = { installed: true, used_for: [], describes: false, by_hand: null, problem: null, off: null };
    return { id, parts, ...plain, ...state, ...change };
}

const known: Models = {
    packs: [],
    parts: [
        { part: "labels", automatic: "tags" },
        { part: "faces", automatic: null },
    ],
    models: [
        model("tags", ["labels", "embedding"], { used_for: ["labels"] }),
        model("mine", ["labels"], { own: true, off: "It failed." }),
        model("big", ["labels"], { installed: false }),
        model("reads", []),
    ],
};

test.each([
    ["labels", ["automatic: Automatic (tags)", "tags: tags", "mine: mine (off)", "none: None"]],
    ["faces", ["automatic: Automatic (none installed)", "none: None"]],
    ["embedding", ["automatic: Automatic (none installed)", "tags: tags", "none: None"]],
] as const)("the choices for %s", (part, expected) => {
    expect(choicesOf(part, known).map(({ value, label }) => `${value}: ${label}`)).toEqual(expected);
});

test.each([
    [model("a", ["labels", "embedding"], { own: true }), ["labels", "embedding"]],
    [model("a", ["labels", "embedding"], { own: true, used_for: ["labels"] }), ["embedding"]],
    [model("a", ["labels"], { own: true, off: "It failed." }), []],
    [model("a", ["labels"], { own: true, installed: false }), []],
    [model("a", ["labels"]), []],
])("what an own model could be used for, %#", (given, expected) => {
    expect(unusedParts(given)).toEqual(expected);
});

test("parts are words in a sentence", () => {
    expect(["objects", "embedding", "smell"].map(partWords)).toEqual(["things", "similarity", "smell"]);
});
