// Methods, state, client tools, edits: features of the hook without a part in the page, through the client without a
// page.

import { NativeClient } from "../fixture/native.ts";
import { answer, question } from "../fixture/client.ts";
import { expect, test as base } from "../fixture/test.ts";
import { GREETING } from "../../model/script.ts";

const test = base.extend<{ client: NativeClient }>({
  client: async ({ name, official }, use) => {
    const client = new NativeClient(official.url, name, ["getTimeZone"]);
    await client.open();
    await use(client);
    await client.close();
  },
});

test("a method is called, and one that does not exist says so", async ({ client }) => {
  client.call("a", "add", [1, 2]);
  await client.tells("call-ended", [{ id: "a", result: 3 }]);
  client.call("b", "subtract", [1, 2]);
  await client.tells("call-ended", [{ id: "a" }, { id: "b", error: ["call_failed", expect.any(String)] }]);
});

test("RP-14: a stream tells each part; a call that is not answered ends in time", async ({ client }) => {
  client.call("c", "countTo", [3], null);
  await client.tells("call-ended", [{ id: "c", result: "done", error: null }]);
  await client.tells("call-part", [{ part: 1 }, { part: 2 }, { part: 3 }]);
});

test("RP-15: a call of a connection that is lost ends, one made meanwhile is sent on the next", async ({ client }) => {
  client.call("lost", "closeAll", [1012, "restart"]);
  client.call("cut", "never", [], null);
  await expect.poll(() => client.wire.sockets.length).toBe(2);
  await client.connected();
  client.call("next", "add", [2, 2]);
  await expect.poll(() => client.told.filter((one) => one.kind === "call-ended" && one.id === "next")).toMatchObject([{ result: 4 }]);
});

test("ST-12: a new state shows at once, and reaches another client", async ({ client, name, official }) => {
  const other = new NativeClient(official.url, name);
  await other.open();
  client.setState({ counter: 7 });
  await client.tells("state", [{ state: { counter: 0 } }, { state: { counter: 7 } }]);
  await other.tells("state", [{ state: { counter: 0 } }, { state: { counter: 7 } }]);
  await other.close();
});

test("WS-27: the identity holds until the connection is lost, and arrives again", async ({ client, name }) => {
  await client.tells("identity", [{ name }]);
  await client.comeBack();
  await client.tells("identity", [{ name }, { name: null }, { name }]);
});

test("TL-20: a client tool is requested once, and its output continues the turn", async ({ client, model }) => {
  await client.send("[[fake:tool:getTimeZone:{}]]");
  await client.tells("run-tool", [{ name: "getTimeZone" }]);
  const call = client.told.find((one) => one.kind === "run-tool");
  if (call?.kind !== "run-tool") throw new Error("no call");
  client.addToolOutput(call.call, "Europe/Vienna");
  await client.shows({ calls: ["getTimeZone done"], isBusy: false });
  await client.tells("run-tool", [{ name: "getTimeZone" }]);
  expect(model.faults).toEqual([]);
});

test("an answer is asked for anew, and a question is put in other words", async ({ client }) => {
  await client.send("first");
  await client.settles([question("first"), answer(GREETING)]);
  await client.send("second");
  await client.settles([question("first"), answer(GREETING), question("second"), answer(GREETING)]);
  const [first, reply] = client.ids();
  client.regenerate(reply!);
  await client.settles([question("first"), answer(GREETING)]);
  client.edit(first!, "other words");
  await client.settles([question("other words"), answer(GREETING)]);
  expect(client.ids()[0]).toBe(first);
});
