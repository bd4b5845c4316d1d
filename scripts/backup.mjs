// `npm run backup -- FILE`: everything that a server keeps, in one archive, while it runs. DATA_DIR is the server's.
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
