// Checks dependencies (see ARCHITECTURE.md): the trees of the crates, and the names in the page's sources.
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure, main, output, root } from "../console.mjs";

const WASM = ["--target", "wasm32-unknown-unknown"];
const PLATFORM = /^(wasm-bindgen|web-sys|js-sys|worker|gloo)/;

export async function checkDependencies() {
  const faults = [...(await treeFaults()), ...(await nameFaults())];
  if (faults.length > 0) throw new Failure(`a dependency points the wrong way:\n  ${faults.join("\n  ")}`);
}

async function treeFaults() {
  const faults = [];
  // The tree of `agent` contains all layers of the server, and `common`.
  for (const target of [WASM, []]) {
    for (const name of await tree("agent", target, "{p}")) if (PLATFORM.test(name)) faults.push(`agent depends on ${name}`);
  }
  for (const [crate, banned] of [["server", "hydrate"], ["frontend", "ssr"]]) {
    for (const line of await tree(crate, WASM, "{p} {f}")) {
      const [name, , ...rest] = line.split(" ");
      const features = rest.pop()?.split(",") ?? [];
      if (/^(app|leptos)$/.test(name) && features.includes(banned)) faults.push(`${crate} builds ${name} with the feature ${banned}`);
    }
  }
  for (const name of await tree("server", [], "{p}")) if (/^(app|worker) /.test(name)) faults.push(`server's host build depends on ${name}`);
  return faults;
}

async function tree(crate, target, format) {
  const text = await output("cargo", ["tree", "--package", crate, "--edges", "normal", "--prefix", "none", "--format", format, ...target]);
  if (text === null) throw new Failure(`\`cargo tree --package ${crate}\` failed.`);
  return [...new Set(text.split("\n").filter(Boolean))];
}

/** The browser's crates are in the page's tree, but may be named in one place only. */
async function nameFaults() {
  const names = /\b(web_sys|js_sys|gloo_\w+|wasm_bindgen\w*)::/;
  const faults = [];
  for (const entry of await readdir(join(root, "app/src"), { recursive: true })) {
    const path = `app/src/${entry.split(sep).join("/")}`;
    if (!path.endsWith(".rs") || path.startsWith("app/src/browser/")) continue;
    const lines = (await readFile(join(root, path), "utf8")).split("\n");
    for (const [index, line] of lines.entries()) {
      const found = line.replace(/\/\/.*/, "").match(names);
      if (found) faults.push(`${path}:${index + 1} names ${found[1]}`);
    }
  }
  return faults;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(checkDependencies);
