// `npm start`: sets up, builds the release and serves it.
//
// PORT, HOST and DATA_DIR are optional. CODER_SKIP_BUILD=1 serves the previous build, CODER_PROFILE=dev the
// development build. CODER_RUNTIME=wrangler serves it with wrangler dev: some browser tests compare it with our own
// configuration.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build, setUpBuild } from "./build.mjs";
import { isFresh, sourcesNow } from "./build/fresh.mjs";
import { Failure, main, root, say } from "./console.mjs";
import { serve } from "./serve.mjs";
import { place, requireFreePort } from "./serve/place.mjs";
import { ensureNode } from "./setup/node.mjs";
import { ensurePackages, requireNode } from "./setup/npm.mjs";

await main(async () => {
  const profile = oneOf("CODER_PROFILE", ["release", "dev"]);
  const runtime = oneOf("CODER_RUNTIME", ["workerd", "wrangler"]);
  const where = await requireFreePort(await place());
  requireNode();
  if (process.env.CODER_SKIP_BUILD === "1") requireBuild(profile);
  else await ensureBuild(profile);
  if (runtime === "workerd") return serve({ profile, place: where });
  const { serveByWrangler } = await import("./serve/wrangler.mjs");
  await serveByWrangler({ node: await ensureNode(), profile, place: where, watch: false });
});

function oneOf(name, choices) {
  const chosen = process.env[name] || choices[0];
  if (!choices.includes(chosen)) throw new Failure(`${name} must be ${choices.join(" or ")}, not "${chosen}".`);
  return chosen;
}

async function ensureBuild(profile) {
  // A file that changes meanwhile is noticed at the next start.
  if (await isFresh(profile, await sourcesNow())) return ensurePackages();
  await setUpBuild();
  await build(profile);
  say("starting the server");
}

function requireBuild(profile) {
  if (!existsSync(join(root, "build", profile, "server/index.js"))) throw new Failure(`There is no ${profile} build to serve; run \`npm run build${profile === "release" ? " -- --release" : ""}\` first.`);
}
