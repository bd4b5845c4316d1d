// The wasm32-unknown-unknown standard library: rustup's, or built from Debian's sources of the same version.
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure, output, root, run, say } from "../console.mjs";

const TARGET = "wasm32-unknown-unknown";
// Newer than the machine's own release on purpose: the suite must contain this very compiler's version.
const SUITES = ["stable-backports", "stable", "testing", "unstable", "oldstable-backports"];

export async function ensureWasmStd() {
  const sysroot = (await output("rustc", ["--print", "sysroot"])).trim();
  const folder = join(sysroot, "lib/rustlib", TARGET);
  if (await isComplete(folder)) return;
  // rustup may list the target as installed although its files are missing, so that only the files count.
  say(`installing Rust's ${TARGET} standard library with rustup`);
  if ((await output("rustup", ["target", "add", TARGET], { timeout: 120_000 })) !== null && (await isComplete(folder))) return;
  const version = (await output("rustc", ["--version"])).split(" ")[1];
  say(`rustup's server cannot be reached; building it from Debian's rust-src ${version} (about a minute)`);
  await buildFromSource(version, folder);
}

async function isComplete(folder) {
  const files = await readdir(join(folder, "lib")).catch(() => []);
  return ["core", "alloc", "std"].every((name) => files.some((file) => file.startsWith(`lib${name}-`)));
}

async function buildFromSource(version, folder) {
  await mkdir(join(root, ".tools"), { recursive: true });
  const work = await mkdtemp(join(root, ".tools/std-"));
  try {
    await unpackSource(version, work);
    const library = join(work, "usr/src", `rustc-${version}`, "library");
    await run("cargo", ["build", "--release", "--target", TARGET, "--manifest-path", "sysroot/Cargo.toml", "--features", "panic-unwind", "--target-dir", join(work, "target")], {
      cwd: library,
      env: { ...process.env, RUSTC_BOOTSTRAP: "1", RUSTFLAGS: "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes" },
      failed: `Building the ${TARGET} standard library failed (see above); install it with \`rustup target add ${TARGET}\`.`,
    });
    // Staged next to its final place, so that the move is one step and never leaves half a library.
    const staged = `${folder}.${process.pid}`;
    const built = join(work, "target", TARGET, "release/deps");
    await mkdir(join(staged, "lib"), { recursive: true });
    for (const file of await readdir(built)) {
      if (file.endsWith(".rlib") && !file.startsWith("libsysroot")) await cp(join(built, file), join(staged, "lib", file));
    }
    await rm(folder, { recursive: true, force: true });
    await rename(staged, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Leaves the system's apt alone: its source list, package lists and cache are all in `work`. */
async function unpackSource(version, work) {
  const help = `Rust's ${TARGET} standard library is missing: run \`rustup target add ${TARGET}\` where its server can be reached`;
  const mirror = await debianMirror();
  if (mirror === null) throw new Failure(`${help} (there are no Debian apt sources here to build it from instead).`);
  for (const part of ["lists/partial", "cache/archives/partial"]) await mkdir(join(work, part), { recursive: true });
  const options = [
    `Dir::Etc::sourcelist=${join(work, "sources.list")}`,
    "Dir::Etc::sourceparts=-",
    `Dir::State::lists=${join(work, "lists")}`,
    `Dir::Cache=${join(work, "cache")}`,
    "Acquire::Languages=none",
    "APT::Sandbox::User=root",
    "Debug::NoLocking=true",
  ].flatMap((option) => ["-o", option]);
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const trust = existsSync(keyring) ? `[signed-by=${keyring}] ` : "";
  for (const suite of SUITES) {
    await writeFile(join(work, "sources.list"), `deb ${trust}${mirror} ${suite} main\n`);
    if ((await output("apt-get", [...options, "update"])) === null) continue;
    const found = ((await output("apt-cache", [...options, "madison", "rust-src"])) ?? "")
      .split("\n")
      .map((line) => line.split("|")[1]?.trim())
      .find((candidate) => candidate?.startsWith(`${version}+`));
    if (!found) continue;
    await run("apt-get", [...options, "download", `rust-src=${found}`], { cwd: work, stdio: "ignore" });
    const [archive] = (await readdir(work)).filter((name) => name.endsWith(".deb"));
    await run("dpkg-deb", ["-x", archive, "."], { cwd: work });
    return;
  }
  throw new Failure(`${help} (no Debian suite at ${mirror} has rust-src ${version} to build it from instead).`);
}

/** The Debian mirror in this machine's apt sources. */
async function debianMirror() {
  const folder = "/etc/apt/sources.list.d";
  const files = (await readdir(folder).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(folder, name));
  for (const file of ["/etc/apt/sources.list", ...files]) {
    const text = (await readFile(file, "utf8").catch(() => "")).replace(/^\s*#.*$/gm, "");
    // Supports both formats of source files; Debian's main archive is the one whose path is just /debian.
    const url = text.match(/\bhttps?:\/\/\S+\/debian(?=\/?\s)/);
    if (url) return url[0];
  }
  return null;
}
