// Turns that fail, as the packages' page shows them.

import { storedTexts } from "../../fixture/transcript.ts";
import { GREETING, words } from "../../model/script.ts";
import { expect, test, withEachSdk } from "../fixture/test.ts";
import { ends } from "../fixture/wire.ts";

withEachSdk(() => {
  test("CH-15, RS-11: a refusal is an error, also after a reload, until a turn succeeds", async ({ app, name, newTab }) => {
    // Adjacent messages of one role reach the model as one message, so that the behaviour also applies to the next
    // question.
    const question = `[[fake:error-once-402:${name}]]`;
    const tab = await newTab();
    await tab.open(name);
    await tab.send(question);
    await expect(tab.error).toContainText(/credit/i);
    await expect(tab.turn).toHaveText("error");
    await expect(tab.endedTurns).toHaveText([/^error: .*credit/i]);

    await tab.reload();
    await expect(tab.error).toContainText(/credit/i);
    const [replayed] = ends(tab.wire.last.filter(({ sent }) => !sent).map(({ frame }) => frame));
    expect(replayed).toMatchObject({ error: true, done: true });

    await tab.send("Are you there?");
    await tab.answered(GREETING);
    await tab.settled();
    await expect(tab.error).toHaveCount(0);
    await tab.reload();
    await expect(tab.turn).toHaveText("ready");
    await expect(tab.error).toHaveCount(0);
    expect(await storedTexts(app.url, name)).toEqual([
      `user: ${question}`,
      "user: Are you there?",
      `assistant: ${GREETING}`,
    ]);
  });

  test("CH-16, CH-17, RS-10: an answer that breaks off keeps its words, in every tab and after a reload", async ({
    app,
    name,
    newTab,
  }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    await tab.send("[[fake:drop-midstream]]");
    await expect(tab.error).toContainText(/lost|cut off|dropped|interrupted/i);
    await expect(other.endedTurns).toHaveText([/^error: /]);
    for (const page of [tab, other]) {
      await page.answered(words(3));
      await expect(page.answers).toHaveCount(1);
    }
    expect(await storedTexts(app.url, name)).toEqual(["user: [[fake:drop-midstream]]", `assistant: ${words(3)}`]);

    await tab.reload();
    await expect(tab.error).toContainText(/lost|cut off|dropped|interrupted/i);
    await tab.answered(words(3));
    await expect(tab.answers).toHaveCount(1);

    await tab.send("[[fake:words-2-0]]");
    for (const page of [tab, other]) {
      await expect(page.answers).toHaveCount(2);
      await page.answered(words(2));
      await page.settled();
    }
  });

  test("Regenerate asks again after a failure", async ({ app, name, newTab }) => {
    const question = `[[fake:error-once-402:${name}]]`;
    const tab = await newTab();
    await tab.open(name);
    await tab.send(question);
    await expect(tab.error).toBeVisible();
    await tab.button("Regenerate").click();
    await tab.answered(GREETING);
    await tab.settled();
    await expect(tab.error).toHaveCount(0);
    expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${GREETING}`]);
  });
});
