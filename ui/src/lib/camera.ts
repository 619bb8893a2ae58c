// Cameras in words, and a picture as the service takes it.

import type { WireError } from "./bindings";

const TROUBLE: Record<string, { message: string; hint: string }> = {
    NotAllowedError: {
        message: "Legible is not allowed to use the camera.",
        hint: "Allow it in the privacy settings of your system, then try again.",
    },
    NotFoundError: {
        message: "No camera was found.",
        hint: "Plug one in or switch it on, then try again. A picture that you have already can be chosen instead.",
    },
    NotReadableError: {
        message: "The camera cannot be opened.",
        hint: "Another program may be using it. Close that program, then try again.",
    },
    OverconstrainedError: {
        message: "This camera is gone.",
        hint: "Plug it in again or choose another one, then try again.",
    },
    AbortError: {
        message: "The camera stopped before it gave a picture.",
        hint: "Try again. If that does not help, unplug it and plug it in again.",
    },
};

/** Other names that systems and older web views have for the same. */
const SAME: Record<string, string> = {
    SecurityError: "NotAllowedError",
    PermissionDeniedError: "NotAllowedError",
    DevicesNotFoundError: "NotFoundError",
    TrackStartError: "NotReadableError",
    ConstraintNotSatisfiedError: "OverconstrainedError",
};

/** For web views that know no cameras at all. */
export const NO_CAMERAS: WireError = {
    code: "internal",
    message: "Cameras cannot be reached from this window.",
    hint: "Take the picture with another program, then choose it here, paste it or drop it on the window.",
};

/** Why there is no picture, by the name of the `DOMException` that was thrown, and what to do. `id` is the camera that
 * was asked for by name. */
export function cameraTrouble(thrown: unknown, id: string | null): WireError {
    const thrownName = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : "";
    const name = SAME[thrownName] ?? thrownName;
    // Where there is no camera at all, WebKitGTK says that none fits what was wished for.
    const known = TROUBLE[name === "OverconstrainedError" && id === null ? "NotFoundError" : name];
    if (known) return { code: "internal", ...known };
    const detail = thrown instanceof Error && thrown.message !== "" ? ` It says: ${thrown.message}` : "";
    return { code: "internal", message: `The camera does not work.${detail}`, hint: "Try again, or choose a picture." };
}

export interface CameraChoice {
    id: string;
    label: string;
}

/** The cameras among devices. Systems that hide their names number them. */
export function camerasOf(devices: readonly Pick<MediaDeviceInfo, "kind" | "deviceId" | "label">[]): CameraChoice[] {
    return devices
        .filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "")
        .map(({ deviceId, label }, i) => ({ id: deviceId, label: label || `Camera ${i + 1}` }));
}

/** More than any camera has: it gives its finest picture. */
const FINEST = 4096;

/** What is asked of the system: a named camera, or else the one that looks away from the person. */
export const wanted = (id: string | null): MediaStreamConstraints => ({
    audio: false,
    video: {
        width: { ideal: FINEST },
        ...(id === null ? { facingMode: { ideal: "environment" } } : { deviceId: { exact: id } }),
    },
});

const PER_CALL = 0x8000;

/** Bytes in Base64 (RFC 4648), in pieces that a call can take as arguments. */
export function base64(bytes: Uint8Array): string {
    let binary = "";
    for (let i = 0; i < bytes.length; i += PER_CALL) binary += String.fromCharCode(...bytes.subarray(i, i + PER_CALL));
    return btoa(binary);
}
