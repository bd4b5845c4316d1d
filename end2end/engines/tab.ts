// A tab of any browser: what a person does in it, and what a script reads from it.

/** Wide enough for the list of conversations. */
export const WINDOW = { width: 1280, height: 800 };

/** What a browser's driver can do. */
export interface Tab {
  goto(url: string): Promise<void>;
  /** The value of an expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
  /** Clicks the one element that matches. */
  click(selector: string): Promise<void>;
  /** Writes into the one element that matches; a line break presses Enter. */
  type(selector: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds until something is given up. */
const PATIENCE = 60_000;
const PAUSE = 100;
/** Clicks until one is given up. */
const ATTEMPTS = 20;

/** A person in front of a tab. Elements are found by role and name as far as the page's own markup tells them. */
export class Person {
  constructor(private readonly tab: Tab) {}

  async open(url: string): Promise<void> {
    await this.tab.goto(url);
    await this.until("the page is interactive", 'document.documentElement.hasAttribute("data-hydrated")');
  }

  /** Waits until an expression is true. */
  async until(what: string, expression: string): Promise<void> {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
      if (await this.tab.evaluate<boolean>(`Boolean(${expression})`).catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    throw new Error(`waited in vain until ${what}; the page says: ${await this.tab.evaluate<string>("document.body.innerText")}`);
  }

  /** Waits until the conversation has this text. */
  async reads(text: string): Promise<void> {
    const log = 'document.querySelector("[role=log]")';
    await this.until(`the conversation says “${text}”`, `${log}?.textContent.includes(${JSON.stringify(text)})`);
  }

  /** Waits until the conversation no longer has this text. */
  async readsNoMore(text: string): Promise<void> {
    const log = 'document.querySelector("[role=log]")';
    await this.until(`“${text}” is gone`, `!${log}.textContent.includes(${JSON.stringify(text)})`);
  }

  /** Clicks the last visible button, link or entry of a menu with this name, within the elements that match. */
  async press(name: string, within = "body"): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await this.until(`there is “${name}”`, marking(name, within));
      try {
        return await this.tab.click("[data-pressed]");
      } catch (error) {
        // The page may scroll beneath the pointer while an answer comes in.
        if (attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }

  async write(selector: string, text: string): Promise<void> {
    await this.until(`there is ${selector}`, `document.querySelector(${JSON.stringify(selector)})`);
    await this.tab.type(selector, text);
  }

  /** Replaces what is in a field. */
  async replace(selector: string, text: string): Promise<void> {
    const field = `document.querySelector(${JSON.stringify(selector)})`;
    await this.until(`there is ${selector}`, field);
    await this.tab.evaluate(`${field}.select()`);
    await this.tab.type(selector, text);
  }

  read(expression: string): Promise<string> {
    return this.tab.evaluate(expression);
  }

  /** Sends a message. */
  async say(text: string): Promise<void> {
    await this.write(".composer-field", text);
    await this.press("Send", "footer");
  }
}

/** An expression that marks the element, and says whether there is one. */
function marking(name: string, within: string): string {
  return `(() => {
    document.querySelectorAll("[data-pressed]").forEach((element) => element.removeAttribute("data-pressed"));
    const named = (element) => (element.getAttribute("aria-label") ?? element.textContent).trim() === ${JSON.stringify(name)};
    const shown = (element) => element.checkVisibility();
    const all = [...document.querySelectorAll(${JSON.stringify(within)})].flatMap((root) => [...root.querySelectorAll("button, a, summary, [role=menuitem]")]);
    const found = all.filter((element) => shown(element) && named(element)).at(-1);
    found?.scrollIntoView({ block: "center" });
    found?.setAttribute("data-pressed", "");
    return found;
  })()`;
}
