// `npm run restore -- FILE`: restores a backup to the data folder of a server that is stopped and has no
// conversations.
import { main } from "./console.mjs";
import { isRunByNewNode } from "./setup/node.mjs";
import { ensurePackages, requireNode } from "./setup/npm.mjs";

await main(async () => {
  requireNode();
  await ensurePackages();
  if (!(await isRunByNewNode())) return;
  const { restore } = await import("./backup/restore.mjs");
  await restore();
});
