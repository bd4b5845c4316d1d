// The owner's sign-in of a deployment. The script signs in like the owner, to check what only signed-in people reach.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Failure, root } from "../console.mjs";
import { ownerLink, LINK_LIFE } from "../sign_in/link.mjs";
import { usesLinks } from "../sign_in/secret.mjs";
import { freshSecret } from "./plan.mjs";

/** The secret that signs the owner's links. Cloudflare never shows it again, so this checkout keeps it. */
const SECRET = "OWNER_SECRET";

/** The secrets that the sign-in `auth` needs and that are not `known` by name; `null` keeps the sign-in unchanged. */
export function ownerSecrets({ auth, known }) {
  return auth !== null && usesLinks({ AUTH: auth }) && !known.includes(SECRET) ? { [SECRET]: freshSecret() } : {};
}

const file = (name) => join(resolve(root, process.env.DATA_DIR || ".data"), "deployed", name, "owner-secret");

/** Stores the secret of the Worker `name`, readable by this user only. */
export async function keepOwnerSecret(name, secrets) {
  if (!secrets[SECRET]) return;
  await mkdir(dirname(file(name)), { recursive: true, mode: 0o700 });
  await writeFile(file(name), `${secrets[SECRET]}\n`, { mode: 0o600 });
}

/** The secret of the Worker `name`: just set, or kept from an earlier deployment; null when unknown here. */
export async function knownOwnerSecret(name, secrets) {
  return secrets[SECRET] ?? ((await readFile(file(name), "utf8").catch(() => "")).trim() || null);
}

/** Signs in. Returns `{headers, leave}`: the headers for requests, and how to sign out. */
export async function signIn(address, secret) {
  const response = await post(`${address}/sign-in`, { link: ownerLink(secret, Date.now() + LINK_LIFE) });
  const session = response.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0]);
  if (response.status !== 303 || session.length === 0) {
    throw new Failure(
      `${address} does not take a sign-in link made with OWNER_SECRET (HTTP ${response.status}). Set OWNER_SECRET to a new random text of 32 characters or more and run \`npm run deploy\` again.`,
    );
  }
  const headers = { Cookie: session.join("; ") };
  return { headers, leave: () => post(`${address}/sign-out`, {}, headers) };
}

async function post(url, fields, headers = {}) {
  try {
    return await fetch(url, { method: "POST", body: new URLSearchParams(fields), headers, redirect: "manual", signal: AbortSignal.timeout(20_000) });
  } catch (error) {
    throw new Failure(`${url} does not answer (${error.cause?.code ?? error.message}); run \`npm run deploy\` again.`);
  }
}
