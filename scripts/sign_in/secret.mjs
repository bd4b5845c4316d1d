// The secret that the owner's links are signed with: made once, kept in the data folder, for this user's eyes only.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../console.mjs";

/** The secret of a data folder, and whether it was made just now. */
export async function ownerSecret(data) {
  const file = join(data, "owner-secret");
  const known = await readFile(file, "utf8").catch((error) => {
    if (error.code === "ENOENT") return null;
    throw new Failure(`${file} cannot be read (${error.code}); whoever runs the server must be able to.`);
  });
  if (known?.trim()) return { secret: known.trim(), isNew: false };
  const secret = randomBytes(32).toString("base64url");
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
  } catch (error) {
    throw new Failure(`${file} cannot be written (${error.code}); the server keeps the secret of its sign-in links there.`);
  }
  return { secret, isNew: true };
}

/** Whether the settings let people sign in by links. */
export function usesLinks(settings) {
  const modes = (settings.AUTH ?? "").split(",").map((mode) => mode.trim().toLowerCase());
  return modes.includes("owner");
}

/** What the Worker is told beside its settings. A link to print comes with it when the secret is new. */
export async function signInSettings(settings, { host, port, data }) {
  const given = { LISTENS_ON: isLoopback(host) ? "loopback" : "network", OWN_PORT: String(port) };
  if (!usesLinks(settings) || settings.OWNER_SECRET) return { given, isNew: false };
  const { secret, isNew } = await ownerSecret(data);
  return { given: { ...given, OWNER_SECRET: secret }, isNew };
}

export function isLoopback(host) {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
