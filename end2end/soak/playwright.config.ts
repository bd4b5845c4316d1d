import { defineConfig } from "@playwright/test";
import tests from "../playwright.config.ts";

// One storm, on a server of its own. Its deadlines are inside: each says what it waited for.
export default defineConfig(tests, {
  testDir: ".",
  testMatch: "*.soak.ts",
  outputDir: "../test-results/soak",
  workers: 1,
  use: { trace: "off" },
});
