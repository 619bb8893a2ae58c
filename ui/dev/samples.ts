// Sample pictures, drawn on a canvas, with the readings that belong to them.

import type { LineView, ReadingView } from "../src/lib/bindings";
import type { Quad } from "../src/lib/quad";

export interface Picture {
    url: string;
    name: string;
    reading: ReadingView;
}

interface Sheet {
    name: string;
    width: number;
    height: number;
    ground: string;
    ink: string;
    font: string;
    size: number;
    /** Slant of the whole text in degrees. */
    turn?: number;
    text: string;
}

const SHEETS: Sheet[] = [
    {
        name: "receipt-cafe.jpg",
        width: 620,
        height: 900,
        ground: "#fbfaf5",
        ink: "#222",
        font: "monospace",
        size: 26,
        text: "CAFÉ AM MARKT\nMarktplatz 4, Freiburg\n\n2 Cappuccino        7,80\n1 Käsekuchen        4,20\n1 Mineralwasser     2,90\n\nSumme EUR          14,90\nMwSt. 7 %           0,97\n\nVielen Dank für Ihren Besuch",
    },
    {
        name: "Screenshot 2026-03-02 at 10.14.png",
        width: 1280,
        height: 800,
        ground: "#1e2330",
        ink: "#cfd6e6",
        font: "monospace",
        size: 24,
        text: "$ cargo test --workspace\n   Compiling library v0.1.0\n   Compiling jobs v0.1.0\n    Finished test profile in 41.2 s\n\nrunning 128 tests\ntest queue::lease_is_handed_back ... ok\ntest search::accents_are_folded ... ok\ntest search::prefix_matches ... ok\n\ntest result: ok. 128 passed; 0 failed",
    },
    {
        name: "whiteboard planning.jpg",
        width: 1200,
        height: 800,
        ground: "#f2f4f1",
        ink: "#27408b",
        font: "cursive",
        size: 44,
        turn: -6,
        text: "Launch plan\n1. Ship the beta on Friday\n2. Collect feedback for two weeks\n3. Fix the search and the tray\n4. Write the release notes",
    },
    {
        name: "train ticket.png",
        width: 1000,
        height: 560,
        ground: "#e9f1f7",
        ink: "#0f2740",
        font: "sans-serif",
        size: 32,
        text: "Berlin Hbf  →  Wien Hbf\nMonday 14 September, 08:31\nCoach 7, seat 64, window\n\nTicket number 8814 2290 3357\nBooking code K7QX2M",
    },
    {
        name: "book page 112.jpg",
        width: 900,
        height: 1200,
        ground: "#f4ecd8",
        ink: "#3a2f1c",
        font: "serif",
        size: 29,
        turn: 1.2,
        text: "It was a bright cold day in spring, and the\nclocks of the town were striking ten. The\nharbour lay still; only the ferry moved,\ntrailing a thin white line behind it.\n\nShe had come early, as she always did, and\nsat down on the low wall with the letter in\nher hand. Nobody had opened it for thirty\nyears. The paper was dry and smelled of\ncedar and of dust.",
    },
    {
        name: "sign 営業時間.webp",
        width: 800,
        height: 600,
        ground: "#7a1f1f",
        ink: "#fff4e0",
        font: "sans-serif",
        size: 54,
        text: "営業時間\n午前10時から午後8時\n定休日 水曜日",
    },
    {
        name: "business card.png",
        width: 900,
        height: 520,
        ground: "#ffffff",
        ink: "#202020",
        font: "sans-serif",
        size: 34,
        text: "Marta Lindqvist\nStructural engineer\n\nmarta@lindqvist.example\n+46 8 555 0142\nStockholm",
    },
    {
        name: "chart.png",
        width: 1000,
        height: 640,
        ground: "#0f1c1a",
        ink: "#7fd6c2",
        font: "sans-serif",
        size: 30,
        text: "Images read per minute\n\nMonday 312\nTuesday 298\nWednesday 341\nThursday 377",
    },
];

const drawn = new Map<number, Picture>();

export function picture(id: number): Picture {
    const which = (id * 5) % SHEETS.length;
    let made = drawn.get(which);
    if (!made) {
        made = draw(SHEETS[which] as Sheet);
        drawn.set(which, made);
    }
    return made;
}

function draw(sheet: Sheet): Picture {
    const canvas = document.createElement("canvas");
    canvas.width = sheet.width;
    canvas.height = sheet.height;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser has no canvas");
    context.fillStyle = sheet.ground;
    context.fillRect(0, 0, sheet.width, sheet.height);
    context.fillStyle = sheet.ink;
    context.font = `${sheet.size}px ${sheet.font}`;
    context.textBaseline = "middle";
    const angle = ((sheet.turn ?? 0) * Math.PI) / 180;
    context.translate(sheet.width / 2, sheet.height / 2);
    context.rotate(angle);
    context.translate(-sheet.width / 2, -sheet.height / 2);
    const at = (x: number, y: number): [number, number] => {
        const [dx, dy] = [x - sheet.width / 2, y - sheet.height / 2];
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        return [sheet.width / 2 + dx * cos - dy * sin, sheet.height / 2 + dx * sin + dy * cos];
    };
    const quad = (x: number, y: number, width: number, height: number): LineView["quad"] =>
        [at(x, y), at(x + width, y), at(x + width, y + height), at(x, y + height)] satisfies Quad as LineView["quad"];

    const lines: LineView[] = [];
    const step = sheet.size * 1.9;
    sheet.text.split("\n").forEach((text, row) => {
        if (text === "") return;
        const [x, y] = [sheet.width * 0.08, sheet.height * 0.12 + row * step];
        context.fillText(text, x, y);
        const words = [...text.matchAll(/\S+/g)].map((match) => {
            const left = x + context.measureText(text.slice(0, match.index)).width;
            const width = context.measureText(match[0]).width;
            return { text: match[0], quad: quad(left, y - sheet.size * 0.65, width, sheet.size * 1.3) };
        });
        const first = text.length - text.trimStart().length;
        const left = x + context.measureText(text.slice(0, first)).width;
        const width = context.measureText(text.trim()).width;
        lines.push({
            text: text.trim().replace(/\s+/g, " "),
            quad: quad(left, y - sheet.size * 0.65, width, sheet.size * 1.3),
            confidence: 0.97,
            words,
        });
    });
    return {
        url: canvas.toDataURL("image/png"),
        name: sheet.name,
        reading: {
            engine: "ppocr (PP-OCRv6 small)",
            width: sheet.width,
            height: sheet.height,
            text: sheet.text.replace(/[^\S\n]+/g, " "),
            confidence: 0.968,
            lines,
        },
    };
}
