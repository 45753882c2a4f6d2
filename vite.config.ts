import { defineConfig } from "vitest/config";

/** Entries are named after what a page needs; templates load them with `{% vite_asset "frontend/src/<name>.ts" %}`. */
const entries = ["base", "reading", "upload", "live", "preferences", "worklist"].map((name) => `frontend/src/${name}.ts`);

export default defineConfig({
  base: "/static/frontend/",
  publicDir: "frontend/src/public",
  build: {
    outDir: "frontend/static/frontend",
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0, // the content security policy knows no data: source
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    target: ["chrome123", "edge123", "firefox121", "safari17.5"], // light-dark(), popover, :has()
    rollupOptions: { input: entries },
  },
  test: { include: ["tests/frontend/**/*.test.ts"] },
});
