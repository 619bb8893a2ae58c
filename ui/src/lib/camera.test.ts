// The camera: errors in words, its devices, and that it goes off however it was opened. Shortcuts that are pressed.

import { describe, expect, it, vi } from "vitest";
import { base64, camerasOf, cameraTrouble, wanted } from "./camera";
import { Camera } from "./camera.svelte";
import { chordOf } from "./chord";

describe("cameraTrouble", () => {
    it.each<[unknown, RegExp, RegExp]>([
        [new DOMException("", "NotAllowedError"), /not allowed/, /Allow it/],
        [new DOMException("", "SecurityError"), /not allowed/, /Allow it/],
        [new DOMException("", "NotFoundError"), /No camera/, /Plug one in/],
        [new DOMException("", "DevicesNotFoundError"), /No camera/, /Plug one in/],
        [new DOMException("", "NotReadableError"), /cannot be opened/, /Another program/],
        [new DOMException("", "OverconstrainedError"), /is gone/, /another one/],
        [new DOMException("", "AbortError"), /stopped/, /Try again/],
        [new Error("tube blown"), /does not work\. It says: tube blown/, /Try again/],
        ["what", /does not work\.$/, /Try again/],
    ])("%s", (thrown, message, hint) => {
        const trouble = cameraTrouble(thrown, "a");
        expect(trouble.message).toMatch(message);
        expect(trouble.hint).toMatch(hint);
    });
    it("says that there is none when any would have done", () => {
        expect(cameraTrouble(new DOMException("", "OverconstrainedError"), null).message).toMatch(/No camera/);
    });
});

describe("cameras", () => {
    it("are named, or numbered where names are hidden", () => {
        const device = (kind: MediaDeviceKind, deviceId: string, label: string) => ({ kind, deviceId, label });
        const devices = [
            device("audioinput", "m", "Microphone"),
            device("videoinput", "a", "Front"),
            device("videoinput", "b", ""),
            device("videoinput", "", ""),
        ];
        expect(camerasOf(devices)).toEqual([
            { id: "a", label: "Front" },
            { id: "b", label: "Camera 2" },
        ]);
    });
    it("are asked for by what is known of them, never with sound", () => {
        expect(wanted(null)).toMatchObject({ audio: false, video: { facingMode: { ideal: "environment" } } });
        expect(wanted("a")).toMatchObject({ audio: false, video: { deviceId: { exact: "a" } } });
    });
});

describe("base64", () => {
    it.each<[number[], string]>([
        [[], ""],
        [[0], "AA=="],
        [[255, 216, 255], "/9j/"],
    ])("%j", (bytes, expected) => expect(base64(new Uint8Array(bytes))).toBe(expected));
    it("takes more than a call has room for", () => {
        const bytes = new Uint8Array(200_001).map((_, i) => i % 251);
        const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
        expect(base64(bytes) === btoa(binary)).toBe(true);
    });
});

describe("Camera", () => {
    class Track extends EventTarget {
        stopped = false;
        getSettings = () => ({ deviceId: "a" });
        stop = (): void => void (this.stopped = true);
    }
    /** A camera, and what is asked of it; `answer` lets the person give leave. */
    function setUp(getUserMedia?: () => Promise<MediaStream>) {
        const track = new Track();
        const stream = { getTracks: () => [track], getVideoTracks: () => [track] } as unknown as MediaStream;
        let answer: () => void = () => undefined;
        const leave = new Promise<MediaStream>((resolve) => (answer = () => resolve(stream)));
        const devices = {
            getUserMedia: vi.fn(getUserMedia ?? (() => leave)),
            enumerateDevices: async () => [{ kind: "videoinput", deviceId: "a", label: "Front" }],
        };
        return { track, stream, answer, devices, camera: new Camera(devices as unknown as MediaDevices) };
    }

    it("shows what it sees and goes off when it is closed", async () => {
        const { camera, track, stream, answer } = setUp();
        answer();
        await camera.open(null);
        expect([camera.stream, camera.chosen]).toEqual([stream, "a"]);
        expect(camera.cameras).toEqual([{ id: "a", label: "Front" }]);
        camera.close();
        expect([camera.stream, track.stopped]).toEqual([null, true]);
    });
    it("goes off when leave comes after it was closed", async () => {
        const { camera, track, answer } = setUp();
        const opening = camera.open(null);
        camera.close();
        answer();
        await opening;
        expect([camera.stream, track.stopped]).toEqual([null, true]);
    });
    it("says why there is none", async () => {
        const { camera } = setUp(() => Promise.reject(new DOMException("", "NotAllowedError")));
        await camera.open(null);
        expect(camera.trouble?.message).toMatch(/not allowed/);
        expect(camera.stream).toBeNull();
    });
    it("says so when it is pulled out", async () => {
        const { camera, track, answer } = setUp();
        answer();
        await camera.open(null);
        track.dispatchEvent(new Event("ended"));
        expect(camera.stream).toBeNull();
        expect(camera.trouble?.message).toMatch(/stopped/);
    });
    it("says what to do where there are no cameras to ask for", async () => {
        const camera = new Camera(undefined);
        await camera.open(null);
        expect(camera.trouble?.hint).toMatch(/choose it here/);
    });
});

describe("chordOf", () => {
    const pressed = (code: string, held = ""): Parameters<typeof chordOf>[0] => ({
        code,
        ctrlKey: held.includes("c"),
        altKey: held.includes("a"),
        shiftKey: held.includes("s"),
        metaKey: held.includes("m"),
    });
    it.each<[string, string, string | null]>([
        ["KeyT", "cs", "Ctrl+Shift+T"],
        ["Digit1", "casm", "Ctrl+Alt+Shift+Super+1"],
        ["PrintScreen", "", "PrintScreen"],
        ["F9", "s", "Shift+F9"],
        ["Space", "m", "Super+Space"],
        ["KeyT", "", null],
        ["KeyT", "s", null],
        ["Home", "", null],
        ["ControlLeft", "c", null],
        ["ShiftLeft", "cs", null],
        ["Slash", "c", null],
    ])("%s with %j", (code, held, expected) => expect(chordOf(pressed(code, held))).toBe(expected));
});
