// The views that the side bar leads to, in its order; Ctrl and the place of one in that order lead there, too.

import type { IconName } from "./icons";
import type { PlainView } from "./route.svelte";

export interface View {
    view: PlainView;
    label: string;
    icon: IconName;
}

export const VIEWS: readonly View[] = [
    { view: "library", label: "Library", icon: "library" },
    { view: "duplicates", label: "Look-alikes", icon: "alike" },
    { view: "places", label: "Places", icon: "place" },
    { view: "activity", label: "Activity", icon: "activity" },
    { view: "sources", label: "Sources", icon: "sources" },
    { view: "schedules", label: "Schedules", icon: "calendar" },
    { view: "reminders", label: "Reminders", icon: "bell" },
    { view: "trash", label: "Trash", icon: "trash" },
    { view: "settings", label: "Settings", icon: "settings" },
];

/** Where a digit leads, if anywhere. */
export const viewOfKey = (key: string): PlainView | null =>
    /^[1-9]$/.test(key) ? (VIEWS[Number(key) - 1]?.view ?? null) : null;

/** The key of a view, held with Ctrl. */
export const keyOfView = (view: PlainView): string => String(VIEWS.findIndex((one) => one.view === view) + 1);
