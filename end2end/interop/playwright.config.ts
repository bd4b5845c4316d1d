import { defineConfig } from "@playwright/test";
import { base } from "../playwright.config.ts";

export default defineConfig(base, {
  testDir: ".",
  // PartySocket waits up to 10 s between two attempts to connect, and what follows takes its time too.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  outputDir: "../test-results/interop",
  // What failed is told by the frames that passed; see fixture/test.ts.
  use: { trace: "off" },
});
