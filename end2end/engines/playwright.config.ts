import { defineConfig } from "@playwright/test";
import { base } from "../playwright.config.ts";

export default defineConfig(base, {
  testDir: ".",
  // The development build's wasm is large, and these browsers compile it anew in each test.
  timeout: 180_000,
  outputDir: "../test-results/engines",
  workers: 1,
  use: { trace: "off" },
});
