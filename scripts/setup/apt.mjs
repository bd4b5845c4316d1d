// Installs Debian packages that the tests need.
import { Failure, output, run, say } from "../console.mjs";

/** The path of a program on this machine, or null. */
export async function onPath(...programs) {
  for (const program of programs) {
    const path = await output("sh", ["-c", `command -v ${program}`]);
    if (path) return path.trim();
  }
  return null;
}

/** Installs a package if this script may; otherwise fails with `mend`, the instruction for the user. */
export async function install(name, mend) {
  if (process.getuid?.() !== 0) throw new Failure(`${mend} (as root this script could use apt).`);
  say(`installing Debian's ${name} with apt`);
  const options = { failed: `${mend} (apt could not, see above).`, missing: `${mend} (there is no apt here).` };
  await run("apt-get", ["update", "-qq"], options);
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], options);
}
