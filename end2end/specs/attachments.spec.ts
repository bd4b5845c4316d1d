// Files attached to a message: by button, by pasting and by dropping, with uploads that outlive reloads and networks.

import { violations } from "../fixture/accessibility.ts";
import type { App } from "../fixture/app.ts";
import { Attachments, PIXEL, picture, textFile } from "../fixture/attachments.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test as base } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";
import { zip } from "../fixture/zip.ts";
import { partsOf, textOf } from "../model/request.ts";
import { GREETING } from "../model/script.ts";
import type { FakeModel } from "../model/server.ts";

const test = base.extend<{ attachments: Attachments }>({
  attachments: async ({ page }, use) => {
    await use(new Attachments(page));
  },
});

/** The parts of the user's messages in the request with this text. */
function asked(model: FakeModel, text: string) {
  const request = model.requestsWith(text).at(-1);
  const users = (request?.body.messages ?? []).filter(({ role }) => role === "user");
  return {
    text: users.map(textOf).join("\n"),
    pictures: users.flatMap(({ content }) => partsOf(content)).flatMap(({ image_url: image }) => (image ? [image.url] : [])),
  };
}

async function textAt(app: App, name: string, path: string): Promise<string | number> {
  const response = await fetch(`${app.url}/agents/coderagent/${name}/files/${path}`);
  return response.ok ? response.text() : response.status;
}

test("a picture goes to the model, by reference, and is shown", async ({ app, attachments, chat, model, name, page }) => {
  await chat.open(name);
  await attachments.choose(picture("shot.png"));
  await attachments.uploaded("shot.png");
  await expect(attachments.card("shot.png").locator("img")).toHaveAttribute("src", /^blob:/);
  await expect(attachments.list).toMatchAriaSnapshot(`
    - list "Attached files":
      - listitem:
        - text: shot.png 70 bytes
        - 'button "Remove: shot.png"': Remove
  `);
  await chat.send(`What is this? ${name}`);
  await expect(chat.answers).toContainText(GREETING);
  const request = asked(model, name);
  expect(request.pictures).toEqual([`data:image/png;base64,${PIXEL.toString("base64")}`]);
  expect(request.text).toContain("(The user attached the file attachments/shot.png of the workspace.)");
  await expect(attachments.cards).toHaveCount(0);

  const url = `/agents/coderagent/${name}/files/attachments/shot.png`;
  const [stored] = await storedMessages(app.url, name);
  expect(stored?.parts).toMatchObject([
    { type: "file", mediaType: "image/png", filename: "shot.png", url },
    { type: "text", text: `What is this? ${name}` },
  ]);
  for (const moment of ["live", "reloaded"]) {
    await expect(chat.questions.getByRole("img", { name: "shot.png" }), moment).toHaveAttribute("src", url);
    await expect(chat.questions.getByRole("link", { name: "shot.png" }), moment).toHaveAttribute("href", url);
    await page.reload();
    await chat.interactive();
  }
});

test("a text that is dropped onto the page is named to the model, which reads it", async ({ app, attachments, chat, model, name, page }) => {
  await chat.open(name);
  await attachments.drop(chat.composer, [textFile("notes.md", "Secret words.")], async () => {
    await expect(page.locator("html")).toHaveAttribute("data-dropping", "message");
  });
  await expect(page.locator("html[data-dropping]")).toHaveCount(0);
  await attachments.uploaded("notes.md");
  await chat.send(`Read it. ${name}`);
  await expect(chat.answers).toContainText(GREETING);
  const request = asked(model, name);
  expect(request.text).toContain("(The user attached the file attachments/notes.md of the workspace.)");
  expect(request.text).not.toContain("Secret words.");
  expect(await textAt(app, name, "attachments/notes.md")).toBe("Secret words.");
});

test("a message may be files alone", async ({ attachments, chat, model, name }) => {
  await chat.open(name);
  await attachments.choose(textFile("alone.txt", name));
  await attachments.uploaded("alone.txt");
  await chat.composer.press("Enter");
  await expect(chat.questions).toContainText("alone.txt");
  await expect(chat.answers).toContainText(GREETING);
  expect(model.requestsWith("attachments/alone.txt").length).toBeGreaterThan(0);
});

test("a long text that is pasted becomes a file, and can be text after all", async ({ app, attachments, chat, name }) => {
  await chat.open(name);
  await attachments.pasteText(chat.composer, "short", 200);
  await expect(attachments.cards).toHaveCount(0);
  await attachments.pasteText(chat.composer, "line", 201);
  await attachments.uploaded("pasted-text.txt");
  expect(await textAt(app, name, "attachments/pasted-text.txt")).toBe("line\n".repeat(201));
  await chat.composer.fill("Before ");
  await attachments.press("Paste as text", "pasted-text.txt");
  await expect(chat.composer).toHaveValue(`Before ${"line\n".repeat(201)}`);
  await expect(chat.composer).toBeFocused();
  await expect(attachments.cards).toHaveCount(0);
  await expect.poll(() => textAt(app, name, "attachments/pasted-text.txt")).toBe(404);
});

test("a megabyte is pasted without a pause", async ({ attachments, chat, name }) => {
  await chat.open(name);
  const busy = await attachments.pasteText(chat.composer, "x".repeat(99), 10_000);
  expect(busy).toBeLessThan(200);
  await attachments.uploaded("pasted-text.txt");
  await expect(attachments.card("pasted-text.txt")).toContainText("1.0 MB");
});

test("pasted pictures of one name keep apart", async ({ app, attachments, chat, consoleWatch, name }) => {
  // The first name is taken.
  consoleWatch.allow(/412/);
  await chat.open(name);
  await attachments.paste(chat.composer, picture("image.png"));
  await attachments.uploaded("image.png");
  await attachments.paste(chat.composer, textFile("image.png", "another"));
  await expect(attachments.cards).toHaveCount(2);
  await expect(attachments.list.getByRole("progressbar")).toHaveCount(0);
  await chat.send("Both.");
  await expect(chat.answers).toContainText(GREETING);
  expect(await textAt(app, name, "attachments/image-2.png")).toBe("another");
  // The same once more needs no other name.
  await attachments.paste(chat.composer, textFile("image-2.png", "another"));
  await attachments.uploaded("image-2.png");
  await chat.send("Again.");
  await expect(chat.questions.last().getByRole("link")).toHaveAttribute("href", /image-2\.png$/);
});

test("a picture that is pasted beside the field is attached, and made smaller where it is too large for a model", async ({
  app,
  attachments,
  chat,
  name,
  page,
}) => {
  await chat.open(name);
  await attachments.paste(page.locator("body"), picture("seen.png"));
  await attachments.uploaded("seen.png");
  // Noise cannot be packed: about 9 MB.
  await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1_800, height: 1_800 });
    const context = canvas.getContext("2d")!;
    const noise = context.createImageData(1_800, 1_800);
    for (let at = 0; at < noise.data.length; at += 65_536) {
      crypto.getRandomValues(new Uint8Array(noise.data.buffer, at, Math.min(65_536, noise.data.length - at)));
    }
    context.putImageData(noise, 0, 0);
    const blob = await new Promise<Blob>((done) => canvas.toBlob((blob) => done(blob!), "image/png"));
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], "noise.png", { type: "image/png" }));
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
  });
  await attachments.uploaded("noise.jpg");
  await expect(attachments.card("noise.jpg")).toContainText("Made smaller");
  const stored = await fetch(`${app.url}/agents/coderagent/${name}/files/attachments/noise.jpg`);
  expect(stored.headers.get("content-type")).toBe("image/jpeg");
  expect((await stored.arrayBuffer()).byteLength).toBeLessThan(5_000_000);
});

test("on the start page files wait for their conversation", async ({ attachments, chat, model, name, page }) => {
  await chat.openStart();
  await attachments.choose(picture("first.png"));
  await expect(attachments.card("first.png")).toContainText("70 bytes");
  await attachments.kept(1);
  await chat.reload();
  await expect(attachments.card("first.png")).toContainText("70 bytes");
  await chat.send(`Begin. ${name}`);
  await expect(page).toHaveURL(/\/chat\//);
  await expect(chat.answers).toContainText(GREETING);
  expect(asked(model, name).pictures).toHaveLength(1);
  await expect(chat.composer).toHaveValue("");
  await expect(attachments.cards).toHaveCount(0);
  await chat.openStart();
  await expect(chat.composer).toHaveValue("");
  await expect(attachments.cards).toHaveCount(0);
});

test("an upload outlives the network and the page, and the message follows it", async ({
  attachments,
  chatAt,
  consoleWatch,
  model,
  name,
  network,
  page,
}) => {
  // An upload may arrive although its response does not; it is refused the second time, and counts.
  consoleWatch.allow(/status of 412/);
  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.connected();
  // The code for attached files is there.
  await attachments.choose(textFile("early.txt", "early"));
  await attachments.uploaded("early.txt");
  network.cut();
  await attachments.choose(textFile("late.txt", "late"));
  await expect(attachments.status).toContainText("continues by itself");
  await chat.send(`Now. ${name}`);
  await expect(attachments.status).toContainText("Then the message is sent.");
  await expect(chat.composer).toHaveValue(`Now. ${name}`);
  await page.getByRole("button", { name: "Do not send yet", exact: true }).click();
  await expect(chat.composer).toBeFocused();
  await expect(attachments.status).not.toContainText("Then the message is sent.");

  network.reset();
  await chat.reload();
  await attachments.uploaded("late.txt");
  await expect(chat.composer).toHaveValue(`Now. ${name}`);
  network.cut();
  await attachments.choose(textFile("later.txt", "later"));
  await chat.composer.press("Enter");
  await expect(attachments.status).toContainText("Then the message is sent.");
  expect(model.requestsWith(name)).toEqual([]);
  network.reset();
  await expect(chat.answers).toContainText(GREETING, { timeout: 30_000 });
  const { text } = asked(model, name);
  expect(text).toContain("attachments/late.txt");
  expect(text).toContain("attachments/later.txt");
});

test("a message that is sent before its files can be shown waits for them", async ({ attachments, chat, model, name, page }) => {
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const piece = /\/pkg\/attachments\.\w+\.wasm$/;
  await page.route(piece, async (route) => {
    await released;
    await route.continue();
  });
  await chat.open(name);
  const requested = page.waitForRequest(piece);
  await attachments.choose(textFile("early.txt", "early"));
  await requested;
  await chat.send(`Early. ${name}`);
  await expect(chat.composer).toHaveValue(`Early. ${name}`);
  release();
  await expect(chat.questions).toContainText("early.txt");
  await expect(chat.answers).toContainText(GREETING);
  expect(asked(model, name).text).toContain("attachments/early.txt");
});

test("files are chosen before the code of the page has come", async ({ app, attachments, chat, name, page }) => {
  let arrive = () => {};
  const hasCome = new Promise<void>((resolve) => (arrive = resolve));
  await page.route(/\/pkg\/app\.\w+\.wasm/, async (route) => {
    await hasCome;
    await route.continue();
  });
  await page.goto(`${app.url}/chat/${name}`, { waitUntil: "commit" });
  await attachments.choose(textFile("early.txt", "here first"));
  arrive();
  await chat.interactive();
  await attachments.uploaded("early.txt");
});

test("what cannot be attached says why and is in the way until it is removed", async ({ app, attachments, chat, name }) => {
  await chat.open(name);
  const large = { name: "large.bin", mimeType: "", buffer: Buffer.alloc(10_000_001) };
  await attachments.choose(large, textFile("small.txt", "small"));
  await expect(attachments.card("large.bin")).toContainText("a file has at most 10.0 MB. Remove it.");
  await attachments.uploaded("small.txt");
  await chat.send("Go.");
  await expect(attachments.status).toContainText("A file is in the way: see what it says, or remove it. Then the message is sent.");
  await expect(chat.questions).toHaveCount(0);
  await attachments.press("Remove", "large.bin");
  await expect(chat.questions).toContainText("small.txt");
  await expect(chat.answers).toContainText(GREETING);

  await attachments.choose(textFile("unwanted.txt", "x"));
  await attachments.uploaded("unwanted.txt");
  await attachments.press("Remove", "unwanted.txt");
  await expect(chat.composer).toBeFocused();
  await expect.poll(() => textAt(app, name, "attachments/unwanted.txt")).toBe(404);

  const many = Array.from({ length: 22 }, (_, at) => textFile(`${at}.txt`, `${at}`));
  await attachments.choose(...many);
  await expect(chat.error).toContainText("Not attached: 20.txt, 21.txt");
  await expect(attachments.cards).toHaveCount(20);
});

test("a zip file is kept, or unpacked", async ({ app, attachments, chat, model, name }) => {
  await chat.open(name);
  const archive = zip([{ name: "src/a.txt", bytes: Buffer.from("a") }]);
  await attachments.choose({ name: "project.zip", mimeType: "application/zip", buffer: archive });
  await attachments.uploaded("project.zip");
  await attachments.press("Unpack", "project.zip");
  await expect(attachments.card("project.zip")).toContainText("Unpacked into the workspace: 1 files");
  expect(await textAt(app, name, "src/a.txt")).toBe("a");
  await chat.send(`See. ${name}`);
  await expect(chat.answers).toContainText(GREETING);
  expect(asked(model, name).text).toContain("(The user attached project.zip and had it unpacked into the workspace.)");
  await expect(chat.questions).toContainText("Unpacked into the workspace: project.zip");
});

test("a model that takes no pictures is named before the message is sent", async ({ app, attachments, chat, name }) => {
  const socket = await RawSocket.open(app.url, name);
  await socket.changeState({ model: "mistralai/fake-small" });
  socket.close();
  await chat.open(name);
  await chat.connected();
  await attachments.choose(textFile("a.txt", "a"));
  await attachments.uploaded("a.txt");
  await attachments.choose(picture("a.png"));
  await expect(attachments.status).toHaveText("Mistral: Fake Small takes no pictures: it gets their paths alone.");
  await attachments.press("Remove", "a.png");
  await expect(attachments.status).toHaveText("");
});

test("a message that is changed keeps its files", async ({ attachments, chat, model, name, page }) => {
  await chat.open(name);
  await attachments.choose(textFile("kept.txt", "kept"));
  await attachments.uploaded("kept.txt");
  await chat.send("Before.");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  await chat.questions.hover();
  await chat.questions.getByRole("button", { name: /^Edit/ }).click();
  await page.getByRole("textbox", { name: "Your message" }).fill(`After. ${name}`);
  await page.getByRole("button", { name: "Send again", exact: true }).click();
  await expect(chat.questions).toContainText("kept.txt");
  await expect.poll(() => asked(model, name).text).toContain("attachments/kept.txt");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 } });

    test("attached files are accessible", async ({ attachments, chat, name, page }) => {
      await chat.open(name);
      const large = { name: "large.bin", mimeType: "", buffer: Buffer.alloc(10_000_001) };
      await attachments.choose(picture("a.png"), textFile(`${"long-".repeat(30)}.txt`, "x"), large);
      await attachments.pasteText(chat.composer, "line", 300);
      await attachments.uploaded("pasted-text.txt");
      expect(await violations(page)).toEqual([]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
    });
  });
}
