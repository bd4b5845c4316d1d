// A working day in Firefox and in WebKit.

import { expect, settingsFor, test } from "../fixture/test.ts";
import { firefox, openFirefox } from "./firefox.ts";
import { Person, type Tab } from "./tab.ts";
import { openWebkit, webkit } from "./webkit.ts";

const ENGINES: [name: string, program: string | undefined, open: (program: string) => Promise<Tab>][] = [
  ["Firefox", firefox, openFirefox],
  ["WebKit", webkit, openWebkit],
];

for (const [engine, program, open] of ENGINES) {
  test(`a working day in ${engine}`, async ({ model, startApp }) => {
    test.skip(!program, `${engine} is not installed`);
    const app = await startApp({ settings: settingsFor(model) });
    const tab = await open(program!);
    try {
      await workingDay(new Person(tab), app.url, async (path) => {
        const response = await fetch(`${app.url}/agents/coderagent/day/files/${path}`);
        return response.ok ? response.text() : response.status;
      });
    } finally {
      await tab.close();
    }
  });
}

async function workingDay(person: Person, origin: string, textAt: (path: string) => Promise<string | number>): Promise<void> {
  const list = "nav[aria-label=Conversations]";
  await person.open(`${origin}/chat/day`);

  // A message, an approval, and the answer as Markdown
  await person.say('Write it down [[fake:tool:write:{"path":"todo.txt","text":"milk"}]]');
  await person.press("Allow write");
  await person.reads("The tools said");
  expect(await textAt("todo.txt")).toBe("milk");
  await person.say("Show me [[fake:markdown]]");
  await person.until("code is shown", 'document.querySelector("[role=log] pre code")');

  // The page once more
  await person.open(`${origin}/chat/day`);
  await person.reads("The tools said");

  // An edit begins a branch
  await person.press("Edit", "article[aria-label=You]:last-of-type, article[aria-label=You]");
  await person.replace(".message-edit textarea", "Other [[fake:words-3-0]]");
  await person.press("Send again");
  await person.reads("word2");
  await person.press("Previous branch");
  await person.readsNoMore("word2");
  await person.press("Next branch");
  await person.reads("word2");

  // Undo of an answer's changes
  await person.press("Undo its changes");
  await person.until("it is undone", 'document.body.innerText.includes("You undid")');
  expect(await textAt("todo.txt")).toBe(404);

  // The list: rename, delete and take it back
  const title = await titleOf(person, list);
  await person.press(`Actions for ${title}`, list);
  await person.press("Rename");
  await person.replace(`${list} input:not([type=search])`, "Fruit");
  await person.until("the field has the focus", 'document.activeElement?.tagName === "INPUT"');
  await person.write(`${list} input:not([type=search])`, "\n");
  await person.until("it has its name", `document.querySelector("${list}").textContent.includes("Fruit")`);
  await person.press("Actions for Fruit", list);
  await person.press("Delete");
  await person.until("it is gone", `location.pathname === "/"`);
  await person.press("Undo the deletion of Fruit", "[role=group][aria-label='Deleted conversations']");
  await person.until("it is back", `document.querySelector("${list} a[href='/chat/day']")`);
}

/** The title of the conversation in the list. */
async function titleOf(person: Person, list: string): Promise<string> {
  const title = `document.querySelector("${list} a[href='/chat/day']")?.getAttribute("title")`;
  await person.until("the list has the conversation", title);
  return person.read(title);
}
