// Images that look alike, made of the samples.

import type {
    DuplicateImage,
    Duplicates,
    DuplicatesQuery,
    ItemCard,
    KeepOne,
    KeptOne,
    TellApart,
} from "../src/lib/bindings";
import type { Found } from "./finding";
import { picture } from "./samples";

const COPIES: { scale: number; bytes: number; format: string; compared: string }[] = [
    { scale: 1, bytes: 3_812_440, format: "png", compared: "" },
    { scale: 1, bytes: 2_204_118, format: "jpeg", compared: "same size, smaller file" },
    { scale: 0.5, bytes: 640_220, format: "jpeg", compared: "half the width, smaller file" },
    { scale: 0.25, bytes: 88_300, format: "webp", compared: "a quarter of the width, smaller file" },
];

export function duplicateBackend(
    items: Found[],
    scene: string,
    card: (item: Found) => ItemCard,
    changed: (ids: number[]) => void,
) {
    const apart = new Set<string>();
    const groups: number[][] = [];
    const byPicture = new Map<string, number[]>();
    const most = scene === "huge" ? 130 : 12;
    for (const { id, state } of items.slice(40)) {
        if (groups.length === most) break;
        if (state === "problem") continue;
        const name = picture(id).name;
        const alike = [...(byPicture.get(name) ?? []), id];
        byPicture.set(name, alike);
        if (alike.length < 2 + ((groups.length * 5) % 3)) continue;
        groups.push(alike);
        byPicture.delete(name);
    }
    const find = (id: number): Found | undefined => items.find((item) => item.id === id);
    const image = (id: number, i: number): DuplicateImage[] => {
        const item = find(id);
        const copy = COPIES[i % COPIES.length];
        if (!item || !copy) return [];
        const { width, height } = picture(id).reading;
        const size = { width: Math.round(width * copy.scale), height: Math.round(height * copy.scale) };
        return [
            {
                ...copy,
                card: { ...card(item), ...size },
                path: `/home/mara/Pictures/Legible/2026/${i > 0 ? "Copies/" : ""}${item.name}`,
            },
        ];
    };
    const left = (): DuplicateImage[][] =>
        groups
            .filter((ids) => !apart.has(ids.join()))
            .map((ids) => ids.filter((id) => find(id)?.trashed === false).flatMap(image))
            .filter((images) => images.length > 1);
    return {
        duplicates: ({ offset, limit }: DuplicatesQuery): Duplicates => {
            if (scene === "broken")
                throw { code: "database", message: "The index cannot be read.", hint: "Rebuild it." };
            const all = left();
            const spare = all.flatMap((images) => images.slice(1)).reduce((sum, { bytes }) => sum + bytes, 0);
            return {
                total: all.length,
                images: all.flat().length,
                spare_bytes: spare,
                unseen: scene === "busy" || scene === "unseen" ? 214 : 0,
                groups: all.slice(offset, offset + (limit || 50)).map((images) => ({ images })),
            };
        },
        keep_one: ({ keep, others }: KeepOne): KeptOne => {
            const kept = find(keep);
            const before = { tags: kept?.tags ?? [], note: kept?.note ?? "" };
            for (const id of others) {
                const other = find(id);
                if (!other || !kept) continue;
                other.trashed = true;
                kept.tags = [...new Set([...kept.tags, ...other.tags])];
            }
            changed([keep, ...others]);
            return { trashed: others, ...before };
        },
        tell_apart: ({ ids, apart: are }: TellApart): { count: number } => {
            const key = groups.find((group) => ids.every((id) => group.includes(id)))?.join();
            if (key && are) apart.add(key);
            else if (key) apart.delete(key);
            changed(ids);
            return { count: ids.length };
        },
    };
}
