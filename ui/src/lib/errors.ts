// Whatever a call threw, as an error a person can act on.

import type { ErrorCode, WireError } from "./bindings";

const CODES: readonly ErrorCode[] = [
    "bad_request",
    "not_found",
    "model_missing",
    "bad_image",
    "file",
    "disk_full",
    "library_folder",
    "database",
    "worker",
    "capture",
    "nothing_to_paste",
    "network",
    "sign_in",
    "locked",
    "cancelled",
    "internal",
];

export function toWireError(thrown: unknown): WireError {
    if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
        const { code, message } = thrown;
        const hint = "hint" in thrown && typeof thrown.hint === "string" ? thrown.hint : null;
        const known = CODES.find((c) => c === code);
        if (known && typeof message === "string") return { code: known, message, hint };
    }
    const message = thrown instanceof Error ? thrown.message : typeof thrown === "string" ? thrown : "Unknown error";
    return { code: "internal", message, hint: null };
}
