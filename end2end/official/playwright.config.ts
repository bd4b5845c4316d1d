import { defineConfig } from "@playwright/test";
import { base } from "../playwright.config.ts";

export default defineConfig(base, {
  testDir: "specs",
  outputDir: "../test-results/official",
  // What failed is told by the frames that passed; see fixture/test.ts.
  use: { trace: "off" },
});
