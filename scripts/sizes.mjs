// Prints the sizes of a build's files, raw and compressed: the first load of any page, and the pieces that some pages
// add.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { root } from "./console.mjs";

export async function printSizes(profile) {
  const folder = join(root, "build", profile);
  const names = (await readdir(join(folder, "site/pkg"))).filter((name) => /\.(js|wasm|css)$/.test(name)).sort();
  const first = [];
  const pieces = [];
  for (const name of names) {
    const [stem, , extension] = name.split(".");
    const file = join(folder, "site/pkg", name);
    if (stem === "app") first.push(await measure(`browser ${extension}`, file));
    else pieces.push(await measure(`piece ${stem}`, file));
  }
  const total = (key) => first.reduce((sum, row) => sum + row[key], 0);
  const rows = [
    ...first,
    { name: "first load", raw: total("raw"), gzip: total("gzip"), brotli: total("brotli") },
    ...pieces,
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
