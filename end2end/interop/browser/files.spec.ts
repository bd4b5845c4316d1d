// Pictures and other files that the page sends with a question.

import type { UIMessage } from "ai";
import { storedMessages } from "../../fixture/transcript.ts";
import { GREETING } from "../../model/script.ts";
import { partsOf, textOf, type ChatMessage } from "../../model/request.ts";
import { DOT_URL, NOTES, PICTURE } from "../fixture/files.ts";
import { expect, test, withEachSdk } from "../fixture/test.ts";

/** The pictures of a message to the model. */
function picturesOf({ content }: ChatMessage): (string | undefined)[] {
  return partsOf(content).flatMap(({ type, image_url: image }) => (type === "image_url" ? [image?.url] : []));
}

withEachSdk(() => {
  test("a picture and a text file reach the model, every tab and the reloaded page", async ({
    app,
    model,
    name,
    newTab,
  }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    await tab.send(`What do you see, ${name}?`, [PICTURE, NOTES]);
    for (const page of [tab, other]) {
      await page.answered(GREETING);
      await page.settled();
      await expect(page.error).toHaveCount(0);
    }
    const [asked] = model.requestsWith(name);
    const question = asked!.body.messages.at(-1)!;
    expect(picturesOf(question)).toEqual([DOT_URL]);
    expect(textOf(question)).toContain(name);
    expect(textOf(question)).toContain("Tabs, not spaces.");

    const notes = `data:text/plain;base64,${NOTES.buffer.toString("base64")}`;
    const files = [
      { type: "file", mediaType: "image/png", filename: "dot.png", url: DOT_URL },
      { type: "file", mediaType: "text/plain", filename: "notes.txt", url: notes },
    ];
    const isFile = ({ type }: { type: string }) => type === "file";
    const [stored] = (await storedMessages(app.url, name)) as UIMessage[];
    expect(stored!.parts.filter(isFile)).toEqual(files);

    await tab.reload();
    for (const page of [tab, other]) {
      const picture = page.questions.getByRole("img", { name: "dot.png" });
      await expect(picture).toBeVisible();
      await picture.evaluate((image: HTMLImageElement) => image.decode());
      expect((await page.messages())[0]!.parts.filter(isFile)).toEqual(files);
    }
    await tab.send("And now?");
    await expect(tab.answers).toHaveCount(2);
    await tab.answered(GREETING);
    await tab.settled();
    const again = model.requestsWith(name).at(-1)!.body.messages;
    expect(again.flatMap(picturesOf), "the conversation still has the picture").toEqual([DOT_URL]);
    expect(await storedMessages(app.url, name)).toHaveLength(4);
  });

  test("a model without pictures answers, and a part of the answer names the missing files", async ({
    connect,
    model,
    name,
    newTab,
  }) => {
    const client = connect();
    await client.ready;
    await client.call("listModels");
    client.setState({ ...(client.state as object), model: "mistralai/fake-small" });
    const tab = await newTab();
    await tab.open(name);
    await expect(tab.state).toContainText("mistralai/fake-small");
    await tab.send(`What do you see, ${name}?`, [PICTURE]);
    await tab.answered(GREETING);
    await tab.settled();
    await expect(tab.error).toHaveCount(0);
    const words = "The model did not get the picture dot.png: this model takes no pictures.";
    const notice = { type: "data-notice", data: { text: words } };
    const [, answer] = await tab.messages();
    expect(answer!.parts).toContainEqual(expect.objectContaining(notice));
    const [asked] = model.requestsWith(name);
    expect(asked!.body.model).toBe("mistralai/fake-small");
    expect(asked!.body.messages.flatMap(picturesOf)).toEqual([]);

    await tab.reload();
    await tab.send("And now?");
    await expect(tab.answers).toHaveCount(2);
    await tab.answered(GREETING);
    await tab.settled();
    expect((await tab.messages())[1]!.parts).toContainEqual(expect.objectContaining(notice));
  });
});
