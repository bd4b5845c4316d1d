// All conversations are deleted on the settings page, in two steps.

import { violations } from "../fixture/accessibility.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";

test("all conversations are deleted once the word is typed", async ({ model, name, page, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  const list = await RawSocket.openList(app.url);
  const names = [`${name}-a`, `${name}-b`];
  for (const each of names) {
    const socket = await RawSocket.open(app.url, each);
    await socket.end(socket.ask("[[fake:words-3-0]]"));
    socket.close();
  }
  await expect.poll(() => list.state?.total, { timeout: 20_000 }).toBe(2);
  await list.call("archive", names[0]);
  await page.goto(`${app.url}/settings`);
  await expect(page.locator("html[data-hydrated]")).toBeAttached({ timeout: 30_000 });
  const main = page.getByRole("main");
  const begin = main.getByRole("button", { name: "Delete all conversations" });
  await begin.click();
  const field = main.getByRole("textbox", { name: "Type delete to confirm" });
  await expect(field).toBeFocused();
  const confirm = main.getByRole("button", { name: "Delete all", exact: true });
  await expect(confirm).toBeDisabled();
  expect(await violations(page)).toEqual([]);
  await field.fill("deleted");
  await field.press("Enter");
  await expect(confirm).toBeDisabled();
  await main.getByRole("button", { name: "Keep them" }).click();
  await expect(field).toHaveCount(0);
  await expect(main.getByRole("heading", { name: "Your data" })).toBeFocused();
  expect(list.state).toMatchObject({ total: 1, archived: 1 });

  await begin.click();
  await field.fill("Delete");
  await confirm.click();
  await expect(main.getByRole("status").filter({ hasText: "2 conversations were deleted." })).toBeVisible();
  await expect.poll(() => list.state).toMatchObject({ total: 0, archived: 0, conversations: [] });
  for (const each of names) await expect.poll(() => storedTexts(app.url, each)).toEqual([]);
});
