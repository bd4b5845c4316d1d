// The information for operators of a server: JSON log lines, counters, health, and request ids.

import { expect, settingsFor, test } from "../fixture/test.ts";
import { RawSocket } from "../fixture/socket.ts";

const SECRET = "blue elephants";

/** The events in the lines of a log. */
function events(log: string): Record<string, unknown>[] {
  const objects = log.match(/\{.*\}/g) ?? [];
  return objects.map((text) => JSON.parse(text) as Record<string, unknown>).filter(({ event }) => typeof event === "string");
}

test("turns, model calls, tools and requests are logged without names and texts", async ({ model, name, startApp }) => {
  const app = await startApp({ settings: { ...settingsFor(model), LOG_LEVEL: "debug" } });
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask(`[[fake:tool:list:{}]] ${SECRET}`));
  await socket.end(socket.ask("[[fake:error-402]]"));
  socket.close();
  await fetch(`${app.url}/agents/coderagent/${name}/get-messages`);

  const told = () => events(app.log).map(({ event }) => event);
  await expect.poll(told).toEqual(expect.arrayContaining(["request", "turn", "model_call", "tool_call"]));
  const all = events(app.log);
  const hashes = new Set(all.filter(({ event }) => event === "turn").map(({ conversation }) => conversation));
  expect(hashes.size, "one conversation has one hash").toBe(1);
  expect(all).toContainEqual(expect.objectContaining({ event: "turn", outcome: "completed", ms: expect.any(Number) }));
  expect(all).toContainEqual(expect.objectContaining({ event: "tool_call", tool: "list", outcome: "completed" }));
  expect(all).toContainEqual(expect.objectContaining({ event: "model_call", outcome: "failed", cause: expect.any(String) }));
  expect(all).toContainEqual(expect.objectContaining({ event: "request", route: "agent", status: 101 }));
  expect(JSON.stringify(all)).not.toContain(name);
  expect(JSON.stringify(all)).not.toContain(SECRET);
});

test("only faults are logged at that level", async ({ model, name, startApp }) => {
  const app = await startApp({ settings: { ...settingsFor(model), MODEL: "error-402", LOG_LEVEL: "warn" } });
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("hello"));
  socket.close();
  await expect.poll(() => events(app.log).map(({ event }) => event)).toEqual(expect.arrayContaining(["model_call", "turn"]));
  for (const event of events(app.log)) expect(event).toMatchObject({ level: "warn", outcome: "failed", cause: expect.any(String) });
});

test("counters of turns, errors, times and connections are read as Prometheus reads them", async ({ app, name }) => {
  const before = await counters(app.url);
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("hello"));
  const during = await counters(app.url);
  const grown = (key: string) => (during.get(key) ?? 0) - (before.get(key) ?? 0);
  expect(grown('coder_turns_total{outcome="completed"}')).toBe(1);
  expect(grown("coder_model_first_token_seconds_count")).toBe(1);
  expect(grown("coder_sockets")).toBe(1);
  expect(during.get("coder_storage_writable")).toBe(1);
  socket.close();
  await expect.poll(async () => (await counters(app.url)).get("coder_sockets")).toBe(before.get("coder_sockets") ?? 0);
});

test("every answer has the name of its request, and health names the build", async ({ app, name }) => {
  const ids = new Set<string | null>();
  for (const path of ["/", "/health", "/version", `/agents/coderagent/${name}/get-messages`, "/agents/nobody/x"]) {
    ids.add((await fetch(`${app.url}${path}`)).headers.get("x-request-id"));
  }
  expect([...ids]).toHaveLength(5);
  expect(ids).not.toContain(null);
  const health = await (await fetch(`${app.url}/health`)).json();
  const version = await (await fetch(`${app.url}/version`)).json();
  expect(health).toMatchObject({ status: "ok", storage: "ok", build: version.build, schema: version.schema });
});

async function counters(url: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("application/openmetrics-text");
  const text = await response.text();
  expect(text.endsWith("# EOF\n")).toBe(true);
  const lines = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
}
