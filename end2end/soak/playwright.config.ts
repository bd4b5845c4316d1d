import { defineConfig } from "@playwright/test";
import { base } from "../playwright.config.ts";

// One storm, on a server of its own. Its deadlines are inside: each says what it waited for.
export default defineConfig(base, {
  testDir: ".",
  testMatch: "*.soak.ts",
  outputDir: "../test-results/soak",
  workers: 1,
  use: { trace: "off" },
});
