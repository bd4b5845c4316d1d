// The options from the command line and the environment.
import { parseArgs } from "node:util";
import { Failure } from "../console.mjs";

export const USAGE = `Usage: npm run deploy [-- --dry-run] [--name NAME] [--accept-loss CLASS]

  --dry-run            checks all that can be checked without an account, and deploys nothing
  --name NAME          deploys under another name than the one in wrangler.jsonc
  --accept-loss CLASS  lets a migration rename or delete this class of objects, with its data; may be repeated

CLOUDFLARE_API_TOKEN logs in where there is no terminal, CLOUDFLARE_ACCOUNT_ID chooses the account. Settings such as
OPENROUTER_API_KEY, MODEL and AUTH are taken from the environment.`;

export function chosenOptions(args = process.argv.slice(2)) {
  const options = {
    "dry-run": { type: "boolean", default: false },
    name: { type: "string" },
    "accept-loss": { type: "string", multiple: true, default: [] },
    help: { type: "boolean", default: false },
  };
  try {
    const { values } = parseArgs({ args, options });
    return { dryRun: values["dry-run"], name: values.name, acceptLoss: values["accept-loss"], help: values.help };
  } catch (error) {
    throw new Failure(`${error.message}\n\n${USAGE}`);
  }
}

/** The build to deploy: the release, unless the development build is requested. */
export function chosenProfile() {
  const profile = process.env.CODER_PROFILE || "release";
  if (!["dev", "release"].includes(profile)) throw new Failure(`CODER_PROFILE must be dev or release, not "${profile}".`);
  return profile;
}
