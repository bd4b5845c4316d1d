// Static files of plain workerd, as bytes on the wire: types, compressed forms, ranges, and only files of the build.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request, type IncomingHttpHeaders } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "../fixture/test.ts";

test.skip(({ runtime }) => runtime !== "workerd", "elsewhere Workers Assets serves them");

const SITE = fileURLToPath(new URL("../../build/dev/site", import.meta.url));

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The raw response: fetch would decompress it and normalise paths. */
function ask(origin: string, target: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path: target, method, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(pieces) }));
    });
    asked.once("error", reject);
    asked.end();
  });
}

/** The first file of a kind in the page. */
async function nameOf(origin: string, extension: string): Promise<string> {
  const page = await (await fetch(origin)).text();
  return new RegExp(`/pkg/app\\.[0-9a-f]+\\.${extension}`).exec(page)![0];
}

const KINDS = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", wasm: "application/wasm" };

for (const [extension, type] of Object.entries(KINDS)) {
  test(`${extension} comes with its type, is kept for ever and packed as the browser likes`, async ({ app }) => {
    const name = await nameOf(app.url, extension);
    const content = await readFile(path.join(SITE, name));
    const sizes: number[] = [];
    for (const [accepted, encoding, unpack] of [
      ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
      ["gzip;q=1.0, br;q=0", "gzip", gunzipSync],
      ["identity", undefined, (body: Buffer) => body],
    ] as const) {
      const { status, headers, body } = await ask(app.url, name, { "Accept-Encoding": accepted });
      expect(status).toBe(200);
      expect(headers["content-type"]).toBe(type);
      expect(headers["content-encoding"]).toBe(encoding);
      expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
      expect(headers.vary).toBe("Accept-Encoding");
      expect(headers["content-length"]).toBe(String(body.length));
      expect(digest(unpack(body))).toBe(digest(content));
      sizes.push(body.length);
    }
    expect(sizes[0]).toBeLessThan(sizes[2]!);
    expect(sizes[1]).toBeLessThan(sizes[2]!);
    expect((await ask(app.url, name)).headers["content-encoding"], "without a word, as it is").toBeUndefined();
  });
}

test("files without a hash in their name are revalidated", async ({ app }) => {
  const { status, headers } = await ask(app.url, "/favicon.svg");
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("image/svg+xml");
  expect(headers["cache-control"] ?? "").not.toContain("immutable");
});

test("HEAD gives the headers alone", async ({ app }) => {
  const name = await nameOf(app.url, "wasm");
  const accept = { "Accept-Encoding": "br" };
  const [whole, head] = [await ask(app.url, name, accept), await ask(app.url, name, accept, "HEAD")];
  expect(head.body).toHaveLength(0);
  expect(head.status).toBe(200);
  for (const header of ["content-length", "content-type", "content-encoding", "etag", "vary"]) {
    expect(head.headers[header], header).toBe(whole.headers[header]);
  }
});

test("a known content is not sent again, in whichever form it is known", async ({ app }) => {
  const name = await nameOf(app.url, "css");
  const [plain, packed] = [await ask(app.url, name), await ask(app.url, name, { "Accept-Encoding": "br" })];
  expect(plain.headers.etag).not.toBe(packed.headers.etag);
  for (const tag of [plain.headers.etag!, packed.headers.etag!, `W/${packed.headers.etag}`, `"other", ${plain.headers.etag}`, "*"]) {
    const { status, body } = await ask(app.url, name, { "If-None-Match": tag });
    expect([status, body.length], tag).toEqual([304, 0]);
  }
  expect((await ask(app.url, name, { "If-None-Match": '"other"' })).status).toBe(200);
});

test("one part can be asked for", async ({ app }) => {
  const name = await nameOf(app.url, "js");
  const content = await readFile(path.join(SITE, name));
  const { length } = content;
  for (const [asked, from, to] of [
    ["bytes=0-9", 0, 9],
    ["bytes=10-", 10, length - 1],
    ["bytes=-5", length - 5, length - 1],
    [`bytes=${length - 1}-${length + 100}`, length - 1, length - 1],
  ] as const) {
    const { status, headers, body } = await ask(app.url, name, { Range: asked, "Accept-Encoding": "br" });
    expect([status, headers["content-range"]], asked).toEqual([206, `bytes ${from}-${to}/${length}`]);
    expect(body).toEqual(content.subarray(from, to + 1));
    expect(headers["content-encoding"]).toBeUndefined();
  }
  const beyond = await ask(app.url, name, { Range: `bytes=${length}-` });
  expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, `bytes */${length}`]);
  for (const other of ["bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-"]) {
    expect((await ask(app.url, name, { Range: other })).status, `${other} is no part of ours`).toBe(200);
  }
  const { etag } = (await ask(app.url, name)).headers;
  expect((await ask(app.url, name, { Range: "bytes=0-9", "If-Range": etag! })).status).toBe(206);
  expect((await ask(app.url, name, { Range: "bytes=0-9", "If-Range": '"older"' })).status).toBe(200);
});

test("nothing but the build's files is served", async ({ app }) => {
  for (const target of [
    "/pkg/",
    "/pkg/missing.js",
    "/pkg/../../config.capnp",
    "/pkg/..%2f..%2f..%2fconfig.capnp",
    "/pkg/%2e%2e/%2e%2e/server/index.js",
    "/pkg/....//....//static.json",
    "/pkg/\\..\\..\\static.json",
    "/_headers",
    "/../static.json",
    "//etc/passwd",
  ]) {
    const { status, body } = await ask(app.url, target);
    expect(status, target).toBe(404);
    expect(body.toString(), target).not.toMatch(/Workerd\.Config|WorkerEntrypoint|"suffixes"|root:|Cache-Control/);
  }
});

test("static files are only read", async ({ app }) => {
  const { status, headers } = await ask(app.url, await nameOf(app.url, "js"), {}, "PUT");
  expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
});

function digest(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

test("a page uses everything it preloads", async ({ chat, name, page }) => {
  await chat.open(name);
  await chat.connected();
  const preloads = page.locator('link[rel="preload"], link[rel="modulepreload"]');
  const paths = await preloads.evaluateAll((links) => links.map((link) => new URL((link as HTMLLinkElement).href).pathname));
  // The pieces of the program are preloaded later and cached by the browser.
  const preloaded = paths.filter((file) => /\/app\.[0-9a-f]+\.(js|wasm)$/.test(file));
  expect(preloaded).toHaveLength(2);
  // A preload of the wrong kind would make the browser fetch the file again.
  const used = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname));
  for (const file of preloaded) expect(used.filter((name) => name === file), file).toHaveLength(1);
});
