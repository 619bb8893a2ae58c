// Keys that are pressed together, as a person sets a shortcut: "Ctrl+Shift+T".

type Pressed = Pick<KeyboardEvent, "code" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey">;

/** Keys by what they are called in a shortcut; by their place, so that Shift does not turn a 1 into a !. */
const NAMED = /^(?:Key([A-Z])|Digit(\d)|(F\d{1,2}|PrintScreen|Space|Insert|Home|End|PageUp|PageDown))$/;

/** The shortcut that was pressed; `null` while only its first keys are, and for what every program needs for itself. */
export function chordOf({ code, ctrlKey, altKey, shiftKey, metaKey }: Pressed): string | null {
    const found = NAMED.exec(code);
    const key = found?.[1] ?? found?.[2] ?? found?.[3];
    const alone = /^(F\d{1,2}|PrintScreen)$/.test(key ?? "");
    if (key === undefined || !(ctrlKey || altKey || metaKey || alone)) return null;
    const held = [ctrlKey && "Ctrl", altKey && "Alt", shiftKey && "Shift", metaKey && "Super"];
    return [...held, key].filter((one) => one !== false).join("+");
}
