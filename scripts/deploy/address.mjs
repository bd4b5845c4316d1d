// The address of a deployment, and whether it answers with the deployed build.
import { Failure, say } from "../console.mjs";

/** A new version reaches all of Cloudflare within seconds; a new host name may take a minute. In milliseconds. */
const PATIENCE = 120_000;
const PAUSE = 1_000;

/** The addresses in wrangler's report, the best one first: a custom domain before workers.dev. */
export function deployedAddresses(entries) {
  const targets = entries.findLast(({ type }) => type === "deploy")?.targets ?? [];
  const addresses = targets.map(addressOf).filter(Boolean);
  addresses.sort((a, b) => Number(a.endsWith(".workers.dev")) - Number(b.endsWith(".workers.dev")));
  if (addresses.length > 0) return addresses;
  throw new Failure(
    "Coder is deployed, but has no address: turn `workers_dev` on in wrangler.jsonc, or give it a `routes` entry with a `custom_domain`, and run `npm run deploy` again.",
  );
}

/** The address of a whole host; null for a schedule, a disabled host, and a pattern such as `*.example.com/api/*`. */
function addressOf(target) {
  const [, scheme = "https://", host, note = ""] = /^(https?:\/\/)?([^/*\s]+)(?:\/\*?)?( \(.*\))?$/.exec(target) ?? [];
  return host?.match(/[.:]/) && !note.includes("production: disabled") ? `${scheme}${host}` : null;
}

/** Waits until the address answers with the deployed build. */
export async function requireAnswer(address, built) {
  const until = Date.now() + PATIENCE;
  let seen = "no answer";
  for (;;) {
    const version = await versionAt(address).catch((error) => ({ problem: error.cause?.code ?? error.message }));
    if (version.build && (!built || version.build === built.build)) return say(`the deployment answers: version ${version.version}, build ${version.build}`);
    seen = version.problem ?? `build ${version.build}`;
    if (Date.now() > until) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new Failure(
    `${address} does not answer with the new build after ${PATIENCE / 1000} seconds (${seen}). A new address may take some minutes: run \`npm run doctor -- ${address}\` then.`,
  );
}

async function versionAt(address) {
  const response = await fetch(`${address}/version`, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
  if (response.status !== 200) return { problem: `HTTP ${response.status}` };
  return response.json();
}
