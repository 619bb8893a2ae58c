// A source while it is edited: lists as lines of text, what is missing, and the draft as the service takes it.

import type { Filing, KeepWhat, LanguageView, SourceDraft, SourceSpec, TextLayout, WebHeader } from "./bindings";
import { missingCloud, wholeCloud } from "./cloud-source";
import { addresses } from "./source";
import { unknownPlaceholders } from "./name-template";
import { missingHours } from "./schedule";
import { isWebAddress } from "./web-address";

export const KEEPS: Record<KeepWhat, string> = {
    copy: "A copy in the library",
    in_place: "The file where it is",
    text: "Only the text; the picture is deleted once it is read",
};

export const LAYOUTS: Record<TextLayout, string> = {
    lines: "Each line for itself, as it stands in the image",
    paragraphs: "Broken lines joined to paragraphs",
    one_line: "All in one line",
};

/** What a language is called, with its region if its tag names one; the tag itself if nobody knows it. */
export function languageName(tag: string, known: readonly LanguageView[]): string {
    const [code = "", region] = tag.split(/[-_]/);
    const name = known.find((one) => one.code === code.toLowerCase())?.name ?? code;
    return region === undefined ? name : `${name} (${region.toUpperCase()})`;
}

/** What stands on the lines of a text, without what is empty or stands there twice. */
export function fromLines(text: string): string[] {
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    return lines.filter((line, i) => line !== "" && lines.indexOf(line) === i);
}

export const toLines = (list: readonly string[]): string => list.join("\n");

/** Header names go by RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Whether the value of a secret header lies in the keychain already, so that it need not be typed again. */
export function keptSecret({ name, secret }: WebHeader, before: SourceDraft): boolean {
    if (!secret || before.id === null || before.spec.type !== "web") return false;
    return before.spec.headers.some((old) => old.secret && old.name.toLowerCase() === name.trim().toLowerCase());
}

function missingAddress(spec: SourceSpec): string | null {
    const all = addresses(spec);
    if (spec.type !== "web") return null;
    if (all.every((url) => url.trim() === "")) return "Give the address.";
    const wrong = all.find((url) => !isWebAddress(url));
    if (wrong !== undefined) return `${wrong} is no address. It must begin with https:// or http://.`;
    if (spec.what.type !== "api" || spec.what.path.trim().startsWith("$")) return null;
    return spec.what.path.trim() === ""
        ? "Say where in the answer the addresses are, such as $.photos[*].url."
        : "The path must begin with $, such as $.photos[*].url.";
}

function missingHeader(headers: readonly WebHeader[], before: SourceDraft): string | null {
    for (const header of headers) {
        const { name, value } = header;
        const empty = value === null || value.trim() === "";
        if (name.trim() === "" && empty) continue;
        if (name.trim() === "") return "Give the header a name.";
        if (!HEADER_NAME.test(name.trim())) return `${name.trim()} is no name of a header.`;
        if (empty && !keptSecret(header, before)) return `Give the header ${name.trim()} a value.`;
    }
    return null;
}

function missingFiling({ name, move_to, rules }: Filing): string | null {
    if (move_to === "") return "Choose the folder that files are moved to.";
    const unknown = unknownPlaceholders(name ?? "")[0];
    if (unknown !== undefined) return `There is no placeholder ${unknown}.`;
    if (rules.some(({ when }) => when.trim() === "")) return "Say what a rule searches for, or take it away.";
    if (rules.some(({ tags, remind_days_before }) => tags.length === 0 && remind_days_before === null))
        return "Say what a rule does: tags, or a reminder.";
    return null;
}

/** What must be mended before the service is asked; `null` when there is nothing. `before` is the source as it was. */
export function missingPart(draft: SourceDraft, before: SourceDraft): string | null {
    const { spec, rule, conditions, filing } = draft;
    if (spec.type === "folder" && spec.path.trim() === "") return "Choose the folder to watch.";
    const cloud = spec.type === "cloud" ? missingCloud(draft, spec, before) : null;
    const headers = spec.type === "web" ? missingHeader(spec.headers, before) : null;
    if (rule?.type === "weekly" && rule.days.length === 0) return "Choose at least one day of the week.";
    return missingAddress(spec) ?? cloud ?? headers ?? missingHours(conditions) ?? missingFiling(filing);
}

/** The draft as the service takes it: named, without empty rows and without spaces around what was typed. */
export function wholeDraft(draft: SourceDraft): SourceDraft {
    const { spec, filing } = draft;
    const rules = filing.rules.map((rule) => ({ ...rule, when: rule.when.trim() }));
    return {
        ...draft,
        name: draft.name.trim(),
        spec: spec.type === "cloud" ? wholeCloud(draft, spec) : wholeSpec(spec),
        filing: { ...filing, name: filing.name?.trim() || null, rules },
    };
}

function wholeSpec(spec: SourceSpec): SourceSpec {
    if (spec.type !== "web") return spec;
    const { what } = spec;
    const trimmed =
        what.type === "urls"
            ? what
            : what.type === "api"
              ? { ...what, url: what.url.trim(), path: what.path.trim() }
              : { ...what, url: what.url.trim() };
    const headers = spec.headers
        .map(({ name, value, secret }) => ({ name: name.trim(), value: value?.trim() || null, secret }))
        .filter(({ name, value }) => name !== "" || value !== null);
    return { ...spec, what: trimmed, headers };
}
