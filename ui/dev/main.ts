// The window without its desktop, for looking at it in a browser while developing; never part of the build.
// Choose a scene with ?scene=full|empty|busy|broken.

import { mockIPC } from "@tauri-apps/api/mocks";
import { emit } from "@tauri-apps/api/event";
import type { Event, HostEvent } from "../src/lib/bindings";
import { fakeBackend } from "./fake";
import { picture } from "./samples";

const backend = fakeBackend(
    new URLSearchParams(location.search).get("scene") ?? "full",
    (event: Event) => void emit("service", event),
);

mockIPC(
    async (_, payload) => {
        const { name, args } = payload as { name: string; args: unknown };
        // Some delay, as a real call has, so that stale answers and blank cards can be seen.
        await new Promise((resolve) => setTimeout(resolve, 15));
        return backend(name, args);
    },
    { shouldMockEvents: true },
);

const internals = (window as unknown as { __TAURI_INTERNALS__: { convertFileSrc: (path: string) => string } })
    .__TAURI_INTERNALS__;
internals.convertFileSrc = (path) => picture(Number(path.split("/")[1])).url;

Object.assign(window, {
    host: (event: HostEvent) => void emit("host", event),
    service: (event: Event) => void emit("service", event),
});

await import("../src/main");
