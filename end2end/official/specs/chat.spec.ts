// Questions and answers, of one client and of several.

import { afterCall, BEFORE_CALL, GREETING, words } from "../../model/script.ts";
import { answer, question, stored } from "../fixture/client.ts";
import { expect, test, withEachKind } from "../fixture/test.ts";

withEachKind(() => {
  test("UI-01, UI-10, UI-11: questions are answered, one after the other", async ({ name, newClient, official }) => {
    const client = await newClient();
    await client.send("Good morning.");
    await client.settles([question("Good morning."), answer(GREETING)]);
    await client.send("[[fake:words-40-2]]");
    const all = [question("Good morning."), answer(GREETING), question("[[fake:words-40-2]]"), answer(words(40))];
    await client.settles(all);
    expect(await stored(official.url, name)).toEqual(all);
    await client.comeBack();
    await client.settles(all);
  });

  test("UI-02: thoughts come apart from the answer", async ({ newClient }) => {
    const client = await newClient();
    await client.send("[[fake:reasoning]]");
    await client.settles([question("[[fake:reasoning]]"), answer("The answer is 42.")]);
    expect((await client.seen()).thoughts).toEqual(["First think, then answer."]);
  });

  test("UI-04, UI-05: the server's own tool is called in the middle of an answer", async ({ newClient }) => {
    const ask = '[[fake:tool:getWeather:{"city":"Oslo"}]]';
    const client = await newClient();
    await client.send(ask);
    await client.settles([question(ask), answer(BEFORE_CALL, afterCall('{"city":"Oslo","condition":"sunny"}'))]);
    // The page fetches the code for calls with the first one.
    await client.shows({ calls: ["getWeather done"] });
    await client.comeBack();
    await client.shows({ calls: ["getWeather done"] });
  });

  test("CH-05: two clients see the same, word by word", async ({ model, name, newClient, official }) => {
    const ask = `[[fake:gate:${name}]]`;
    const [first, second] = [await newClient(), await newClient()];
    await first.send(ask);
    for (const client of [first, second]) await client.shows({ messages: [question(ask), answer(words(3))], isBusy: true });
    model.release(name);
    for (const client of [first, second]) await client.settles([question(ask), answer(words(6))]);
    // The official server takes what it is sent for the whole transcript.
    await second.send(`And I? [[fake:gate:second ${name}]]`);
    const begun = [question(ask), answer(words(6)), question(`And I? [[fake:gate:second ${name}]]`)];
    for (const client of [first, second]) await client.shows({ messages: [...begun, answer(words(3))], isBusy: true });
    model.release(`second ${name}`);
    const all = [...begun, answer(words(6))];
    for (const client of [first, second]) await client.settles(all);
    expect(await stored(official.url, name)).toEqual(all);
  });

  test("UI-16: another client's message neither removes nor doubles a growing answer", async ({
    model,
    name,
    newClient,
    official,
  }) => {
    const ask = `[[fake:gate:${name}]]`;
    const [first, second] = [await newClient(), await newClient()];
    await first.send(ask);
    await second.shows({ messages: [question(ask), answer(words(3))] });
    await second.send("Me too.");
    for (const client of [first, second]) {
      await expect.poll(async () => (await client.seen()).messages).toContain(question("Me too."));
      const { messages } = await client.seen();
      expect(messages.filter((message) => message === answer(words(3)))).toHaveLength(1);
    }
    model.release(name);
    const all = [question(ask), answer(words(6)), question("Me too."), answer(GREETING)];
    for (const client of [first, second]) await client.settles(all);
    expect(await stored(official.url, name)).toEqual(all);
  });

  test("a message sent while an answer runs is answered next", async ({ model, name, newClient, official }) => {
    const ask = `[[fake:gate:${name}]]`;
    const client = await newClient();
    await client.send(ask);
    await client.shows({ messages: [question(ask), answer(words(3))] });
    await client.send("And then?");
    await client.shows({ deliveries: ["Queued"], messages: [question(ask), answer(words(3)), question("And then?")] });
    model.release(name);
    const all = [question(ask), answer(words(6)), question("And then?"), answer(GREETING)];
    await client.settles(all);
    expect(await stored(official.url, name)).toEqual(all);
    await client.comeBack();
    await client.settles(all);
  });
});
