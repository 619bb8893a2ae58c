// A question that must be answered before something cannot be undone.

export interface Question {
    title: string;
    body: string;
    action: string;
}

class Confirm {
    question = $state.raw<Question | null>(null);
    #answer: (yes: boolean) => void = () => undefined;

    ask(question: Question): Promise<boolean> {
        this.#answer(false);
        this.question = question;
        return new Promise((resolve) => (this.#answer = resolve));
    }

    answer(yes: boolean): void {
        this.question = null;
        this.#answer(yes);
    }
}

export const confirm = new Confirm();
