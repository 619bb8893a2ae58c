// Turns a burst of calls into few: at most one run per `every` milliseconds and never two at once.

/** Re-asking the service more often than this shows nothing new to a person. */
export const REFRESH_EVERY_MS = 250;

export function coalesce(run: () => unknown, every: number = REFRESH_EVERY_MS): () => void {
    let wanted = false;
    let busy = false;
    let last = -Infinity;

    const fire = async (): Promise<void> => {
        wanted = false;
        last = Date.now();
        try {
            await run();
        } finally {
            busy = false;
            if (wanted) schedule();
        }
    };
    const schedule = (): void => {
        busy = true;
        // A timer and not an animation frame: frames stand still while the window is hidden.
        setTimeout(() => void fire(), Math.max(0, last + every - Date.now()));
    };
    return () => {
        wanted = true;
        if (!busy) schedule();
    };
}
