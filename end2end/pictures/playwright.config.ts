import { defineConfig } from "@playwright/test";
import { base } from "../playwright.config.ts";

// Makes the pictures of the README; it tests nothing.
export default defineConfig(base, {
  testDir: ".",
  testMatch: "pictures.ts",
  outputDir: "../test-results/pictures",
  workers: 1,
  use: { trace: "off" },
});
