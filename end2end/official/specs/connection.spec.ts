// How connections end, and what follows.

import { RawSocket } from "../../fixture/socket.ts";
import { GREETING } from "../../model/script.ts";
import { answer, question } from "../fixture/client.ts";
import { expect, test, withEachKind } from "../fixture/test.ts";

/** Makes the server close every connection of the conversation. */
async function closeAll(origin: string, name: string, code: number): Promise<void> {
  const other = await RawSocket.open(origin, name);
  other.send({ type: "rpc", id: "1", method: "closeAll", args: [code, "so it is"] });
}

withEachKind((kind) => {
  for (const code of { native: [1008, 4001, 4999], page: [4001] }[kind]) {
    test(`WS-20: after ${code} the client stays away`, async ({ name, newClient, official }) => {
      const client = await newClient({ clock: true });
      await closeAll(official.url, name, code);
      await client.shows({ connection: "refused" });
      await client.pass(30_000);
      await client.shows({ connection: "refused" });
      expect(client.wire.sockets).toHaveLength(1);
    });
  }

  for (const code of { native: [1000, 1001, 1011, 3000], page: [1011] }[kind]) {
    test(`WS-21: after ${code} the client comes back`, async ({ name, newClient, official }) => {
      const client = await newClient();
      await closeAll(official.url, name, code);
      await expect.poll(() => client.wire.sockets.length).toBe(2);
      await client.connected();
      await client.send("Good morning.");
      await client.settles([question("Good morning."), answer(GREETING)]);
    });
  }
});
