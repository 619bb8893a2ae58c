// What the service says of itself as it goes, and what is to be asked anew because of it.

import { emit } from "@tauri-apps/api/event";
import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BLANK_JOB, BLANK_PROGRESS, BLANK_STATUS } from "../../dev/blank";
import type { Event } from "./bindings";
import { live } from "./live.svelte";
import type { Stale } from "./stale";

const tell = (event: Event): Promise<void> => emit("service", event);

describe("live", () => {
    afterEach(clearMocks);

    it("knows how far a storage is, and has the storages asked for when its job has ended", async () => {
        mockIPC(
            (_, payload) => {
                const { name } = payload as { name: string };
                return name === "groups" ? { groups: [] } : name === "status" ? BLANK_STATUS : {};
            },
            { shouldMockEvents: true },
        );
        await live.start(() => undefined);
        const told: Stale[] = [];
        const stop = live.subscribe(async (stale) => void told.push(stale));
        const progress = { ...BLANK_PROGRESS, storage: 4, files: 9, files_done: 2 };
        await tell({ type: "storage_progress", progress });
        await tell({ type: "storage_progress", progress: { ...progress, files_done: 3 } });
        expect(live.byStorage.get(4)?.files_done).toBe(3);
        await tell({ type: "job_changed", job: { ...BLANK_JOB, kind: "sync", state: "cancelled" } });
        await vi.waitFor(() => expect(told).toHaveLength(1));
        expect(told[0]?.storages).toBe(true);
        stop();
    });
});
