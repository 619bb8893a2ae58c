// Providers that let a person in after a while, without a browser.

import type {
    BeginSignIn,
    Provider,
    ProviderView,
    SignedIn,
    SignInBegun,
    SignInRef,
    WireError,
} from "../src/lib/bindings";

/** How long the person takes in the browser. */
const SIGN_IN_MS = 6_000;

const NAMES: Record<Provider, string> = { google_drive: "Google Drive", dropbox: "Dropbox", onedrive: "OneDrive" };

const CANCELLED: WireError = { code: "cancelled", message: "Stopped", hint: null };

/** In a scene `broken`, no provider knows the program. Google Drive never does. */
export function signInBackend(scene: string) {
    let last = 0;
    const open = new Map<number, { provider: Provider; end: () => void }>();
    const ready = (provider: Provider): boolean => scene !== "broken" && provider !== "google_drive";
    return {
        providers: (): { providers: ProviderView[] } => ({
            providers: (Object.keys(NAMES) as Provider[]).map((provider) => ({
                provider,
                name: NAMES[provider],
                of_build: provider === "onedrive",
                ready: ready(provider),
                wants_secret: provider === "google_drive",
                register: "https://provider.example/register",
                manage: "https://provider.example/manage",
            })),
        }),
        begin_sign_in: ({ provider }: BeginSignIn): SignInBegun => {
            if (!ready(provider))
                throw {
                    code: "bad_request",
                    message: `This program is not registered with ${NAMES[provider]}`,
                    hint: "Register one there and enter its client id in the settings.",
                } satisfies WireError;
            const id = ++last;
            open.set(id, { provider, end: () => undefined });
            return { id, provider, address: `https://provider.example/authorize?state=${id}` };
        },
        finish_sign_in: ({ id }: SignInRef): SignedIn =>
            new Promise<SignedIn>((resolve, reject) => {
                const one = open.get(id);
                if (!one) return reject(CANCELLED as unknown as Error);
                one.end = () => reject(CANCELLED as unknown as Error);
                setTimeout(() => resolve({ id, provider: one.provider }), SIGN_IN_MS);
            }) as unknown as SignedIn,
        cancel_sign_in: ({ id }: SignInRef) => {
            open.get(id)?.end();
            open.delete(id);
            return { count: 1 };
        },
        open_page: () => ({}),
    };
}
