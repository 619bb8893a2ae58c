// What one can act on in a text, in words, and the reminder that a day can become.

import type { ItemCard, ReminderDraft, TextFact, TextFactKind } from "./bindings";
import type { IconName } from "./icons";
import { plain } from "./outside";
import { freshReminder, morningOf } from "./reminder";

interface Kind {
    /** What it is. */
    name: string;
    icon: IconName;
    /** What shows other images with the same. */
    others: string;
}

export const FACTS: Record<TextFactKind, Kind> = {
    date: { name: "Date", icon: "calendar", others: "Images with this date" },
    amount: { name: "Amount", icon: "coins", others: "Images with this amount" },
    email: { name: "E-mail address", icon: "mail", others: "Images with this address" },
    link: { name: "Web address", icon: "link", others: "Images with this address" },
    phone: { name: "Phone number", icon: "phone", others: "Images with this number" },
    iban: { name: "IBAN", icon: "bank", others: "Images with this number" },
};

const GROUP = 4;

/** A day, `YYYY-MM-DD`, in the words of this computer. */
const dayWords = (day: string): string =>
    new Date(`${day}T12:00`).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });

/** A fact as it is shown: a day in the words of this computer, an account number in groups of four, the rest as it stands there. */
export function shownFact({ kind, text, value }: TextFact): string {
    switch (kind) {
        case "date":
            return dayWords(value);
        case "iban":
            return value.match(new RegExp(`.{1,${GROUP}}`, "g"))?.join(" ") ?? value;
        default:
            return plain(text);
    }
}

/** What reminds of a day that is still to come, in the morning of it; `null` for all else. */
export function reminderOf(
    { kind, value, text }: TextFact,
    { id, name }: Pick<ItemCard, "id" | "name">,
    now: number,
    zone: string,
): ReminderDraft | null {
    if (kind !== "date") return null;
    const at = morningOf(value, zone);
    if (at <= now) return null;
    return { ...freshReminder(now, zone, id), title: name, note: text, rule: { type: "once", at } };
}
