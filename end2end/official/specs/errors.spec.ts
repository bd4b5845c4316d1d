// Models that fail.

import { GREETING, words } from "../../model/script.ts";
import { answer, question, stored } from "../fixture/client.ts";
import { expect, test, withEachKind } from "../fixture/test.ts";

withEachKind((kind) => {
  test("UI-15: a refused turn says why, and Retry asks again", async ({ name, newClient, official }) => {
    const ask = `[[fake:error-once-500:${name}]]`;
    const client = await newClient();
    await client.send("Good morning.");
    await client.settles([question("Good morning."), answer(GREETING)]);
    await client.send(ask);
    await client.shows({ error: "Internal Server Error", isBusy: false });
    await client.retry();
    const all = [question("Good morning."), answer(GREETING), question(ask), answer(GREETING)];
    await client.settles(all);
    await expect.poll(() => stored(official.url, name)).toEqual(all);
    await client.comeBack();
    await client.settles(all);
  });

  if (kind === "native") {
    test("a turn that fails again says so again, and a new message is a way on", async ({ name, newClient }) => {
      const ask = "[[fake:error-429]]";
      const client = await newClient();
      await client.send(ask);
      await client.shows({ error: "Rate limit exceeded", isBusy: false });
      await client.retry();
      await expect.poll(() => client.wire.received.filter(({ error }) => error === true).length, name).toBe(2);
      await client.shows({ error: "Rate limit exceeded", isBusy: false });
      await client.send("Never mind.");
      await client.shows({ error: null, isBusy: false });
      await expect.poll(async () => (await client.seen()).messages.slice(-2)).toEqual([question("Never mind."), answer(GREETING)]);
    });
  }

  test("a client that returns still gets a refused turn", async ({ newClient }) => {
    const client = await newClient();
    await client.send("[[fake:error-401]]");
    await client.shows({ error: "No auth credentials found", isBusy: false });
    await client.comeBack();
    await client.shows({ error: "No auth credentials found", isBusy: false });
  });

  test("UI-15: an answer that breaks off and is taken up again is one message", async ({ name, newClient, official }) => {
    const ask = "[[fake:drop-midstream]]";
    const client = await newClient();
    await client.send(ask);
    const all = [question(ask), answer(words(6))];
    await client.settles(all);
    expect(client.wire.receivedTypes, "the server broke off and went on").toContain("cf_agent_chat_recovering");
    expect(await stored(official.url, name)).toEqual(all);
    await client.comeBack();
    await client.settles(all);
  });
});
