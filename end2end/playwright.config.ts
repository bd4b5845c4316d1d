import { existsSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import type { Runtime } from "./fixture/app.ts";

const SYSTEM_CHROMIUM = "/usr/bin/chromium";

/** `CHROMIUM`, else the system's, else Playwright's own. */
const executablePath = process.env.CHROMIUM || (existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : undefined);

/** The common settings of all browser tests. */
export const base = defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  reporter: [["list"], [fileURLToPath(new URL("fixture/failures.ts", import.meta.url))]],
  forbidOnly: !!process.env.CI,
  // Every worker runs its own servers. On two processors, two workers take 14 minutes instead of 22: tests wait a
  // lot.
  workers: os.cpus().length >= 2 ? 2 : 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    // Recording every test takes a large part of a small machine's time.
    trace: process.env.TRACE ? "retain-on-failure" : "off",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      // A container has neither a sandbox nor a display, and no test may contact anything but the app.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});

/** Specs that also run with wrangler dev, which checks our configuration and assets against Cloudflare's behaviour. */
const ALSO_UNDER_WRANGLER = ["startup", "reload", "tools", "files", "routing", "door"].map((name) => `**/${name}.spec.ts`);

export default defineConfig<object, { runtime: Runtime }>(base, {
  projects: [
    { name: "workerd", use: { runtime: "workerd" } },
    { name: "wrangler", use: { runtime: "wrangler" }, testMatch: ALSO_UNDER_WRANGLER },
  ],
});
