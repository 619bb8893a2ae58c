// Addresses that people type.

/** Whether it is a whole address of the web: `http` or `https` and a host, without spaces. */
export function isWebAddress(text: string): boolean {
    const typed = text.trim();
    if (/\s/.test(typed) || !/^https?:\/\//i.test(typed)) return false;
    try {
        return new URL(typed).hostname !== "";
    } catch {
        return false;
    }
}
