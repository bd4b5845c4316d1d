// `npm run dev`: the quick build, rebuilt on every change; an open page reloads by itself.
import { build, setUp } from "./build.mjs";
import { main, say } from "./console.mjs";
import { place, requireFreePort, serve } from "./serve.mjs";

await main(async () => {
  const where = place();
  await requireFreePort(where);
  const node = await setUp();
  await build("dev");
  say("starting the server; it watches the sources");
  await serve({ node, profile: "dev", place: where, watch: true });
});
