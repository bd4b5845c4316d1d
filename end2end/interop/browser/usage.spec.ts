// Tokens and money in the page's own messages.

import type { UIMessage } from "ai";
import { costOf } from "../../model/models.ts";
import { words } from "../../model/script.ts";
import { expect, test, withEachSdk } from "../fixture/test.ts";
import type { Tab } from "../fixture/tab.ts";

interface Usage {
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  costUsd: number;
}

function usageOf(message: UIMessage | undefined): Usage {
  return (message?.metadata as { usage: Usage }).usage;
}

/** The usage of each step of an answer. */
function stepsOf(message: UIMessage): Usage[] {
  return message.parts.flatMap((part) => (part.type === "data-step" ? [(part.data as { usage: Usage }).usage] : []));
}

async function answerOf(tab: Tab): Promise<UIMessage> {
  return (await tab.messages()).at(-1)!;
}

withEachSdk(() => {
  test("CH-30, UI-11: metadata and a part of an answer have its cost, in every tab and after a reload", async ({
    model,
    name,
    newTab,
  }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    await tab.send(`[[fake:usage]] ${name}`);
    await tab.answered(words(5));
    await tab.settled();
    await other.settled();
    const answer = await answerOf(tab);
    const usage = usageOf(answer);
    expect(answer.metadata).toMatchObject({ finishReason: "stop" });
    expect(usage).toMatchObject({ cachedInputTokens: 0, outputTokens: expect.any(Number) });
    expect(usage.inputTokens).toBeGreaterThan(100);
    const counts = { prompt: usage.inputTokens, cached: usage.cachedInputTokens, completion: usage.outputTokens };
    expect(usage.costUsd).toBeCloseTo(costOf(model.requestsWith(name)[0]!.body.model, counts), 9);
    expect(stepsOf(answer)).toEqual([usage]);
    expect(usageOf(await answerOf(other))).toEqual(usage);
    expect(stepsOf(await answerOf(other))).toEqual([usage]);
    await expect.poll(() => tab.state.textContent()).toContain('"usage"');
    const state = JSON.parse((await tab.state.textContent())!);
    const { context, ...counted } = state.usage;
    expect(counted).toEqual({ step: usage, turn: usage, conversation: usage });
    expect(context.tools, "the estimate of the next request").toBeGreaterThan(0);

    await tab.reload();
    await expect(tab.answers).toHaveCount(1);
    expect(usageOf(await answerOf(tab))).toEqual(usage);
    expect(stepsOf(await answerOf(tab))).toEqual([usage]);

    await tab.send("[[fake:usage]] once more");
    await expect(tab.answers).toHaveCount(2);
    await tab.answered(words(5));
    await tab.settled();
    const later = usageOf(await answerOf(tab));
    expect(later.cachedInputTokens, "most of the request was sent before").toBeGreaterThan(usage.inputTokens / 2);
    expect(later.costUsd).toBeLessThan(usage.costUsd);
    const messages = await tab.messages();
    expect(usageOf(messages[1]), "the first answer keeps its own").toEqual(usage);
  });

  test("CH-32: the metadata of an answer of several steps is their sum", async ({ name, newTab }) => {
    const tab = await newTab();
    await tab.open(name);
    await tab.send('[[fake:tool:rename_conversation:{"title":"Parsers"}]]');
    await expect(tab.answers.getByRole("paragraph").last()).toContainText("The tools said:");
    await tab.settled();
    const answer = await answerOf(tab);
    const [first, second, ...others] = stepsOf(answer);
    expect(others).toEqual([]);
    const usage = usageOf(answer);
    for (const field of ["inputTokens", "cachedInputTokens", "outputTokens"] as const) {
      expect(usage[field], field).toBe(first![field] + second![field]);
    }
    expect(usage.costUsd).toBeCloseTo(first!.costUsd + second!.costUsd, 9);
  });
});
