// The camera while its dialog is open: on, a still picture, or why there is none. Whoever opens it closes it.

import type { WireError } from "./bindings";
import { camerasOf, cameraTrouble, NO_CAMERAS, wanted, type CameraChoice } from "./camera";

export class Camera {
    /** What it sees now; `null` while it is off. */
    stream = $state.raw<MediaStream | null>(null);
    cameras = $state.raw<CameraChoice[]>([]);
    /** The camera that is on. */
    chosen = $state<string | null>(null);
    trouble = $state.raw<WireError | null>(null);
    #devices: MediaDevices | undefined;
    #asked = 0;

    constructor(devices: MediaDevices | undefined) {
        this.#devices = devices;
    }

    /** Switches a camera on, in place of the one that is; `null` for the one that the system prefers. */
    async open(id: string | null): Promise<void> {
        this.close();
        const asked = this.#asked;
        this.trouble = null;
        if (!this.#devices?.getUserMedia) {
            this.trouble = NO_CAMERAS;
            return;
        }
        try {
            const stream = await this.#devices.getUserMedia(wanted(id));
            // Closed, or another one chosen, while a person was asked for leave.
            if (asked !== this.#asked) return stop(stream);
            this.#show(stream);
            // Names are told only once a camera is on.
            const cameras = camerasOf(await this.#devices.enumerateDevices());
            if (asked === this.#asked) this.cameras = cameras;
        } catch (thrown) {
            if (asked !== this.#asked) return;
            this.close();
            this.trouble = cameraTrouble(thrown, id);
        }
    }

    #show(stream: MediaStream): void {
        const track = stream.getVideoTracks()[0];
        this.stream = stream;
        this.chosen = track?.getSettings().deviceId ?? null;
        track?.addEventListener("ended", () => {
            if (this.stream !== stream) return;
            this.close();
            this.trouble = cameraTrouble(new DOMException("", "AbortError"), this.chosen);
        });
    }

    /** Switches it off. */
    close(): void {
        this.#asked++;
        if (this.stream) stop(this.stream);
        this.stream = null;
    }
}

const stop = (stream: MediaStream): void => stream.getTracks().forEach((track) => track.stop());

class CameraDialog {
    /** Whether it is open. */
    shown = $state(false);
}

/** The dialog, which is opened from several places. */
export const cameraDialog = new CameraDialog();
