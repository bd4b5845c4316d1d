// `npm run dev`: the development build, rebuilt on every change; an open page reloads by itself.
import { build, setUp } from "./build.mjs";
import { main, say } from "./console.mjs";
import { place, requireFreePort } from "./serve/place.mjs";
import { serveByWrangler } from "./serve/wrangler.mjs";

await main(async () => {
  const where = await requireFreePort(await place());
  const node = await setUp();
  await build("dev");
  say("starting the server; it watches the sources");
  await serveByWrangler({ node, profile: "dev", place: where, watch: true });
});
