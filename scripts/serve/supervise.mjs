// Keeps a runtime running: restarts it when it ends or hangs, and ends it with us.
import { Failure, whenEnding } from "../console.mjs";
import { Ended } from "./guarded.mjs";
import { readLine } from "./log.mjs";
import { Wellness } from "./wellness.mjs";
import { Backoff } from "./patience.mjs";
import { untilHung } from "./watch.mjs";

/**
 * Runs `start` repeatedly until we are stopped. It passes the group of processes to `attend` at once, and returns it
 * when it is ready. `ready` is called after the first start. `drain` is the time for requests to finish after the
 * signal to stop, in milliseconds.
 */
export async function supervise({ start, explain, ready, log, place, health, drain }) {
  const backoff = new Backoff();
  const well = new Wellness(place.data, log);
  let group = null;
  let ending = false;
  whenEnding({
    gently: async () => {
      ending = true;
      await drained(group, drain);
    },
    atOnce: () => group?.kill(),
  });
  const ticking = setInterval(() => log.flush(), 1_000);
  for (let first = true; !ending; first = false) {
    const words = [];
    const attend = (started) => {
      group = started;
      started.onLine((line) => {
        words.push(line);
        words.splice(0, words.length - 20);
        log.write(...readLine(line));
      });
    };
    const began = performance.now();
    try {
      group = await start(attend);
    } catch (error) {
      if (ending) break;
      if (!(error instanceof Ended || error instanceof Failure)) throw error;
      if (first) throw error instanceof Failure ? error : new Failure(await explain(error, words));
      // A full disk, for instance, may be fixed while we wait.
      group?.kill();
      log.write("error", `The runtime did not start again: ${error.message}`);
      await rest(backoff, 0, log);
      continue;
    }
    if (first) ready();
    else log.write("info", "The server is back.");
    const why = await endOf(group, place, health, well);
    group = null;
    if (!ending) {
      log.write("error", why);
      await rest(backoff, performance.now() - began, log);
    }
  }
  clearInterval(ticking);
  log.flush(true);
}

/** Waits until the group has ended, and ends it when it hangs. Returns which of the two happened. */
async function endOf(group, place, health, well) {
  const watch = new AbortController();
  const hung = untilHung(place, health, watch.signal, (answer) => well.look(answer)).then(() => "hung");
  const end = await Promise.race([group.ended, hung]);
  watch.abort();
  if (end !== "hung") return `The runtime ended (${end.code ?? end.signal}).`;
  group.kill();
  await group.ended;
  return `The server did not answer for ${health.answer / 1_000} s and was ended.`;
}

async function rest(backoff, served, log) {
  const wait = backoff.next(served);
  if (wait > 0) log.write("warn", `The server starts again in ${wait / 1_000} s.`);
  await new Promise((resolve) => setTimeout(resolve, wait));
}

/**
 * Waits for requests to finish, with a limit: open sockets never would, and an unfinished answer continues after the next
 * start.
 */
async function drained(group, milliseconds) {
  if (!group) return;
  group.end();
  const late = new Promise((resolve) => setTimeout(resolve, milliseconds, "late"));
  if ((await Promise.race([group.ended, late])) === "late") group.kill();
  await group.ended;
}
