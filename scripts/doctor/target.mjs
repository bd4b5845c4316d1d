// Parses an address into a server and a conversation on it.

/** Used when the address names no conversation, so that a check never begins a user's conversation. */
const OWN_NAME = "doctor";
const AGENT = "coderagent";

/**
 * `base` ends without a slash; `agent` and `name` are percent-encoded, as in URLs. `null` when it is not an address.
 * Accepts `https://host`, `https://host/chat/NAME`, `https://host/doctor?name=NAME` and
 * `https://host/agents/AGENT/NAME`; any other path is taken for the path of Coder.
 */
export function targetOf(address, name) {
  // Without a scheme, a name before a port would be taken for one.
  const written = /^[a-z]+:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(written)) return null;
  const url = new URL(written);
  url.protocol = url.protocol.replace(/^ws/, "http");
  if (!/^https?:$/.test(url.protocol)) return null;
  const [first, second, third] = url.pathname.split("/").filter(Boolean);
  const target = { base: url.origin, agent: AGENT, name: OWN_NAME };
  if (first === "chat" && second) target.name = second;
  else if (first === "agents" && second) Object.assign(target, { agent: second, name: third ?? OWN_NAME });
  else if (first === "doctor") {
    target.name = encodeURIComponent(url.searchParams.get("name") ?? OWN_NAME);
    target.agent = encodeURIComponent(url.searchParams.get("agent") ?? AGENT);
  } else if (first) target.base += url.pathname.replace(/\/+$/, "");
  if (name) target.name = encodeURIComponent(name);
  return target;
}

/** The address without user, password and query. */
export function placeOf({ base, agent, name }) {
  return `${base}/agents/${agent}/${name}`;
}
