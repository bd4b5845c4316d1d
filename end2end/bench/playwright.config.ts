import { defineConfig } from "@playwright/test";
import { base } from "../playwright.config.ts";

// Benchmarks run alone, one after the other, on the release build.
export default defineConfig(base, {
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../test-results/bench",
  reporter: "./report.ts",
  workers: 1,
  timeout: 300_000,
  use: { trace: "off" },
});
