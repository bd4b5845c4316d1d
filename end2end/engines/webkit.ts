// WebKit, by WebDriver: the browser for tests that comes with WebKitGTK, on a display of its own.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { freePort } from "../fixture/app.ts";
import { WINDOW, type Tab } from "./tab.ts";

const DRIVER = "/usr/bin/WebKitWebDriver";
const DISPLAYS = "/usr/bin/Xvfb";
const BROWSERS = ["x86_64", "aarch64"].flatMap((processor) =>
  ["4.1", "6.0", "4.0"].map((version) => `/usr/lib/${processor}-linux-gnu/webkit2gtk-${version}/MiniBrowser`),
);

/** The name of an element in WebDriver's JSON. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** The browser's program; undefined where it, its driver or a display is missing. */
export const webkit = [DRIVER, DISPLAYS].every(existsSync) ? BROWSERS.find(existsSync) : undefined;

export async function openWebkit(binary: string): Promise<Tab> {
  const port = await freePort();
  const display = `:${port}`;
  const screen = spawn(DISPLAYS, [display, "-screen", "0", "1280x800x24", "-nolisten", "tcp"], { stdio: "ignore" });
  const driver = spawn(DRIVER, [`--port=${port}`], { env: { ...process.env, DISPLAY: display }, stdio: "ignore" });
  const end = () => [driver, screen].forEach((child: ChildProcess) => child.kill("SIGKILL"));
  try {
    const session = await begin(`http://127.0.0.1:${port}`, binary);
    await session("window/rect", { x: 0, y: 0, ...WINDOW });
    const element = async (selector: string) => {
      const found = (await session("element", { using: "css selector", value: selector })) as Record<string, string>;
      return `element/${found[ELEMENT]}`;
    };
    return {
      goto: async (url) => void (await session("url", { url })),
      evaluate: async (expression) => (await session("execute/sync", { script: `return (${expression});`, args: [] })) as never,
      click: async (selector) => void (await session(`${await element(selector)}/click`, {})),
      type: async (selector, text) => void (await session(`${await element(selector)}/value`, { text: text.replaceAll("\n", ENTER) })),
      close: async () => {
        await session("", null);
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** The key in WebDriver's text. */
const ENTER = "\uE007";

type Command = (path: string, body: object | null) => Promise<unknown>;

/** Opens a session, as soon as the driver listens; a null body deletes. */
async function begin(driver: string, binary: string): Promise<Command> {
  const options = { "webkitgtk:browserOptions": { binary, args: ["--automation"] } };
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      const { sessionId } = (await command(`${driver}/session`, { capabilities: { alwaysMatch: options } })) as { sessionId: string };
      return (path, body) => command(`${driver}/session/${sessionId}/${path}`.replace(/\/$/, ""), body);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function command(url: string, body: object | null): Promise<unknown> {
  const init = body ? { method: "POST", body: JSON.stringify(body) } : { method: "DELETE" };
  const { value } = (await (await fetch(url, init)).json()) as { value: { error?: string; message?: string } | null };
  if (value && typeof value === "object" && "error" in value) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
