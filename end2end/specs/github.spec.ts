// Repositories of GitHub: opened, changed, and handed back. The token goes to GitHub and nowhere else.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { violations } from "../fixture/accessibility.ts";
import type { App } from "../fixture/app.ts";
import { FakeGithub } from "../fixture/github.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";

const TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";

interface Call {
  type: string;
  state: string;
  toolCallId: string;
  output?: Record<string, unknown>;
  errorText?: string;
}

const FILES = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`src/part${at % 4}/file${at}.txt`, `file ${at}\n`]));

const githubTest = test.extend<{ github: FakeGithub; opened: App }>({
  github: async ({}, use) => {
    const github = await FakeGithub.start({ ...FILES, "README.md": "# b\n", "binary.dat": "\u0000\u0001" });
    await use(github);
    await github.close();
  },
  opened: async ({ github, model, startApp }, use) =>
    use(await startApp({ settings: { ...settingsFor(model), GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN } })),
});

async function callOf(app: App, name: string, tool: string): Promise<Call> {
  const messages = await storedMessages(app.url, name);
  const parts = messages.flatMap(({ parts }) => parts) as unknown as Call[];
  const call = parts.findLast(({ type }) => type === `tool-${tool}`);
  if (!call) throw new Error(`${tool} was not called`);
  return call;
}

/** Has the model call a tool, and allows it. */
async function allowed(app: App, socket: RawSocket, name: string, tool: string, input: object): Promise<Call> {
  await socket.end(socket.ask(`[[fake:tool:${tool}:${JSON.stringify(input)}]]`));
  const asked = await callOf(app, name, tool);
  expect(asked.state).toBe("approval-requested");
  const before = socket.frames.length;
  socket.send({ type: "cf_agent_tool_approval", toolCallId: asked.toolCallId, approved: true, autoContinue: true });
  await expect
    .poll(() => socket.frames.slice(before).some(({ continuation, done }) => continuation === true && done === true))
    .toBe(true);
  return callOf(app, name, tool);
}

/** All bytes below a folder. */
async function bytesBelow(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)).catch(() => Buffer.of()))));
}

githubTest("a repository is opened, changed and handed back as a pull request", async ({ github, name, opened }) => {
  const socket = await RawSocket.open(opened.url, name);
  const imported = await allowed(opened, socket, name, "import_repository", { repository: "a/b" });
  expect(imported.errorText).toBeUndefined();
  expect(imported.output).toMatchObject({ repository: "a/b", branch: "main", files: 42, put: 42 });
  expect(github.asked.some(({ path }) => path.startsWith("/_codeload/"))).toBe(true);

  const base = `${opened.url}/agents/coderagent/${name}/files`;
  for (const path of ["README.md", "binary.dat", "src/part1/file1.txt"]) {
    const bytes = Buffer.from(await (await fetch(`${base}/${path}`)).arrayBuffer());
    expect(bytes.equals(github.file("main", path)), path).toBe(true);
  }
  await fetch(`${base}/src/part1/file1.txt`, { method: "PUT", body: "changed\n" });
  await fetch(`${base}/README.md`, { method: "DELETE" });
  const input = { repository: "a/b", branch: "fix", base: "main", title: "Fix it", body: "Closes #1" };
  const pushed = await allowed(opened, socket, name, "create_pull_request", input);
  expect(pushed.errorText).toBeUndefined();
  expect(pushed.output).toMatchObject({ pull_request: 1, changed_files: 2 });
  expect(github.git(["diff", "--name-status", "main", "fix"])).toBe("D\tREADME.md\nM\tsrc/part1/file1.txt");
  expect(github.file("fix", "src/part1/file1.txt").toString()).toBe("changed\n");

  // The user was shown what differs, and which requests were sent.
  const stored = JSON.stringify(await storedMessages(opened.url, name));
  expect(stored).toContain('"requests":[{"method":"GET","path":"/repos/a/b","status":200}');
  expect(stored).toContain("-file 1\\n+changed");
  // The token went to GitHub and nowhere else.
  expect(github.asked.filter(({ authorization }) => authorization === `Bearer ${TOKEN}`).length).toBeGreaterThan(10);
  expect(stored + JSON.stringify(socket.frames) + opened.log).not.toContain(TOKEN);
  socket.close();
  await opened.stop();
  expect((await bytesBelow(opened.dataFolder)).includes(TOKEN)).toBe(false);
  await opened.launch();
});

githubTest("the card of a pull request shows where the changes go, and what they are", async ({ chatAt, github, name, opened, page }) => {
  const socket = await RawSocket.open(opened.url, name);
  await allowed(opened, socket, name, "import_repository", { repository: "a/b" });
  socket.close();
  await fetch(`${opened.url}/agents/coderagent/${name}/files/README.md`, { method: "PUT", body: "# c\n" });
  const chat = chatAt(opened.url);
  await chat.open(name);
  const input = { repository: "a/b", branch: "fix", base: "main", title: "Name it", body: "It is c." };
  await chat.send(`[[fake:tool:create_pull_request:${JSON.stringify(input)}]]`);
  const question = page.getByRole("group", { name: "Approval of create_pull_request", exact: true });
  await expect(question).toBeVisible();
  const card = page.locator(".tool").filter({ has: question });
  for (const shown of ["repository: a/b", "branch: fix", "base: main", "title: Name it", "body: It is c."]) {
    await expect(card).toContainText(shown);
  }
  await expect(card).toContainText("# c");
  await expect(card.getByText("Allow always…"), "each one is asked about").toHaveCount(0);
  expect(await violations(page)).toEqual([]);
  await question.getByRole("button", { name: "Allow create_pull_request", exact: true }).click();
  await expect(page.locator(".tool").last()).toContainText("Created pull request");
  await expect.poll(() => github.pulls.map(({ title }) => title)).toEqual(["Name it"]);
  expect(github.file("fix", "README.md").toString()).toBe("# c\n");
});
