// The configuration to deploy: wrangler.jsonc, for one build and one name.
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { Failure, root } from "../console.mjs";
import { diagnoseConfiguration } from "../doctor/configuration.mjs";
import { causes } from "../doctor/words.mjs";
import { parseJsonc } from "../jsonc.mjs";

/** The name of a Worker is part of its host name: RFC 1123, section 2.1. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** wrangler.jsonc, checked. */
export async function readConfiguration(folder = root) {
  const text = await readFile(join(folder, "wrangler.jsonc"), "utf8").catch(() => null);
  const finding = diagnoseConfiguration(text, []);
  if (finding) {
    const [cause, fix] = causes[finding.cause];
    throw new Failure(`wrangler.jsonc cannot be deployed. ${cause} ${fix}`);
  }
  return parseJsonc(text);
}

/** The name of the deployed Worker. */
export function workerName(config, chosen) {
  const name = chosen ?? config.name ?? "";
  if (NAME.test(name)) return name;
  throw new Failure(
    `"${name}" cannot be the name of a Worker: it may have 1 to 63 lower-case letters, digits and hyphens, and begins and ends with no hyphen. ` +
      "Set `name` in wrangler.jsonc, or use `npm run deploy -- --name NAME`.",
  );
}

/** The configuration for wrangler: the existing build `profile` under the name `name`; paths are absolute. */
export function deployedConfiguration(config, { name, profile }) {
  const built = (path) => join(root, "build", profile, relative("build/release", path));
  const { $schema, build, ...rest } = config;
  return { ...rest, name, main: built(config.main), assets: { ...config.assets, directory: built(config.assets.directory) } };
}
