import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default ts.config(
    { ignores: ["dist/", "node_modules/", "src/lib/bindings.ts"] },
    js.configs.recommended,
    ...ts.configs.strict,
    ...svelte.configs.recommended,
    { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
    {
        files: ["**/*.svelte", "**/*.svelte.ts"],
        languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
    },
    // TypeScript itself looks for unknown names.
    // Maps and sets that nothing on the screen reads are plain on purpose.
    { files: ["**/*.ts", "**/*.svelte"], rules: { "no-undef": "off", "svelte/prefer-svelte-reactivity": "off" } },
);
