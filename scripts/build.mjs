// `npm run build [-- --release]`, and wrangler's build command: sets up what is missing, then runs the pipeline.
import { delimiter, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { noteSources, sourcesNow } from "./build/fresh.mjs";
import { pack } from "./build/pack.mjs";
import { main, run, say } from "./console.mjs";
import { ensureNode } from "./setup/node.mjs";
import { ensurePackages, requireNode } from "./setup/npm.mjs";
import { ensureRust } from "./setup/rust.mjs";
import { printSizes } from "./sizes.mjs";

/** Sets up everything for a build. */
export async function setUpBuild() {
  requireNode();
  await ensureRust();
  await ensurePackages();
}

/** Sets up everything for a build and wrangler. Returns the Node that runs wrangler. */
export async function setUp() {
  await setUpBuild();
  return ensureNode();
}

/** Builds a profile, "dev" or "release". */
export async function build(profile) {
  say(`building (${profile})`);
  const sources = await sourcesNow();
  const release = profile === "release" ? ["--release"] : [];
  await run("cargo", ["run", "--profile", "xtask", "--package", "xtask", "--", "build", ...release], {
    // The pipeline's npm tools run with the Node that runs this script.
    env: { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
    failed: "The build failed (see above).",
  });
  await pack(profile);
  await noteSources(profile, sources);
}

function chosenProfile() {
  if (process.argv.includes("--release")) return "release";
  if (process.env.CODER_PROFILE) return process.env.CODER_PROFILE;
  // wrangler sets this variable when it builds; it serves and deploys the release.
  return process.env.WRANGLER_COMMAND ? "release" : "dev";
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const profile = chosenProfile();
    await setUp();
    await build(profile);
    if (profile === "release") await printSizes(profile);
  });
}
