// What images are called: a template with placeholders, and an example of what it makes.

export const PLACEHOLDERS: Record<string, string> = {
    "{name}": "its own name",
    "{date}": "the day",
    "{time}": "the time",
    "{source}": "the source",
    "{n}": "a number that counts up",
};

const PLACEHOLDER = /\{[^{}]*\}/g;

/** Placeholders of a template that stand for nothing. */
export const unknownPlaceholders = (template: string): string[] =>
    (template.match(PLACEHOLDER) ?? []).filter((one) => !(one in PLACEHOLDERS));

const two = (part: number): string => String(part).padStart(2, "0");

/** What an image of a source would be called if it came now. What is not known stays as it stands. */
export function exampleName(template: string, source: string, now: Date): string {
    const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("-");
    const values: Record<string, string> = {
        "{name}": "IMG_2041",
        "{date}": day,
        "{time}": time,
        "{source}": source,
        "{n}": "7",
    };
    const name = template.trim().replace(PLACEHOLDER, (one) => values[one] ?? one);
    // No file system takes a name with a slash in it.
    return `${name.replace(/[/\\]/g, "-")}.jpg`;
}
