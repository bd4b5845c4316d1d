// The Cloudflare login, and the account to deploy to.
import { Failure } from "../console.mjs";
import { ask, askYes, canAsk } from "./ask.mjs";
import { jsonOf, reasonOf } from "./wrangler.mjs";

const TOKEN_HELP =
  "make a token at https://dash.cloudflare.com/profile/api-tokens from the template \"Edit Cloudflare Workers\" and set CLOUDFLARE_API_TOKEN to it";

/** The accounts of the login: `[{id, name}]`. */
export async function requireLogin(wrangler) {
  let answer = await wrangler.ask(["whoami", "--json"]);
  const mayLogIn = () => answer.code !== 0 && !process.env.CLOUDFLARE_API_TOKEN && canAsk();
  if (mayLogIn() && (await askYes("You are not logged in to Cloudflare. Log in with your browser now?"))) {
    await wrangler.talk(["login"]);
    answer = await wrangler.ask(["whoami", "--json"]);
  }
  const { loggedIn, accounts } = jsonOf(answer.out) ?? {};
  if (answer.code !== 0 || !loggedIn) throw new Failure(notLoggedIn(answer));
  if (!accounts?.length) throw new Failure(`The login may not use any account; ${TOKEN_HELP}.`);
  return accounts;
}

function notLoggedIn(answer) {
  if (process.env.CLOUDFLARE_API_TOKEN) {
    return `Cloudflare does not take CLOUDFLARE_API_TOKEN (${reasonOf(answer)}); ${TOKEN_HELP}.`;
  }
  return `You are not logged in to Cloudflare: run \`npm run deploy\` in a terminal, which can log you in, or ${TOKEN_HELP}.`;
}

/** The account to deploy to: the named one, the only one, or the user's choice. */
export async function chooseAccount(accounts, named) {
  if (named) {
    const found = accounts.find(({ id, name }) => id === named || name === named);
    if (found) return found;
    throw new Failure(`The login may not use the account ${named}; it may use:\n${listed(accounts)}\nChoose one with CLOUDFLARE_ACCOUNT_ID.`);
  }
  if (accounts.length === 1) return accounts[0];
  if (!canAsk()) {
    throw new Failure(`The login may use several accounts; set CLOUDFLARE_ACCOUNT_ID to one of them:\n${listed(accounts)}`);
  }
  const answer = await ask(`Which account?\n${accounts.map(({ name }, index) => `  ${index + 1}. ${name}`).join("\n")}\nNumber:`);
  const chosen = accounts[Number(answer) - 1];
  if (!chosen) throw new Failure(`"${answer}" is not one of the accounts; answer with a number from 1 to ${accounts.length}.`);
  return chosen;
}

const listed = (accounts) => accounts.map(({ id, name }) => `  ${id}  ${name}`).join("\n");
