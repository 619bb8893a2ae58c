// Sample pictures, drawn on a canvas, with what was read and recognised in them.

import type { CodeView, ColourView, LineView, ReadingView, RecognitionView, TakenAt } from "../src/lib/bindings";
import type { Quad } from "../src/lib/quad";
import { facesOf, labelsOf, objectsOf, PHOTOS, type Photo } from "./photos";

export interface Picture {
    url: string;
    name: string;
    reading: ReadingView;
    recognition: RecognitionView;
    /** Local time, as EXIF gives it. */
    taken: string | null;
    place: TakenAt | null;
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
    kind: string;
    /** A matrix code that says this: in the right bottom corner, or in the middle where there is no text. */
    code?: Omit<CodeView, "quad">;
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
        text: "CAFÉ AM MARKT\nMarktplatz 4, Freiburg\n\n2 Cappuccino        7,80\n1 Käsekuchen        4,20\n1 Mineralwasser     2,90\n\nSumme EUR          14,90\nMwSt. 7 %           0,97\n2026-12-03  post@cafe.example\n\nVielen Dank für Ihren Besuch",
        kind: "receipt",
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
        kind: "screenshot",
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
        kind: "handwriting",
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
        kind: "document",
        code: {
            printed: "Aztec code",
            what: "Web address",
            text: "https://tickets.example/8814-2290-3357",
            facts: [{ name: "Address", value: "https://tickets.example/8814-2290-3357" }],
        },
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
        kind: "document",
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
        kind: "photo",
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
        kind: "document",
        code: {
            printed: "QR code",
            what: "Contact",
            text: "MECARD:N:Lindqvist,Marta;TEL:+4685550142;;",
            facts: [
                { name: "Name", value: "Marta Lindqvist" },
                { name: "Phone", value: "+46 8 555 0142" },
            ],
        },
    },
    {
        name: "guest wifi.png",
        width: 560,
        height: 760,
        ground: "#ffffff",
        ink: "#202020",
        font: "sans-serif",
        size: 34,
        text: "",
        kind: "document",
        code: {
            printed: "QR code",
            what: "Wi-Fi network",
            text: "WIFI:T:WPA;S:Lindqvist guests;P:smultron;;",
            facts: [
                { name: "Name", value: "Lindqvist guests" },
                { name: "Password", value: "smultron" },
                { name: "Protection", value: "WPA" },
            ],
        },
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
        kind: "chart",
    },
];

const drawn = new Map<number, Picture>();

export function picture(id: number): Picture {
    const which = (id * 5) % (SHEETS.length + PHOTOS.length);
    let made = drawn.get(which);
    if (!made) {
        const sheet = SHEETS[which];
        made = sheet ? draw(sheet) : develop(PHOTOS[which - SHEETS.length] as Photo);
        drawn.set(which, made);
    }
    return made;
}

function blank(width: number, height: number): CanvasRenderingContext2D {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser has no canvas");
    return context;
}

const MADE_BY = ["Kind: legible-kind 1", "Codes: rxing 0.8", "Colours and look: legible 1"];

function develop(photo: Photo): Picture {
    const { name, width, height } = photo;
    const pen = blank(width, height);
    photo.paint(pen);
    return {
        url: pen.canvas.toDataURL("image/jpeg"),
        name,
        taken: photo.taken,
        place: photo.place,
        reading: { engine: "ppocr (PP-OCRv6 small)", width, height, text: "", confidence: null, lines: [] },
        recognition: {
            kind: "photo",
            codes: [],
            colours: photo.colours.map(([name, css, share]) => ({ name, css, share })),
            labels: labelsOf(photo),
            objects: objectsOf(photo),
            faces: facesOf(photo),
            made_by: [
                ...MADE_BY,
                "Shows: mobilenet-v2 (069c62686154)",
                "Things: yolox-nano (695e750a5d57)",
                "Faces: yunet-2023mar (8f2383e4dd3c)",
            ],
        },
    };
}

/** Something like a matrix code. */
function stamp(context: CanvasRenderingContext2D, [x, y]: [number, number], side: number): Quad {
    const cells = 21;
    context.fillStyle = "#fff";
    context.fillRect(x - side * 0.08, y - side * 0.08, side * 1.16, side * 1.16);
    context.fillStyle = "#111";
    for (let i = 0; i < cells * cells; i++) {
        if ((i * i * 7 + i * 13) % 5 < 2)
            context.fillRect(
                x + ((i % cells) * side) / cells,
                y + (Math.floor(i / cells) * side) / cells,
                side / cells + 0.5,
                side / cells + 0.5,
            );
    }
    return [
        [x, y],
        [x + side, y],
        [x + side, y + side],
        [x, y + side],
    ];
}

const INKS: Record<string, string> = {
    "#fbfaf5": "white",
    "#1e2330": "black",
    "#f2f4f1": "white",
    "#e9f1f7": "white",
    "#f4ecd8": "yellow",
    "#7a1f1f": "red",
    "#ffffff": "white",
    "#0f1c1a": "black",
    "#27408b": "blue",
    "#7fd6c2": "cyan",
};

function draw(sheet: Sheet): Picture {
    const context = blank(sheet.width, sheet.height);
    const canvas = context.canvas;
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
    context.resetTransform();
    const alone = lines.length === 0;
    const side = alone ? sheet.width * 0.7 : sheet.height * 0.36;
    const corner: [number, number] = alone
        ? [(sheet.width - side) / 2, (sheet.height - side) / 2]
        : [sheet.width * 0.92 - side, sheet.height * 0.9 - side];
    const codes = sheet.code
        ? [
              {
                  ...sheet.code,
                  quad: stamp(context, corner, side) as LineView["quad"],
              },
          ]
        : [];
    const colours: ColourView[] = [
        { name: INKS[sheet.ground] ?? "grey", css: sheet.ground, share: 0.86 },
        { name: INKS[sheet.ink] ?? "grey", css: sheet.ink, share: 0.11 },
    ];
    const photo = sheet.kind === "photo" || sheet.kind === "receipt";
    return {
        url: canvas.toDataURL("image/png"),
        name: sheet.name,
        taken: photo ? "2026-03-02T10:14:09" : null,
        place: photo ? { latitude: 48.1391, longitude: 11.5802 } : null,
        recognition: { kind: sheet.kind, codes, colours, labels: [], objects: [], faces: [], made_by: MADE_BY },
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
