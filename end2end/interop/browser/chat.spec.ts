// Questions and answers through `useAgent` and `useAgentChat`.

import { storedMessages, storedTexts } from "../../fixture/transcript.ts";
import { GREETING, words } from "../../model/script.ts";
import { expect, test, withEachSdk } from "../fixture/test.ts";
import { ends, numbered, responses } from "../fixture/wire.ts";

withEachSdk(() => {
  test("WS-01, CH-01, CH-03: an empty room is ready at once, and its first question is answered", async ({
    app,
    name,
    newTab,
  }) => {
    const tab = await newTab();
    await tab.open(name);
    await expect(tab.agent).toHaveText(`coder-agent/${name}`);
    await expect(tab.transcript).toBeEmpty();
    await expect(tab.turn).toHaveText("ready");

    await tab.send("[[fake:words-40-1]]");
    await tab.answered(words(40));
    await tab.settled();
    await expect(tab.endedTurns).toHaveText(["completed"]);
    await expect(tab.error).toHaveCount(0);
    expect(await storedTexts(app.url, name)).toEqual(["user: [[fake:words-40-1]]", `assistant: ${words(40)}`]);

    const stored = await storedMessages(app.url, name);
    const shown = await tab.transcript.getByRole("article").evaluateAll((all) => all.map(({ dataset }) => dataset.id));
    expect(shown, "the page and the agent mean the same messages").toEqual(stored.map(({ id }) => id));
    const chunks = numbered(tab.wire.received);
    expect(chunks.map(({ seq }) => seq)).toEqual(chunks.map((_, index) => index));
    expect(ends(tab.wire.received)).toHaveLength(1);
    expect(ends(tab.wire.received)[0]?.messageIds, "CH-29").toEqual([stored[0]!.id]);
  });

  test("an answer appears as it is written", async ({ model, name, newTab }) => {
    const tab = await newTab();
    await tab.open(name);
    await tab.send(`[[fake:gate:${name}]]`);
    await tab.answered(words(3));
    await expect(tab.turn).toHaveText("streaming");
    model.release(name);
    await tab.answered(words(6));
    await tab.settled();
  });

  test("CH-07: one question after another", async ({ app, name, newTab }) => {
    const tab = await newTab();
    await tab.open(name);
    for (const count of [1, 2, 3]) {
      await tab.send(`[[fake:words-${count}-0]]`);
      await expect(tab.answers).toHaveCount(count);
      await tab.answered(words(count));
      await tab.settled();
    }
    expect(await storedTexts(app.url, name)).toEqual(
      [1, 2, 3].flatMap((count) => [`user: [[fake:words-${count}-0]]`, `assistant: ${words(count)}`]),
    );
    await expect(tab.endedTurns).toHaveText(["completed", "completed", "completed"]);
  });

  test("UI-02: reasoning is a part of its own", async ({ name, newTab }) => {
    const tab = await newTab();
    await tab.open(name);
    await tab.send("[[fake:reasoning]]");
    await tab.answered("The answer is 42.");
    await expect(tab.answers.getByRole("blockquote")).toHaveText("First think, then answer.");
    await tab.settled();
  });

  test("CH-05, CH-28: a second tab sees question and answer as they come, the first no transcript", async ({
    model,
    name,
    newTab,
  }) => {
    const [first, second] = [await newTab(), await newTab()];
    await first.open(name);
    await second.open(name);
    await first.send(`[[fake:gate:${name}]]`);
    for (const tab of [first, second]) {
      await tab.answered(words(3));
      await expect(tab.questions).toHaveCount(1);
    }
    await expect(second.turn).toHaveText("observing");
    model.release(name);
    for (const tab of [first, second]) {
      await tab.answered(words(6));
      await tab.settled();
      await expect(tab.transcript.getByRole("article")).toHaveCount(2);
      await expect(tab.endedTurns).toHaveText(["completed"]);
    }
    expect(first.wire.receivedTypes).not.toContain("cf_agent_chat_messages");
    expect(numbered(second.wire.received)).toEqual(numbered(first.wire.received));

    const types = second.wire.receivedTypes;
    expect(types.indexOf("cf_agent_chat_messages"), "the question comes before its answer").toBeLessThan(
      types.indexOf("cf_agent_use_chat_response"),
    );
    const end = second.wire.received.indexOf(ends(second.wire.received)[0]!);
    expect(types.lastIndexOf("cf_agent_chat_messages"), "the stored answer comes before the end").toBeLessThan(end);
  });

  for (const from of ["the same tab", "another tab"] as const) {
    test(`CH-08: a question from ${from} waits for the first answer`, async ({ app, model, name, newTab }) => {
      const [first, second] = [await newTab(), await newTab()];
      await first.open(name);
      await second.open(name);
      await first.send(`[[fake:gate:${name}]]`);
      await first.answered(words(3));
      await second.answered(words(3));
      const waiting = `And me, ${name}?`;
      await (from === "another tab" ? second : first).send(waiting);
      for (const tab of [first, second]) await expect(tab.questions).toHaveCount(2);
      expect(model.requestsWith(waiting)).toEqual([]);
      model.release(name);
      for (const tab of [first, second]) {
        await expect(tab.answers).toHaveCount(2);
        await expect(tab.transcript.getByRole("paragraph")).toHaveText([/gate/, /word5/, /And me/, GREETING]);
        await tab.settled();
      }
      expect(await storedTexts(app.url, name)).toEqual([
        `user: [[fake:gate:${name}]]`,
        `assistant: ${words(6)}`,
        `user: ${waiting}`,
        `assistant: ${GREETING}`,
      ]);
    });
  }

  test("CH-06: nothing crosses from one room to another", async ({ app, name, newTab }) => {
    const [here, there] = [await newTab(), await newTab()];
    await here.open(`${name}-here`);
    await there.open(`${name}-there`);
    await here.send("[[fake:words-4-0]] here");
    await there.send("[[fake:words-5-0]] there");
    await here.answered(words(4));
    await there.answered(words(5));
    for (const [tab, room, count] of [
      [here, "here", 4],
      [there, "there", 5],
    ] as const) {
      await tab.settled();
      expect(await storedTexts(app.url, `${name}-${room}`)).toEqual([
        `user: [[fake:words-${count}-0]] ${room}`,
        `assistant: ${words(count)}`,
      ]);
      expect(new Set(responses(tab.wire.received).map(({ id }) => id)).size).toBe(1);
    }
  });

  test("CN-02, CN-03: Stop ends the model call and keeps the partial answer", async ({ app, model, name, newTab }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    await tab.send(`[[fake:gate:${name}]]`);
    await other.answered(words(3));
    await tab.button("Stop").click();
    for (const page of [tab, other]) {
      await page.settled();
      await page.answered(words(3));
      await expect(page.error).toHaveCount(0);
      await expect(page.endedTurns).toHaveText(["aborted"]);
    }
    await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);
    expect(tab.wire.sent.filter(({ type }) => type === "cf_agent_chat_request_cancel")).toHaveLength(1);
    expect(await storedTexts(app.url, name)).toEqual([`user: [[fake:gate:${name}]]`, `assistant: ${words(3)}`]);

    await tab.send("And now?");
    await expect(tab.answers).toHaveCount(2);
    await tab.answered(GREETING);
    await tab.settled();
  });

  test("CN-06: clearing empties both tabs, and only the other one gets the frame", async ({ app, name, newTab }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    await tab.send("Forget me.");
    await other.answered(GREETING);
    await tab.settled();
    await tab.button("Clear").click();
    await expect(tab.transcript).toBeEmpty();
    await expect(other.transcript).toBeEmpty();
    expect(tab.wire.receivedTypes).not.toContain("cf_agent_chat_clear");
    expect(other.wire.receivedTypes).toContain("cf_agent_chat_clear");
    expect(await storedTexts(app.url, name)).toEqual([]);

    await other.send("[[fake:words-2-0]]");
    await tab.answered(words(2));
    await other.settled();
    expect(await storedTexts(app.url, name)).toEqual(["user: [[fake:words-2-0]]", `assistant: ${words(2)}`]);
  });

  for (const by of ["the tab that asked", "another tab"] as const) {
    test(`CN-11: what ${by} clears in the middle of an answer does not come back`, async ({
      app,
      model,
      name,
      newTab,
    }) => {
      const [tab, other] = [await newTab(), await newTab()];
      await tab.open(name);
      await other.open(name);
      await tab.send(`[[fake:gate:${name}]]`);
      await tab.answered(words(3));
      await other.answered(words(3));
      await (by === "another tab" ? other : tab).button("Clear").click();
      await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);
      for (const page of [tab, other]) {
        await expect(page.endedTurns).toHaveText(["aborted"]);
        await expect(page.transcript).toBeEmpty();
        await page.settled();
      }
      expect(await storedTexts(app.url, name)).toEqual([]);
      await tab.reload();
      await expect(tab.turn).toHaveText("ready");
      await expect(tab.transcript).toBeEmpty();
    });
  }

  test("CH-23: Regenerate replaces the last answer in every tab", async ({ app, name, newTab }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    await tab.send("First.");
    await tab.answered(GREETING);
    await tab.settled();
    const [question, stale] = await storedMessages(app.url, name);

    await tab.button("Regenerate").click();
    await expect(tab.endedTurns).toHaveText(["completed", "completed"]);
    for (const page of [tab, other]) {
      await page.settled();
      await page.answered(GREETING);
      await expect(page.answers).toHaveCount(1);
    }
    const stored = await storedMessages(app.url, name);
    expect(stored.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(stored[0]).toEqual(question);
    expect(stored[1]?.id).not.toBe(stale?.id);
  });

  test("an edited question is answered anew, and everything after it is removed", async ({ app, name, newTab }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    for (const text of ["[[fake:words-2-0]]", "Second."]) {
      await tab.send(text);
      await tab.settled();
      await expect(tab.endedTurns).toHaveCount(text === "Second." ? 2 : 1);
    }
    await tab.composer.fill("[[fake:words-3-0]]");
    await tab.questions.first().getByRole("button", { name: "Edit" }).click();
    await expect(tab.endedTurns).toHaveCount(3);
    for (const page of [tab, other]) {
      await page.answered(words(3));
      await page.settled();
      await expect(page.transcript.getByRole("article")).toHaveCount(2);
    }
    expect(await storedTexts(app.url, name)).toEqual(["user: [[fake:words-3-0]]", `assistant: ${words(3)}`]);
  });
});
