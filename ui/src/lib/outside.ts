// Text that others wrote (names, titles, file names, what a failure says) among our own words.

/** Characters that turn the direction of what stands after them. No name needs them to be read. */
const TURNING = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
/** The same, and what is there without being seen: controls and what has no width. */
const UNSEEN = /[\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060\u2066-\u2069\uFEFF]/g;
const ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

/** The text without what could turn other text around; what is written from right to left still is. */
export const plain = (text: string): string => text.replace(TURNING, "");

/** The text within a sentence that is not markup, such as a message: its direction ends with it. */
export const quoted = (text: string): string => ISOLATE + plain(text) + POP_ISOLATE;

/** JSON with what turns text or is not seen written as its escape; controls below a space are so already. */
export const shown = (json: string): string =>
    json.replace(UNSEEN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
