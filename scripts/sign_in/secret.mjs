// The secret that signs the owner's links: created once, kept in the data folder, readable by this user only.
import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../console.mjs";
import { writeNote } from "../serve/folder.mjs";
import { signInAddress } from "./link.mjs";

/** The secret of a data folder, and whether it was just created. */
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
    await writeNote(file, `${secret}\n`, data);
  } catch (error) {
    throw new Failure(`${file} cannot be written (${error.code}); the server keeps the secret of its sign-in links there.`);
  }
  return { secret, isNew: true };
}

/** Whether the settings enable sign-in by links. */
export function usesLinks(settings) {
  const modes = (settings.AUTH ?? "").split(",").map((mode) => mode.trim().toLowerCase());
  return modes.includes("owner");
}

/** The settings with the secret that they need, and a link to print once, while the secret is new and nobody has signed in. */
export async function withOwnerSecret(settings, data, address) {
  if (!usesLinks(settings) || settings.OWNER_SECRET) return { settings, firstLink: null };
  const { secret, isNew } = await ownerSecret(data);
  return { settings: { ...settings, OWNER_SECRET: secret }, firstLink: isNew ? signInAddress(address, secret) : null };
}

/** Announces that a server is ready. Output ends up in logs, so later links come from `npm run sign-in-link`. */
export function announcer(address, firstLink) {
  let link = firstLink;
  return () => {
    console.log(`Ready: ${address}`);
    if (link) console.log(`Sign in: ${link}`);
    link = null;
  };
}
