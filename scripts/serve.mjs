// One local server: wrangler with a configuration and folders of its own, so that several can run from one checkout.
import { chmod, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { closed, Failure, root, start } from "./console.mjs";
import { parseJsonc } from "./jsonc.mjs";
import { workerSettings, writeSettings } from "./settings.mjs";
import { signInAddress } from "./sign_in/link.mjs";
import { signInSettings } from "./sign_in/secret.mjs";

/** Lines that tell a user nothing: one for each request, and wrangler's account of its own restarts. */
const NOISE = /^\[wrangler:info\]|^⎔|^Running: |^\s*$/;

/** Where to serve and where to keep data, from the environment. */
export function place() {
  const port = Number(process.env.PORT || 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Failure(`PORT must be a number from 1 to 65535, not "${process.env.PORT}".`);
  const host = process.env.HOST || "127.0.0.1";
  return { port, host, data: resolve(root, process.env.DATA_DIR || ".data") };
}

export async function requireFreePort({ port, host }) {
  const error = await listenError(port, host);
  if (error?.code === "EADDRINUSE") throw new Failure(`Port ${port} is taken; choose another one, for instance \`PORT=${port + 1} npm start\`.`);
  if (error) throw new Failure(`Cannot listen on ${host}:${port} (${error.code}); check HOST and PORT.`);
}

function listenError(port, host) {
  return new Promise((settle) => {
    const probe = createServer().once("error", settle);
    probe.listen(port, host, () => probe.close(() => settle(null)));
  });
}

/** Two servers on one data folder would damage it. A note in it says who serves it; one left by a crash does not count. */
async function requireOwnData(home, { data, port, host }) {
  const note = join(home, "address.json");
  const other = JSON.parse(await readFile(note, "utf8").catch(() => "null"));
  if (other && (await listenError(other.port, other.host))?.code === "EADDRINUSE" && isAlive(other.pid)) {
    throw new Failure(`${data} is in use by the server on port ${other.port}; choose another DATA_DIR.`);
  }
  await writeFile(note, JSON.stringify({ pid: process.pid, port, host }));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Serves a build until it is told to end. `watch` also rebuilds on changes and reloads the page. */
export async function serve({ node, profile, place, watch }) {
  const settings = await workerSettings();
  const { given, isNew } = await signInSettings(settings, place);
  await serveWorker({
    node,
    place,
    configure: (home) => localConfig(home, profile, watch),
    settings: { ...settings, ...given },
    // Once: what is printed ends up in logs. Later ones are for `npm run sign-in-link`.
    whenReady: (address) => isNew && console.log(`Sign in: ${signInAddress(address, given.OWNER_SECRET)}`),
    environment: { CODER_PROFILE: profile },
    flags: watch ? ["--live-reload"] : [],
  });
}

/** Serves any Worker until it is told to end. `configure` is given the folder from which the configuration's paths start. */
export async function serveWorker({ node, place, configure, settings, whenReady, environment = {}, flags = [] }) {
  const home = join(place.data, "server");
  await mkdir(home, { recursive: true });
  await chmod(home, 0o700);
  await requireOwnData(home, place);
  await writeFile(join(home, "wrangler.json"), JSON.stringify(await configure(home), null, 2));
  const vars = join(home, ".dev.vars");
  await rm(vars, { force: true });
  await writeSettings(vars, settings);
  await requireFreePort(place);

  const wrangler = start(
    node,
    [
      "--no-warnings",
      ...["--import", pathToFileURL(join(root, "scripts/end_with_parent.mjs")).href],
      join(root, "node_modules/wrangler/wrangler-dist/cli.js"),
      "dev",
      ...["--config", join(home, "wrangler.json")],
      ...["--ip", place.host, "--port", String(place.port), "--inspector-port", "0"],
      ...["--persist-to", place.data],
      "--show-interactive-dev-session=false",
      ...flags,
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...wranglerEnvironment(home), ...environment } },
  );
  const startup = passOn(wrangler, place, whenReady);
  const code = await closed(wrangler);
  if (startup.ready) throw new Failure(`The server ended unexpectedly (${code}).`);
  throw new Failure(`The server did not start:\n${startup.lines.join("\n")}`);
}

/** wrangler.jsonc for one profile's build, with paths that hold from `home`. */
async function localConfig(home, profile, watch) {
  const config = parseJsonc(await readFile(join(root, "wrangler.jsonc"), "utf8"));
  const built = join(root, "build", profile);
  const served = watch ? built : await copyOf(built, home);
  const local = (path) => join(served, relative("build/release", path));
  config.main = local(config.main);
  config.assets.directory = local(config.assets.directory);
  delete config.$schema;
  // wrangler wants these relative to the file, unlike the others.
  if (watch) config.build = { ...config.build, cwd: root, watch_dir: config.build.watch_dir.map((folder) => relative(home, join(root, folder))) };
  else delete config.build;
  return config;
}

/** wrangler reads its files again whenever they change, one by one: a later build must not reach a running server half done. */
async function copyOf(built, home) {
  const copy = join(home, "build");
  await rm(copy, { recursive: true, force: true });
  for (const part of ["server", "site"]) await cp(join(built, part), join(copy, part), { recursive: true });
  return copy;
}

function wranglerEnvironment(home) {
  return {
    ...process.env,
    CI: "1",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    // Made-up request data; the real one would be fetched from the internet.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_WRITE_LOGS: "false",
    // wrangler would keep a trace of every request and storage operation that nothing here shows. That costs a third of
    // the server's time and an eighth of an idle agent's memory.
    X_LOCAL_OBSERVABILITY: process.env.X_LOCAL_OBSERVABILITY ?? "false",
    WRANGLER_REGISTRY_PATH: join(home, "registry"),
    WRANGLER_CACHE_DIR: join(home, "cache"),
    NO_COLOR: "1",
  };
}

/** Passes on what the Worker logs and what goes wrong. wrangler's own story is kept back, to be told if it fails. */
function passOn(wrangler, { host, port }, whenReady) {
  const startup = { ready: false, lines: [] };
  for (const [from, to] of [[wrangler.stdout, process.stdout], [wrangler.stderr, process.stderr]]) {
    let inDump = false;
    createInterface({ input: from }).on("line", (raw) => {
      const line = raw.replace(/^\[custom build\] ?/, "");
      // After a failed build wrangler prints its inner objects; the compiler has said it better.
      if (/\[Error\]: Process exited with/.test(line)) inDump = true;
      if (/Running custom build .* failed/.test(line)) inDump = false;
      else if (/Ready on https?:/.test(line)) {
        if (!startup.ready) {
          const address = `http://${shown(host)}:${port}`;
          console.log(`Ready: ${address}`);
          whenReady?.(address);
        }
        startup.ready = true;
      } else if (!startup.ready) startup.lines.push(line);
      else if (!inDump && !NOISE.test(line)) to.write(`${line}\n`);
    });
  }
  return startup;
}

function shown(host) {
  return ["127.0.0.1", "::1", "0.0.0.0", "::"].includes(host) ? "localhost" : host;
}
