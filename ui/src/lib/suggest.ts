// What could be meant by a filter that is being typed, such as `colour:bl`.

import type { Facet, FacetGroup } from "./bindings";
import { parts, without, type Part } from "./search-text";

/** More than these are no help. */
const MOST = 8;

/** The filter that is typed just now: the one in which, or behind which, the caret stands. */
export function typedFilter(search: string, caret: number): Part | null {
    const part = parts(search).find(({ start, end }) => start < caret && caret <= end);
    if (!part || part.field === null) return null;
    const colon = search.indexOf(":", part.start);
    return caret > colon ? part : null;
}

/** The search whose choices are to be offered: all of it but the filter that is being typed. */
export const askedFor = (search: string, typed: Part): string => without(search, typed);

/** The choices for a filter, those that begin with what was typed first. None where it is complete. */
export function suggestions(typed: Part, groups: readonly FacetGroup[]): Facet[] {
    const wanted = typed.value.toLowerCase();
    const fits = groups
        .flatMap(({ choices }) => choices)
        .flatMap((choice) => {
            const [part] = parts(choice.filter);
            const value = part?.value.toLowerCase() ?? "";
            const name = choice.name.toLowerCase();
            if (part?.field !== typed.field || !(value.includes(wanted) || name.includes(wanted))) return [];
            return [{ choice, value, first: value.startsWith(wanted) || name.startsWith(wanted) }];
        });
    if (fits.length === 1 && fits[0]?.value === wanted) return [];
    return [...fits.filter(({ first }) => first), ...fits.filter(({ first }) => !first)]
        .slice(0, MOST)
        .map(({ choice }) => choice);
}

/** The search with a choice in place of what was typed, and where the caret stands then. */
export function completed(search: string, typed: Part, filter: string): { search: string; caret: number } {
    const text = (typed.excluded ? "-" : "") + filter;
    const after = search.slice(typed.end);
    const gap = after === "" || !/^\s/.test(after) ? " " : "";
    const before = search.slice(0, typed.start) + text + gap;
    return { search: before + after, caret: before.length + (gap === "" ? 1 : 0) };
}
