// Which cause an answer means. common/src/doctor/diagnosis.rs decides the same; common/src/doctor/cases.json holds both to it.
import { closeWords } from "./words.mjs";

/** What is shown of a server's words. */
const MAX_SEEN = 400;

/** `setup`: it is a Coder that is not set up, and can be connected to. */
export function diagnoseHealth({ status, body }) {
  const said = parsed(body);
  if (status === 200 && said?.status === "ok") return null;
  if (status !== null && said?.status === "error") return { cause: "not-set-up", seen: cut(said.error ?? ""), setup: true };
  const refusal = diagnoseDoor({ status, body });
  if (refusal) return refusal;
  let cause = "not-coder";
  if (status === null) cause = "unreachable";
  else if (status === 404) cause = "wrong-path";
  else if (isRefusal(status)) cause = "refused";
  else if (status >= 500) cause = "server-failed";
  return { cause, seen: statusWords(status) };
}

/** Why a connection did not open, from the answer to the upgrade. */
export function diagnoseUpgrade({ status, body }) {
  const refusal = diagnoseDoor({ status, body });
  if (refusal) return refusal;
  let cause = "no-upgrade";
  if (status === null) cause = "unreachable";
  else if (status === 400 && body.startsWith("Invalid request")) cause = "wrong-agent";
  else if (status === 404) cause = "no-agents";
  else if (isRefusal(status)) cause = "refused";
  else if (status >= 500) cause = "agent-failed";
  return { cause, seen: statusWords(status) };
}

/** Why an open connection ended. `error`: what the agent had said of a failure. */
export function diagnoseClose(code, reason, error) {
  let cause = "closed";
  if (code === 4403 && doorCause(reason)) cause = doorCause(reason);
  else if ([1011, 4500].includes(code)) cause = "agent-failed";
  else if ([1008, 3000, 3003].includes(code) || (code >= 4000 && code <= 4999)) cause = "refused";
  return { cause, seen: error ? cut(error) : `closed with code ${code}: ${cut(closeWords(code, reason))}` };
}

/** Why the server's own door lets a request not in, or null. */
function diagnoseDoor({ status, body }) {
  if (status !== 403) return null;
  const words = (parsed(body)?.error ?? body).trimEnd();
  const cause = doorCause(words);
  return cause && { cause, seen: cut(words) };
}

/** The beginnings are those of common/src/door.rs. */
function doorCause(words) {
  if (words.startsWith("Host not allowed")) return "refused-host";
  return words.startsWith("Origin not allowed") ? "refused-origin" : null;
}

/** Whether the agent is the one that was asked for. Some servers decode the name. */
export function diagnoseIdentity(wanted, { agent, name }) {
  if (folded(agent) !== folded(wanted.agent)) return { cause: "other-agent", seen: cut(agent) };
  if (name !== wanted.name && encodeURIComponent(name) !== wanted.name) return { cause: "other-name", seen: cut(name) };
  return null;
}

/** Why a call failed, from what it was answered with. */
export function diagnoseRefusal(check, error) {
  const own = check === "echo" || error.startsWith("Method ") ? "no-method" : check;
  return { cause: own, seen: cut(error) };
}

const folded = (agent) => agent.replace(/[-_]/g, "").toLowerCase();
const isRefusal = (status) => status === 0 || (status >= 300 && status < 400) || status === 401 || status === 403;
const cut = (text) => [...text].slice(0, MAX_SEEN).join("");

function statusWords(status) {
  if (status === null) return "";
  return status === 0 ? "a redirection" : `HTTP ${status}`;
}

export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
