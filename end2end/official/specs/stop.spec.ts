// Turns that are stopped, abandoned and cleared.

import { GREETING, words } from "../../model/script.ts";
import { answer, question, stored } from "../fixture/client.ts";
import { expect, test, withEachKind } from "../fixture/test.ts";

withEachKind((kind) => {
  test("CN-12: Stop cancels the turn, once, and keeps the partial answer", async ({ model, name, newClient, official }) => {
    const ask = `[[fake:gate:${name}]]`;
    const client = await newClient();
    await client.send(ask);
    await client.shows({ messages: [question(ask), answer(words(3))], isBusy: true });
    await client.stop();
    const half = [question(ask), answer(words(3))];
    await client.settles(half);
    await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);
    await expect.poll(() => stored(official.url, name)).toEqual(half);
    expect(client.wire.sent.filter(({ type }) => type === "cf_agent_chat_request_cancel")).toHaveLength(1);

    await client.send("And now?");
    await client.settles([...half, question("And now?"), answer(GREETING)]);
  });

  test("CN-12: leaving is not stopping", async ({ model, name, newClient }) => {
    const ask = `[[fake:gate:${name}]]`;
    const client = await newClient();
    await client.send(ask);
    await client.shows({ messages: [question(ask), answer(words(3))] });
    await client.comeBack();
    await client.shows({ messages: [question(ask), answer(words(3))], isBusy: true });
    expect(model.requestsWith(name)[0]?.abandoned).toBe(false);
    model.release(name);
    await client.settles([question(ask), answer(words(6))]);
    expect(client.wire.sent.map(({ type }) => type)).not.toContain("cf_agent_chat_request_cancel");
  });

  if (kind === "native") {
    test("CN-12: Stop works after coming back", async ({ model, name, newClient }) => {
      const ask = `[[fake:gate:${name}]]`;
      const client = await newClient();
      await client.send(ask);
      await client.shows({ messages: [question(ask), answer(words(3))] });
      await client.comeBack();
      await client.shows({ messages: [question(ask), answer(words(3))], isBusy: true });
      await client.stop();
      await client.settles([question(ask), answer(words(3))]);
      await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);
    });
  }

  test("CN-12: a turn stopped while offline is cancelled on return", async ({ model, name, network, newClient }) => {
    const ask = `[[fake:gate:${name}]]`;
    const client = await newClient({ origin: network.url });
    await client.send(ask);
    await client.shows({ messages: [question(ask), answer(words(3))] });
    network.cut();
    await client.shows({ connection: "reconnecting" });
    await client.stop();
    network.restore();
    await client.connected();
    await client.settles([question(ask), answer(words(3))]);
    await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);
  });

  test("UI-16: a clear reaches every client, and the next turn starts from nothing", async ({ name, newClient, official }) => {
    const [first, second] = [await newClient(), await newClient()];
    await first.send("Forget me.");
    for (const client of [first, second]) await client.settles([question("Forget me."), answer(GREETING)]);
    await first.clear();
    for (const client of [first, second]) await client.settles([]);
    expect(await stored(official.url, name)).toEqual([]);
    await second.send("Who are you?");
    for (const client of [first, second]) await client.settles([question("Who are you?"), answer(GREETING)]);
  });

  test("UI-16: a clear takes a growing answer away", async ({ model, name, newClient, official }) => {
    const ask = `[[fake:gate:${name}]]`;
    const [first, second] = [await newClient(), await newClient()];
    await first.send(ask);
    await second.shows({ messages: [question(ask), answer(words(3))] });
    await second.clear();
    await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);
    for (const client of [first, second]) await client.shows({ isBusy: false, error: null });
    // The official server stores the partial answer after the clear (CN-11); a client that fetches the transcript
    // gets it.
    expect((await first.seen()).messages).toEqual([]);
    expect((await second.seen()).messages).not.toContain(question(ask));
    await first.send("Still there?");
    for (const client of [first, second]) {
      await expect.poll(async () => (await client.seen()).messages.slice(-2)).toEqual([question("Still there?"), answer(GREETING)]);
      await client.shows({ isBusy: false, error: null });
      await client.comeBack();
      await client.settles(await stored(official.url, name));
    }
  });
});
