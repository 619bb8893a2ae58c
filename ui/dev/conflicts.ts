// Images that several machines changed, made of the samples.

import type { ItemCard, SyncConflict, SyncConflicts, TellApart } from "../src/lib/bindings";
import type { duplicateBackend } from "./duplicates";
import type { Found } from "./finding";
import { picture } from "./samples";

const DAY = 86_400_000;
const MACHINES = ["fenja", "desk in the study", "laptop \u202Eredlof"];

const dayBefore = (days: number): string => new Date(Date.now() - days * DAY).toISOString().slice(0, 10);

export function conflictBackend(items: Found[], scene: string, card: (item: Found) => ItemCard) {
    const told = new Set<string>();
    const key = (ids: readonly number[]): string => [...ids].sort((a, b) => a - b).join(" ");
    /** The image under the name, and those that were kept beside it; one of them by two machines. */
    const groups = [3, 7, 10].flatMap((at, group): [number, ...number[]][] => {
        const named = items[at];
        if (!named || scene === "empty") return [];
        const its = items.filter(({ id }) => id !== named.id && picture(id).name === picture(named.id).name);
        return [[named.id, ...its.slice(0, group === 1 ? 2 : 1).map(({ id }) => id)]];
    });
    const find = (id: number): Found | undefined => items.find((item) => item.id === id && !item.trashed);
    return {
        conflicts: (): SyncConflicts => {
            if (scene === "broken")
                throw { code: "database", message: "The index cannot be read.", hint: "Rebuild it." };
            const all = groups.flatMap(([named, ...kept], group): SyncConflict[] =>
                kept.flatMap((id, i) => {
                    const [other, one] = [find(named), find(id)];
                    if (!other || !one || told.has(key([named, id]))) return [];
                    const device = MACHINES[(group + i) % MACHINES.length] ?? "";
                    const day = dayBefore(group * 3 + i);
                    const of = `2026/11/${other.name}`;
                    const name = other.name.replace(/(\.\w+)$/, ` (conflict, ${device}, ${day}, 1a2b3c4d)$1`);
                    const paths = { path: `2026/11/${name}`, other_path: of };
                    const sizes = { bytes: 1_204_118 + 911 * i, other_bytes: 1_198_400 };
                    const here = (group + i) % MACHINES.length === 1;
                    return [{ of, device, here, day, card: card(one), other: card(other), ...paths, ...sizes }];
                }),
            );
            return { conflicts: all };
        },
        /** Each of those with each other. */
        apart: ({ ids, apart }: TellApart): void => {
            for (const one of ids)
                for (const other of ids) {
                    if (one < other && apart) told.add(key([one, other]));
                    else if (one < other) told.delete(key([one, other]));
                }
        },
    };
}

/** Look-alikes and conflicts, which are settled by the same commands. */
export function settled(
    duplicates: ReturnType<typeof duplicateBackend>,
    { apart, conflicts }: ReturnType<typeof conflictBackend>,
) {
    return {
        ...duplicates,
        conflicts,
        tell_apart: (args: TellApart) => {
            apart(args);
            return duplicates.tell_apart(args);
        },
    };
}
