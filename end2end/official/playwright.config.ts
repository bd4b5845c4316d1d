import { defineConfig } from "@playwright/test";
import tests from "../playwright.config.ts";

export default defineConfig(tests, {
  testDir: "specs",
  outputDir: "../test-results/official",
  // What failed is told by the frames that passed; see fixture/test.ts.
  use: { trace: "off" },
});
