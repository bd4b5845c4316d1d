// Asks a server whether it still answers. Any answer keeps it running: one that says what is wrong is no reason to end it.
import { request } from "node:http";

/** The most bytes of an answer that are read. */
const LONGEST = 64 * 1024;

/** Settles when a request was not answered in time. `told` gets each answer, `{status, text}`. `signal` ends the watch. */
export async function untilHung(place, { ask, answer }, signal, told) {
  while (!signal.aborted) {
    await pause(ask, signal);
    if (signal.aborted) return;
    const answered = await answerOf(place, answer);
    if (answered === "none") return;
    if (answered !== "refused" && !signal.aborted) await told(answered);
  }
}

/** The answer, "none" in time, or "refused": a port that nobody listens on is the business of who sees the process end. */
function answerOf({ addresses, port }, milliseconds) {
  return new Promise((settle) => {
    const began = performance.now();
    const asked = request({
      host: reachable(addresses[0]),
      port,
      // While all is well no write is tried for us; `/health` alone would have one every time.
      path: "/health?watch",
      // The door lets this name in on every server.
      headers: { Host: `localhost:${port}` },
      // A connection of its own: an idle one may be closed just when it is used.
      agent: false,
    });
    const timer = setTimeout(() => {
      asked.destroy();
      // After a sleep of the machine the timer is late, and the server has had no time either.
      settle(performance.now() - began > 2 * milliseconds ? "refused" : "none");
    }, milliseconds);
    const end = (answer) => {
      clearTimeout(timer);
      settle(answer);
    };
    asked.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => {
        if (text.length < LONGEST) text += piece;
      });
      response.on("end", () => end({ status: response.statusCode, text }));
    });
    asked.on("error", () => end("refused"));
    asked.end();
  });
}

/** Where an address that stands for all of them can be reached. */
function reachable(address) {
  if (address === "0.0.0.0") return "127.0.0.1";
  if (address === "::") return "::1";
  return address;
}

function pause(milliseconds, signal) {
  return new Promise((settle) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      settle();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
