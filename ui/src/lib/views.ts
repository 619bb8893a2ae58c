// The views that the side bar leads to, in its order; Ctrl and the digit of one lead there, too.

import type { IconName } from "./icons";
import type { PlainView } from "./route.svelte";

export interface View {
    view: PlainView;
    label: string;
    icon: IconName;
    /** Held with Ctrl. Fingers know the digits, so a view that comes later takes the next one, wherever it stands. */
    key: string;
}

export const VIEWS: readonly View[] = [
    { view: "library", label: "Library", icon: "library", key: "1" },
    { view: "duplicates", label: "Look-alikes", icon: "alike", key: "2" },
    { view: "places", label: "Places", icon: "place", key: "3" },
    { view: "activity", label: "Activity", icon: "activity", key: "4" },
    { view: "sources", label: "Sources", icon: "sources", key: "5" },
    { view: "cloud", label: "Cloud", icon: "cloud", key: "0" },
    { view: "schedules", label: "Schedules", icon: "calendar", key: "6" },
    { view: "reminders", label: "Reminders", icon: "bell", key: "7" },
    { view: "trash", label: "Trash", icon: "trash", key: "8" },
    { view: "settings", label: "Settings", icon: "settings", key: "9" },
];

/** Where a digit leads, if anywhere. */
export const viewOfKey = (key: string): PlainView | null => VIEWS.find((one) => one.key === key)?.view ?? null;
