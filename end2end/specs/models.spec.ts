// The provider's models and their prices.

import { RawSocket } from "../fixture/socket.ts";
import { inStores, rowsOfStores } from "../fixture/storage.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";
import { MODEL_LIST } from "../model/models.ts";
import { GREETING } from "../model/script.ts";

interface Listed {
  models: { id: string }[];
  fetchedAt: number;
  stale: boolean;
  default: string;
  error?: string;
}

interface Usage {
  inputTokens?: number;
  cachedInputTokens?: number;
  outputTokens?: number;
  costUsd?: number;
}

const list = async (socket: RawSocket, ...options: object[]) => (await socket.call("listModels", ...options)) as Listed;

test("the models of the provider are listed once for all, and kept for when it is down", async ({
  model,
  name,
  startApp,
}) => {
  const app = await startApp({ settings: settingsFor(model) });
  const asked = () => model.modelListRequests.length - before;
  const before = model.modelListRequests.length;
  const [one, other] = [await RawSocket.open(app.url, name), await RawSocket.open(app.url, name)];
  // An unstored conversation stores no list either.
  await one.end(one.ask("[[fake:words-2-0]]"));
  const [first, second] = await Promise.all([list(one), list(other)]);
  expect(second).toEqual(first);
  expect(await list(one)).toEqual(first);
  expect(asked(), "one request for all callers").toBe(1);
  expect(first).toMatchObject({ stale: false, default: "openrouter/auto" });
  expect(Date.now() - first.fetchedAt).toBeLessThan(60_000);
  expect(first.models.map(({ id }) => id).sort()).toEqual(MODEL_LIST.data.map(({ id }) => id).sort());
  const find = (id: string) => first.models.find((each) => each.id === id);
  expect(find("openai/fake-mini")).toEqual({
    id: "openai/fake-mini",
    name: "OpenAI: Fake Mini",
    contextLength: 400_000,
    maxOutputTokens: 32_000,
    pricing: { input: 0.25, cachedInput: 0.025, cacheWrite: null, output: 2, request: 0 },
    modalities: { images: true, files: expect.anything() },
    tools: true,
    reasoning: true,
  });
  expect(find("fake/no-tools")).toMatchObject({ tools: false, modalities: { images: false }, contextLength: 8_192 });

  try {
    model.modelList = null;
    // A caller that demands a new list gets one, but with a minimum interval.
    await expect.poll(async () => (await list(one, { refresh: true })).stale, { timeout: 15_000 }).toBe(true);
    const down = await list(one);
    expect(down.models).toEqual(first.models);
    expect(down.error).toContain("503");
    one.close();
    other.close();

    await app.restart();
    const again = await RawSocket.open(app.url, name);
    expect((await list(again)).models, "kept over a restart").toEqual(first.models);
    const insisted = await list(again, { refresh: true });
    expect(insisted).toMatchObject({ models: first.models, fetchedAt: first.fetchedAt, stale: true });
    again.close();
  } finally {
    model.modelList = MODEL_LIST;
  }
});

test("the page shows the usage of the conversation", async ({ app, chat, name, page }) => {
  await chat.open(name);
  await expect(chat.usage).toHaveCount(0);
  await chat.send(`[[fake:usage]] ${name}`);
  await expect(chat.usage).toHaveText(/^\d+(\.\d)?(k? tokens| %) · \$0\.\d+$/);
  await chat.settled();
  const more = page.getByRole("tooltip", { includeHidden: true });
  const first = await more.textContent();
  await chat.send("[[fake:usage]]");
  await expect(more, "the beginning is known by now").toHaveText(/ tokens · \d+ % cached · \$0\.\d+\.$/);
  await chat.settled();
  expect(await more.textContent()).not.toBe(first);
  await expect(more).toHaveText(/This turn: .* tokens.*\.This conversation: .* tokens/);

  const told = await more.textContent();
  await chat.reload();
  await expect(more).toHaveText(told!);
  const answers = (await storedMessages(app.url, name)).filter(({ role }) => role === "assistant");
  for (const answer of answers) {
    const { usage } = (answer as unknown as { metadata: { usage: Usage } }).metadata;
    expect(usage.inputTokens).toBeGreaterThan(0);
    expect(usage.costUsd).toBeGreaterThan(0);
  }
});

test("a model is asked for no more tokens than may be", async ({ chatAt, model, name, startApp }) => {
  const app = await startApp({ settings: { ...settingsFor(model), MODEL_MAX_TOKENS: "321" } });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.send(name);
  await chat.settled();
  expect(model.requestsWith(name).map(({ body }) => body.max_tokens)).toEqual([321]);
});

test("a turn that reaches its budget asks the user, and continues or ends accordingly", async ({
  chatAt,
  model,
  name,
  startApp,
}) => {
  test.setTimeout(90_000);
  const app = await startApp({ settings: { ...settingsFor(model), BUDGET_TURN: "0.0042" } });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.send(`[[fake:steps-3:tool:find:{"glob":"*.#"}]] ${name}`);
  await expect(chat.question).toContainText(/The budget of \$0\.0042 for this turn has \$0\.\d+ left/);
  await chat.settled();
  const calls = model.requestsWith(name).length;
  expect(calls).toBeLessThan(4);
  await chat.reload();
  await chat.question.getByRole("button", { name: "Continue" }).click();
  await expect.poll(() => model.requestsWith(name).length).toBeGreaterThan(calls);
  // Each answer extends the budget by the same amount; cached input costs little, so that one extension is enough.
  await expect(chat.answers).toContainText("The tools said:");
  await chat.settled();
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.error).toHaveCount(0);

  await chat.send(`[[fake:steps-30:tool:find:{"glob":"#"}]] more ${name}`);
  await expect(chat.question).toContainText("The budget of");
  await chat.settled();
  const before = model.requestsWith(`more ${name}`).length;
  await chat.question.getByRole("button", { name: "Stop" }).click();
  await expect(chat.question).toHaveCount(0);
  await chat.settled();
  await chat.send(`Thank you ${name}`);
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();
  const after = model.requestsWith(`more ${name}`);
  expect(after.length - before, "only the next message asked the model").toBe(1);
  await expect(chat.error).toHaveCount(0);
});

test("conversations share the day's budget, which a restart does not reset", async ({ chatAt, model, name, startApp }) => {
  test.setTimeout(90_000);
  const settings = { ...settingsFor(model), BUDGET_DAY: "0.0022" };
  const app = await startApp({ settings });
  const chat = chatAt(app.url);
  const refused = async () => {
    await expect(chat.error).toContainText(/budget for today \(\$0\.0022, BUDGET_DAY.* begins anew at 00:00 UTC/);
    await chat.settled();
    await expect(chat.question).toHaveCount(0);
  };
  await chat.open(`${name}-first`);
  await chat.send(`[[fake:steps-30:tool:find:{"glob":"*.#"}]] first ${name}`);
  await refused();
  expect(model.requestsWith(`first ${name}`).length).toBeGreaterThan(0);
  const parts = (await storedMessages(app.url, `${name}-first`)).at(-1)?.parts.filter(({ type }) => type === "data-step") ?? [];
  const costs = parts.map((part) => (part as unknown as { data: { usage: Usage } }).data.usage.costUsd ?? 0);
  const query = "SELECT micro_usd / 1e6 AS usd FROM spending";
  const [spent] = await rowsOfStores<{ usd: number }>(app.dataFolder, query, "Accounts");
  expect(spent!.usd).toBeGreaterThan(0);
  expect(spent!.usd, "what the steps say they cost").toBeCloseTo(
    costs.reduce((sum, cost) => sum + cost, 0),
    5,
  );

  await chat.open(`${name}-second`);
  await chat.send(`second ${name}`);
  await refused();
  await app.restart();
  await chat.open(`${name}-third`);
  await chat.send(`third ${name}`);
  await refused();
  for (const which of ["second", "third"]) expect(model.requestsWith(`${which} ${name}`), which).toEqual([]);

  await app.restart({ ...settings, BUDGET_DAY: "5" });
  await chat.open(`${name}-second`);
  await chat.send(`fourth ${name}`);
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();

  await app.stop();
  await inStores(app.dataFolder, "DROP TABLE spending", "Accounts");
  await app.launch();
  await chat.open(`${name}-last`);
  await chat.send(`fifth ${name}`);
  await expect(chat.error).toContainText("What was spent today could not be read");
  await chat.settled();
  expect(model.requestsWith(`fifth ${name}`), "nobody is asked when nobody knows").toEqual([]);
});

for (const asked of ["openrouter/auto", "openai/fake-mini", "anthropic/fake-sonnet", "google/fake-flash"]) {
  test(`a turn of 20 steps reads most from the cache of ${asked}`, async ({ app, name }, testInfo) => {
    const socket = await RawSocket.open(app.url, name);
    await socket.changeState({ model: asked });
    await socket.end(socket.ask(`[[fake:steps-19:tool:find:{"glob":"*.#"}]] ${name}`));
    const steps = (await storedMessages(app.url, name)).at(-1)?.parts.filter(({ type }) => type === "data-step") ?? [];
    expect(steps).toHaveLength(20);
    const { turn } = socket.state?.usage as { turn: Usage };
    const share = (turn.cachedInputTokens ?? 0) / (turn.inputTokens ?? 1);
    const words = `${asked}: ${(share * 100).toFixed(1)} % of ${turn.inputTokens} tokens read were cached`;
    console.log(words);
    testInfo.annotations.push({ type: "cached", description: words });
    expect(share).toBeGreaterThan(0.8);
    socket.close();
  });
}
