// Finding a time zone by what a person types.

const plain = (text: string): string =>
    text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[_/-]/g, " ").toLowerCase();

/** The zones that have every typed word, those where the city begins with it first, at most `most` of them. */
export function findZones(zones: readonly string[], typed: string, most: number): string[] {
    const words = plain(typed).split(" ").filter(Boolean);
    if (words.length === 0) return zones.slice(0, most);
    const first = words[0] ?? "";
    const rank = (name: string): number => {
        const city = plain(name.slice(name.lastIndexOf("/") + 1));
        return city.startsWith(first) ? 0 : plain(name).startsWith(first) ? 1 : 2;
    };
    return zones
        .filter((zone) => words.every((word) => plain(zone).includes(word)))
        .map((zone, i) => ({ zone, i, rank: rank(zone) }))
        .sort((a, b) => a.rank - b.rank || a.i - b.i)
        .slice(0, most)
        .map(({ zone }) => zone);
}

/** A zone for the eye: "America/New York". */
export const zoneWords = (zone: string): string => zone.replaceAll("_", " ");

/** The draft by the clock of this computer if its zone is not known, which nothing can be shown in; no zones at all are
 * zones that have not been asked for. */
export const inKnownZone = <Draft extends { zone: string }>(
    draft: Draft,
    zones: readonly string[],
    system: string,
): Draft => (zones.length === 0 || zones.includes(draft.zone) ? draft : { ...draft, zone: system });

/** Says whose clock a rule goes by; `null` when it is this computer's, which is what a person expects. */
export const elsewhere = (zone: string, system: string): string | null =>
    zone === system ? null : `Times in ${zoneWords(zone)}`;
