// For `npm run dev`: wrangler adds a script to the end of each page, so that an open page reloads by itself.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../console.mjs";

const SOURCE = "node_modules/wrangler/wrangler-dist/ProxyWorker.js";

/** The hash of that script for the page's policy, or nothing when wrangler's script has changed: then pages do not reload. */
export async function liveReloadHash() {
  const source = await readFile(join(root, SOURCE), "utf8");
  const script = /var liveReloadScript = `\s*<script[^>]*>([^]*?)<\/script>/.exec(source)?.[1];
  if (script === undefined) return {};
  const filled = script.replace(/\$\{(\w+)\}/g, (_, name) => new RegExp(`var ${name} = "([^"]*)"`).exec(source)?.[1] ?? "");
  return { PAGE_SCRIPTS: `sha256-${createHash("sha256").update(filled).digest("base64")}` };
}
