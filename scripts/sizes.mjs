// Sizes of what a build ships, raw and compressed.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { root } from "./console.mjs";

export async function printSizes(profile) {
  const folder = join(root, "build", profile);
  const names = (await readdir(join(folder, "site/pkg"))).filter((name) => /\.(js|wasm|css)$/.test(name)).sort();
  const browser = [];
  for (const name of names) browser.push(await measure(`browser ${name.split(".").pop()}`, join(folder, "site/pkg", name)));
  const total = (key) => browser.reduce((sum, row) => sum + row[key], 0);
  const rows = [
    ...browser,
    { name: "browser total", raw: total("raw"), gzip: total("gzip"), brotli: total("brotli") },
    await measure("server wasm", join(folder, "server/bindings_bg.wasm")),
    await measure("server bindings", join(folder, "server/bindings.js")),
  ];
  console.log(`  ${"".padEnd(16)}${["raw", "gzip", "brotli"].map((head) => head.padStart(11)).join("")}  (bytes)`);
  for (const { name, raw, gzip, brotli } of rows) {
    console.log(`  ${name.padEnd(16)}${[raw, gzip, brotli].map((size) => size.toLocaleString("en").padStart(11)).join("")}`);
  }
}

async function measure(name, file) {
  const content = await readFile(file);
  return { name, raw: content.length, gzip: gzipSync(content, { level: 9 }).length, brotli: brotliCompressSync(content).length };
}
