// Caddy, the proxy for some tests. They are skipped where it is missing and cannot be installed.
import { Failure, say } from "../console.mjs";
import { install, onPath } from "./apt.mjs";

export async function ensureCaddy() {
  if (await onPath("caddy")) return;
  try {
    await install("caddy", "The tests of a proxy need Caddy: install it with your system's package manager");
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(`${error.message} Tests with Caddy are skipped.`);
  }
}
