// The settings of a deployment that are not in wrangler.jsonc: from the environment, else asked of the user.
import { Failure, say } from "../console.mjs";
import { ask, askSecret, canAsk } from "./ask.mjs";
import { planSettings, PROPOSED_AUTH } from "./plan.mjs";
import { ownerSecrets } from "./sign_in.mjs";

/** What a first deployment would set, as text without values. */
export function previewSecrets(config) {
  const plan = planSettings({ vars: config.vars ?? {}, deployed: [], environment: process.env });
  refuseProblems(plan);
  const names = [...Object.keys(plan.set), ...Object.keys(ownerSecrets({ auth: authOf(plan, config), known: Object.keys(plan.set) })), "ALLOWED_HOSTS"];
  const missing = plan.missing.map((name) =>
    name === "AUTH" ? `AUTH is not set; \`${PROPOSED_AUTH}\` would be proposed` : `${name} is not set; it would be asked for`,
  );
  return [`it would set ${names.join(", ")}`, ...missing];
}

function refuseProblems({ problems }) {
  if (problems.length > 0) throw new Failure(problems.join("\n"));
}

const authOf = (plan, config) => plan.set.AUTH ?? config.vars?.AUTH ?? PROPOSED_AUTH;

/** The settings to set, by name; asks for missing ones. `there`: what is already deployed. */
export async function chooseSecrets(config, there) {
  const deployed = there?.secrets ?? [];
  const plan = planSettings({ vars: config.vars ?? {}, deployed, environment: process.env });
  refuseProblems(plan);
  if (plan.missing.includes("OPENROUTER_API_KEY")) Object.assign(plan.set, await chooseModel());
  if (plan.missing.includes("AUTH")) plan.set.AUTH = await chooseAuth();
  refuseProblems(planSettings({ vars: config.vars ?? {}, deployed, environment: plan.set }));
  const auth = plan.kept.includes("AUTH") ? null : authOf(plan, config);
  return { ...plan.set, ...ownerSecrets({ auth, known: [...deployed, ...Object.keys(plan.set)] }) };
}

async function chooseModel() {
  if (!canAsk()) {
    throw new Failure("No model is connected: set OPENROUTER_API_KEY (https://openrouter.ai/keys), OPENROUTER_BASE_URL to a server of your own, or PROVIDER=demo for the built-in demo model.");
  }
  const key = await askSecret("Your key of OpenRouter, from https://openrouter.ai/keys; nothing: the built-in demo model answers");
  return key ? { OPENROUTER_API_KEY: key } : { PROVIDER: "demo" };
}

async function chooseAuth() {
  if (!canAsk()) {
    say(`AUTH is not set: signing in by the owner's link (\`${PROPOSED_AUTH}\`)`);
    return PROPOSED_AUTH;
  }
  return ask("Who may use it? `owner`: you, by a link; `access`: Cloudflare Access lets people in; `tokens`: programs", PROPOSED_AUTH);
}
