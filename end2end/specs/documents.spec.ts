// The documents are correct: their commands run as written, and a server with their settings answers.

import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ownerLink } from "../../scripts/sign_in/link.mjs";
import { environment, freePort } from "../fixture/app.ts";
import { documentsWith, Reader, settingsIn } from "../fixture/documents.ts";
import { Person } from "../fixture/people.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { zip } from "../fixture/zip.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SHELL = { sh: ["bash", "-euo", "pipefail", "-c"] };

/** The model servers in the documents, replaced by the fake one. */
const MODEL_SERVERS = [
  "https://openrouter.ai/api/v1",
  "https://models.example.com/v1",
  "http://localhost:11434/v1",
  "http://localhost:8080/v1",
  "http://localhost:1234/v1",
  "http://localhost:8000/v1",
];

for (const { document, blocks } of await documentsWith(["run", "serve"], "sh")) {
  test(`the commands of ${document.path} run as they are written`, async ({ demoApp, model, name }, testInfo) => {
    testInfo.setTimeout(300_000);
    // A server that the page starts has its own port; other pages assume a running one.
    const serves = blocks.some(({ marks }) => marks.has("serve"));
    const port = serves ? await freePort() : demoApp.port;
    const data = serves ? testInfo.outputPath("data") : demoApp.dataFolder;
    const url = `http://127.0.0.1:${port}`;
    const folder = await projectIn(testInfo.outputPath("project"));
    const reader = new Reader({
      folder,
      programs: SHELL,
      environment: {
        // Without a build, since the release takes minutes.
        ...environment(port, data, {}),
        // curl treats a refusal like any other response.
        CURL_HOME: folder,
      },
      standIns: [
        ["localhost:8787", `127.0.0.1:${port}`],
        // The names that a server uses for itself.
        ["localhost:8787", `localhost:${port}`],
        ["PORT=8787", `PORT=${port}`],
        // npm finds our project by itself.
        ["node scripts/", `node ${ROOT}scripts/`],
        ["$HOME/coder-data", testInfo.outputPath("home/coder-data")],
        ["/backups/", `${folder}/`],
        ["/srv/", testInfo.outputPath("srv/")],
        ...modelServers(model.baseUrl),
      ],
      givens: {
        conversation: async () => {
          await answered(url, name);
          return {};
        },
        token: async () => {
          const secret = (await readFile(path.join(data, "owner-secret"), "utf8")).trim();
          const owner = await Person.by({ url }, ownerLink(secret, Date.now() + 60_000));
          const { credential } = await owner.token(["chat", "files"]);
          return { TOKEN: credential.authorization!.replace("Bearer ", "") };
        },
        ticket: async () => {
          const secret = (await readFile(path.join(data, "owner-secret"), "utf8")).trim();
          const owner = await Person.by({ url }, ownerLink(secret, Date.now() + 60_000));
          return { TICKET: await (await owner.token(["chat"])).ticket() };
        },
      },
    });
    try {
      for (const { line, marks } of await reader.follow(document)) {
        testInfo.annotations.push({ type: "left out", description: `${document.path}:${line} needs ${marks.get("needs")}` });
      }
    } finally {
      await reader.close();
    }
  });
}

for (const { document, blocks } of await documentsWith(["settings"], "dotenv")) {
  for (const block of blocks) {
    test(`a server with the settings of ${document.path}:${block.line} answers`, async ({ model, name, startApp }) => {
      let text = block.text;
      for (const [written, here] of modelServers(model.baseUrl)) text = text.replaceAll(written, here);
      const app = await startApp({ settings: { OPENROUTER_BASE_URL: model.baseUrl, ...settingsIn(text) } });
      await answered(app.url, name);
      const wanted = settingsIn(text).MODEL;
      if (wanted) expect(model.requests.at(-1)?.body.model).toBe(wanted);
    });
  }
}

/** Submits a message and waits for the end of the answer. */
async function answered(url: string, name: string): Promise<void> {
  const socket = await RawSocket.open(url, name);
  expect(await socket.end(socket.ask("Hello."))).not.toHaveProperty("error");
  socket.close();
}

function modelServers(fake: string): [string, string][] {
  return [...MODEL_SERVERS.map((server): [string, string] => [server, fake]), ["sk-or-…", "sk-or-test"]];
}

/** A reader's own project: a git repository with a file and an archive, inside ours, so that npm and cargo find ours. */
async function projectIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "main.rs"), "fn main() {}\n");
  await writeFile(path.join(folder, "project.zip"), zip([{ name: "notes.md", bytes: Buffer.from("# Notes\n") }]));
  await writeFile(path.join(folder, ".curlrc"), "fail-with-body\nsilent\nshow-error\n");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  git("init");
  git("add", "main.rs");
  git("-c", "user.name=Reader", "-c", "user.email=reader@example.com", "-c", "commit.gpgsign=false", "commit", "-m", "Begin");
  expect(folder.startsWith(ROOT), "npm and cargo look for our project above").toBe(true);
  return folder;
}
