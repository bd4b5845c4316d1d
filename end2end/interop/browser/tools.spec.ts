// Tools of the agent, with and without approval, and client tools of the page.

import type { UIMessage } from "ai";
import { storedMessages } from "../../fixture/transcript.ts";
import { afterCall, BEFORE_CALL, GREETING } from "../../model/script.ts";
import { Heard } from "../fixture/heard.ts";
import { expect, test, withEachSdk } from "../fixture/test.ts";
import type { Tab } from "../fixture/tab.ts";
import { responses } from "../fixture/wire.ts";

const CONTEXT = "A parser in Rust.";
const UPDATE = `[[fake:tool:set_project_context:${JSON.stringify({ context: CONTEXT })}]]`;

async function storedAnswer(origin: string, name: string): Promise<UIMessage> {
  const messages = (await storedMessages(origin, name)) as UIMessage[];
  expect(messages.map(({ role }) => role), "one question, one answer").toEqual(["user", "assistant"]);
  return messages[1]!;
}

/** The states of the tool calls of a message. */
function toolStates({ parts }: UIMessage): string[] {
  return parts.flatMap((part) => ("toolCallId" in part ? [part.state] : []));
}

/** The continuations in a tab's frames, by request id. */
function continuations({ wire }: Tab): string[] {
  const frames = responses(wire.received).filter(({ continuation }) => continuation === true);
  return [...new Set(frames.map(({ id }) => String(id)))];
}

withEachSdk(() => {
  test("CH-32: a tool of the agent runs, and every tab sees its output", async ({ app, name, newTab }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    await tab.send('[[fake:tool:rename_conversation:{"title":"Parsers"}]]');
    for (const page of [tab, other]) {
      await expect(page.answers.getByRole("paragraph").last()).toContainText("The tools said:");
      await page.settled();
      await expect(page.tool("rename_conversation")).toHaveText("output-available");
      await expect(page.state).toContainText('"title":"Parsers"');
      await expect(page.answers).toHaveCount(1);
    }
    expect(toolStates(await storedAnswer(app.url, name))).toEqual(["output-available"]);
    expect(continuations(tab), "a server's tool needs no continuation").toEqual([]);
  });

  test("a question of the agent is answered as a tool of the page is", async ({ app, name, newTab }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    await tab.send('[[fake:tool:ask_user:{"question":"Tabs?","options":["Yes","No"]}]]');
    await expect(other.tool("ask_user")).toContainText("input-available");
    await tab.settled();
    await tab.button("Yes").click();
    for (const page of [tab, other]) {
      await page.answered(BEFORE_CALL + afterCall('{"answer":"Yes"}'));
      await page.settled();
      await expect(page.tool("ask_user")).toHaveText("output-available");
    }
    expect(toolStates(await storedAnswer(app.url, name))).toEqual(["output-available"]);
    expect(continuations(tab)).toHaveLength(1);
  });

  test("TA-01, TA-02, TA-03: an approved tool runs, and the same message continues", async ({
    app,
    connect,
    name,
    newTab,
  }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    await tab.send(UPDATE);
    for (const page of [tab, other]) {
      await expect(page.tool("set_project_context").getByText("approval-requested")).toBeVisible();
      await page.settled();
    }
    const asked = await storedAnswer(app.url, name);
    expect(toolStates(asked)).toEqual(["approval-requested"]);
    expect(await connect().call("getProjectContext"), "nothing is done before the answer").toBeNull();

    await tab.button("Approve").click();
    for (const page of [tab, other]) {
      await expect(page.answers.getByRole("paragraph").last()).toContainText("The tools said:");
      await page.settled();
      await expect(page.tool("set_project_context")).toHaveText("output-available");
      await expect(page.answers).toHaveCount(1);
      expect(continuations(page), "TL-03").toHaveLength(1);
    }
    const answer = await storedAnswer(app.url, name);
    expect(answer.id).toBe(asked.id);
    expect(toolStates(answer)).toEqual(["output-available"]);
    expect(await connect().call("getProjectContext")).toBe(CONTEXT);
  });

  test("TA-02, TA-08: a denied tool does not run, and the model gets the refusal", async ({
    app,
    connect,
    model,
    name,
    newTab,
  }) => {
    const tab = await newTab();
    await tab.open(name);
    await tab.send(UPDATE.replace(CONTEXT, name));
    await tab.button("Deny").click();
    await expect(tab.answers.getByRole("paragraph").last()).toContainText("The tools said:");
    await tab.settled();
    await expect(tab.tool("set_project_context")).toHaveText("output-denied");
    expect(toolStates(await storedAnswer(app.url, name))).toEqual(["output-denied"]);
    expect(await connect().call("getProjectContext")).toBeNull();
    const told = model.requestsWith(name).at(-1)?.body.messages.at(-1);
    expect(told).toMatchObject({ role: "tool", content: expect.stringMatching(/denied|refused|declined/i) });
  });

  test("TA-01: the changes of a call are shown before the approval, and again after the call", async ({
    app,
    name,
    newTab,
  }) => {
    const [tab, other] = [await newTab(), await newTab()];
    await tab.open(name);
    await other.open(name);
    const input = { path: "src/a.js", text: "one\n" };
    await tab.send(`[[fake:tool:write:${JSON.stringify(input)}]]`);
    const diff = String.raw`"diff":"@@ -0,0 +1 @@\n+one\n"`;
    for (const page of [tab, other]) {
      await expect(page.changes).toContainText(diff);
      await expect(page.changes).toContainText("expiresAt");
      await page.settled();
    }
    await tab.reload();
    await expect(tab.changes).toContainText(diff);
    await tab.button("Approve").click();
    for (const page of [tab, other]) {
      await expect(page.answers.getByRole("paragraph").last()).toContainText("The tools said:");
      await page.settled();
      await expect(page.changes).toHaveCount(1);
      await expect(page.changes).toContainText(diff);
      await expect(page.changes).not.toContainText("expiresAt");
    }
    expect(toolStates(await storedAnswer(app.url, name))).toEqual(["output-available"]);
  });

  test("TA-01: an approval may be given after a reload", async ({ app, connect, name, newTab }) => {
    const tab = await newTab();
    await tab.open(name);
    await tab.send(UPDATE);
    await expect(tab.button("Approve")).toBeVisible();
    await tab.settled();
    await tab.reload();
    await tab.button("Approve").click();
    await expect(tab.answers.getByRole("paragraph").last()).toContainText("The tools said:");
    await tab.settled();
    await expect(tab.answers).toHaveCount(1);
    expect(toolStates(await storedAnswer(app.url, name))).toEqual(["output-available"]);
    expect(await connect().call("getProjectContext")).toBe(CONTEXT);
  });

  test("TL-01, TL-03, TL-14: the page answers a call of its own tool, and the same message continues", async ({
    app,
    model,
    name,
    newTab,
  }) => {
    const tab = await newTab({ tools: true });
    await tab.open(name);
    await tab.send(`[[fake:tool:getTime:{}]] ${name}`);
    await tab.answered(BEFORE_CALL + afterCall("12:34"));
    await tab.settled();
    await expect(tab.answers).toHaveCount(1);
    await expect(tab.tool("getTime")).toHaveText("output-available");
    const answer = await storedAnswer(app.url, name);
    expect(toolStates(answer)).toEqual(["output-available"]);

    expect(tab.wire.sent.filter(({ type }) => type === "cf_agent_tool_result")).toHaveLength(1);
    expect(model.requestsWith(name), "one step before the output, one after it").toHaveLength(2);
    const [continued, ...others] = continuations(tab);
    expect(others).toEqual([]);
    const chunks = responses(tab.wire.received).filter(({ id }) => id === continued);
    expect(chunks.every(({ continuation }) => continuation === true)).toBe(true);
    expect(chunks.map(({ body }) => String(body)).filter((body) => body.includes("messageId")), "no new message").toEqual([]);
    const [first] = responses(tab.wire.received);
    expect(JSON.parse(String(first?.body))).toMatchObject({ type: "start", messageId: answer.id });

    await tab.send("Thanks.");
    await expect(tab.answers).toHaveCount(2);
    await tab.answered(GREETING);
    await tab.settled();
  });

  test("TL-04, TL-05: calls side by side have one continuation", async ({ app, model, name, newTab }) => {
    const tab = await newTab({ tools: true });
    await tab.open(name);
    await tab.send(`[[fake:tools:getTime,getZone]] ${name}`);
    await expect(tab.answers.getByRole("paragraph").last()).toContainText(/12:34.* and .*UTC/);
    await tab.settled();
    await expect(tab.answers).toHaveCount(1);
    expect(tab.wire.sent.filter(({ type }) => type === "cf_agent_tool_result")).toHaveLength(2);
    expect(continuations(tab)).toHaveLength(1);
    expect(model.requestsWith(name)).toHaveLength(2);
    expect(toolStates(await storedAnswer(app.url, name))).toEqual(["output-available", "output-available"]);
  });

  test("TL-08, TL-15: two tabs answer one call, and one answer counts", async ({ app, model, name, newTab }) => {
    const [tab, other] = [await newTab({ tools: true }), await newTab({ tools: true })];
    await tab.open(name);
    await other.open(name);
    await tab.send(`[[fake:tool:getTime:{}]] ${name}`);
    for (const page of [tab, other]) {
      await page.answered(BEFORE_CALL + afterCall("12:34"));
      await page.settled();
      await expect(page.answers).toHaveCount(1);
    }
    expect(model.requestsWith(name)).toHaveLength(2);
    expect(toolStates(await storedAnswer(app.url, name))).toEqual(["output-available"]);
  });

  test("TL-12, TL-20: a page that comes later answers the call", async ({ app, connect, name, newTab }) => {
    const client = connect();
    const heard = new Heard(client);
    const clientTools = [{ name: "getTime", description: "The time.", parameters: { type: "object", properties: {} } }];
    const messages = [{ id: name, role: "user", parts: [{ type: "text", text: "[[fake:tool:getTime:{}]]" }] }];
    const body = JSON.stringify({ messages, clientTools, trigger: "submit-message" });
    const request = { type: "cf_agent_use_chat_request", id: name, init: { method: "POST", body } };
    client.send(JSON.stringify(request));
    await heard.end(name);
    expect(toolStates(await storedAnswer(app.url, name))).toEqual(["input-available"]);

    const tab = await newTab({ tools: true });
    await tab.open(name);
    await tab.answered(BEFORE_CALL + afterCall("12:34"));
    await tab.settled();
    await expect(tab.answers).toHaveCount(1);
    expect(toolStates(await storedAnswer(app.url, name))).toEqual(["output-available"]);
  });

  test("TL-02, TL-10: a failed tool ends the turn, and the model gets the error with the next question", async ({
    model,
    name,
    newTab,
  }) => {
    const tab = await newTab({ tools: true });
    await tab.open(name);
    await tab.send(`[[fake:tool:getSecret:{}]] ${name}`);
    await expect(tab.tool("getSecret")).toHaveText("output-error");
    await tab.settled();
    expect(model.requestsWith(name)).toHaveLength(1);
    await tab.send("What then?");
    await expect(tab.answers).toHaveCount(2);
    await tab.answered(GREETING);
    await tab.settled();
    const told = model.requestsWith(name).at(-1)?.body.messages.find(({ role }) => role === "tool");
    expect(told?.content).toContain("That is not for you.");
  });
});
