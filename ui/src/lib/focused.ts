// Gives the focus to what a person is to scroll or type in as soon as it appears.

/** A Svelte action; the element needs a `tabindex`. */
export function focused(element: HTMLElement): void {
    element.focus({ preventScroll: true });
}
