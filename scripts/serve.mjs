// The server of `npm start`: plain workerd, under a parent that keeps it running and gives it exclusive use of its
// data folder.
import { join } from "node:path";
import { Failure } from "./console.mjs";
import { openFolder, said, writeNote } from "./serve/folder.mjs";
import { guardOf, locked } from "./serve/guarded.mjs";
import { logFrom } from "./serve/log.mjs";
import { healthTimes } from "./serve/patience.mjs";
import { shown } from "./serve/place.mjs";
import { supervise } from "./serve/supervise.mjs";
import { listening, prepare, unfitness, workerdCommand, workerdProgram } from "./serve/workerd.mjs";
import { literalVariables, workerSettings } from "./settings.mjs";
import { announcer, withOwnerSecret } from "./sign_in/secret.mjs";

/** Serves a build until it is stopped. */
export async function serve({ profile, place }) {
  const log = logFrom();
  const [health, drain] = [healthTimes(), drainTime()];
  const [program, guard] = [workerdProgram(), guardOf(profile)];
  const chosen = await workerSettings();
  const home = await openFolder(place.data);
  const address = `http://${shown(place)}`;
  const { settings, firstLink } = await withOwnerSecret(chosen, place.data, address);
  let prepared = false;
  await supervise({
    start: async (attend) => {
      const group = await locked({ guard, home, data: place.data, ...workerdCommand({ program, home, settings }) });
      attend(group);
      if (!prepared) await said(place.data, () => prepare({ home, profile, place, settings, literals: literalVariables(place) }));
      // Written before later starts, which may happen on a full disk.
      if (!prepared) await writeNote(join(home, "address.json"), { pid: process.pid, port: place.port, host: place.host });
      prepared = true;
      await group.startedWhen(listening(group, place));
      return group;
    },
    explain: async (error, words) => (await unfitness(program)) ?? `The server did not start: ${error.message}\n${words.join("\n")}`,
    ready: announcer(address, firstLink),
    log,
    place,
    health,
    drain,
  });
}

/** How long requests may take to finish when the server is stopped, in milliseconds. */
function drainTime() {
  const seconds = Number(process.env.DRAIN_SECONDS || 5);
  if (!(seconds >= 0)) throw new Failure(`DRAIN_SECONDS must be a number of seconds, not "${process.env.DRAIN_SECONDS}".`);
  return seconds * 1_000;
}
