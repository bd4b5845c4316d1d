// Pages that the agent fetches: after an approval, as text, and only from permitted hosts.

import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { canNameHosts, type App } from "../fixture/app.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";

interface Call {
  state: string;
  output?: { text?: string; title?: string; url?: string; size?: number; more?: string };
  errorText?: string;
  toolCallId: string;
}

/** A small web that records requests. */
class Pages {
  readonly asked: string[] = [];
  readonly headers: http.IncomingHttpHeaders[] = [];
  /** The number of responses aborted before their end. */
  abandoned = 0;
  private readonly server = http.createServer((request, response) => this.answer(request, response));

  static async start(): Promise<Pages> {
    const pages = new Pages();
    pages.server.listen(0, "127.0.0.1");
    await once(pages.server, "listening");
    return pages;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.asked.push(request.url ?? "");
    this.headers.push(request.headers);
    switch (request.url) {
      case "/moved":
        return void response.writeHead(302, { Location: "/page", "Set-Cookie": "a=b" }).end();
      case "/elsewhere":
        return void response.writeHead(302, { Location: `${this.url.replace("127.0.0.1", "localhost")}/page` }).end();
      case "/circle":
        return void response.writeHead(302, { Location: "/circle" }).end();
      case "/page":
        response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
        return void response.end("<title>Pears</title><script>1</script><h1>Pears</h1><p>See <a href='/more'>more</a>.");
      case "/image":
        return void response.writeHead(200, { "Content-Type": "image/png", "Content-Length": "4" }).end("1234");
      case "/long":
        return void response.writeHead(200, { "Content-Type": "text/plain" }).end("pear\n".repeat(600_000));
      case "/slow":
        response.on("close", () => (this.abandoned += 1));
        response.writeHead(200, { "Content-Type": "text/plain" });
        return void response.write("It begins, ");
      default:
        return void response.writeHead(404).end();
    }
  }
}

const fetchTest = test.extend<{ pages: Pages; open: App }>({
  pages: async ({}, use) => {
    const pages = await Pages.start();
    await use(pages);
    await pages.close();
  },
  /** An app that may reach its own network. */
  open: async ({ startApp, model }, use) => use(await startApp({ settings: { ...settingsFor(model), FETCH_HOSTS: "any" } })),
});

async function callsOf(app: App, name: string): Promise<Call[]> {
  const messages = await storedMessages(app.url, name);
  const parts = messages.flatMap(({ parts }) => parts) as unknown as (Call & { type: string })[];
  return parts.filter(({ type }) => type === "tool-fetch_url");
}

/** Requests a page and approves the call. */
async function fetching(app: App, name: string, url: string): Promise<RawSocket> {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask(`[[fake:tool:fetch_url:${JSON.stringify({ url })}]]`));
  const [call] = await callsOf(app, name);
  expect(call?.state).toBe("approval-requested");
  socket.send({ type: "cf_agent_tool_approval", toolCallId: call!.toolCallId, approved: true, autoContinue: true });
  return socket;
}

async function fetched(app: App, name: string, url: string): Promise<Call> {
  const socket = await fetching(app, name, url);
  await socket.frame(({ continuation, done }) => continuation === true && done === true);
  socket.close();
  const [call] = await callsOf(app, name);
  return call!;
}

fetchTest("a page is read as text, behind a redirect, without cookies", async ({ name, open, pages }) => {
  const call = await fetched(open, name, `${pages.url}/moved`);
  expect(call.state).toBe("output-available");
  expect(call.output).toEqual({
    url: `${pages.url}/page`,
    content_type: "text/html; charset=utf-8",
    title: "Pears",
    text: `# Pears\n\nSee [more](${pages.url}/more).`,
  });
  expect(pages.asked).toEqual(["/moved", "/page"]);
  expect(pages.headers.flatMap((headers) => [headers.cookie, headers.authorization])).toEqual(Array(4).fill(undefined));
});

fetchTest("a page that is no text, is too long, redirects in circles or does not exist is reported as that", async ({ name, open, pages }) => {
  const image = await fetched(open, `${name}-image`, `${pages.url}/image`);
  expect(image.output).toMatchObject({ content_type: "image/png", size: 4 });
  const long = await fetched(open, `${name}-long`, `${pages.url}/long`);
  expect(JSON.stringify(long.output).length).toBeLessThanOrEqual(32_000);
  expect(long.output?.more).toContain("more than 2000000 bytes");
  const circle = await fetched(open, `${name}-circle`, `${pages.url}/circle`);
  expect(circle.errorText).toContain("redirects more than 5 times");
  expect(pages.asked.filter((path) => path === "/circle")).toHaveLength(6);
  const missing = await fetched(open, `${name}-missing`, `${pages.url}/nothing`);
  expect(missing.errorText).toContain("answers with the status 404");
  const closed = await fetched(open, `${name}-closed`, "http://127.0.0.1:9/");
  expect(closed.errorText).toContain("cannot be reached");
});

fetchTest("a stop drops the page", async ({ name, open, pages }) => {
  const socket = await fetching(open, name, `${pages.url}/slow`);
  await expect.poll(() => pages.asked).toEqual(["/slow"]);
  const states = socket.frames.filter(({ type }) => type === "cf_agent_state");
  const run = (states.at(-1)?.state as { run: { status: string; requestId: string } }).run;
  expect(run.status).toBe("running");
  socket.send({ type: "cf_agent_chat_request_cancel", id: run.requestId });
  await socket.end(run.requestId);
  await expect.poll(() => pages.abandoned).toBe(1);
  const [call] = await callsOf(open, name);
  expect(call?.errorText).toContain("stopped");
});

fetchTest("the network of the server is not asked unless somebody set that, and neither is the user", async ({ app, name, pages }) => {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask(`[[fake:tool:fetch_url:${JSON.stringify({ url: `${pages.url}/page` })}]]`));
  socket.close();
  const [call] = await callsOf(app, name);
  expect(call?.state).toBe("output-error");
  expect(call?.errorText).toContain("does not belong to the public web");
  expect(pages.asked).toEqual([]);
});

fetchTest("a public name that resolves to this machine is not fetched", async ({ model, name, pages, startApp }) => {
  fetchTest.setTimeout(120_000);
  fetchTest.skip(!(await canNameHosts()), "this machine does not let us say what names resolve to");
  const hosts = "127.0.0.1 pears.example.com\n::1 six.example.com\n10.1.2.3 ten.example.com\n169.254.169.254 cloud.example.com";
  const port = new URL(pages.url).port;
  const shut = await startApp({ settings: settingsFor(model), hosts });
  for (const host of ["pears", "six", "ten", "cloud"]) {
    const call = await fetched(shut, `${name}-${host}`, `http://${host}.example.com:${port}/page`);
    expect(call.errorText, host).toContain("an address outside the public web");
  }
  expect(pages.asked).toEqual([]);
  // The name does resolve to this machine.
  const open = await startApp({ settings: { ...settingsFor(model), FETCH_HOSTS: "any" }, hosts });
  const call = await fetched(open, name, `http://pears.example.com:${port}/page`);
  expect(call.output?.title).toBe("Pears");
});

fetchTest("a redirect to another host is a question of its own", async ({ name, open, pages }) => {
  const elsewhere = `http://localhost:${new URL(pages.url).port}/page`;
  const call = await fetched(open, name, `${pages.url}/elsewhere`);
  expect(call.output).toMatchObject({ url: `${pages.url}/elsewhere`, leads_to: elsewhere });
  expect(pages.asked).toEqual(["/elsewhere"]);
});
