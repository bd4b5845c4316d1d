// Answers that outlive the connection.

import { GREETING, words } from "../../model/script.ts";
import { pointsIn } from "../../interop/fixture/seed.ts";
import type { Passed } from "../../interop/fixture/wire.ts";
import { answer, question, stored, type Client } from "../fixture/client.ts";
import { NativeClient } from "../fixture/native.ts";
import { expect, test, withEachKind } from "../fixture/test.ts";

const BEFORE = 60;
const AFTER = 10;

const OFTEN = { intervals: [20] };

/** Waits until the answer has this many words. */
async function heard(client: Client, count: number): Promise<void> {
  const length = async () => (await client.seen()).messages.at(-1)?.length ?? 0;
  await expect.poll(length, OFTEN).toBeGreaterThanOrEqual(answer(words(count)).length);
}

function acks(passed: Passed[]): Passed[] {
  return passed.filter(({ sent, frame }) => sent && frame.type === "cf_agent_stream_resume_ack");
}

withEachKind((kind) => {
  test("RS-27, RS-32, UI-14: coming back at any point loses nothing and repeats nothing", async ({ model, name, newClient, official }) => {
    const ask = `[[fake:gate-${BEFORE}-${AFTER}:${name}]]`;
    const [client, witness] = [await newClient(), await newClient()];
    await client.send(ask);
    for (const point of pointsIn(BEFORE, 4, 11)) {
      await heard(client, point);
      await client.comeBack();
      await heard(client, 1);
    }
    await client.shows({ isBusy: true });
    model.release(name);
    const all = [question(ask), answer(words(BEFORE + AFTER))];
    for (const one of [client, witness]) await one.settles(all);
    expect(await stored(official.url, name)).toEqual(all);

    expect(client.wire.sockets).toHaveLength(5);
    for (const passed of client.wire.sockets.slice(1)) expect(acks(passed), "RS-27").toHaveLength(1);
    if (client instanceof NativeClient) {
      const shown = client.views.flatMap(({ rows }) => rows.slice(1).flatMap(({ message }) => message.parts.map(({ text }) => text ?? "")));
      const torn = shown.filter((text) => !words(BEFORE + AFTER).startsWith(text));
      expect(torn, "UI-14: no view ever had a word too few or too many").toEqual([]);
    }
  });

  if (kind === "native") {
    test("RS-30: a network that fails and recovers leaves the answer complete", async ({ model, name, network, newClient }) => {
      const ask = `[[fake:gate-30-10:${name}]]`;
      const client = await newClient({ origin: network.url });
      await client.send(ask);
      await heard(client, 30);
      network.cut();
      await client.shows({ connection: "reconnecting", isBusy: true, messages: [question(ask), answer(words(30))] });
      network.restore();
      await client.connected();
      await client.shows({ isBusy: true, messages: [question(ask), answer(words(30))] });
      model.release(name);
      await client.settles([question(ask), answer(words(40))]);
    });
  }

  test("RS-30: an answer that streams across a cut is whole, each word once", async ({ name, network, newClient, official }) => {
    const ask = "[[fake:words-80-40]]";
    const client = await newClient({ origin: network.url });
    await client.send(ask);
    await heard(client, 10);
    network.cut();
    await client.shows({ connection: "reconnecting" });
    network.restore();
    await client.settles([question(ask), answer(words(80))], 20_000);
    expect(await stored(official.url, name)).toEqual([question(ask), answer(words(80))]);
  });

  test("an answer that ends while nobody listens is there on return", async ({ model, name, network, newClient, official }) => {
    const ask = `[[fake:gate:${name}]]`;
    const client = await newClient({ origin: network.url });
    await client.send(ask);
    await client.shows({ messages: [question(ask), answer(words(3))] });
    network.cut();
    await client.shows({ connection: "reconnecting", isBusy: true });
    model.release(name);
    const all = [question(ask), answer(words(6))];
    await expect.poll(() => stored(official.url, name)).toEqual(all);
    network.restore();
    await client.settles(all, 20_000);
  });

  test("coming back before the first word waits for it", async ({ model, name, newClient, official }) => {
    const ask = `[[fake:gate-0-5:${name}]]`;
    const client = await newClient();
    await client.send(ask);
    await model.reached(name);
    await client.comeBack();
    await client.shows({ isBusy: true });
    model.release(name);
    await client.settles([question(ask), answer(words(5))]);
    expect(await stored(official.url, name)).toEqual([question(ask), answer(words(5))]);
  });

  test("WS-23: messages written while offline are delivered in order, once", async ({ model, name, network, newClient, official }) => {
    const client = await newClient({ origin: network.url });
    network.cut();
    await client.shows({ connection: "reconnecting" });
    const texts = [`First ${name}`, `Second ${name}`];
    for (const text of texts) await client.send(text);
    await client.shows({ deliveries: texts.map(() => "Waiting for the connection") });
    network.restore();
    await client.connected();
    await client.shows({ isBusy: false, deliveries: [], error: null });
    // The official server stores an answer after the questions that were sent while it was written.
    const expected = texts.flatMap((text) => [question(text), answer(GREETING)]).toSorted();
    // The page shows words once per frame, but the end of the turn at once.
    await expect.poll(async () => (await client.seen()).messages.toSorted()).toEqual(expected);
    const all = await stored(official.url, name);
    expect(all.toSorted()).toEqual(expected);
    expect(all.filter((line) => line.startsWith("user"))).toEqual(texts.map((text) => question(text)));
    await client.comeBack();
    await client.settles(all);
    expect(model.requestsWith(texts[0]!)).toHaveLength(2);
  });

  test("RS-28: a network that goes silent is noticed, and nothing is missing afterwards", async ({ model, name, network, newClient }) => {
    const ask = `[[fake:gate:${name}]]`;
    const client = await newClient({ origin: network.url, clock: true });
    await client.send(ask);
    await client.shows({ messages: [question(ask), answer(words(3))] });
    network.swallow();
    model.release(name);
    // A silent turn is asked about; an official server answers no heartbeats.
    await client.pass(60_000 + 3 * 5_000 + 1_000);
    await expect.poll(async () => (await client.seen()).connection).not.toBe("connected");
    network.restore();
    await client.connected();
    await client.settles([question(ask), answer(words(6))]);
  });
});
