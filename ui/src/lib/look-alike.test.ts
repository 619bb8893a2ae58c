import { describe, expect, it } from "vitest";
import type { DuplicateGroup, DuplicateImage } from "./bindings";
import { groupKey, headWords, imageFacts, keepAllQuestion, moved, othersOf, spareOf } from "./look-alike";

const image = (id: number, bytes: number, change: Partial<DuplicateImage> = {}): DuplicateImage => ({
    card: {
        id,
        name: `${id}.png`,
        width: 1200,
        height: 900,
        added_at: 0,
        state: "text",
        problem: null,
        original: "kept",
        thumbnail: true,
        snippet: null,
        codes: [],
        why: [],
    },
    bytes,
    format: "png",
    path: "",
    compared: "",
    ...change,
});
const group = (...images: DuplicateImage[]): DuplicateGroup => ({ images });

describe("a group of look-alikes", () => {
    const three = group(image(1, 3_000_000), image(2, 2_000_000), image(3, 500_000));
    it.each<[number, string, number]>([
        [0, "2 3", 2_500_000],
        [1, "1 3", 3_500_000],
        [2, "1 2", 5_000_000],
    ])("of which no. %i is kept", (kept, others, spare) => {
        const one = three.images[kept] as DuplicateImage;
        expect(
            othersOf(three, one)
                .map(({ card }) => card.id)
                .join(" "),
        ).toBe(others);
        expect(spareOf(three, one)).toBe(spare);
    });

    it("is another one without one of its images", () => {
        expect(groupKey(three)).not.toBe(groupKey(group(...three.images.slice(0, 2))));
    });

    it("says before all are gone through how many go", () => {
        const { title, body, action } = keepAllQuestion([three, group(image(4, 1000), image(5, 1_500_000))]);
        expect(title).toBe("Keep the best of 2 groups?");
        expect(body).toContain("3 images with 4.0 MB");
        expect(action).toBe("Move 3 images to the trash");
    });
});

describe("words", () => {
    it.each<[number, number, number, string]>([
        [12, 31, 48_000_000, "12 groups, 31 images, 48 MB could be freed"],
        [1, 2, 900, "1 group, 2 images, 900 B could be freed"],
        [1, 2, 0, "1 group, 2 images"],
    ])("%i groups", (groups, images, spare, expected) => expect(headWords(groups, images, spare)).toBe(expected));

    it.each<[Partial<DuplicateImage>, string]>([
        [{}, "1200 × 900, PNG, 2.2 MB"],
        [{ format: null }, "1200 × 900, 2.2 MB"],
        [{ card: { ...image(1, 0).card, width: null } }, "PNG, 2.2 MB"],
    ])("of an image: %o", (change, expected) => expect(imageFacts(image(1, 2_200_000, change))).toBe(expected));
});

describe("keys", () => {
    it.each<[string, number, number, number | null]>([
        ["ArrowDown", 0, 3, 1],
        ["ArrowDown", 2, 3, 2],
        ["ArrowUp", 0, 3, 0],
        ["k", 2, 3, 1],
        ["End", 0, 3, 2],
        ["Home", 2, 3, 0],
        ["ArrowDown", -1, 0, null],
        ["x", 1, 3, null],
    ])("%s at %i of %i", (key, at, count, expected) => expect(moved(key, at, count)).toBe(expected));
});
