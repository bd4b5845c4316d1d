// Submissions that the agent refuses: the page is informed and stays usable.

import { storedTexts } from "../../fixture/transcript.ts";
import { GREETING } from "../../model/script.ts";
import { Altered } from "../fixture/altered.ts";
import type { Tab } from "../fixture/tab.ts";
import { expect, test, withEachSdk } from "../fixture/test.ts";
import type { Frame } from "../fixture/wire.ts";

const REQUEST = "cf_agent_use_chat_request";

/** A submission of the page, if the text is one. */
function questionIn(text: string): (Frame & { id: string; init: object }) | null {
  const frame = text.startsWith("{") ? JSON.parse(text) : null;
  return frame?.type === REQUEST ? frame : null;
}

/** Ways to damage a submission on its way. */
const SPOILED: Record<string, (frame: Frame & { init: object }) => string> = {
  "whose body is no JSON": (frame) => JSON.stringify({ ...frame, init: { ...frame.init, body: '{"messages":[' } }),
  "without messages": (frame) => JSON.stringify({ ...frame, init: { ...frame.init, body: "{}" } }),
  "whose frame is cut off": ({ type, id, init }) => JSON.stringify({ type, id, init }).slice(0, -9),
};

withEachSdk(() => {
  test("a request id that comes again with another question is refused with a reason", async ({ app, name, newTab }) => {
    const tab = await newTab();
    const altered = await Altered.between(tab.page, tab.wire);
    await tab.open(name);
    await tab.send("First.");
    await tab.answered(GREETING);
    await tab.settled();
    const taken = String(tab.wire.sent.find(({ type }) => type === REQUEST)?.id);
    // Replaces the page's next id by the previous one.
    let own = "";
    altered.toAgent = (text) => {
      const question = questionIn(text);
      if (!question) return text;
      own = question.id;
      return JSON.stringify({ ...question, id: taken });
    };
    altered.toPage = (text) => (own ? text.replaceAll(`"${taken}"`, `"${own}"`) : text);
    await tab.send("Second.");
    await expect(tab.error).toContainText("its request id belongs to another message");
    expect(await storedTexts(app.url, name)).toEqual(["user: First.", `assistant: ${GREETING}`]);
    altered.stop();
    await expectUse(tab, app.url, name, ["user: First.", `assistant: ${GREETING}`, "user: Second."]);
  });

  for (const [what, spoil] of Object.entries(SPOILED)) {
    test(`CH-20: a question ${what} is refused with a reason`, async ({ app, name, newTab }) => {
      const tab = await newTab();
      const altered = await Altered.between(tab.page, tab.wire);
      await tab.open(name);
      altered.toAgent = (text) => {
        const question = questionIn(text);
        return question ? spoil(question) : text;
      };
      await tab.send("Lost.");
      await expect(tab.error).toContainText("The message was not taken");
      await expect(tab.turn).toHaveText("error");
      expect(await storedTexts(app.url, name)).toEqual([]);
      altered.stop();
      await expectUse(tab, app.url, name, ["user: Lost."]);
    });
  }

  test("a frame of which not even the type can be read is answered, and Stop gives the page back", async ({
    app,
    name,
    newTab,
  }) => {
    const tab = await newTab();
    const altered = await Altered.between(tab.page, tab.wire);
    await tab.open(name);
    // The packages write the type last.
    altered.toAgent = (text) => (questionIn(text) ? text.slice(0, -50) : text);
    await tab.send("Lost.");
    await expect.poll(() => tab.wire.receivedTypes).toContain("cf_agent_frame_error");
    altered.stop();
    await tab.button("Stop").click();
    await expect(tab.turn).toHaveText("ready");
    await expectUse(tab, app.url, name, ["user: Lost."]);
  });
});

/** The page's next question is answered; `before` is what is stored of earlier ones. */
async function expectUse(tab: Tab, origin: string, name: string, before: string[]): Promise<void> {
  await tab.send("Are you there?");
  await tab.answered(GREETING);
  await tab.settled();
  await expect(tab.error).toHaveCount(0);
  expect(await storedTexts(origin, name)).toEqual([...before, "user: Are you there?", `assistant: ${GREETING}`]);
}
