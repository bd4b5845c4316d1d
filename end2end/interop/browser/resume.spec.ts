// Answers that outlive their page, their socket and their server.

import { settingsFor } from "../../fixture/test.ts";
import { storedTexts } from "../../fixture/transcript.ts";
import { words } from "../../model/script.ts";
import { expect, test, withEachSdk } from "../fixture/test.ts";
import { ends, numbered, responses, type Passed } from "../fixture/wire.ts";
import { pointsIn } from "../fixture/seed.ts";

const BEFORE = 120;
const AFTER = 20;

/** The handshake in order, and every chunk once, replayed or live. */
function expectResumed(passed: Passed[]): void {
  const received = passed.filter(({ sent }) => !sent).map(({ frame }) => frame);
  expect(received[0]?.type, "RS-01").toBe("cf_agent_stream_resuming");
  const isAck = ({ sent, frame }: Passed) => sent && frame.type === "cf_agent_stream_resume_ack";
  expect(passed.filter(isAck), "the client acknowledges once").toHaveLength(1);
  const acked = passed.findIndex(isAck);
  expect(responses(passed.slice(0, acked).map(({ frame }) => frame)), "RS-02").toEqual([]);

  const answer = responses(received);
  const complete = answer.findIndex(({ replayComplete }) => replayComplete === true);
  expect(complete, "RS-03: the replay has an end").toBeGreaterThanOrEqual(0);
  expect(answer[complete]).toMatchObject({ replay: true, done: false });
  expect(answer.slice(0, complete).every(({ replay }) => replay === true)).toBe(true);
  expect(answer.slice(complete + 1).some(({ replay }) => replay === true)).toBe(false);
  const chunks = numbered(received);
  expect(chunks.map(({ seq }) => seq)).toEqual(chunks.map((_, index) => index));
}

withEachSdk(() => {
  test("RS-01, RS-02, RS-03, RS-26: reloads at any point lose nothing and repeat nothing", async ({
    app,
    model,
    name,
    newTab,
    sdk,
  }) => {
    const question = `[[fake:gate-${BEFORE}-${AFTER}:${name}]]`;
    const [tab, witness] = [await newTab(), await newTab()];
    await tab.open(name);
    await witness.open(name);
    await tab.send(question);
    for (const point of pointsIn(BEFORE, 4, sdk)) {
      await expect.poll(async () => (await tab.lastAnswer())?.length ?? 0).toBeGreaterThanOrEqual(words(point).length);
      await tab.reload();
      await expect.poll(() => tab.lastAnswer()).not.toBeNull();
    }
    await expect(tab.turn).toHaveText("streaming");
    model.release(name);
    await tab.answered(words(BEFORE + AFTER));
    await tab.settled();
    await witness.answered(words(BEFORE + AFTER));
    await expect(tab.answers).toHaveCount(1);
    expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(BEFORE + AFTER)}`]);

    const whole = numbered(witness.wire.received);
    expect(whole.map(({ seq }) => seq)).toEqual(whole.map((_, index) => index));
    for (const [index, passed] of tab.wire.sockets.entries()) {
      if (index > 0) expectResumed(passed);
      const seen = numbered(passed.filter(({ sent }) => !sent).map(({ frame }) => frame));
      expect(seen, "RS-26: the same numbers mean the same chunks").toEqual(whole.slice(0, seen.length));
    }
    expect(tab.wire.sockets).toHaveLength(5);

    await tab.reload();
    await tab.answered(words(BEFORE + AFTER));
    await expect(tab.turn).toHaveText("ready");
    await expect
      .poll(() => tab.wire.last.map(({ frame }) => frame.type), "RS-07")
      .toContain("cf_agent_stream_resume_none");
  });

  test("RS-20: a reload before the first word waits for it", async ({ app, model, name, newTab }) => {
    const question = `[[fake:gate-0-5:${name}]]`;
    const tab = await newTab();
    await tab.open(name);
    await tab.send(question);
    await model.reached(name);
    await tab.reload();
    const types = () => tab.wire.last.filter(({ sent }) => !sent).map(({ frame }) => frame.type);
    await expect.poll(types).toContain("cf_agent_mcp_servers");
    await expect.poll(types).toContain("cf_agent_stream_pending");
    model.release(name);
    await tab.answered(words(5));
    await tab.settled();
    await expect(tab.answers).toHaveCount(1);
    expect(types()).toContain("cf_agent_stream_resuming");
    expect(types()).not.toContain("cf_agent_stream_resume_none");
    expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(5)}`]);
  });

  test("CN-03: Stop works after a reload", async ({ app, model, name, newTab }) => {
    const question = `[[fake:gate:${name}]]`;
    const tab = await newTab();
    await tab.open(name);
    await tab.send(question);
    await tab.answered(words(3));
    await tab.reload();
    await expect(tab.turn).toHaveText("streaming");
    await tab.button("Stop").click();
    await tab.settled();
    await tab.answered(words(3));
    await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);
    await expect(tab.endedTurns).toHaveText(["aborted"]);
    expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(3)}`]);
  });

  test("RS-30: a lost socket is replaced, and the answer continues", async ({ app, model, name, network, newTab }) => {
    const question = `[[fake:gate-30-10:${name}]]`;
    const tab = await newTab({ origin: network.url });
    await tab.open(name);
    await tab.send(question);
    await tab.answered(words(30));
    network.cut();
    await expect(tab.agent).toHaveText("unknown");
    network.restore();
    await tab.connected();
    await expect(tab.turn).toHaveText("streaming");
    await tab.answered(words(30));
    model.release(name);
    await tab.answered(words(40));
    await tab.settled();
    await expect(tab.answers).toHaveCount(1);
    await expect(tab.error).toHaveCount(0);
    await expect(tab.endedTurns).toHaveText(["completed"]);
    expectResumed(tab.wire.last);
    expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(40)}`]);
  });

  for (const when of ["after a reload", "at once"] as const) {
    test(`RS-08: an answer that ended while the socket was away is there ${when}`, async ({
      app,
      model,
      name,
      network,
      newTab,
    }) => {
      const question = `[[fake:gate-30-10:${name}]]`;
      const tab = await newTab({ origin: network.url });
      await tab.open(name);
      await tab.send(question);
      await tab.answered(words(30));
      network.cut();
      model.release(name);
      await expect
        .poll(() => storedTexts(app.url, name))
        .toEqual([`user: ${question}`, `assistant: ${words(40)}`]);
      network.restore();
      await tab.connected();
      if (when === "after a reload") await tab.reload();
      await tab.answered(words(40));
      await expect(tab.answers).toHaveCount(1);
      await expect(tab.turn).toHaveText("ready");
    });
  }

  test("WS-23: a question asked without a network is delivered once there is one", async ({
    app,
    name,
    network,
    newTab,
  }) => {
    const tab = await newTab({ origin: network.url });
    await tab.open(name);
    network.cut();
    await expect(tab.agent).toHaveText("unknown");
    await tab.send("[[fake:words-3-0]]");
    await expect(tab.questions).toHaveCount(1);
    network.restore();
    await tab.answered(words(3));
    await tab.settled();
    expect(await storedTexts(app.url, name)).toEqual(["user: [[fake:words-3-0]]", `assistant: ${words(3)}`]);
  });
});

test("RC-01: a server killed in the middle of an answer completes it", async ({ model, name, newTab, startApp }) => {
  const question = `[[fake:gate-30-10:${name}]]`;
  const app = await startApp({ settings: settingsFor(model) });
  const [tab, other] = [await newTab({ origin: app.url, sdk: 6 }), await newTab({ origin: app.url, sdk: 7 })];
  await tab.open(name);
  await other.open(name);
  await tab.send(question);
  await tab.answered(words(30));
  await other.answered(words(30));
  await app.kill();
  await expect(tab.agent).toHaveText("unknown");
  await app.launch();
  model.release(name);
  for (const page of [tab, other]) {
    await page.connected();
    await page.answered(words(40));
    await page.settled();
    await expect(page.answers).toHaveCount(1);
    await expect(page.error).toHaveCount(0);
    const last = page.wire.last.filter(({ sent }) => !sent).map(({ frame }) => frame);
    expect(ends(last).length, "the turn is ended for each client").toBeGreaterThanOrEqual(1);
  }
  expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(40)}`]);
  for (const page of [tab, other]) {
    await page.reload();
    await page.answered(words(40));
    await page.settled();
  }
});
