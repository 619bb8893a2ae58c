// Photos, drawn on a canvas, with what there is to recognise in them.

import type { FaceView, LabelView, ObjectView, TakenAt } from "../src/lib/bindings";

type Box = [x: number, y: number, width: number, height: number];

export interface Photo {
    name: string;
    width: number;
    height: number;
    place: TakenAt | null;
    taken: string;
    labels: [name: string, confidence: number][];
    objects: [name: string, confidence: number, box: Box][];
    faces: [confidence: number, box: Box][];
    colours: [name: string, css: string, share: number][];
    paint: (pen: CanvasRenderingContext2D) => void;
}

const quad = ([x, y, width, height]: Box): ObjectView["quad"] => [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
];

export const labelsOf = ({ labels }: Photo): LabelView[] =>
    labels.map(([name, confidence]) => ({ name, confidence, wrong: false }));
export const objectsOf = ({ objects }: Photo): ObjectView[] =>
    objects.map(([name, confidence, box]) => ({ name, confidence, quad: quad(box), wrong: false }));
export const facesOf = ({ faces }: Photo): FaceView[] =>
    faces.map(([confidence, box]) => ({ confidence, quad: quad(box) }));

function ground(pen: CanvasRenderingContext2D, stops: string[]): void {
    const sky = pen.createLinearGradient(0, 0, 0, pen.canvas.height);
    stops.forEach((stop, i) => sky.addColorStop(i / (stops.length - 1), stop));
    pen.fillStyle = sky;
    pen.fillRect(0, 0, pen.canvas.width, pen.canvas.height);
}

function blob(pen: CanvasRenderingContext2D, css: string, [x, y, width, height]: Box): void {
    pen.fillStyle = css;
    pen.beginPath();
    pen.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, 2 * Math.PI);
    pen.fill();
}

function block(pen: CanvasRenderingContext2D, css: string, [x, y, width, height]: Box, round = 8): void {
    pen.fillStyle = css;
    pen.beginPath();
    pen.roundRect(x, y, width, height, round);
    pen.fill();
}

/** A person of a height, whose head is in the box that comes back. */
function person(pen: CanvasRenderingContext2D, x: number, y: number, height: number, css: string, skin: string): Box {
    const head = height * 0.26;
    block(pen, css, [x - height * 0.16, y + head * 0.9, height * 0.32, height * 0.5], height * 0.1);
    block(pen, "#2f3440", [x - height * 0.13, y + height * 0.66, height * 0.11, height * 0.34], 6);
    block(pen, "#2f3440", [x + height * 0.02, y + height * 0.66, height * 0.11, height * 0.34], 6);
    blob(pen, skin, [x - head * 0.42, y, head * 0.84, head]);
    blob(pen, "#3b2a20", [x - head * 0.44, y - head * 0.08, head * 0.88, head * 0.42]);
    return [x - head * 0.42, y, head * 0.84, head];
}

export const PHOTOS: Photo[] = [
    {
        name: "dog on the beach.jpg",
        width: 1600,
        height: 1067,
        place: { latitude: 54.1823, longitude: 7.8921 },
        taken: "2026-07-19T18:42:11",
        labels: [
            ["golden retriever", 0.874],
            ["seashore", 0.623],
            ["Labrador retriever", 0.412],
        ],
        objects: [
            ["dog", 0.931, [930, 560, 400, 350]],
            ["person", 0.884, [370, 330, 220, 600]],
            ["sports ball", 0.513, [745, 850, 92, 92]],
        ],
        faces: [[0.912, [415, 330, 130, 155]]],
        colours: [
            ["blue", "#7fb4dc", 0.46],
            ["yellow", "#e2cf9b", 0.31],
            ["orange", "#c98f4a", 0.09],
        ],
        paint: (pen) => {
            ground(pen, ["#9cc9ec", "#c9e2f2", "#6ba6c8", "#e6d5a6", "#d9c38c"]);
            blob(pen, "#fff3c4", [1220, 90, 150, 150]);
            person(pen, 480, 330, 600, "#c2453b", "#e2b58f");
            blob(pen, "#c98f4a", [960, 640, 300, 150]);
            blob(pen, "#d6a05c", [1190, 565, 140, 130]);
            for (const x of [985, 1040, 1170, 1215]) block(pen, "#b57d3c", [x, 730, 34, 175], 14);
            blob(pen, "#e8e04a", [745, 850, 92, 92]);
        },
    },
    {
        name: "street at night.jpg",
        width: 1000,
        height: 1333,
        place: { latitude: 48.1374, longitude: 11.5755 },
        taken: "2025-12-03T21:07:45",
        labels: [
            ["street sign", 0.562],
            ["cab", 0.518],
        ],
        objects: [
            ["car", 0.902, [90, 800, 430, 230]],
            ["car", 0.741, [600, 770, 260, 150]],
            ["traffic light", 0.688, [760, 240, 80, 220]],
            ["person", 0.612, [515, 690, 90, 260]],
        ],
        faces: [],
        colours: [
            ["black", "#12151f", 0.61],
            ["blue", "#26345c", 0.22],
            ["red", "#c93a34", 0.05],
        ],
        paint: (pen) => {
            ground(pen, ["#0b0e18", "#1d2745", "#26345c", "#181a22", "#0f1014"]);
            for (const [x, y, w] of [
                [0, 180, 260],
                [250, 320, 200],
                [840, 120, 160],
            ] as const) {
                block(pen, "#10131d", [x, y, w, 620], 0);
                for (let i = 0; i < 24; i++)
                    block(
                        pen,
                        i % 3 ? "#e8b75a" : "#2a3150",
                        [x + 20 + (i % 4) * 50, y + 30 + (i >> 2) * 90, 26, 46],
                        2,
                    );
            }
            block(pen, "#9b2f2b", [90, 860, 430, 130], 40);
            block(pen, "#6d1f1d", [180, 800, 250, 100], 40);
            for (const x of [150, 390]) blob(pen, "#05060a", [x, 950, 80, 80]);
            block(pen, "#d9c23d", [600, 810, 260, 80], 26);
            block(pen, "#a8942a", [660, 770, 150, 70], 26);
            block(pen, "#1c1f29", [760, 240, 80, 220], 16);
            for (const [y, css] of [
                [252, "#ff4b42"],
                [322, "#5b4a17"],
                [392, "#1e4a2a"],
            ] as const)
                blob(pen, css, [772, y, 56, 56]);
            block(pen, "#1c1f29", [792, 460, 16, 440], 0);
            person(pen, 560, 690, 260, "#4a5a7a", "#c8a184");
        },
    },
    {
        name: "cat on the sofa.webp",
        width: 1400,
        height: 933,
        place: { latitude: 48.1402, longitude: 11.5601 },
        taken: "2026-02-11T09:20:03",
        labels: [
            ["tabby", 0.791],
            ["studio couch", 0.448],
        ],
        objects: [
            ["cat", 0.954, [520, 360, 420, 300]],
            ["couch", 0.837, [120, 330, 1160, 480]],
        ],
        faces: [],
        colours: [
            ["green", "#5d7f6a", 0.42],
            ["brown", "#8a6a4c", 0.24],
            ["white", "#efe9df", 0.2],
        ],
        paint: (pen) => {
            ground(pen, ["#efe9df", "#e4dacb", "#c7b49a"]);
            block(pen, "#5d7f6a", [120, 330, 1160, 300], 60);
            block(pen, "#4b6a58", [120, 560, 1160, 250], 50);
            blob(pen, "#8a6a4c", [540, 470, 380, 190]);
            blob(pen, "#97765a", [780, 380, 150, 140]);
            for (const x of [800, 870]) block(pen, "#8a6a4c", [x, 360, 40, 60], 14);
            for (const x of [820, 872]) blob(pen, "#d9d24a", [x, 425, 22, 26]);
        },
    },
    {
        name: "birthday.jpg",
        width: 1500,
        height: 1000,
        place: null,
        taken: "2026-05-30T15:55:37",
        labels: [["candle", 0.655]],
        objects: [
            ["person", 0.942, [230, 190, 220, 620]],
            ["person", 0.911, [610, 150, 240, 660]],
            ["person", 0.874, [1030, 240, 200, 560]],
            ["cake", 0.782, [560, 690, 360, 220]],
            ["dining table", 0.421, [60, 830, 1380, 170]],
        ],
        faces: [
            [0.961, [270, 190, 135, 160]],
            [0.938, [658, 150, 145, 172]],
            [0.902, [1068, 240, 122, 146]],
        ],
        colours: [
            ["pink", "#e9a6b4", 0.37],
            ["purple", "#6d5a8d", 0.23],
            ["white", "#f5ece6", 0.15],
        ],
        paint: (pen) => {
            ground(pen, ["#f2cdd3", "#e9a6b4", "#d88aa0"]);
            for (let i = 0; i < 14; i++)
                blob(pen, ["#6d5a8d", "#f2d36b", "#5aa7a0"][i % 3] ?? "", [i * 115 - 30, 20 + (i % 2) * 40, 70, 90]);
            person(pen, 338, 190, 620, "#6d5a8d", "#e8bd97");
            person(pen, 730, 150, 660, "#3d8d86", "#8d5b3d");
            person(pen, 1130, 240, 560, "#d2a03f", "#f0cbb0");
            block(pen, "#8a5a3c", [60, 830, 1380, 170], 12);
            block(pen, "#f5ece6", [580, 760, 320, 130], 20);
            block(pen, "#b0506c", [580, 750, 320, 40], 20);
            for (let i = 0; i < 5; i++) block(pen, "#f2d36b", [620 + i * 60, 690, 14, 62], 4);
        },
    },
    {
        name: "mountain lake.jpg",
        width: 2000,
        height: 1125,
        place: { latitude: 46.6863, longitude: 7.8632 },
        taken: "2026-08-02T06:31:50",
        labels: [
            ["alp", 0.912],
            ["lakeside", 0.771],
            ["valley", 0.508],
        ],
        objects: [],
        faces: [],
        colours: [
            ["blue", "#5c8fb3", 0.52],
            ["green", "#4a6b4f", 0.24],
            ["white", "#eef3f7", 0.13],
        ],
        paint: (pen) => {
            ground(pen, ["#8fbbdb", "#dbe9f1", "#5c8fb3", "#2f5a77"]);
            for (const [left, peak, right, top, css] of [
                [-200, 500, 1200, 180, "#7d90a5"],
                [600, 1250, 2000, 120, "#6b7f95"],
                [1300, 1800, 2400, 300, "#57697d"],
            ] as const) {
                pen.fillStyle = css;
                pen.beginPath();
                pen.moveTo(left, 640);
                pen.lineTo(peak, top);
                pen.lineTo(right, 640);
                pen.fill();
                pen.fillStyle = "#eef3f7";
                pen.beginPath();
                pen.moveTo(peak - 130, top + 85);
                pen.lineTo(peak, top);
                pen.lineTo(peak + 130, top + 85);
                pen.lineTo(peak, top + 60);
                pen.fill();
            }
            block(pen, "#4a6b4f", [0, 600, 2000, 60], 0);
        },
    },
];
