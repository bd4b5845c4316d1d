// The files that a self-hosted server serves from the site: the type, size and hash of each, and its compressed
// content. Workers Assets needs none of this, so it lies beside the site.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, join, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { Failure, root } from "../console.mjs";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/vnd.microsoft.icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** A file that does not shrink by a twentieth is sent uncompressed. */
const WORTH = 0.95;
const SUFFIXES = { br: ".br", gzip: ".gz" };

/** Compresses the site of a profile; unchanged content is not compressed again. */
export async function pack(profile) {
  const folder = join(root, "build", profile);
  const before = JSON.parse(await readFile(join(folder, "static.json"), "utf8").catch(() => "null"));
  const rules = rulesOf(await readFile(join(folder, "site/_headers"), "utf8"));
  const names = await namesIn(join(folder, "site"));
  const entries = await Promise.all(
    names.map(async (name) => {
      const content = await readFile(join(folder, "site", name));
      const hash = createHash("sha256").update(content).digest("hex").slice(0, 20);
      const known = before?.files[name]?.hash === hash ? before.files[name].encodings : null;
      const encodings = (known && (await areThere(folder, name, known)) ? known : null) ?? (await packed(folder, name, content, profile === "release"));
      return [name, { type: typeOf(name), size: content.length, hash, headers: headersOf(name, rules), encodings }];
    }),
  );
  const draft = join(folder, "static.json.new");
  await writeFile(draft, JSON.stringify({ suffixes: SUFFIXES, files: Object.fromEntries(entries) }, null, 1));
  await rename(draft, join(folder, "static.json"));
  await removeOthers(join(folder, "packed"), entries);
}

async function namesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== "_headers")
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length).split(sep).join("/"))
    .sort();
}

function typeOf(name) {
  const type = TYPES[extname(name)];
  if (!type) throw new Failure(`The site has ${name}, whose type scripts/build/pack.mjs does not know.`);
  return type;
}

async function packed(folder, name, content, thoroughly) {
  const forms = {
    br: await promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: thoroughly ? constants.BROTLI_MAX_QUALITY : 5, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    }),
    gzip: await promisify(gzip)(content, { level: thoroughly ? 9 : 4 }),
  };
  const kept = {};
  for (const [encoding, form] of Object.entries(forms)) {
    if (form.length > content.length * WORTH) continue;
    const path = join(folder, "packed", name + SUFFIXES[encoding]);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, form);
    await rename(`${path}.new`, path);
    kept[encoding] = form.length;
  }
  return kept;
}

async function areThere(folder, name, encodings) {
  const sizes = Object.entries(encodings).map(async ([encoding, size]) => (await stat(join(folder, "packed", name + SUFFIXES[encoding])).catch(() => null))?.size === size);
  return (await Promise.all(sizes)).every(Boolean);
}

async function removeOthers(folder, entries) {
  const wanted = new Set(entries.flatMap(([name, { encodings }]) => Object.keys(encodings).map((encoding) => name + SUFFIXES[encoding])));
  await mkdir(folder, { recursive: true });
  for (const name of await namesIn(folder)) if (!wanted.has(name)) await rm(join(folder, name));
}

/**
 * The rules of `_headers`, in the format of Workers Assets: a line with a path, which may end with `*`, then lines with its
 * headers.
 */
function rulesOf(text) {
  const rules = [];
  for (const line of text.split("\n")) {
    if (/^\s*(#|$)/.test(line)) continue;
    if (!/^\s/.test(line)) rules.push({ path: line.trim(), headers: [] });
    else rules.at(-1)?.headers.push(line.split(/:(.*)/s, 2).map((part) => part.trim()));
  }
  return rules;
}

function headersOf(name, rules) {
  const headers = {};
  for (const { path, headers: added } of rules) {
    const matches = path.endsWith("*") ? name.startsWith(path.slice(0, -1)) : name === path;
    if (matches) for (const [header, value] of added) headers[header] = value;
  }
  return headers;
}
