// Short messages at the edge of the window, and the way every command's failure becomes one.

import type { WireError } from "./bindings";
import { toWireError } from "./errors";

export interface Toast {
    id: number;
    tone: "plain" | "error";
    message: string;
    hint: string | null;
    action: { label: string; run: () => void } | null;
}

const PLAIN_MS = 6_000;
const ERROR_MS = 12_000;
/** More would cover the window; the oldest goes. */
const MOST = 4;

class Toasts {
    list = $state.raw<Toast[]>([]);
    #next = 1;
    #timers = new Map<number, ReturnType<typeof setTimeout>>();

    /** Returns its number, by which it can be dismissed when it says something outdated. */
    show(message: string, action: Toast["action"] = null): number {
        const id = this.#next++;
        this.#add({ id, tone: "plain", message, hint: null, action });
        return id;
    }

    error(error: WireError, action: Toast["action"] = null): void {
        this.#add({ id: this.#next++, tone: "error", message: error.message, hint: error.hint, action });
    }

    dismiss(id: number): void {
        this.hold(id);
        this.list = this.list.filter((toast) => toast.id !== id);
    }

    /** Keeps a toast while the pointer or the focus is on it. */
    hold(id: number): void {
        clearTimeout(this.#timers.get(id));
        this.#timers.delete(id);
    }

    release(toast: Toast): void {
        this.hold(toast.id);
        const time = toast.tone === "error" ? ERROR_MS : PLAIN_MS;
        this.#timers.set(
            toast.id,
            setTimeout(() => this.dismiss(toast.id), time),
        );
    }

    #add(toast: Toast): void {
        const same = this.list.filter((t) => t.message !== toast.message || t.tone !== toast.tone);
        const kept = same.slice(Math.max(0, same.length - MOST + 1));
        for (const old of this.list) if (!kept.includes(old)) this.hold(old.id);
        this.list = [...kept, toast];
        this.release(toast);
    }
}

export const toasts = new Toasts();

/** The result of a command, or `undefined` after its error was shown. */
export async function attempt<T>(work: Promise<T>): Promise<T | undefined> {
    try {
        return await work;
    } catch (thrown) {
        const error = toWireError(thrown);
        if (error.code !== "cancelled") toasts.error(error);
        return undefined;
    }
}
