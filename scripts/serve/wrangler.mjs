// wrangler dev with a configuration and folders of its own, so that several can run from one checkout: for `npm run
// dev`, and for tests with the runtime of Cloudflare's own tools.
import { constants, cp, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { Failure, root, whenEnding } from "../console.mjs";
import { parseJsonc } from "../jsonc.mjs";
import { literalVariables, workerSettings, writeSettings } from "../settings.mjs";
import { openFolder, said, writeNote } from "./folder.mjs";
import { guardOf, locked } from "./guarded.mjs";
import { liveReloadHash } from "./live_reload.mjs";
import { announcer, withOwnerSecret } from "../sign_in/secret.mjs";
import { shown } from "./place.mjs";

/** Lines without use for users: one per request, and wrangler's reports of its own restarts. */
const NOISE = /^\[wrangler:info\]|^⎔|^Running: |^\s*$/;

/** How long wrangler may take to end, in milliseconds. */
const GRACE = 8_000;

/** Serves a build until it is stopped. `watch` also rebuilds on changes and reloads the page. */
export async function serveByWrangler({ node, profile, place, watch }) {
  const address = `http://${shown(place)}`;
  const { settings, firstLink } = await withOwnerSecret(await workerSettings(), place.data, address);
  await serveWorker({
    node,
    place,
    guard: guardOf(profile),
    configure: async (home) => localConfig(home, profile, watch, { ...literalVariables(place), ...(watch ? await liveReloadHash() : {}) }),
    settings,
    ready: announcer(address, firstLink),
    environment: { CODER_PROFILE: profile },
    flags: watch ? ["--live-reload"] : [],
  });
}

/** Serves any Worker until it is stopped. `configure` gets the folder that the configuration's paths are relative to. */
export async function serveWorker({ node, guard, place, configure, settings, ready = announcer(`http://${shown(place)}`), environment = {}, flags = [] }) {
  const home = await openFolder(place.data);
  const args = [
    "--no-warnings",
    join(root, "node_modules/wrangler/wrangler-dist/cli.js"),
    "dev",
    ...["--config", join(home, "wrangler.json")],
    ...["--ip", place.host, "--port", String(place.port), "--inspector-port", "0"],
    ...["--persist-to", place.data],
    "--show-interactive-dev-session=false",
    ...flags,
  ];
  const wrangler = await locked({ guard, home, data: place.data, program: node, args, env: { ...wranglerEnvironment(home), ...environment } });
  whenEnding({ gently: () => ended(wrangler), atOnce: () => wrangler.kill() });
  const startup = passOn(wrangler, ready);
  await said(place.data, async () => {
    await writeNote(join(home, "wrangler.json"), JSON.stringify(await configure(home), null, 2));
    const vars = join(home, ".dev.vars");
    await rm(vars, { force: true });
    await writeSettings(vars, settings);
    await writeNote(join(home, "address.json"), { pid: process.pid, port: place.port, host: place.host });
  });
  wrangler.start();
  const { code, signal } = await wrangler.ended;
  if (startup.ready) throw new Failure(`The server ended unexpectedly (${code ?? signal}).`);
  throw new Failure(`The server did not start:\n${startup.lines.join("\n")}`);
}

/** wrangler ends its workerd before itself; otherwise it is ended with the group. */
async function ended(wrangler) {
  wrangler.end();
  const late = new Promise((resolve) => setTimeout(resolve, GRACE));
  await Promise.race([wrangler.ended, late]);
  wrangler.kill();
  await wrangler.ended;
}

/** wrangler.jsonc for a profile's build, with paths relative to `home`. */
async function localConfig(home, profile, watch, literals) {
  const config = parseJsonc(await readFile(join(root, "wrangler.jsonc"), "utf8"));
  const built = join(root, "build", profile);
  const served = watch ? built : await copyOf(built, home);
  const local = (path) => join(served, relative("build/release", path));
  config.main = local(config.main);
  config.assets.directory = local(config.assets.directory);
  config.vars = { ...config.vars, ...literals };
  delete config.$schema;
  // wrangler expects these relative to the file, unlike the others.
  if (watch) config.build = { ...config.build, cwd: root, watch_dir: config.build.watch_dir.map((folder) => relative(home, join(root, folder))) };
  else delete config.build;
  return config;
}

/** wrangler reloads its files whenever they change, one by one: a later build must not reach a running server half done. */
async function copyOf(built, home) {
  const copy = join(home, "build");
  await rm(copy, { recursive: true, force: true });
  for (const part of ["server", "site"]) await cp(join(built, part), join(copy, part), { recursive: true, mode: constants.COPYFILE_FICLONE });
  return copy;
}

function wranglerEnvironment(home) {
  return {
    ...process.env,
    CI: "1",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    // Made-up request data; the real data would be fetched from the internet.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_WRITE_LOGS: "false",
    // wrangler would keep a trace of every request and storage operation, which nothing here shows. That costs a
    // third of the server's time and an eighth of an idle agent's memory.
    X_LOCAL_OBSERVABILITY: process.env.X_LOCAL_OBSERVABILITY ?? "false",
    // It would let any page of a local port list all conversations and run SQL on them.
    X_LOCAL_EXPLORER: "false",
    WRANGLER_REGISTRY_PATH: join(home, "registry"),
    WRANGLER_CACHE_DIR: join(home, "cache"),
    NO_COLOR: "1",
  };
}

/** Passes on the Worker's log and errors. wrangler's own output is held back, to be printed if it fails. */
function passOn(wrangler, ready) {
  const startup = { ready: false, lines: [] };
  const inDump = { true: false, false: false };
  wrangler.onLine((raw, isError) => {
    const line = raw.replace(/^\[custom build\] ?/, "");
    // After a failed build wrangler prints its internal objects; the compiler's output is better.
    if (/\[Error\]: Process exited with/.test(line)) inDump[isError] = true;
    if (/Running custom build .* failed/.test(line)) inDump[isError] = false;
    else if (/Ready on https?:/.test(line)) {
      if (!startup.ready) ready();
      startup.ready = true;
    } else if (!startup.ready) startup.lines.push(line);
    else if (!inDump[isError] && !NOISE.test(line)) (isError ? process.stderr : process.stdout).write(`${line}\n`);
  });
  return startup;
}
