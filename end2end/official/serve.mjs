// Serves the official agent on HOST and PORT, with its data in DATA_DIR and its model at OPENROUTER_BASE_URL.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { main, root } from "../../scripts/console.mjs";
import { parseJsonc } from "../../scripts/jsonc.mjs";
import { guardOf } from "../../scripts/serve/guarded.mjs";
import { place } from "../../scripts/serve/place.mjs";
import { serveWorker } from "../../scripts/serve/wrangler.mjs";
import { ensureNode } from "../../scripts/setup/node.mjs";

const folder = join(root, "end2end/official");

async function configure() {
  const config = parseJsonc(await readFile(join(folder, "wrangler.jsonc"), "utf8"));
  config.main = join(folder, config.main);
  return config;
}

await main(async () => {
  const settings = { OPENROUTER_BASE_URL: process.env.OPENROUTER_BASE_URL };
  const guard = guardOf(process.env.CODER_PROFILE || "dev");
  await serveWorker({ node: await ensureNode(), guard, place: await place(), configure, settings });
});
