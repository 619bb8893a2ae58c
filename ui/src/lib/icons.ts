// Line icons on a 24 × 24 grid, drawn with a stroke.

export const ICONS = {
    library: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
    activity: "M3 12h4l3-8 4 16 3-8h4",
    trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
    settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
    search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
    plus: "M12 5v14M5 12h14",
    minus: "M5 12h14",
    folder: "M3 6h6l2 2h10v11H3z",
    image: "M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 5M15.5 9.5h.01",
    paste: "M8 5H5v16h14V5h-3M9 3h6v4H9z",
    back: "M15 5l-7 7 7 7",
    forward: "M9 5l7 7-7 7",
    down: "M6 9l6 6 6-6",
    copy: "M9 9h11v11H9zM15 9V4H4v11h5",
    refresh: "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
    open: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
    boxes: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 10h8M8 14h5",
    pause: "M8 5v14M16 5v14",
    play: "M7 5l12 7-12 7z",
    close: "M6 6l12 12M18 6L6 18",
    check: "M5 12l5 5 9-10",
    warning: "M12 4l9 16H3zM12 10v4M12 17h.01",
    info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01",
    clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
    restore: "M4 10h10a6 6 0 0 1 0 12h-3M8 6l-4 4 4 4",
    keyboard: "M2 6h20v12H2zM6 10h.01M10 10h.01M14 10h.01M18 10h.01M7 14h10",
    fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    more: "M5 12h.01M12 12h.01M19 12h.01",
} as const;

export type IconName = keyof typeof ICONS;
