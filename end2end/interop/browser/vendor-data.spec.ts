// Vendor data is sent back, although the page sends the whole transcript with each question.

import { isToolUIPart, type UIMessage } from "ai";
import { callsOf, type ChatMessage } from "../../model/request.ts";
import { GREETING } from "../../model/script.ts";
import type { FakeModel } from "../../model/server.ts";
import type { Tab } from "../fixture/tab.ts";
import { expect, test, withEachSdk } from "../fixture/test.ts";

const CALLS = {
  "the agent's tool": 'rename_conversation:{"title":"Parsers"}',
  "a tool of the page": "getTime:{}",
  "a tool that was approved after a reload": 'set_project_context:{"context":"A parser."}',
} as const;

/** The data that the model adds to its call, and the owner of the call. */
const CASES: [what: string, behaviour: string, whose: keyof typeof CALLS][] = [
  ["a signature", "signed-tool", "the agent's tool"],
  ["a signature", "signed-tool", "a tool of the page"],
  ["a large signature", "signed-tool-4000", "a tool that was approved after a reload"],
  ["encrypted reasoning", "reasoned-tool", "the agent's tool"],
  ["encrypted reasoning", "reasoned-tool", "a tool that was approved after a reload"],
];

/** Our data at the calls of a message. */
function carried({ parts }: UIMessage): unknown[] {
  return parts.flatMap((part) => (isToolUIPart(part) ? [part.callProviderMetadata?.coder] : []));
}

/** The vendor data in a message to the model. */
function vendorDataOf(message: ChatMessage): unknown[] {
  const signatures = callsOf(message).map(({ extra_content: extra }) => extra?.google?.thought_signature);
  return [...signatures, ...(message.reasoning_details ?? [])].filter((each) => each !== undefined);
}

/** The vendor data of the first call, in the last request. */
function sentBack(model: FakeModel, name: string): unknown[] {
  const { messages } = model.requestsWith(name).at(-1)!.body;
  return vendorDataOf(messages.find((message) => callsOf(message).length > 0)!);
}

/** The transcript that the page sent with its last question. */
function lastSubmission({ wire }: Tab): UIMessage[] {
  const frame = wire.sent.filter(({ type }) => type === "cf_agent_use_chat_request").at(-1);
  return JSON.parse((frame!.init as { body: string }).body).messages;
}

withEachSdk(() => {
  for (const [what, behaviour, whose] of CASES) {
    test(`${what} comes back with the call of ${whose}, and with every question after it`, async ({
      model,
      name,
      newTab,
    }) => {
      const tab = await newTab({ tools: true });
      await tab.open(name);
      await tab.send(`[[fake:${behaviour}:${CALLS[whose]}]] ${name}`);
      if (whose === "a tool that was approved after a reload") {
        await expect(tab.button("Approve")).toBeVisible();
        await tab.settled();
        await expectCarried(tab);
        await tab.reload();
        await tab.button("Approve").click();
      }
      await expect(tab.answers.getByRole("paragraph").last()).toContainText("The tools said:");
      await tab.settled();
      await expect(tab.error).toHaveCount(0);
      await expectCarried(tab);
      expect(model.requestsWith(name), "the second step is answered").toHaveLength(2);
      const vendorData = sentBack(model, name);
      expect(vendorData).not.toEqual([]);

      await askAgain(tab, 2);
      expect(sentBack(model, name), "in the next turn").toEqual(vendorData);
      await tab.reload();
      await expect(tab.answers).toHaveCount(2);
      await expectCarried(tab);
      const loaded = await tab.messages();
      await askAgain(tab, 3);
      expect(lastSubmission(tab).slice(0, 4), "the page sends what it has").toEqual(loaded);
      expect(sentBack(model, name), "after a reload").toEqual(vendorData);
    });
  }
});

/** The page has our data at the call. */
async function expectCarried(tab: Tab): Promise<void> {
  const [, answer] = await tab.messages();
  expect(carried(answer!)).toEqual([expect.objectContaining({ model: expect.any(String) })]);
}

async function askAgain(tab: Tab, answers: number): Promise<void> {
  await tab.send("And now?");
  await expect(tab.answers).toHaveCount(answers);
  await tab.answered(GREETING);
  await tab.settled();
  await expect(tab.error).toHaveCount(0);
}
