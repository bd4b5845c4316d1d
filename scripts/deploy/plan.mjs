// Plans which settings a deployment gets, and from where. Pure code: the present state goes in, the changes come out.
//
// Settings in the `vars` of wrangler.jsonc stay there. All others are set as secrets: they outlive later deployments,
// and no command line shows them.
import { randomBytes } from "node:crypto";
import { NAMES } from "../settings.mjs";

const KEY = "OPENROUTER_API_KEY";
/** Who may use the deployment. */
const AUTH = "AUTH";
/** The names of the server. */
const HOSTS = "ALLOWED_HOSTS";

/** The proposed value of `AUTH`. */
export const PROPOSED_AUTH = "owner";

/**
 * `vars`: those of wrangler.jsonc. `deployed`: the names of existing secrets. `environment`: the user's values.
 * Returns `{set, kept, missing, problems}`: values to set by name, names that stay unchanged, values that are still
 * needed (`KEY`, `AUTH`), and contradictions, as text.
 */
export function planSettings({ vars, deployed, environment }) {
  const plan = { set: {}, kept: [], missing: [], problems: [] };
  const given = (name) => environment[name]?.trim() || undefined;
  for (const name of new Set([...NAMES, AUTH, HOSTS])) {
    const value = given(name);
    if (vars[name] !== undefined) {
      if (value && value !== vars[name]) {
        plan.problems.push(`${name} is in the environment and, with another value, in the vars of wrangler.jsonc; leave it in one of them.`);
      }
      if (deployed.includes(name)) {
        plan.problems.push(`${name} is in the vars of wrangler.jsonc and was set as a secret before; remove it from the vars, or run \`npx wrangler secret delete ${name}\`.`);
      }
    } else if (name === HOSTS) {
      // Known only once there is an address: see `allowedHosts`.
    } else if (value) plan.set[name] = value;
    else if (deployed.includes(name)) plan.kept.push(name);
  }
  const has = (name) => vars[name] !== undefined || plan.set[name] !== undefined || deployed.includes(name);
  const provider = (plan.set.PROVIDER ?? vars.PROVIDER ?? "").toLowerCase();
  if (!has(KEY) && !has("OPENROUTER_BASE_URL") && provider !== "demo") plan.missing.push(KEY);
  if (!has(AUTH)) plan.missing.push(AUTH);
  if (/\bnone\b/i.test(plan.set[AUTH] ?? vars[AUTH] ?? "")) {
    plan.problems.push(`AUTH=none lets everybody who knows the address in, at your expense; it works on your own machine only. Choose \`${PROPOSED_AUTH}\`, \`access\` or \`tokens\`.`);
  }
  return plan;
}

/** The value of `ALLOWED_HOSTS`: the hosts of the addresses, and those that the user gave. */
export function allowedHosts(addresses, given = "") {
  const hosts = addresses.map((address) => new URL(address).host);
  const more = given.split(",").map((host) => host.trim()).filter(Boolean);
  return [...new Set([...hosts, ...more])].join(",");
}

/** The fault when the user keeps `ALLOWED_HOSTS` in the vars, as text; null when there is none. */
export function hostsProblem(vars, addresses) {
  if (vars[HOSTS] === undefined) return null;
  const allowed = vars[HOSTS].split(",").map((host) => host.trim());
  const missing = addresses.map((address) => new URL(address).host).filter((host) => !allowed.includes(host));
  return missing.length === 0 ? null : `ALLOWED_HOSTS in the vars of wrangler.jsonc does not name ${missing.join(", ")}; add it there, or remove ALLOWED_HOSTS from the vars.`;
}

/** A secret of 256 random bits. */
export const freshSecret = () => randomBytes(32).toString("base64url");
