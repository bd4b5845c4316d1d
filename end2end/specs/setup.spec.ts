// A deployment without its key reports this, and keeps its data.

import { expect, settingsFor, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

const MISSING = "OPENROUTER_API_KEY is not set";

test("a missing key is said, with the command that sets it", async ({
  chatAt,
  model,
  name,
  page,
  request,
  startApp,
}) => {
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.send("Remember the old door.");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  expect((await request.get(`${app.url}/health`)).status()).toBe(200);
  await page.goto("about:blank");

  await app.restart({ PROVIDER: "openrouter" });
  const health = await request.get(`${app.url}/health`);
  expect(health.status()).toBe(500);
  expect(await health.text()).toContain(MISSING);

  await chat.open(name);
  const setup = page.getByRole("region", { name: "Setup" });
  await expect(setup).toContainText("OPENROUTER_API_KEY");
  await expect(setup.getByRole("code").first()).toBeVisible();
  await expect(chat.questions).toContainText("Remember the old door.");
  await expect(chat.answers).toContainText(GREETING);

  await chat.send("Can you hear me?");
  await expect(chat.error).toContainText(MISSING);
  await chat.settled();
});
