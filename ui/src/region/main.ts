// The overlay over one display: shows what was on it, lets a person drag over that, and says what was chosen.

import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import type { RegionChoice } from "../lib/bindings";
import { box, pixel, size, type Point } from "./drag";

const picture = element<HTMLImageElement>("frozen");
const region = element("region");
const label = element("size");

/** Where the drag began; `null` while there is none. */
let from: Point | null = null;
let held = false;

const choose = (choice: RegionChoice): Promise<void> => invoke("choose_region", { choice });
const place = (event: PointerEvent): Point => [event.clientX, event.clientY];
const overlay = (): Point => [window.innerWidth, window.innerHeight];
const pixels = (): Point => [picture.naturalWidth, picture.naturalHeight];

function draw(to: Point): void {
    if (!from || !held) return;
    const [width, height] = overlay();
    const drawn = box(from, to, width, height);
    region.hidden = false;
    region.style.left = `${drawn.left}px`;
    region.style.top = `${drawn.top}px`;
    region.style.width = `${drawn.width}px`;
    region.style.height = `${drawn.height}px`;
    label.textContent = size(drawn, overlay(), pixels());
    const room = label.getBoundingClientRect();
    label.classList.toggle("above", drawn.top + drawn.height + room.height + 12 > height);
    label.classList.toggle("rightwards", drawn.left + drawn.width < room.width);
}

function stop(): void {
    from = null;
    held = false;
    region.hidden = true;
}

window.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return void choose({ type: "cancel" });
    from = place(event);
    held = true;
    // So that it goes on beyond the edge of this display.
    document.documentElement.setPointerCapture(event.pointerId);
    element("help").hidden = true;
});

window.addEventListener("pointermove", (event) => draw(place(event)));

window.addEventListener("pointerup", (event) => {
    if (!from || !held) return;
    held = false;
    const ended = from;
    const drag = { from: pixel(from, overlay(), pixels()), to: pixel(place(event), overlay(), pixels()) };
    // A click, or a hand that shook: the choice goes on, perhaps with the next drag already.
    choose({ type: "drag", ...drag }).catch(() => {
        if (from === ended) stop();
    });
});

window.addEventListener("pointercancel", stop);
window.addEventListener("contextmenu", (event) => event.preventDefault());
window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") void choose({ type: "cancel" });
    else if (event.key === "Enter") void choose({ type: "whole" });
});

picture.src = convertFileSrc(`frozen/${location.hash.slice(1)}`, "legible");
picture.decode().then(
    () => choose({ type: "ready" }),
    () => choose({ type: "cancel" }),
);

function element<E extends HTMLElement = HTMLElement>(id: string): E {
    return document.getElementById(id) as E;
}
