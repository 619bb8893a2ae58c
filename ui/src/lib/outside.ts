// Text that others wrote (names, titles, file names, what a failure says) among our own words.

/** Characters that turn the direction of what stands after them. No name needs them to be read. */
const TURNING = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
const ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

/** The text without what could turn other text around; what is written from right to left still is. */
export const plain = (text: string): string => text.replace(TURNING, "");

/** The text within a sentence that is not markup, such as a message: its direction ends with it. */
export const quoted = (text: string): string => ISOLATE + plain(text) + POP_ISOLATE;
