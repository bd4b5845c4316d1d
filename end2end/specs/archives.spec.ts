// Malicious archives: each is unpacked as far as possible, or changes nothing and gives a reason.

import type { App } from "../fixture/app.ts";
import { expect, test } from "../fixture/test.ts";
import { zip, type ZipEntry } from "../fixture/zip.ts";

const agent = (app: App, name: string) => `${app.url}/agents/coderagent/${name}`;
const entry = (name: string, content: string | Buffer = "x", rest: Partial<ZipEntry> = {}): ZipEntry => ({
  name,
  bytes: typeof content === "string" ? Buffer.from(content) : content,
  ...rest,
});

interface Answer {
  status: number;
  body: {
    error?: string;
    files?: number;
    version?: number;
    skipped?: { name: string; reason: string }[];
    differsByCase?: object[];
  };
}

async function send(app: App, name: string, archive: BodyInit): Promise<Answer> {
  const answer = await fetch(`${agent(app, name)}/archive.zip`, { method: "PUT", body: archive });
  return { status: answer.status, body: (await answer.json()) as Answer["body"] };
}

/** The entries of the root, with all their fields. */
async function root(app: App, name: string): Promise<{ name: string }[]> {
  const answer = await fetch(`${agent(app, name)}/files/`);
  return ((await answer.json()) as { entries: { name: string }[] }).entries;
}

const zeros = Buffer.alloc(9_900_000);
const few = Buffer.alloc(20_000);
const whole = zip([entry("a", "one"), entry("b", "two".repeat(1000))]);

/** The end records of an archive that may exceed 4 GB: its numbers are elsewhere. */
function zip64(): Buffer<ArrayBuffer> {
  const archive = zip([entry("a")]);
  archive.writeUInt32LE(0xffffffff, archive.length - 6);
  return archive;
}

const REFUSED: [what: string, archive: () => BodyInit, status: number, words: RegExp][] = [
  ["a bomb of zeros", () => zip(Array.from({ length: 10 }, (_, at) => entry(`${at}`, zeros))), 413, /zip bomb/],
  [
    "a bomb whose entries share their bytes",
    () => zip([entry("0", few), ...Array.from({ length: 500 }, (_, at) => entry(`${at + 1}`, few, { at: 0 }))]),
    413,
    /zip bomb/,
  ],
  ["an entry that is larger than it says", () => zip([entry("a", zeros, { size: 10 })]), 400, /damaged at "a"/],
  ["zip64", zip64, 400, /zip64.*plain zip file/],
  ["not a zip", () => Buffer.from("hello"), 400, /not a zip/],
  ["nothing", () => Buffer.alloc(0), 400, /not a zip/],
  ["the beginning of one", () => whole.subarray(0, whole.length - 10), 400, /not a zip/],
  ["the end of one", () => whole.subarray(30), 400, /damaged|not a zip/],
  ["too many entries", () => zip(Array.from({ length: 40_001 }, (_, at) => entry(`${at}`, ""))), 413, /40001 entries.*40000/],
  ["more files than there may be", () => zip(Array.from({ length: 20_001 }, (_, at) => entry(`${at}`, ""))), 507, /20000/],
];

test("an archive that is refused changes nothing and says why", async ({ app, name }) => {
  await send(app, name, zip([entry("kept")]));
  const before = await root(app, name);
  for (const [what, archive, status, words] of REFUSED) {
    const answer = await send(app, name, archive());
    expect(answer.status, what).toBe(status);
    expect(answer.body.error, what).toMatch(words);
    expect(await root(app, name), what).toEqual(before);
  }
  const next = await send(app, name, zip([entry("next")]));
  expect(next.body.version, "none of them was a change").toBe(2);
});

test("entries that lead out or cannot be read are left out and named", async ({ app, name }) => {
  const deep = "d/".repeat(1000);
  const answer = await send(
    app,
    name,
    zip([
      entry("good"),
      entry("./good", "another"),
      entry("/etc/passwd"),
      entry("C:\\x"),
      entry("../../out"),
      entry("a\\b"),
      entry("nul\0"),
      entry(`${deep}x`),
      entry("secret", "x", { flags: 1 }),
      entry("packed otherwise", "x", { method: 12 }),
      // An ordinary file: nested archives are not unpacked.
      entry("nested.zip", zip([entry("../inner", zeros)]), { method: 0 }),
    ]),
  );
  expect(answer).toMatchObject({ status: 200, body: { files: 2 } });
  const reasons = Object.fromEntries(answer.body.skipped!.map((skipped) => [skipped.name, skipped.reason]));
  const expected: Record<string, RegExp> = {
    "./good": /same path/,
    "/etc/passwd": /absolute/,
    "C:\\x": /absolute/,
    "../../out": /`\.\.`/,
    "a\\b": /backslash/,
    "nul\0": /control/,
    [deep.slice(0, 200)]: /deep/,
    secret: /encrypted/,
    "packed otherwise": /compression is not supported/,
  };
  expect(Object.keys(reasons).sort()).toEqual(Object.keys(expected).sort());
  for (const [path, words] of Object.entries(expected)) expect(reasons[path], path).toMatch(words);
  expect((await root(app, name)).map((stat) => stat.name)).toEqual(["good", "nested.zip"]);
  expect(await (await fetch(`${agent(app, name)}/files/good`)).text()).toBe("x");
});

test("names that differ by case are two files, and are reported", async ({ app, name }) => {
  const answer = await send(app, name, zip([entry("Readme", "1"), entry("README", "2")]));
  expect(answer.body.files).toBe(2);
  expect(JSON.stringify(answer.body.differsByCase)).toMatch(/README.*Readme|Readme.*README/);
  expect((await root(app, name)).map((stat) => stat.name)).toEqual(["README", "Readme"]);
});

test("an archive larger than a request may be is read, let go and refused", async ({ app, name }) => {
  test.setTimeout(120_000);
  let left = 300;
  const piece = new Uint8Array(1_000_000);
  const body = new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(piece);
      else controller.close();
    },
  });
  const answer = await fetch(`${agent(app, name)}/archive.zip`, { method: "PUT", body, duplex: "half" } as RequestInit);
  expect(answer.status).toBe(413);
  expect(((await answer.json()) as { error: string }).error).toContain("split it");
  expect(await root(app, name)).toEqual([]);
});
