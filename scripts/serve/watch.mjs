// Checks that a server still answers. Any answer counts, even one that reports a fault.
import { request } from "node:http";

/** The maximum number of bytes read of an answer. */
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

/** The answer, "none" when it is late, or "refused" when nobody listens, which the supervisor notices itself. */
function answerOf({ addresses, port }, milliseconds) {
  return new Promise((settle) => {
    const began = performance.now();
    const asked = request({
      host: reachable(addresses[0]),
      port,
      // While all is well, this does not test a write; plain `/health` would do so every time.
      path: "/health?watch",
      // Every server admits this name.
      headers: { Host: `localhost:${port}` },
      // A separate connection: an idle one may be closed just when it is used.
      agent: false,
    });
    const timer = setTimeout(() => {
      asked.destroy();
      // After the machine slept, the timer is late and the server had no time either.
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

/** A reachable address for one that stands for all interfaces. */
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
