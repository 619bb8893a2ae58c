// One of the last times that something was done, as its history shows it.

export interface Outcome {
    id: number;
    /** When, in ms since the Unix epoch. */
    at: number;
    words: string;
    /** More to say of it, a line each. */
    more?: readonly string[];
    failed: boolean;
    /** How long it took, in ms; `null` until it ended. */
    took: number | null;
}

/** How long something took, in ms; `null` when it has not ended. */
export const took = (times: { started_at: number | null; finished_at: number | null }): number | null =>
    times.started_at !== null && times.finished_at !== null ? times.finished_at - times.started_at : null;
