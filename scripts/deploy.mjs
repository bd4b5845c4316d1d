// `npm run deploy [-- --dry-run]`: deploys Coder to your Cloudflare account, and checks that it answers there.
//
// Every check that can fail comes before the upload. A failure says what to do, and running it again is always safe.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build, setUp } from "./build.mjs";
import { Failure, main, root, say } from "./console.mjs";
import { chooseAccount, requireLogin } from "./deploy/account.mjs";
import { deployedAddresses, requireAnswer } from "./deploy/address.mjs";
import { builtVersion, checkStartup, checkUpload, writeConfiguration } from "./deploy/check_build.mjs";
import { deployedConfiguration, readConfiguration, workerName } from "./deploy/configuration.mjs";
import { firstChat } from "./deploy/first_chat.mjs";
import { migrationProblem, migrationSteps, touchedClasses } from "./deploy/migration.mjs";
import { chosenOptions, chosenProfile, USAGE } from "./deploy/options.mjs";
import { allowedHosts, hostsProblem } from "./deploy/plan.mjs";
import { chooseSecrets, previewSecrets } from "./deploy/secrets.mjs";
import { keepOwnerSecret, knownOwnerSecret, signIn } from "./deploy/sign_in.mjs";
import { deployedWorker, setSecrets } from "./deploy/worker.mjs";
import { Wrangler } from "./deploy/wrangler.mjs";
import { examine } from "./doctor/checks.mjs";
import { targetOf } from "./doctor/target.mjs";
import { ensureNode } from "./setup/node.mjs";
import { signInAddress } from "./sign_in/link.mjs";

await main(async () => {
  const options = chosenOptions();
  if (options.help) return console.log(USAGE);
  const config = await readConfiguration();
  const name = workerName(config, options.name);
  const problem = migrationProblem(config);
  if (problem) throw new Failure(problem);
  const profile = chosenProfile();
  const node = process.env.CODER_SKIP_BUILD === "1" ? await ensureNode() : await setUp();
  const wrangler = new Wrangler(node);

  if (options.dryRun) return dryRun({ config, name, profile, wrangler });
  await deploy({ config, name, profile, wrangler, options });
});

async function dryRun({ config, name, profile, wrangler }) {
  await buildUnlessSkipped(profile);
  await checkBuild({ config, name, profile, wrangler });
  const steps = migrationSteps(config, []);
  say(`a first deployment as ${name} would make the classes ${steps.made.join(", ")}`);
  for (const line of previewSecrets(config)) say(line);
  say("not checked without an account: the login, whether the name is free, the existing classes and secrets");
  say("nothing was deployed");
}

async function deploy({ config, name, profile, wrangler: anyone, options }) {
  const account = await chooseAccount(await requireLogin(anyone), process.env.CLOUDFLARE_ACCOUNT_ID ?? config.account_id);
  const wrangler = anyone.of(account.id);
  say(`account: ${account.name}`);
  const there = await deployedWorker(wrangler, name);
  say(there ? `name: ${name}, an existing Coder, which is updated` : `name: ${name}, which is free`);
  checkMigration(config, there, options);
  const secrets = await chooseSecrets(config, there);

  await buildUnlessSkipped(profile);
  const path = await checkBuild({ config, name, profile, wrangler });
  say("deploying");
  const { code, entries } = await wrangler.follow(["deploy", "--config", path]);
  if (code !== 0) throw new Failure("Cloudflare did not take the deployment (see above). What was deployed before still runs; run `npm run deploy` again once it is mended.");
  const addresses = deployedAddresses(entries);
  const misnamed = hostsProblem(config.vars ?? {}, addresses);
  if (misnamed) throw new Failure(misnamed);
  if (config.vars?.ALLOWED_HOSTS === undefined) secrets.ALLOWED_HOSTS = allowedHosts(addresses, process.env.ALLOWED_HOSTS);
  await setSecrets(wrangler, name, secrets);
  await keepOwnerSecret(name, secrets);
  say(`set: ${Object.keys(secrets).join(", ")}`);

  const address = addresses[0];
  await requireAnswer(address, await builtVersion(profile));
  const secret = await knownOwnerSecret(name, secrets);
  if (secret) await checkDeployed(address, secret);
  else say("not checked: routes that need a sign-in; this checkout has no OWNER_SECRET of this deployment");
  console.log(`\nCoder is at ${address}`);
  if (secret) console.log(`Your sign-in link, which works once, within an hour: ${signInAddress(address, secret)}`);
}

async function buildUnlessSkipped(profile) {
  if (process.env.CODER_SKIP_BUILD !== "1") await build(profile);
  if (existsSync(join(root, "build", profile, "server/index.js"))) return;
  throw new Failure(`There is no ${profile} build to deploy; run it without CODER_SKIP_BUILD.`);
}

/** Returns the path of the configuration to deploy. */
async function checkBuild({ config, name, profile, wrangler }) {
  const deployed = deployedConfiguration(config, { name, profile });
  const path = await writeConfiguration(deployed);
  say(`size: ${await checkUpload(wrangler, path, deployed)}`);
  say(`start: ${await checkStartup(wrangler)}`);
  return path;
}

function checkMigration(config, there, { acceptLoss }) {
  const steps = migrationSteps(config, there?.classes ?? []);
  if (steps.orphaned.length > 0) {
    throw new Failure(
      `The deployed Worker has objects of ${steps.orphaned.join(", ")}, which this checkout does not know. Deploy from the checkout that does; ` +
        "or, to give up their data, add a migration with `deleted_classes` to wrangler.jsonc.",
    );
  }
  const refused = touchedClasses(steps).filter((name) => !acceptLoss.includes(name));
  if (refused.length > 0) {
    throw new Failure(
      `The migrations in wrangler.jsonc rename or delete ${refused.join(", ")}, with all their data. Make a backup first, then say ` +
        `\`npm run deploy -- ${refused.map((name) => `--accept-loss ${name}`).join(" ")}\`.`,
    );
  }
  say(steps.made.length > 0 ? `migration: makes ${steps.made.join(", ")}` : "migration: none");
}

/** Acts like a signed-in client, up to the end of a first answer. */
async function checkDeployed(address, secret) {
  say(`checking the connection to ${address}`);
  const { headers, leave } = await signIn(address, secret);
  if (!(await examine(targetOf(address), { headers, model: true }))) {
    throw new Failure(`Coder is deployed at ${address}, but a check failed (see above). Mend it and run \`npm run deploy\` again.`);
  }
  say(`first chat: ${await firstChat(address, { headers })}`);
  await leave();
}
