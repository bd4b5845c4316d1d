// The time for operations on the files of a large project: 20,000 files of 6 kB on average, as in a source tree.

import { randomBytes } from "node:crypto";
import type { App } from "../fixture/app.ts";
import { peakOf, processorSeconds } from "../fixture/processes.ts";
import { RawSocket } from "../fixture/socket.ts";
import { zip } from "../fixture/zip.ts";
import { microseconds, type FakeModel } from "../model/server.ts";
import { bench, freshName, millisecondsSince, samples } from "./bench.ts";
import type { Figure } from "./report.ts";

const FILES = 20_000;
const TIMES = 5;
const MEGABYTE = 1_000_000;
const WORDS = "fn let match self return impl struct workspace request answer path content entry Result usize error if".split(" ");

/** The same project in every run. */
function project(): Buffer<ArrayBuffer> {
  let state = 11;
  const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  const word = () => WORDS[Math.floor(random() * WORDS.length)]!;
  const files = Array.from({ length: FILES }, (_, number) => {
    const length = Math.min(2_500 / (1 - random()) ** 0.6, 100_000);
    let text = "";
    while (text.length < length) text += `    ${Array.from({ length: 5 }, word).join(" ")}\n`;
    if (number % 1_000 === 500) text += "    let needle_in_a_haystack = 17;\n";
    return { name: `crate-${Math.floor(number / 400)}/src/module-${Math.floor(number / 40)}/${number}.rs`, bytes: Buffer.from(text) };
  });
  return zip(files);
}

async function upload(app: App, name: string, archive: Buffer<ArrayBuffer>): Promise<number> {
  const began = microseconds();
  const url = `${app.url}/agents/coderagent/${name}/archive.zip`;
  const answer = await fetch(url, { method: "PUT", body: archive });
  if (answer.status !== 200) throw new Error(`the archive was answered with ${answer.status}: ${await answer.text()}`);
  await answer.text();
  return millisecondsSince(began);
}

async function get(app: App, path: string): Promise<number> {
  const began = microseconds();
  const answer = await fetch(`${app.url}/agents/coderagent/${path}`);
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
  return millisecondsSince(began);
}

/** Records the server's peak memory so far, beyond that for one small archive. */
async function memory(app: App, what: string): Promise<(note: (figure: Figure) => void) => Promise<void>> {
  const name = freshName();
  await upload(app, name, zip([{ name: "a", bytes: Buffer.from("a") }]));
  await get(app, `${name}/archive.zip`);
  const before = await peakOf(app.pid);
  return async (note) => {
    const after = await peakOf(app.pid);
    if (before === null || after === null) return;
    note({ name: `memory that ${what} took at most`, unit: "MB", samples: [(after - before) / MEGABYTE] });
  };
}

/** The time from the end of the model's call until it is called with the output. */
async function tool(socket: RawSocket, model: FakeModel, call: string): Promise<number> {
  const before = model.requests.length;
  await socket.end(socket.ask(`[[fake:tool:${call}]]`));
  const [asked, told, ...more] = model.requests.slice(before);
  if (!asked?.endedAt || !told || more.length > 0) throw new Error(`${call} was not one call`);
  const output = told.body.messages.at(-1)!;
  if (!String(output.content).startsWith("{")) throw new Error(`${call} failed: ${String(output.content)}`);
  return (told.receivedAt - asked.endedAt) / 1000;
}

bench("20,000 files", async ({ ownApp: app, model, note }) => {
  const archive = project();
  const name = freshName();
  const noteMemory = await memory(app, "20,000 files");
  const began = await processorSeconds(app.pid);
  const megabytes = Math.round(archive.length / MEGABYTE);
  note({ name: `upload of an archive of 20,000 files, ${megabytes} MB`, unit: "ms", samples: [await upload(app, name, archive)] });
  const ended = await processorSeconds(app.pid);
  if (began !== null && ended !== null) note({ name: "processor time of it", unit: "ms", samples: [(ended - began) * 1000] });
  note({ name: "upload of the same archive again", unit: "ms", samples: [await upload(app, name, archive)] });
  const noteGet = async (what: string, path: string) =>
    note({ name: what, unit: "ms", samples: await samples(TIMES, () => get(app, `${name}/${path}`)) });
  await noteGet("list of a directory, by HTTP", "files/crate-7/src/");
  await noteGet("a file, by HTTP", "files/crate-7/src/module-70/2800.rs");
  await noteGet("archive of 20,000 files", "archive.zip");

  const socket = await RawSocket.open(app.url, name);
  for (const [what, call, target] of [
    ["list", "list:{}"],
    ["read", 'read:{"path": "crate-7/src/module-70/2800.rs"}'],
    ["find", 'find:{"glob": "28*.rs"}'],
    ["grep, a rare text", 'grep:{"pattern": "needle_in_a_haystack"}', 500],
    ["grep, a rare text in any case", 'grep:{"pattern": "NEEDLE_IN", "ignore_case": true}', 500],
    ["grep, one of two texts", 'grep:{"pattern": "TODO|needle_in"}', 500],
    ["grep, an expression with a text", String.raw`grep:{"pattern": "let needle_\\w+ = \\d+"}`, 500],
    ["grep, an expression without a text, one part", String.raw`grep:{"pattern": "\\d{9}"}`, 500],
  ] as [string, string, number?][]) {
    const before = await processorSeconds(app.pid);
    note({ name: `tool ${what}`, unit: "ms", samples: await samples(TIMES, () => tool(socket, model, call)) });
    const after = await processorSeconds(app.pid);
    if (before === null || after === null) continue;
    // Excludes other load of the machine, but includes the whole turn.
    const spent = ((after - before) * 1000) / TIMES;
    note({ name: "processor time of its turn", unit: "ms", samples: [spent], ...(target ? { target } : {}) });
  }
  socket.close();
  await noteMemory(note);
});

bench("large archives", async ({ ownApp: app, note }) => {
  const noise = randomBytes(9_500_000);
  const archive = zip(Array.from({ length: 10 }, (_, at) => ({ name: `${at}.bin`, bytes: Buffer.from(noise.map((byte) => byte ^ at)) })));
  const name = freshName();
  const noteMemory = await memory(app, "an archive of 95 MB");
  note({ name: "upload of an archive of 95 MB", unit: "ms", samples: [await upload(app, name, archive)] });
  note({ name: "download of it", unit: "ms", samples: await samples(3, () => get(app, `${name}/archive.zip`)) });
  await noteMemory(note);
});
