// The files of a conversation over HTTP.

import { createHash, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { App } from "../fixture/app.ts";
import { expect, test } from "../fixture/test.ts";

const agent = (app: App, name: string) => `${app.url}/agents/coderagent/${name}`;
const file = (app: App, name: string, path: string) => `${agent(app, name)}/files/${path}`;
const put = (url: string, body: BodyInit, headers: Record<string, string> = {}) => fetch(url, { method: "PUT", body, headers });
const tagOf = (bytes: string | Buffer) => `"${createHash("sha256").update(bytes).digest("hex")}"`;

async function names(url: string): Promise<string[]> {
  const { entries } = (await (await fetch(url)).json()) as { entries: { name: string; type: string }[] };
  return entries.map(({ name, type }) => (type === "directory" ? `${name}/` : name));
}

test("a file is kept, also while the server is away", async ({ startApp, name }) => {
  const app = await startApp();
  const url = file(app, name, "src/a%20b.rs");
  const made = await put(url, "fn main() {}\n");
  expect(made.status).toBe(201);
  expect(made.headers.get("ETag")).toBe(tagOf("fn main() {}\n"));
  await app.restart();
  const got = await fetch(url);
  expect(await got.text()).toBe("fn main() {}\n");
  expect(got.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
  expect((await fetch(url, { headers: { "If-None-Match": tagOf("fn main() {}\n") } })).status).toBe(304);
  expect(await names(file(app, name, ""))).toEqual(["src/"]);
  expect((await fetch(file(app, `${name}-other`, "src/a%20b.rs"))).status, "each conversation has its own").toBe(404);
});

test("only the file that was read is overwritten", async ({ app, name }) => {
  const url = file(app, name, "a");
  await put(url, "one");
  const stale = { "If-Match": tagOf("zero") };
  expect((await put(url, "two", stale)).status).toBe(412);
  expect((await fetch(url, { method: "DELETE", headers: stale })).status).toBe(412);
  expect((await put(url, "two", { "If-None-Match": "*" })).status).toBe(412);
  expect((await put(url, "two", { "If-Match": tagOf("one") })).status).toBe(200);
  expect(await (await fetch(url)).text()).toBe("two");
  expect((await fetch(url, { method: "DELETE" })).status).toBe(200);
  expect((await fetch(url)).status).toBe(404);
});

test("a large binary file comes back byte for byte and in parts", async ({ app, name }) => {
  const url = file(app, name, "large.bin");
  const bytes = randomBytes(10_000_000);
  expect((await put(url, bytes)).status).toBe(201);
  expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(bytes)).toBe(true);
  const part = await fetch(url, { headers: { Range: "bytes=999990-1000010" } });
  expect(part.status).toBe(206);
  expect(part.headers.get("Content-Range")).toBe("bytes 999990-1000010/10000000");
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(999_990, 1_000_011))).toBe(true);
  expect((await fetch(url, { headers: { Range: "bytes=10000000-" } })).status).toBe(416);
  const head = await fetch(url, { method: "HEAD" });
  expect(head.headers.get("ETag")).toBe(tagOf(bytes));
  expect(head.headers.get("Content-Length")).toBe("10000000");
  expect((await put(url, randomBytes(10_000_001))).status).toBe(413);
  expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(bytes)).toBe(true);
});

test("a body whose length is not said is taken, and bounded", async ({ app, name }) => {
  const streamed = (pieces: number) =>
    new ReadableStream({
      start(controller) {
        for (let piece = 0; piece < pieces; piece += 1) controller.enqueue(new Uint8Array(1_000_000));
        controller.close();
      },
    });
  const send = (pieces: number) =>
    fetch(file(app, name, "streamed"), { method: "PUT", body: streamed(pieces), duplex: "half" } as RequestInit);
  expect((await send(3)).status).toBe(201);
  expect((await send(11)).status).toBe(413);
  expect((await (await fetch(file(app, name, "streamed"))).arrayBuffer()).byteLength).toBe(3_000_000);
});

/** `src/größe.txt`, `empty/`, the symlink `link` and `../out.txt`, made by another program. */
const FOREIGN =
  "UEsDBBQAAAgIAIMYIlzlfxzeFwAAAFoAAAAPAAAAc3JjL2dyw7bDn2UudHh0SyvKz1VIzMsvyUgtUijJz8/hSqOSCABQSwMEFAAAAAAAgxgiXA" +
  "AAAAAAAAAAAAAAAAYAAABlbXB0eS9QSwMEFAAAAAgAgxgiXAq5HykNAAAACwAAAAQAAABsaW5r008tSdYvSCwuLk8BAFBLAwQUAAAACACDGCJc" +
  "gxbcjAMAAAABAAAACgAAAC4uL291dC50eHSrAABQSwECFAMUAAAICACDGCJc5X8c3hcAAABaAAAADwAAAAAAAAAAAAAApIEAAAAAc3JjL2dyw7" +
  "bDn2UudHh0UEsBAhQDFAAAAAAAgxgiXAAAAAAAAAAAAAAAAAYAAAAAAAAAAAAAAO1BRAAAAGVtcHR5L1BLAQIUAxQAAAAIAIMYIlwKuR8pDQAA" +
  "AAsAAAAEAAAAAAAAAAAAAAD/oWgAAABsaW5rUEsBAhQDFAAAAAgAgxgiXIMW3IwDAAAAAQAAAAoAAAAAAAAAAAAAAKSBlwAAAC4uL291dC50eH" +
  "RQSwUGAAAAAAQABADbAAAAwgAAAAAA";

test("an archive of another program is unpacked, except entries outside the workspace", async ({ app, name }) => {
  const answer = await put(`${agent(app, name)}/archive.zip`, Buffer.from(FOREIGN, "base64"));
  const { files, skipped } = (await answer.json()) as { files: number; skipped: { name: string; reason: string }[] };
  expect(answer.status).toBe(200);
  expect(files).toBe(1);
  expect(skipped.map(({ name }) => name).sort()).toEqual(["../out.txt", "link"]);
  expect(await names(file(app, name, ""))).toEqual(["empty/", "src/"]);
  expect(await (await fetch(file(app, name, "src/gr%C3%B6%C3%9Fe.txt"))).text()).toContain("another tool");
});

test("an exported archive is imported unchanged", async ({ app, name }) => {
  const noise = randomBytes(3_000_000);
  await put(file(app, name, "d/noise"), noise);
  await put(file(app, name, "text"), "line\n".repeat(100_000));
  await put(file(app, name, "empty/"), "");
  const out = await fetch(`${agent(app, name)}/archive.zip`);
  expect(out.headers.get("Content-Type")).toBe("application/zip");
  const archive = Buffer.from(await out.arrayBuffer());
  const other = `${name}-other`;
  const answer = await put(`${agent(app, other)}/archive.zip`, archive);
  expect(await answer.json()).toMatchObject({ files: 2, unchanged: 0, skipped: [] });
  expect(await names(file(app, other, ""))).toEqual(["d/", "empty/", "text"]);
  expect(Buffer.from(await (await fetch(file(app, other, "d/noise"))).arrayBuffer()).equals(noise)).toBe(true);
  const cut = await put(`${agent(app, other)}/archive.zip`, archive.subarray(0, 1_000_000));
  expect(cut.status).toBe(400);
  expect(await names(file(app, other, ""))).toEqual(["d/", "empty/", "text"]);
});

test("a part of a file is not taken for the whole, and a packed body is unpacked", async ({ app, name }) => {
  const at = file(app, name, "big.txt");
  await put(at, "0123456789ABCDEF");
  const refused: Record<string, string>[] = [{ "Content-Range": "bytes 10-15/16" }, { "Content-Encoding": "br" }, { "Content-Encoding": "gzip" }];
  for (const headers of refused) {
    const answer = await fetch(at, { method: "PUT", body: "ABCDEF", headers });
    expect([400, 415]).toContain(answer.status);
    expect(await (await fetch(at)).text()).toBe("0123456789ABCDEF");
  }
  const packed = await fetch(at, { method: "PUT", body: gzipSync("one\n"), headers: { "Content-Encoding": "gzip" } });
  expect(packed.status).toBe(200);
  expect(await (await fetch(at)).text()).toBe("one\n");
});

test("a tar.gz goes out and comes in, and both kinds have a head", async ({ app, name }) => {
  await put(file(app, name, "d/größe.txt"), "text\n");
  for (const [kind, type] of [["zip", "application/zip"], ["tar.gz", "application/gzip"]] as const) {
    const head = await fetch(`${agent(app, name)}/archive.${kind}`, { method: "HEAD" });
    expect([head.status, head.headers.get("Content-Type"), await head.text()]).toEqual([200, type, ""]);
    expect(head.headers.get("Content-Length")).not.toBe("0");
    const archive = Buffer.from(await (await fetch(`${agent(app, name)}/archive.${kind}`)).arrayBuffer());
    const other = `${name}-${kind.replace(".", "-")}`;
    const answer = await put(`${agent(app, other)}/archive.${kind}`, archive);
    expect(await answer.json()).toMatchObject({ files: 1, skipped: [] });
    expect(await (await fetch(file(app, other, "d/größe.txt"))).text()).toBe("text\n");
  }
});

test("invalid paths are refused with a reason", async ({ app, name }) => {
  for (const path of ["a%2f..%2f..%2fb", "a%5Cb", "a%00b", "%ff", "d/".repeat(1000)]) {
    const answer = await put(file(app, name, path), path.endsWith("/") ? "" : "x");
    expect(answer.status, path.slice(0, 20)).toBe(400);
    expect(((await answer.json()) as { error: string }).error.length).toBeGreaterThan(20);
  }
  expect(await names(file(app, name, ""))).toEqual([]);
  expect((await fetch(file(app, name, "x"), { method: "POST", body: "x" })).status, "pages elsewhere may send POST").toBe(405);
  expect((await fetch(file(app, name, "x"), { method: "MKCOL" })).status, "it is not read as GET").toBe(405);
});
