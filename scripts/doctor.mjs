// `npm run doctor -- ADDRESS [--name N] [--model]`: finds out why a conversation cannot be reached. The exit code is
// 0 only when every check passes. The page at /doctor runs the same checks. On a server with sign-in, CODER_TOKEN is
// an access token of yours.
import { parseArgs } from "node:util";
import { Failure, main } from "./console.mjs";
import { checkConfiguration } from "./doctor/configuration.mjs";
import { examine } from "./doctor/checks.mjs";
import { placeOf, targetOf } from "./doctor/target.mjs";
import { ensurePackages, requireNode } from "./setup/npm.mjs";

const USAGE = "Say which server: `npm run doctor -- http://localhost:8787 [--name NAME] [--model]`.";

await main(async () => {
  const { address, name, model } = chosen();
  const target = targetOf(address, name);
  if (!target) throw new Failure(`"${withoutSecrets(address)}" is no address. ${USAGE}`);
  requireNode();
  await ensurePackages();

  console.log(`Connection check of ${placeOf(target)}`);
  const { CODER_TOKEN: token } = process.env;
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (!(await examine(target, { model, headers, own: await checkConfiguration() }))) process.exitCode = 1;
});

function chosen() {
  try {
    const options = { name: { type: "string" }, model: { type: "boolean", default: false } };
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (positionals.length !== 1) throw new Error(USAGE);
    return { address: positionals[0], ...values };
  } catch (error) {
    throw new Failure(error.message);
  }
}

/** A query or password in the address must not be printed. */
function withoutSecrets(address) {
  return address.replace(/[?#].*/, "").replace(/\/\/[^/]*@/, "//");
}
