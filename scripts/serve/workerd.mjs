// Plain workerd: its program, and a folder with the files it runs.
import { existsSync } from "node:fs";
import { constants, cp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure, output, root } from "../console.mjs";
import { parseJsonc } from "../jsonc.mjs";
import { conversationsIn, listsIn, socketName, workerdConfig } from "./config.mjs";
import { removeEmpty } from "./empty.mjs";
import { writeNote } from "./folder.mjs";

const CONFIG = "config.capnp";

const PACKAGES = {
  "darwin-arm64": "workerd-darwin-arm64",
  "darwin-x64": "workerd-darwin-64",
  "linux-arm64": "workerd-linux-arm64",
  "linux-x64": "workerd-linux-64",
};

/** The program itself: npm may be configured not to run the script that would put it in its usual place. */
export function workerdProgram(platform = `${process.platform}-${process.arch}`) {
  const name = PACKAGES[platform];
  if (!name) throw new Failure(`The runtime workerd does not exist for ${platform}; use Linux or macOS on x64 or arm64, and on Windows WSL.`);
  const program = join(root, "node_modules/@cloudflare", name, "bin/workerd");
  if (!existsSync(program)) throw new Failure(`The npm package @cloudflare/${name} is missing; run \`npm ci --include=optional\`.`);
  return program;
}

/** Why the program cannot run on this machine, in a sentence; null when it can. */
export async function unfitness(program) {
  if ((await output(program, ["--version"])) !== null) return null;
  if (process.platform !== "linux") return `${program} does not run on this machine.`;
  const { header } = process.report.getReport();
  const version = header.glibcVersionRuntime;
  if (!version) return "The runtime workerd needs glibc 2.35 or newer and this Linux has another C library (Alpine's musl, for instance); use Debian 12, Ubuntu 22.04 or anything as new.";
  const [major, minor] = version.split(".").map(Number);
  if (major < 2 || (major === 2 && minor < 35)) return `The runtime workerd needs glibc 2.35 or newer and this machine has ${version}; use Debian 12, Ubuntu 22.04 or anything as new.`;
  return `${program} does not run on this machine; try \`${program} --version\`.`;
}

/** Copies a build to `home`, so that a later one does not affect a running server, and writes the configuration beside it. */
export async function prepare({ home, profile, place, settings, literals }) {
  const served = join(home, "build");
  const built = join(root, "build", profile);
  await rm(served, { recursive: true, force: true });
  await mkdir(served, { recursive: true });
  const parts = ["server", "site", "packed", "static.json"];
  await Promise.all(parts.map((part) => cp(join(built, part), join(served, part), { recursive: true, mode: constants.COPYFILE_FICLONE })));
  const storage = join(place.data, "v3/do");
  const wrangler = parseJsonc(await readFile(join(root, "wrangler.jsonc"), "utf8"));
  for (const folder of [conversationsIn, listsIn]) await mkdir(folder(storage, wrangler), { recursive: true });
  await removeEmpty(storage);
  const manifest = JSON.parse(await readFile(join(built, "static.json"), "utf8"));
  const config = workerdConfig({
    wrangler,
    // Paths relative to the configuration.
    modules: await modulesOf(served, "build/server"),
    filesModules: [
      { name: "files.js", kind: "esModule", path: "build/server/files.js" },
      { name: "static.json", kind: "json", path: "build/static.json" },
    ],
    site: join(served, "site"),
    packed: join(served, "packed"),
    staticNames: Object.keys(manifest.files),
    settings: Object.keys(settings),
    literals,
    addresses: place.addresses,
    port: place.port,
    storage,
    trusted: await furtherCertificates(),
  });
  await writeNote(join(home, CONFIG), config);
}

const KINDS = { ".js": "esModule", ".wasm": "wasm" };

/** The Worker's modules, the main one first. The static file service is a separate Worker. */
async function modulesOf(served, within) {
  const paths = (await readdir(join(served, "server"), { recursive: true })).filter((path) => path !== "files.js").sort();
  return paths
    .map((path) => ({ name: path, kind: KINDS[/\.[a-z]+$/.exec(path)?.[0]], path: `${within}/${path}` }))
    .filter(({ kind }) => kind !== undefined)
    .sort((one, other) => Number(other.name === "index.js") - Number(one.name === "index.js"));
}

/** Additional certificates that Node is configured to trust, such as a company's own. */
async function furtherCertificates() {
  const path = process.env.NODE_EXTRA_CA_CERTS;
  if (!path) return [];
  const pem = await readFile(path, "utf8").catch(() => "");
  return pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

/** The command that serves the configuration written by `prepare`. */
export function workerdCommand({ program, home, settings }) {
  return {
    program,
    args: ["serve", join(home, CONFIG), "config", "--control-fd=3"],
    // Only the variables that the Worker needs.
    env: { ...passed(["HOME", "LANG", "PATH", "TMPDIR", "TZ"]), ...settings },
  };
}

function passed(names) {
  return Object.fromEntries(names.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]));
}

/** Settles when every socket listens. */
export function listening(group, { addresses }) {
  const awaited = new Set(addresses.map((_, index) => socketName(index)));
  return new Promise((settle) => {
    let text = "";
    group.control.setEncoding("utf8").on("data", (piece) => {
      const lines = (text + piece).split("\n");
      text = lines.pop();
      for (const line of lines) {
        const { event, socket } = JSON.parse(line);
        if (event === "listen") awaited.delete(socket);
      }
      if (awaited.size === 0) settle();
    });
  });
}
