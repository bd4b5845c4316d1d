// `npm run soak [-- --seconds N --connections N --agents N --restarts N --seed N --dev]`: a storm of clients on a
// server that is killed now and then; at the end every transcript must match what was sent.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build, setUp } from "./build.mjs";
import { Failure, main, root, run } from "./console.mjs";

const NUMBERS = ["seconds", "connections", "agents", "restarts", "seed"];

/** Runs the storm on an existing build. end2end/soak/settings.ts has the defaults for `size`. */
export async function soak(profile, size) {
  const settings = Object.entries(size).map(([name, value]) => [`SOAK_${name.toUpperCase()}`, String(value)]);
  const env = { ...process.env, ...Object.fromEntries(settings), SOAK_PROFILE: profile };
  const playwright = join(root, "node_modules/@playwright/test/cli.js");
  await run(process.execPath, [playwright, "test", "-c", "end2end/soak"], { env, failed: "The transcripts are not what was sent (see above)." });
}

function chosen() {
  try {
    const options = { dev: { type: "boolean" }, ...Object.fromEntries(NUMBERS.map((name) => [name, { type: "string" }])) };
    const { dev, ...size } = parseArgs({ options }).values;
    return { profile: dev ? "dev" : "release", size };
  } catch (error) {
    throw new Failure(error.message);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const { profile, size } = chosen();
    await setUp();
    await build(profile);
    await soak(profile, size);
  });
}
