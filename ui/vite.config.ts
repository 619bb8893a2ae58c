import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { version } from "./package.json";

// Relative addresses, since the desktop serves the build under its own protocol.
export default defineConfig({
    plugins: [svelte()],
    base: "./",
    define: { __APP_VERSION__: JSON.stringify(version) },
    clearScreen: false,
    server: { port: 5173, strictPort: true },
    build: {
        target: "safari16",
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0,
        // The window, and the overlay on which a region of the screen is chosen.
        rollupOptions: { input: ["index.html", "region.html"] },
    },
    // Vitest runs on the server side of Vite by default; the stores need Svelte's browser build.
    resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
    test: { environment: "jsdom", include: ["src/**/*.test.ts"] },
});
