// Titles, causes and fixes of checks that need a checkout. All others are in common/src/doctor/words.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../console.mjs";

export const { checks: titles, causes } = JSON.parse(readFileSync(join(root, "scripts/doctor/words.json"), "utf8"));
