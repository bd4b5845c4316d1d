// Titles, causes and fixes of what only a checkout can check. All others are those of common/src/doctor/words.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../console.mjs";

export const { checks: titles, causes } = JSON.parse(readFileSync(join(root, "scripts/doctor/words.json"), "utf8"));
