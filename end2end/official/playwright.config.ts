import { defineConfig } from "@playwright/test";
import { base } from "../playwright.config.ts";

export default defineConfig(base, {
  testDir: "specs",
  outputDir: "../test-results/official",
  // The recorded frames explain failures; see fixture/test.ts.
  use: { trace: "off" },
});
