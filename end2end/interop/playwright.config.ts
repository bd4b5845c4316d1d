import { defineConfig } from "@playwright/test";
import { base } from "../playwright.config.ts";

export default defineConfig(base, {
  testDir: ".",
  // PartySocket waits up to 10 s between two attempts to connect, and more time is needed after that.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  outputDir: "../test-results/interop",
  // The recorded frames explain failures; see fixture/test.ts.
  use: { trace: "off" },
});
