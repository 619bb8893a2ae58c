// Facts in words, and which of them can remind.

import { describe, expect, it } from "vitest";
import type { TextFact, TextFactKind } from "./bindings";
import { reminderOf, shownFact } from "./text-facts";

const fact = (kind: TextFactKind, text: string, value = text): TextFact => ({ kind, text, value, search: "" });
const NOW = Date.parse("2026-11-23T12:00Z");

describe("facts", () => {
    it.each<[TextFact, string]>([
        [fact("amount", "119,00 €", "119 EUR"), "119,00 €"],
        [fact("iban", "DE89 3704", "DE89370400440532013000"), "DE89 3704 0044 0532 0130 00"],
        [fact("link", "www.example.org", "https://www.example.org"), "www.example.org"],
        [fact("phone", "030/90\u202e18"), "030/9018"],
    ])("%j", (one, expected) => expect(shownFact(one)).toBe(expected));
    it("a day is shown in words", () => expect(shownFact(fact("date", "23.11.2026", "2026-11-23"))).toMatch(/2026/));

    const reminds = (one: TextFact): number | null => {
        const draft = reminderOf(one, { id: 7, name: "invoice.png" }, NOW, "Europe/Berlin");
        if (draft === null) return null;
        expect(draft).toMatchObject({ item: 7, title: "invoice.png", note: one.text });
        return draft.rule.type === "once" ? draft.rule.at : null;
    };
    it.each<[TextFact, number | null]>([
        [fact("date", "24.11.26", "2026-11-24"), Date.parse("2026-11-24T08:00Z")],
        [fact("date", "23.11.2026", "2026-11-23"), null],
        [fact("amount", "5 €", "5 EUR"), null],
    ])("%j reminds", (one, expected) => expect(reminds(one)).toBe(expected));
});
