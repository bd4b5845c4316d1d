// The tools for the files of a conversation. The demo model calls them on plain requests.

import type { APIRequestContext } from "@playwright/test";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

/** The content at a path of a workspace; null when nothing exists there. */
async function fileAt(request: APIRequestContext, origin: string, name: string, path: string): Promise<string | null> {
  const response = await request.get(`${origin}/agents/coderagent/${name}/files/${path}`);
  return response.status() === 404 ? null : response.text();
}

test("a file is made when the user allows it, then listed, shown, changed and renamed", async ({ chatAt, demoApp, name, request }) => {
  const chat = chatAt(demoApp.url);
  const file = (path: string) => fileAt(request, demoApp.url, name, path);
  await chat.open(name);

  await chat.send("create hello.js");
  await expect(chat.approval).toBeVisible();
  expect(await file("hello.js")).toBeNull();
  await chat.allow.click();
  await expect(chat.answers.last()).toContainText("I made hello.js");
  await chat.settled();
  expect(await file("hello.js")).toBe('console.log("Hello, world!");\n');

  for (const [prompt, expected] of [
    ["list files", "This is in your workspace"],
    ["show it", 'console.log("Hello, world!");'],
  ] as const) {
    await chat.send(prompt);
    await expect(chat.answers.last()).toContainText(expected);
    await expect(chat.answers.last()).toContainText("demo model");
    await chat.settled();
  }

  await chat.send("add a TODO to it");
  await chat.allow.click();
  await expect(chat.answers.last()).toContainText("I changed hello.js");
  await chat.settled();
  expect(await file("hello.js")).toBe('console.log("Hello, world!");\n// TODO\n');

  await chat.send("rename it to greet.js");
  await chat.allow.click();
  await expect(chat.answers.last()).toContainText("hello.js is greet.js now");
  await chat.settled();
  expect(await file("hello.js")).toBeNull();
  expect(await file("greet.js")).toContain("Hello, world!");
});

test("a file is not made when the user refuses", async ({ chatAt, demoApp, name, request }) => {
  const chat = chatAt(demoApp.url);
  await chat.open(name);
  await chat.send("create hello.js");
  await chat.refuse.click();
  await expect(chat.answers.last()).toContainText("That was not done");
  await chat.settled();
  expect(await fileAt(request, demoApp.url, name, "hello.js")).toBeNull();
});

test("the standing instructions of AGENTS.md go to the model", async ({ app, chat, model, name, request }) => {
  const words = `Indent with tabs (${name}).`;
  const put = await request.put(`${app.url}/agents/coderagent/${name}/files/AGENTS.md`, { data: words });
  expect(put.status()).toBe(201);
  await chat.open(name);
  await chat.send(`hello ${name}`);
  await expect(chat.answers).toContainText(GREETING);
  const [system] = model.requestsWith(`hello ${name}`)[0]?.body.messages ?? [];
  expect(system?.role).toBe("system");
  expect(system?.content).toContain(words);
});

test("a search works despite the particularities of the platform's SQLite", async ({ app, model, name, request }) => {
  for (const [path, data] of [
    ["a.txt", "größe 100%_a*b?\n"],
    ["b.txt", "FIXME later\n"],
    ["c.txt", "nothing\n"],
  ] as const) {
    await request.put(`${app.url}/agents/coderagent/${name}/files/${path}`, { data });
  }
  const socket = await RawSocket.open(app.url, name);
  for (const [input, expected] of [
    [{ pattern: "100%_a*b?", literal: true }, ["a.txt"]],
    [{ pattern: "100%_A*B?", literal: true, ignore_case: true }, ["a.txt"]],
    [{ pattern: "100__a.b?", literal: true, ignore_case: true }, []],
    [{ pattern: "größe" }, ["a.txt"]],
    [{ pattern: "GRößE", ignore_case: true }, ["a.txt"]],
    [{ pattern: "fixme" }, []],
    [{ pattern: "(?i)todo|fixme" }, ["b.txt"]],
    [{ pattern: "FIXME|größe" }, ["a.txt", "b.txt"]],
    [{ pattern: "^.{7}$" }, ["c.txt"]],
  ] as const) {
    await socket.end(socket.ask(`[[fake:tool:grep:${JSON.stringify(input)}]]`));
    const output = JSON.parse(String(model.requests.at(-1)?.body.messages.at(-1)?.content)) as { files: { path: string }[] };
    expect(output.files.map((file) => file.path), input.pattern).toEqual(expected);
  }
  socket.close();
});
