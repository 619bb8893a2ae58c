// Telling that a storage or a source was removed, and where its person takes back what the provider did not.

import { commands, type Removed } from "./bindings";
import { quoted } from "./outside";
import { attempt, toasts } from "./toasts.svelte";

export function tellRemoved(name: string, { still_granted: left }: Removed): void {
    if (left === null) toasts.show(`${quoted(name)}: removed`);
    else
        toasts.show(`${quoted(name)}: removed. The provider was not told: ${left.why}.`, {
            label: "Take it back there",
            run: () => void attempt(commands.open_page({ type: "manage", provider: left.provider })),
        });
}
