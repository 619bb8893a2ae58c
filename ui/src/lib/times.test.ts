// Times in words, times as people type them, and wall clocks in zones.

import { describe, expect, it } from "vitest";
import { clock, elapsed, listed, moveTime, onDay, readTime, span, until, when } from "./times";
import { momentOf, moveDate, readDate, wallAt } from "./zoned";
import { findZones, inKnownZone } from "./zones";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("span", () => {
    it.each<[number, string]>([
        [-5, "0.0 s"],
        [400, "0.4 s"],
        [9_960, "10 s"],
        [59_600, "1 min"],
        [125_000, "2 min 5 s"],
        [HOUR, "1 h"],
        [HOUR + 3 * MINUTE, "1 h 3 min"],
        [52 * HOUR, "2 d 4 h"],
    ])("%d ms", (ms, expected) => expect(span(ms)).toBe(expected));
});

describe("elapsed", () => {
    it.each<[number, string]>([
        [-5, "0 s"],
        [9_999, "9 s"],
        [58_999, "58 s"],
        [59_999, "59 s"],
        [60_000, "1 min"],
        [125_900, "2 min 5 s"],
    ])("%d ms", (ms, expected) => expect(elapsed(ms)).toBe(expected));
});

describe("until", () => {
    it.each<[number, string]>([
        [-HOUR, "now"],
        [40 * SECOND, "in 1 minute"],
        [5 * MINUTE, "in 5 minutes"],
        [59.6 * MINUTE, "in 1 hour"],
        [15 * HOUR, "in 15 hours"],
        [36 * HOUR, "in 2 days"],
        [12 * DAY, "in 12 days"],
    ])("%d ms ahead", (ahead, expected) => expect(until(1_000_000 + ahead, 1_000_000)).toBe(expected));
});

describe("when", () => {
    // A Saturday.
    const now = Date.UTC(2026, 10, 21, 12);
    it.each<[number, string]>([
        [now + 2 * HOUR, "today at 14:00"],
        [now + 14 * HOUR + 30 * MINUTE, "tomorrow at 02:30"],
        [now - DAY, "yesterday at 12:00"],
        [now + 3 * DAY, "Tuesday at 12:00"],
    ])("%d", (at, expected) => expect(when(at, now, "UTC")).toBe(expected));
    it("goes by the day of the zone, not of this computer", () => {
        expect(when(Date.UTC(2026, 10, 21, 13), now, "Pacific/Auckland")).toBe("today at 02:00");
        expect(when(Date.UTC(2026, 10, 21, 10), now, "Pacific/Auckland")).toBe("yesterday at 23:00");
    });
    it("names the year of another year", () => {
        expect(when(Date.UTC(2027, 2, 1), now, "UTC")).toMatch(/2027.* at 00:00$/);
        expect(when(Date.UTC(2026, 11, 1), now, "UTC")).not.toMatch(/2026/);
    });
    it("midnight is 00:00", () => expect(clock(0, "UTC")).toBe("00:00"));
});

describe("onDay", () => {
    const now = Date.UTC(2026, 10, 21, 12);
    it.each<[number, string | RegExp]>([
        [now, "today"],
        [now + 60_000, "today"],
        [Date.UTC(2026, 10, 20, 23, 59), "yesterday"],
        [Date.UTC(2026, 10, 17), "on Tuesday"],
        [Date.UTC(2026, 10, 15), "on Sunday"],
        [Date.UTC(2026, 10, 14), /^on .*14/],
        [Date.UTC(2025, 10, 14), /^on .*2025/],
    ])("%d", (at, expected) => {
        if (typeof expected === "string") expect(onDay(at, now, "UTC")).toBe(expected);
        else expect(onDay(at, now, "UTC")).toMatch(expected);
    });
});

describe("readTime", () => {
    it.each<[string, string | null]>([
        ["02:30", "02:30"],
        ["2:30", "02:30"],
        ["230", "02:30"],
        ["0230", "02:30"],
        ["14.05", "14:05"],
        ["14h", "14:00"],
        ["7", "07:00"],
        [" 7 pm ", "19:00"],
        ["12am", "00:00"],
        ["12:15 PM", "12:15"],
        ["24:00", null],
        ["12:60", null],
        ["13 pm", null],
        ["0 am", null],
        ["", null],
        ["soon", null],
    ])("%j", (text, expected) => expect(readTime(text)).toBe(expected));
    it.each<[string, number, string]>([
        ["02:30", 15, "02:45"],
        ["23:50", 15, "00:05"],
        ["00:05", -15, "23:50"],
    ])("%s moved by %d", (time, by, expected) => expect(moveTime(time, by)).toBe(expected));
});

describe("listed", () => {
    it.each<[string[], string]>([
        [[], ""],
        [["a"], "a"],
        [["a", "b"], "a and b"],
        [["a", "b", "c"], "a, b and c"],
    ])("%j", (words, expected) => expect(listed(words)).toBe(expected));
});

describe("zoned", () => {
    it.each<[string, string, string, number]>([
        ["2026-11-22", "02:30", "UTC", Date.UTC(2026, 10, 22, 2, 30)],
        ["2026-07-01", "12:00", "Europe/Berlin", Date.UTC(2026, 6, 1, 10)],
        ["2026-01-01", "00:00", "Asia/Kathmandu", Date.UTC(2025, 11, 31, 18, 15)],
        // 02:30 comes twice; the first is summer time.
        ["2026-10-25", "02:30", "Europe/Berlin", Date.UTC(2026, 9, 25, 0, 30)],
        // 02:30 does not come; the clock shows 03:30 then.
        ["2026-03-29", "02:30", "Europe/Berlin", Date.UTC(2026, 2, 29, 1, 30)],
        // A whole day was left out.
        ["2011-12-30", "12:00", "Pacific/Apia", Date.UTC(2011, 11, 30, 22)],
    ])("%s %s in %s", (date, time, zone, expected) => {
        expect(new Date(momentOf({ date, time }, zone)).toISOString()).toBe(new Date(expected).toISOString());
    });
    it("is undone by the wall clock", () => {
        const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns"];
        for (const zone of zones) {
            for (let day = 0; day < 366; day++) {
                const wall = { date: moveDate("2026-01-01", day), time: "12:34" };
                expect(wallAt(momentOf(wall, zone), zone)).toEqual(wall);
            }
        }
    });
    it.each<[string, string | null]>([
        ["2026-11-22", "2026-11-22"],
        ["2026-2-3", "2026-02-03"],
        ["22.11.2026", "2026-11-22"],
        ["24.12.", "2026-12-24"],
        ["1.2.", "2027-02-01"],
        ["today", "2026-11-21"],
        [" Tomorrow ", "2026-11-22"],
        ["mon", "2026-11-23"],
        // A Saturday said on a Saturday is the next one.
        ["saturday", "2026-11-28"],
        ["2026-02-30", null],
        ["31.4.2026", null],
        ["mo", null],
        ["", null],
    ])("%j read on Saturday 2026-11-21", (text, expected) => expect(readDate(text, "2026-11-21")).toBe(expected));
    it("moves over the ends of months and years", () => {
        expect([moveDate("2028-02-28", 1), moveDate("2026-12-31", 1), moveDate("2026-01-01", -1)]).toEqual([
            "2028-02-29",
            "2027-01-01",
            "2025-12-31",
        ]);
    });
});

describe("findZones", () => {
    const zones = ["America/New_York", "America/Sao_Paulo", "Europe/Berlin", "Europe/Busingen", "Asia/Yekaterinburg"];
    it.each<[string, string[]]>([
        ["new york", ["America/New_York"]],
        ["NEW_Y", ["America/New_York"]],
        ["são", ["America/Sao_Paulo"]],
        ["b", ["Europe/Berlin", "Europe/Busingen", "Asia/Yekaterinburg"]],
        ["eur ber", ["Europe/Berlin"]],
        ["nowhere", []],
    ])("%j", (typed, expected) => expect(findZones(zones, typed, 10)).toEqual(expected));
    it("gives no more than asked for", () => expect(findZones(zones, "", 2)).toHaveLength(2));
});

describe("inKnownZone", () => {
    it.each<[string, string[], string]>([
        ["Europe/Berlin", ["Europe/Berlin", "UTC"], "Europe/Berlin"],
        ["Mars/Olympus", ["Europe/Berlin", "UTC"], "UTC"],
        ["Mars/Olympus", [], "Mars/Olympus"],
    ])("%s of %j", (zone, zones, expected) =>
        expect(inKnownZone({ title: "t", zone }, zones, "UTC")).toEqual({ title: "t", zone: expected }),
    );
});
