// The keyboard: what each key does, and when a key belongs to a text field instead.

import { VIEWS } from "./views";

/** As the digits lie on the keyboard. */
const BY_KEY = [..."1234567890"].flatMap((key) => VIEWS.filter((one) => one.key === key));

export const SHORTCUTS: { area: string; keys: [string, string][] }[] = [
    {
        area: "Everywhere",
        keys: [
            ["/ or Ctrl F", "Search"],
            ["? in an empty search", "What can be searched for"],
            ["Ctrl O", "Add files"],
            ["Ctrl V", "Paste an image or files"],
            ["Ctrl 1 to 9, 0", BY_KEY.map(({ label }) => label).join(", ")],
            ["Ctrl Z", "Undo what was moved to the trash, or kept of look-alikes and conflicts"],
            ["?", "This list"],
        ],
    },
    {
        area: "Library",
        keys: [
            ["Arrows", "Move"],
            ["Shift Arrows", "Choose several"],
            ["Space", "Choose or leave out"],
            ["Ctrl A", "Choose all"],
            ["Enter", "Open"],
            ["F", "Show or hide the filters"],
            ["Ctrl C", "Copy text"],
            ["Delete", "Move to the trash"],
            ["Escape", "Clear choice or search"],
        ],
    },
    {
        area: "Sources, cloud, schedules, reminders, new work",
        keys: [
            ["↑ ↓", "Step a time, a date or a number"],
            ["Enter", "Save or start"],
            ["Escape", "Close; asks when something was changed"],
        ],
    },
    {
        area: "Camera",
        keys: [
            ["Enter or Space", "Take the picture, then use it"],
            ["Escape", "Close; the camera goes off"],
        ],
    },
    {
        area: "Look-alikes",
        keys: [
            ["↑ ↓", "Group before, next group"],
            ["Space", "Compare, then flip"],
            ["S", "Compared: side by side, or one"],
            ["0, 1", "Compared: whole, 100 %"],
            ["← →", "Compared: the image before, the next one"],
            ["Enter", "Keep the best"],
            ["A", "Keep all"],
        ],
    },
    {
        area: "Conflicts",
        keys: [
            ["↑ ↓", "Image before, next image"],
            ["Space", "Compare, then flip"],
            ["Enter, 1", "Keep the version under the name"],
            ["2, 3 …", "Keep the version that was kept beside it"],
            ["A", "Keep all"],
            ["Escape", "Back to the storages"],
        ],
    },
    {
        area: "Image",
        keys: [
            ["← →", "Previous, next"],
            ["+ − or Ctrl wheel", "Zoom"],
            ["0, 1", "Fit, 100 %"],
            ["B", "Show the boxes around things; arrows move among them"],
            ["T", "Show the text boxes"],
            ["Ctrl A, Ctrl C", "Choose all text, copy"],
            ["Escape", "Back"],
        ],
    },
];

/** Whether keys go to a field that a person types in. */
export function isTyping(target: EventTarget | null): boolean {
    if (!(target instanceof HTMLElement)) return false;
    if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "range"].includes(target.type);
    return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

/** Ctrl, or Command on a Mac. */
export const command = (event: KeyboardEvent | MouseEvent): boolean => event.ctrlKey || event.metaKey;
