// Images and other files from users, and files that the model reads, reach the model.

import type { App } from "../fixture/app.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";
import { partsOf, textOf, type ChatMessage, type ContentPart } from "../model/request.ts";
import { GREETING } from "../model/script.ts";
import type { FakeModel } from "../model/server.ts";

/** A single pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PNG = `data:image/png;base64,${PIXEL}`;
const PDF = `data:application/pdf;base64,${Buffer.from("%PDF-1.4\n%%EOF\n").toString("base64")}`;

const text = (words: string) => ({ type: "text", text: words });
const file = (url: string, mediaType: string, filename?: string) => ({ type: "file", mediaType, url, filename });

/** The messages of the newest request from the user's last one on. */
function asked(model: FakeModel): ChatMessage[] {
  const messages = model.requests.at(-1)?.body.messages ?? [];
  return messages.slice(messages.findLastIndex(({ role }) => role === "assistant" || role === "system") + 1);
}

const pieces = (messages: ChatMessage[]): ContentPart[] => messages.flatMap(({ content }) => partsOf(content));
const pictures = (messages: ChatMessage[]) => {
  return pieces(messages).flatMap(({ type, image_url: image }) => (type === "image_url" ? [image?.url] : []));
};

async function putPixel(app: App, name: string, path: string): Promise<void> {
  const address = `${app.url}/agents/coderagent/${name}/files/${path}`;
  const { status } = await fetch(address, { method: "PUT", body: Buffer.from(PIXEL, "base64") });
  expect(status).toBe(201);
}

/** The notices of the agent beside the last answer. */
async function notices(app: App, name: string): Promise<(string | undefined)[]> {
  const parts = (await storedMessages(app.url, name)).at(-1)?.parts ?? [];
  const told = parts.filter(({ type }) => type === "data-notice");
  return told.map((part) => (part as unknown as { data: { text?: string } }).data.text);
}

test("a user's picture reaches the model, with words and without, again in the next turn", async ({
  app,
  model,
  name,
}) => {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.askWith([text("What is this?"), file(PNG, "image/png", "pixel.png")]));
  expect(pictures(asked(model))).toEqual([PNG]);
  expect(asked(model).map(textOf).join("")).toContain("What is this?");
  await socket.end(socket.askWith([file(PNG, "image/png")]));
  expect(pictures(asked(model))).toEqual([PNG]);
  await socket.end(socket.ask("And now?"));
  expect(pictures(model.requests.at(-1)?.body.messages ?? [])).toEqual([PNG, PNG]);
  const stored = await storedMessages(app.url, name);
  expect(stored.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant", "user", "assistant"]);
  expect(stored[0]?.parts[1]).toMatchObject({ type: "file", mediaType: "image/png", url: PNG });
  socket.close();
});

test("a file of the workspace reaches the model by its address", async ({ app, model, name }) => {
  await putPixel(app, name, "d/a.png");
  const path = `/agents/coderagent/${name}/files/d/a.png`;
  const socket = await RawSocket.open(app.url, name);
  for (const url of [path, `${app.url}${path}`]) {
    await socket.end(socket.askWith([text("Look."), file(url, "image/png")]));
    expect(pictures(asked(model)), url).toEqual([PNG]);
  }
  await socket.end(socket.askWith([text("Look."), file(path.replace("a.png", "b.png"), "image/png")]));
  expect(pictures(asked(model))).toEqual([]);
  expect(await notices(app, name)).toEqual([expect.stringContaining("b.png")]);
  socket.close();
});

test("a picture that the model reads is shown to it", async ({ app, model, name }) => {
  await putPixel(app, name, "a.png");
  for (const asks of ["openrouter/auto", "anthropic/fake-sonnet", "google/fake-flash", "openai/fake-mini"]) {
    const socket = await RawSocket.open(app.url, name);
    await socket.changeState({ model: asks });
    await socket.end(socket.ask(`[[fake:tool:read:{"path":"a.png"}]] ${asks}`));
    const since = model.requests.at(-1)?.body.messages ?? [];
    const call = since.findLastIndex((message) => message.tool_calls);
    expect(pictures(since.slice(call)), asks).toEqual([PNG]);
    expect((await storedMessages(app.url, name)).at(-1)?.role).toBe("assistant");
    socket.close();
  }
});

test("a model without image input answers, and the user is informed", async ({ app, chat, model, name }) => {
  const socket = await RawSocket.open(app.url, name);
  // A separate name, since unsupported features are remembered.
  await socket.changeState({ model: `no-images:greet:${name}` });
  for (const round of ["first", "second"]) {
    await socket.end(socket.askWith([text(`${round} ${name}`), file(PNG, "image/png", "pixel.png")]));
    expect(await notices(app, name)).toEqual(["The model did not get the picture pixel.png: this model takes no pictures."]);
    expect(pictures(asked(model))).toEqual([]);
    expect(asked(model).map(textOf).join("")).toContain("You do not get the picture pixel.png");
  }
  expect(model.requestsWith(`second ${name}`), "it is not tried again").toHaveLength(1);
  await chat.open(name);
  await expect(chat.answers.last()).toContainText(GREETING);
  await expect(chat.answers.last().getByRole("note")).toHaveText(/did not get the picture pixel\.png/);
  await expect(chat.questions.last()).toContainText("File: pixel.png");
  await expect(chat.error).toHaveCount(0);
  socket.close();
});

test("a text file is sent as text, a PDF as a file", async ({ app, model, name }) => {
  const socket = await RawSocket.open(app.url, name);
  const words = "fn main() {}\n";
  const source = `data:text/x-rust;base64,${Buffer.from(words).toString("base64")}`;
  await socket.end(socket.askWith([text("Review it."), file(source, "text/x-rust", "main.rs")]));
  const told = asked(model).map(textOf).join("");
  expect(told).toContain("Review it.");
  expect(told).toContain(`File main.rs:\n\n\`\`\`\n${words}\`\`\``);

  await socket.end(socket.askWith([text("Read it."), file(PDF, "application/pdf", "paper.pdf")]));
  const sent = pieces(asked(model)).filter(({ type }) => type === "file");
  expect(sent).toEqual([{ type: "file", file: { filename: "paper.pdf", file_data: PDF } }]);
  expect(await notices(app, name)).toEqual([]);
  socket.close();
});
