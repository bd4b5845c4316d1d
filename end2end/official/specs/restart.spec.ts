// The official server stops and restarts.

import { GREETING, words } from "../../model/script.ts";
import { answer, question, stored } from "../fixture/client.ts";
import { expect, test, withEachKind } from "../fixture/test.ts";

withEachKind(() => {
  test("RS-30: a server that is killed in the middle of an answer leaves no client waiting", async ({ model, name, newClient, startOfficial }) => {
    test.setTimeout(120_000);
    const { server, origin } = await startOfficial();
    const ask = `[[fake:gate:${name}]]`;
    const client = await newClient({ origin });
    await client.send("Good morning.");
    await client.settles([question("Good morning."), answer(GREETING)]);
    await client.send(ask);
    await client.shows({ isBusy: true, messages: [question("Good morning."), answer(GREETING), question(ask), answer(words(3))] });

    await server.kill();
    await expect.poll(async () => (await client.seen()).connection).not.toBe("connected");
    model.release(name);
    await server.launch();
    await client.look();
    await client.connected();
    // The official server calls its model again.
    const all = [question("Good morning."), answer(GREETING), question(ask), answer(words(6))];
    await client.settles(all, 60_000);
    expect(await stored(server.url, name)).toEqual(all);

    await client.send("Still there?");
    await client.settles([...all, question("Still there?"), answer(GREETING)], 30_000);
  });
});
