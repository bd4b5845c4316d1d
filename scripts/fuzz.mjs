// `npm run fuzz [-- --minutes N]`: runs the fuzz tests with new seeds, for longer than `npm test`.
import { parseArgs } from "node:util";
import { setUp } from "./build.mjs";
import { Failure, main, run, say } from "./console.mjs";

await main(async () => {
  const minutes = Number(chosen().minutes);
  if (!(minutes > 0)) throw new Failure("`--minutes` needs a number.");
  await setUp();
  const seed = process.env.FUZZ_SEED ?? String(Date.now());
  say(`fuzzing with the seed ${seed}; set FUZZ_SEED to use another one`);
  // Every test gets the whole time, so that they share the processor and end together.
  const shown = ["--nocapture", "--test-threads", "64"];
  await run("cargo", ["test", "--release", "--package", "common", "--package", "agent", "fuzz", "--", ...shown], {
    env: { ...process.env, FUZZ_SEED: seed, FUZZ_SECONDS: String(minutes * 60) },
    failed: "The fuzz tests found something (see above).",
  });
});

function chosen() {
  try {
    return parseArgs({ options: { minutes: { type: "string", default: "5" } } }).values;
  } catch (error) {
    throw new Failure(error.message);
  }
}
