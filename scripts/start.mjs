// `npm start`: sets up, builds the release and serves it.
//
// PORT, HOST and DATA_DIR say where. CODER_SKIP_BUILD=1 serves what was built before, CODER_PROFILE=dev the quick build.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build, setUp } from "./build.mjs";
import { Failure, main, root, say } from "./console.mjs";
import { place, requireFreePort, serve } from "./serve.mjs";
import { ensureNode } from "./setup/node.mjs";

await main(async () => {
  const where = place();
  const profile = process.env.CODER_PROFILE || "release";
  if (!["dev", "release"].includes(profile)) throw new Failure(`CODER_PROFILE is dev or release, not "${profile}".`);
  await requireFreePort(where);
  const node = process.env.CODER_SKIP_BUILD === "1" ? await built(profile) : await buildFirst(profile);
  say("starting the server");
  await serve({ node, profile, place: where, watch: false });
});

async function buildFirst(profile) {
  const node = await setUp();
  await build(profile);
  return node;
}

async function built(profile) {
  if (!existsSync(join(root, "build", profile, "server/index.js"))) throw new Failure(`There is no ${profile} build to serve; run \`npm run build${profile === "release" ? " -- --release" : ""}\` first.`);
  return ensureNode();
}
