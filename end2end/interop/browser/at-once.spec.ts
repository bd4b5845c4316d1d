// A page that submits as soon as it is mounted, or as soon as its `name` has changed, is offered the stream of its
// own question. It shows the answer once and complete, however late it acknowledges the offer.

import { storedTexts } from "../../fixture/transcript.ts";
import { words } from "../../model/script.ts";
import { Held } from "../fixture/held.ts";
import type { Tab } from "../fixture/tab.ts";
import { expect, test, withEachSdk } from "../fixture/test.ts";
import { responses } from "../fixture/wire.ts";

const PROBE = "cf_agent_stream_resume_request";
const ACK = "cf_agent_stream_resume_ack";

/** When the page's probe reaches the agent, and when its ACK does. */
const ORDERS = [
  ["before the first word", "in the middle"],
  ["before the first word", "after the end"],
  ["in the middle", "in the middle"],
  ["in the middle", "after the end"],
] as const;

withEachSdk(() => {
  for (const where of ["mounted", "renamed"] as const) {
    for (const [probed, acked] of ORDERS) {
      test(`RS-34: ${where}, asks at once, probes ${probed}, answers the offer ${acked}`, async ({
        app,
        model,
        name,
        newTab,
      }) => {
        const question = probed === "in the middle" ? `[[fake:gate-5-5:${name}]]` : `[[fake:gate-0-10:${name}]]`;
        const tab = await newTab();
        const held = await Held.between(tab.page, tab.wire);
        const conversation = await openAndAsk(tab, name, where, question, () => {
          held.hold(PROBE);
          held.hold(ACK);
        });
        await model.reached(name);
        await held.waits(PROBE);
        if (probed === "in the middle") await tab.answered(words(5));
        held.letGo(PROBE);
        if (probed === "in the middle") await held.waits(ACK);
        else await expect.poll(() => tab.wire.last.map(({ frame }) => frame.type)).toContain("cf_agent_stream_pending");
        if (acked === "in the middle") held.letGo(ACK);
        const whole = [`user: ${question}`, `assistant: ${words(10)}`];
        model.release(name);
        await expect.poll(() => storedTexts(app.url, conversation)).toEqual(whole);
        if (acked === "after the end") {
          await held.waits(ACK);
          const ended = responses(tab.wire.last.map(({ frame }) => frame)).some(({ done }) => done === true);
          expect(ended, "the end is held back").toBe(false);
          held.letGo(ACK);
        }
        await expectWhole(tab, words(10), 1);
        await tab.send("[[fake:words-3-0]]");
        await expectWhole(tab, words(3), 2);
      });
    }
  }

  test("RS-34: one conversation after the other, asked at once", async ({ app, name, newTab }) => {
    const says = [3, 0, 8, 1, 20, 2].map((count) => `[[fake:words-${Math.max(count, 1)}-0]]`);
    const names = says.map((_, index) => `${name}-${index}`);
    const tab = await newTab({ says, names: names.slice(1) });
    await tab.open(names[0]!);
    for (const [index, conversation] of names.entries()) {
      if (index > 0) await tab.button("Next conversation").click();
      const count = Number(/words-(\d+)/.exec(says[index]!)?.[1]);
      await expectWhole(tab, words(count), 1);
      expect(await storedTexts(app.url, conversation)).toEqual([`user: ${says[index]}`, `assistant: ${words(count)}`]);
    }
  });
});

/** Opens the page so that it submits at once; returns the conversation's name. */
async function openAndAsk(
  tab: Tab,
  name: string,
  where: "mounted" | "renamed",
  question: string,
  hold: () => void,
): Promise<string> {
  if (where === "mounted") {
    tab.options.says = [question];
    hold();
    await tab.open(name);
    return name;
  }
  const next = `${name}-next`;
  tab.options.says = ["", question];
  tab.options.names = [next];
  await tab.open(name);
  hold();
  await tab.button("Next conversation").click();
  return next;
}

async function expectWhole(tab: Tab, answer: string, answers: number): Promise<void> {
  await tab.answered(answer);
  await tab.settled();
  await expect(tab.answers).toHaveCount(answers);
  await expect(tab.questions).toHaveCount(answers);
  await expect(tab.error).toHaveCount(0);
}
