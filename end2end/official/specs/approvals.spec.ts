// Tool calls that need the user's approval.

import { afterCall, BEFORE_CALL, GREETING } from "../../model/script.ts";
import { answer, question, stored, type Client } from "../fixture/client.ts";
import { expect, test, withEachKind } from "../fixture/test.ts";

const ASK = '[[fake:tool:deleteFile:{"path":"a.txt"}]]';
const ALLOWED = [question(ASK), answer(BEFORE_CALL, afterCall('{"deleted":"a.txt"}'))];

async function ask(client: Client): Promise<void> {
  await client.send(ASK);
  await client.shows({ calls: ["deleteFile needs your approval"], isBusy: false });
}

withEachKind(() => {
  test("TA-01, TA-02, TA-03: an approved call runs, and the answer continues in the same message", async ({ name, newClient, official }) => {
    const client = await newClient();
    await ask(client);
    await client.allow();
    await client.settles(ALLOWED);
    await client.shows({ calls: ["deleteFile done"] });
    expect(await stored(official.url, name)).toEqual(ALLOWED);
    await client.comeBack();
    await client.settles(ALLOWED);
    await client.send("Thanks.");
    await client.settles([...ALLOWED, question("Thanks."), answer(GREETING)]);
  });

  test("TA-02, TA-08: a refused call does not run, and the model gets the refusal", async ({ name, newClient, official }) => {
    const client = await newClient();
    await ask(client);
    await client.refuse();
    await client.shows({ calls: ["deleteFile refused"], isBusy: false, error: null });
    await expect.poll(async () => (await client.seen()).messages[1]).toContain(afterCall("").trim());
    const all = await stored(official.url, name);
    expect(all).toHaveLength(2);
    await client.settles(all);
  });

  test("a call still waits for a client that returns", async ({ newClient }) => {
    const client = await newClient();
    await ask(client);
    await client.comeBack();
    await client.shows({ calls: ["deleteFile needs your approval"], isBusy: false });
    await client.allow();
    await client.settles(ALLOWED);
    await client.shows({ calls: ["deleteFile done"] });
  });

  test("UI-17: one client's yes is every client's", async ({ newClient }) => {
    const [first, second] = [await newClient(), await newClient()];
    await ask(first);
    await second.shows({ calls: ["deleteFile needs your approval"] });
    await second.allow();
    for (const client of [first, second]) {
      await client.settles(ALLOWED);
      await client.shows({ calls: ["deleteFile done"] });
    }
  });

  test("a yes that is given while away is sent on return", async ({ name, network, newClient, official }) => {
    const client = await newClient({ origin: network.url });
    await ask(client);
    network.cut();
    await client.shows({ connection: "reconnecting" });
    await client.allow();
    await client.shows({ calls: ["deleteFile allowed"], deliveries: ["Waiting for the connection"] });
    network.restore();
    await client.connected();
    await client.settles(ALLOWED);
    await client.shows({ calls: ["deleteFile done"] });
    expect(await stored(official.url, name)).toEqual(ALLOWED);
  });

  test("RS-32: returning during the continuation of an approved call repeats nothing", async ({ name, newClient, official }) => {
    const client = await newClient();
    await ask(client);
    await client.allow();
    await client.comeBack();
    await client.settles(ALLOWED);
    await client.shows({ calls: ["deleteFile done"] });
    expect(await stored(official.url, name)).toEqual(ALLOWED);
  });
});
