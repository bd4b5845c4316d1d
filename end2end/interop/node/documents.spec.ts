// Runs the JavaScript in the documents with the published packages.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ensureNode } from "../../../scripts/setup/node.mjs";
import { documentsWith, Reader } from "../../fixture/documents.ts";
import { expect, test } from "../fixture/test.ts";

const HERE = fileURLToPath(new URL("..", import.meta.url));

for (const { document } of await documentsWith(["run"], "js")) {
  test(`the programs of ${document.path} run as they are written`, async ({ demoApp }) => {
    const reader = new Reader({
      // The folder with the packages.
      folder: HERE,
      programs: { js: [await ensureNode(), "--input-type=module", "--eval"] },
      environment: process.env,
      standIns: [["localhost:8787", `127.0.0.1:${demoApp.port}`]],
    });
    expect(await reader.follow(document)).toEqual([]);
  });
}

for (const { document, blocks } of await documentsWith(["run"], "jsx")) {
  for (const block of blocks) {
    test(`the component of ${document.path}:${block.line} chats`, async ({ context, demoApp, name, page }) => {
      // Chromium does not know that an intercepted page comes from this machine too.
      await context.grantPermissions(["local-network-access"]);
      const component = block.text.replaceAll("localhost:8787", `127.0.0.1:${demoApp.port}`).replaceAll("my-conversation", name);
      const origin = demoApp.url;
      await page.route(`${origin}/document`, (route) => route.fulfill({ contentType: "text/html", body: HTML }));
      const script = await bundled(component);
      await page.route(`${origin}/document.js`, (route) => route.fulfill({ contentType: "text/javascript", body: script }));
      await page.goto(`${origin}/document`);
      await page.getByRole("textbox", { name: "Message" }).fill("Hello!");
      await page.getByRole("button", { name: "Send" }).click();
      await expect(page.getByText("user: Hello!")).toBeVisible();
      await expect(page.getByText(/assistant: .*demo model/)).toBeVisible();
    });
  }
}

const HTML = `<!doctype html><html lang="en"><title>Document</title><body><div id="root"></div><script type="module" src="/document.js"></script></body></html>`;

/** A page with the component that the code exports. */
async function bundled(component: string): Promise<string> {
  const page = `
    import { Suspense } from "react";
    import { createRoot } from "react-dom/client";
    import Component from "component";
    createRoot(document.getElementById("root")).render(<Suspense><Component /></Suspense>);
  `;
  const { outputFiles } = await build({
    stdin: { contents: page, resolveDir: HERE, loader: "jsx" },
    plugins: [
      {
        name: "component",
        setup({ onLoad, onResolve }) {
          onResolve({ filter: /^component$/ }, () => ({ path: "component", namespace: "document" }));
          onLoad({ filter: /.*/, namespace: "document" }, () => ({ contents: component, resolveDir: HERE, loader: "jsx" }));
        },
      },
    ],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent", // a failure is thrown, with the messages in it
  });
  return outputFiles[0]!.text;
}
