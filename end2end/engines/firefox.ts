// Firefox, by WebDriver BiDi.

import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { WINDOW, type Tab } from "./tab.ts";

const PROGRAMS = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"];

/** The browser's program; undefined where there is none. */
export const firefox = PROGRAMS.find((program) => program && existsSync(program));

export async function openFirefox(executablePath: string): Promise<Tab> {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, defaultViewport: WINDOW });
  const page = await browser.newPage();
  return {
    goto: async (url) => void (await page.goto(url)),
    evaluate: async (expression) => (await page.evaluate(expression)) as never,
    click: (selector) => page.click(selector),
    type: (selector, text) => page.type(selector, text),
    close: () => browser.close(),
  };
}
