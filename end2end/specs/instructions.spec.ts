// What a person wants in all conversations is kept on the settings page, and the model gets it.

import { violations } from "../fixture/accessibility.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { textOf } from "../model/request.ts";

test("instructions go to the model with every message of every conversation", async ({ model, name, page, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  const ask = async (conversation: string, text: string) => {
    const socket = await RawSocket.open(app.url, conversation);
    await socket.end(socket.ask(text));
    socket.close();
    return textOf(model.requests.at(-1)!.body.messages[0]!);
  };
  expect(await ask(`${name}-a`, "[[fake:words-3-0]]")).not.toContain("for all conversations");

  await page.goto(`${app.url}/settings`);
  await expect(page.locator("html[data-hydrated]")).toBeAttached({ timeout: 30_000 });
  const field = page.getByRole("textbox", { name: "Instructions for all conversations" });
  const save = page.getByRole("button", { name: "Save the instructions" });
  const section = page.locator("section").filter({ has: field });
  await expect(field).toBeEditable();
  await field.fill("  Answer in German.\n");
  await save.click();
  await expect(section.getByRole("status")).toContainText("Saved.");
  expect(await violations(page)).toEqual([]);
  for (const conversation of [`${name}-a`, `${name}-b`]) {
    expect(await ask(conversation, "[[fake:words-3-0]] again")).toContain("for all conversations\n\nAnswer in German.");
  }
  await page.reload();
  await expect(field).toHaveValue("Answer in German.");
  await field.fill("x".repeat(8_001));
  await save.click();
  await expect(section.getByRole("status")).toContainText("have 8001 characters");
  await field.fill("");
  await save.click();
  await expect(section.getByRole("status")).toContainText("Saved.");
  expect(await ask(`${name}-b`, "[[fake:words-3-0]] once more")).not.toContain("German");
});
