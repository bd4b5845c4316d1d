// The Markdown of a model, as the page shows it.

import { expect, test } from "../fixture/test.ts";

/** An answer with references that are defined at its end. */
const QUESTION = `[[fake:echo]]

See [the docs][1], it is fast.[^1] **测试。**后文 https://a.example/b。

| step |
|---|
| a<br>b |

[1]: https://example.com/docs
[^1]: Says the *book*.`;

test("references defined at the end of an answer work while it is written, and after a reload", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send(QUESTION);
  await chat.settled();
  const check = async () => {
    const answer = chat.answers;
    await expect(answer.getByRole("link", { name: "the docs" })).toHaveAttribute("href", "https://example.com/docs");
    await expect(answer.locator("p > sup")).toHaveText("1");
    await expect(answer.locator(".footnote")).toHaveText(/^1\s*Says the book\.$/);
    await expect(answer.locator("strong")).toHaveText("测试。");
    await expect(answer.getByRole("link", { name: "a.example" })).toHaveAttribute("href", "https://a.example/b");
    await expect(answer.locator("td br")).toHaveCount(1);
  };
  await check();
  await chat.reload();
  await check();
});
