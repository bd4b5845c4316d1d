// The synced state.

import { Heard, question } from "../fixture/heard.ts";
import { expect, test } from "../fixture/test.ts";

interface CoderState {
  title: string | null;
  projectContext: string | null;
  model: string | null;
  run: { status: string; queued: number };
}

const INITIAL: CoderState = { title: null, projectContext: null, model: null, run: { status: "idle", queued: 0 } };

test("WS-02, WS-05: the state follows the identity, and `ready` waits for it", async ({ connect }) => {
  const client = connect();
  const heard = new Heard(client);
  await client.ready;
  expect(client.state).toEqual(INITIAL);
  expect(heard.types.slice(0, 2)).toEqual(["cf_agent_identity", "cf_agent_state"]);
  expect(heard.frames[0]?.stateFollows).toBe(true);
});

test("ST-02, ST-12: a client's change reaches the others, and a new one", async ({ connect }) => {
  const [writer, reader] = [connect(), connect()];
  const [told, heard] = [new Heard(writer), new Heard(reader)];
  await Promise.all([writer.ready, reader.ready]);
  const changed = { ...INITIAL, title: "A parser" };
  writer.setState(changed);
  expect((await heard.frame((frame) => frame.type === "cf_agent_state" && isTitled(frame.state))).state).toEqual(changed);
  expect(reader.state).toEqual(changed);
  expect(told.types.filter((type) => type === "cf_agent_state"), "the writer is not told").toHaveLength(1);
  const late = connect();
  await late.ready;
  expect(late.state).toEqual(changed);
});

for (const [what, state] of [
  ["a title that is no text", { ...INITIAL, title: 7 }],
  ["an unknown key", { ...INITIAL, owner: "me" }],
  ["a missing key", { title: null }],
  ["an over-long title", { ...INITIAL, title: "x".repeat(100_000) }],
  ["no object", "title"],
  ["nothing", null],
] as const) {
  test(`ST-03, ST-11: ${what} is rejected, and no other client gets it`, async ({ connect }) => {
    const errors: string[] = [];
    const writer = connect({ onStateUpdateError: (error) => errors.push(error) });
    const reader = connect();
    const heard = new Heard(reader);
    await Promise.all([writer.ready, reader.ready]);
    writer.setState(state);
    await expect.poll(() => errors).toEqual(["State update rejected"]);
    writer.setState({ ...INITIAL, title: "Still of use" });
    await heard.frame((frame) => frame.type === "cf_agent_state" && isTitled(frame.state));
    expect(heard.types.filter((type) => type === "cf_agent_state")).toHaveLength(2);
  });
}

test("ST-05, ST-06, ST-08: a readonly connection reads", async ({ connect }) => {
  const errors: string[] = [];
  const reader = connect({ query: { readonly: "true" }, onStateUpdateError: (error) => errors.push(error) });
  const writer = connect();
  const heard = new Heard(reader);
  await Promise.all([reader.ready, writer.ready]);
  reader.setState({ ...INITIAL, title: "Mine" });
  await expect.poll(() => errors).toEqual(["Connection is readonly"]);
  await expect(reader.call("setProjectContext", ["Mine."])).rejects.toThrow("Connection is readonly");
  expect(await reader.call("getProjectContext")).toBeNull();
  writer.setState({ ...INITIAL, title: "A parser" });
  await heard.frame((frame) => frame.type === "cf_agent_state" && isTitled(frame.state));
});

test("WS-06, WS-07, WS-08: without the protocol there are only answers", async ({ connect }) => {
  const quiet = connect({ query: { protocol: "false" } });
  const writer = connect();
  const heard = new Heard(quiet);
  await writer.ready;
  for (let round = 0; round < 2; round++) {
    expect(await quiet.call("getProjectContext")).toBeNull();
    writer.setState({ ...INITIAL, title: `Round ${round}` });
    const asked = question("Hello.");
    quiet.send(asked.frame);
    await heard.end(asked.id);
    quiet.reconnect();
  }
  expect(new Set(heard.types)).toEqual(new Set(["rpc", "cf_agent_use_chat_response"]));
});

test("ST-01: `run` tells every client of a turn", async ({ connect, model, name }) => {
  const [asking, watching] = [connect(), connect()];
  const seen: string[] = [];
  watching.addEventListener("message", () => {
    const status = (watching.state as CoderState | undefined)?.run.status;
    if (status && seen.at(-1) !== status) seen.push(status);
  });
  const heard = new Heard(asking);
  await Promise.all([asking.ready, watching.ready]);
  const asked = question(`[[fake:gate:${name}]]`);
  asking.send(asked.frame);
  await model.reached(name);
  await expect.poll(() => seen.at(-1)).not.toBe("idle");
  model.release(name);
  await heard.end(asked.id);
  await expect.poll(() => (watching.state as CoderState).run).toEqual(INITIAL.run);
});

function isTitled(state: unknown): boolean {
  return (state as CoderState | null)?.title != null;
}
