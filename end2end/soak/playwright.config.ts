import { defineConfig } from "@playwright/test";
import { base } from "../playwright.config.ts";

// One storm on a separate server. Its waits have their own deadlines, each with a description.
export default defineConfig(base, {
  testDir: ".",
  testMatch: "*.soak.ts",
  outputDir: "../test-results/soak",
  workers: 1,
  use: { trace: "off" },
});
