// What a search can ask for besides words, with filters to try: the one place from which the window tells it.

export interface Hint {
    /** What it asks about, as the side bar calls it. */
    title: string;
    /** What there is to know of it. */
    what: string;
    /** Filters to try. */
    examples: readonly string[];
}

/** `today` is a local date, `YYYY-MM-DD`: the dates to try are to find something. */
export const searchHints = (today: string): Hint[] => [
    {
        title: "Kind",
        what: "Photo, screenshot, document, receipt, handwriting or chart",
        examples: ["kind:receipt", "kind:screenshot"],
    },
    { title: "Shows", what: "What a photo shows as a whole", examples: ["label:dog", "has:label"] },
    {
        title: "Things",
        what: "Things in a photo: any, or as many as you say",
        examples: ["object:person", "object:person>2"],
    },
    {
        title: "Looks like",
        what: "A photo that looks as you describe it, in English; needs the pack Better (Settings, Models)",
        examples: ['looks:"a dog on a beach"', "looks:sunset"],
    },
    { title: "Faces", what: "How many faces", examples: ["faces:>1", "faces:0"] },
    { title: "Codes", what: "What a code is for, how it is printed, what it says", examples: ["code:wifi", "code:qr"] },
    { title: "Colours", what: "Its main colours", examples: ["colour:blue", "colour:red"] },
    {
        title: "Taken",
        what: "When, as the camera says: a year, a month, a day, or 2025..2026",
        examples: [`taken:${today.slice(0, 7)}`, `taken:${today.slice(0, 4)}`],
    },
    {
        title: "Date in the text",
        what: "A day that stands in the text: of a year, a month, or before or after one",
        examples: [`date:${today.slice(0, 7)}`, `date:>${today}`],
    },
    {
        title: "Amount in the text",
        what: "An amount of money that stands in the text, of any currency or of one",
        examples: ["amount:>100", "amount:10..20EUR"],
    },
    { title: "Place", what: "Where; Places lists them", examples: ["has:place", "-has:place"] },
    { title: "Text", what: "Whether there is any", examples: ["has:text", "-has:text"] },
    {
        title: "In the text",
        what: "An address or a number: e-mail, link, phone or IBAN",
        examples: ["has:iban", "has:email"],
    },
];
