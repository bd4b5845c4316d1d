// The limits of one address, one conversation and one person.

import type { App } from "../fixture/app.ts";
import { Person, SIGN_IN } from "../fixture/people.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test as base } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";

const PROXY_SECRET = "what-the-proxy-shows";

const test = base.extend<{ served: (settings?: Record<string, string>) => Promise<App> }>({
  served: async ({ startApp, model }, use) => {
    await use(async (settings = {}) => startApp({ settings: { ...settingsFor(model), LIMIT_REQUESTS: "off", ...settings } }));
  },
});

test("a caller beyond the limit learns when to try again", async ({ served }) => {
  const app = await served({ LIMIT_REQUESTS: "60" });
  const answers = await Promise.all(Array.from({ length: 80 }, () => fetch(`${app.url}/version`)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(10);
  expect(Number(refused[0]!.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(refused[0]!.headers.get("RateLimit-Policy")).toBe('"requests";q=60;w=60');
  expect(await refused[0]!.text()).toContain("Too many requests: 60 a minute are answered.");
  expect(await RawSocket.refusal(app.url, "/agents/coderagent/any")).toMatchObject({ status: 429 });
});

test("a conversation has a most of connections", async ({ served, name }) => {
  const app = await served({ LIMIT_CONNECTIONS: "2" });
  const first = await RawSocket.open(app.url, name);
  const second = await RawSocket.open(app.url, name);
  const third = await RawSocket.open(app.url, name);
  expect(await third.closed()).toEqual({ code: 1013, reason: expect.stringContaining("has 2 connections") });
  expect(await first.call("echo", 1)).toBe(1);
  for (const socket of [first, second]) socket.close();
});

test("a person has a most of model calls at once, and one more waits until one is over", async ({ model, name, served }) => {
  const app = await served({ LIMIT_CALLS: "1" });
  const first = await RawSocket.open(app.url, name);
  const long = first.ask(`[[fake:gate:${name}]]`);
  await model.reached(name);
  const second = await RawSocket.open(app.url, `${name}-other`);
  const question = `${name} [[fake:words-3-0]]`;
  const short = second.ask(question);
  await expect.poll(() => app.log).toContain('"cause":"too-many-calls"');
  const asked = () => model.requests.filter(({ body }) => JSON.stringify(body).includes(question)).length;
  expect(asked(), "the model was not asked").toBe(0);
  model.release(name);
  await first.end(long);
  await second.end(short);
  expect(asked()).toBe(1);
  expect(await storedTexts(app.url, `${name}-other`)).toHaveLength(2);
});

test("a person begins so many conversations within an hour, and continues those that there are", async ({ served, name }) => {
  const app = await served({ ...SIGN_IN, LIMIT_NEW_CONVERSATIONS: "2" });
  const owner = await Person.owner(app);
  const open = async (which: string, person = owner) => RawSocket.open(app.url, `${name}-${which}`, person.credential);

  const first = await open("first");
  await first.end(first.ask("[[fake:words-3-0]]"));
  const put = await owner.send("PUT", `/agents/coderagent/${name}-second/files/a.txt`, "a");
  expect(put.status).toBe(201);

  const third = await open("third");
  const refused = await third.end(third.ask("[[fake:words-3-0]]"));
  expect(refused).toMatchObject({ error: true, body: expect.stringMatching(/You have begun 2 conversations within an hour.* Begin the next one in \d+ s/) });
  const upload = await owner.send("PUT", `/agents/coderagent/${name}-third/files/a.txt`, "a");
  expect(upload.status).toBe(429);
  expect(Number(upload.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await upload.json()).toMatchObject({ code: "too_many_conversations" });
  expect((await owner.send("GET", `/agents/coderagent/${name}-third/export.zip`)).status, "nothing was made").toBe(404);

  await first.end(first.ask("[[fake:words-3-0]]"));
  const ann = await owner.invites("Ann");
  const hers = await open("hers", ann);
  await hers.end(hers.ask("[[fake:words-3-0]]"));
});

test("a person has one rate of requests, from whatever address they come", async ({ served }) => {
  const app = await served({ ...SIGN_IN, PROXY_SECRET, LIMIT_REQUESTS: "60" });
  let address = 0;
  const elsewhere = () => ({ "x-proxy-secret": PROXY_SECRET, "x-forwarded-for": `203.0.113.${(address += 1)}`, "x-forwarded-proto": "https" });
  const owner = await Person.owner(app);
  const answers = await Promise.all(Array.from({ length: 80 }, () => owner.send("GET", "/account", undefined, elsewhere())));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(10);
  expect(await refused[0]!.text()).toContain("Too many requests: 60 a minute are answered.");
  const stranger = await fetch(`${app.url}/account`, { headers: elsewhere(), redirect: "manual" });
  expect(stranger.status, "others are answered").not.toBe(429);
});
