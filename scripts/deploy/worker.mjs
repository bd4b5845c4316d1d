// What is already deployed under a name.
import { Failure } from "../console.mjs";
import { jsonOf, reasonOf, refuse } from "./wrangler.mjs";

/** The binding that identifies a Worker as Coder. */
const OWN = { name: "coderagent", class_name: "CoderAgent" };

/** Cloudflare's code for a Worker that does not exist, and wrangler's text for one that was never deployed. */
const NOT_THERE = /\b10007\b|does not exist on your account|has no deployments/;

/** `null` when the name is free. Otherwise the `classes` of Coder's own objects and the names of its `secrets`. */
export async function deployedWorker(wrangler, name) {
  const status = await wrangler.ask(["deployments", "status", "--name", name, "--json"]);
  if (status.code !== 0) {
    if (NOT_THERE.test(status.errors + status.out)) return null;
    refuse(`It is not known whether the name ${name} is free.`, status);
  }
  const version = jsonOf(status.out)?.versions?.[0]?.version_id;
  if (!version) return null;
  const view = await wrangler.ask(["versions", "view", version, "--name", name, "--json"]);
  const bindings = jsonOf(view.out)?.resources?.bindings;
  if (view.code !== 0 || !bindings) refuse(`The deployed Worker ${name} could not be looked at.`, view);
  const objects = bindings.filter(({ type, script_name }) => type === "durable_object_namespace" && (!script_name || script_name === name));
  if (!objects.some((binding) => binding.name === OWN.name && binding.class_name === OWN.class_name)) {
    throw new Failure(
      `The account has a Worker ${name} that is no Coder, and deploying would replace it. Choose another name: \`npm run deploy -- --name NAME\`.`,
    );
  }
  return { classes: [...new Set(objects.map(({ class_name }) => class_name))], secrets: await secretNames(wrangler, name) };
}

async function secretNames(wrangler, name) {
  const answer = await wrangler.ask(["secret", "list", "--name", name, "--format", "json"]);
  const list = jsonOf(answer.out);
  if (answer.code !== 0 || !Array.isArray(list)) refuse("The names of the secrets could not be read.", answer);
  return list.map((secret) => secret.name);
}

/** Sets secrets: their values go to wrangler's standard input, where no other user can see them. */
export async function setSecrets(wrangler, name, values) {
  if (Object.keys(values).length === 0) return;
  const answer = await wrangler.ask(["secret", "bulk", "--name", name], { input: JSON.stringify(values) });
  if (answer.code === 0) return;
  // wrangler must not repeat a value; if it does, we do not print it.
  const reason = Object.values(values).reduce((text, value) => text.replaceAll(value, "…"), reasonOf(answer));
  throw new Failure(
    `The Worker ${name} is deployed, but ${Object.keys(values).join(", ")} could not be set. wrangler says: ${reason} Run \`npm run deploy\` again.`,
  );
}
