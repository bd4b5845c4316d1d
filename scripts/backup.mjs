// `npm run backup -- FILE`: backs up everything that a running server keeps into one archive. DATA_DIR is the
// server's.
import { main } from "./console.mjs";
import { isRunByNewNode } from "./setup/node.mjs";
import { ensurePackages, requireNode } from "./setup/npm.mjs";

await main(async () => {
  requireNode();
  await ensurePackages();
  if (!(await isRunByNewNode())) return;
  const { backUp } = await import("./backup/back_up.mjs");
  await backUp();
});
