// Serves the official agent on HOST and PORT, with its data in DATA_DIR and its model at OPENROUTER_BASE_URL.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { main, root } from "../../scripts/console.mjs";
import { parseJsonc } from "../../scripts/jsonc.mjs";
import { place, serveWorker } from "../../scripts/serve.mjs";
import { ensureNode } from "../../scripts/setup/node.mjs";

const folder = join(root, "end2end/official");

async function configure() {
  const config = parseJsonc(await readFile(join(folder, "wrangler.jsonc"), "utf8"));
  config.main = join(folder, config.main);
  return config;
}

await main(async () => {
  const settings = { OPENROUTER_BASE_URL: process.env.OPENROUTER_BASE_URL };
  await serveWorker({ node: await ensureNode(), place: place(), configure, settings });
});
