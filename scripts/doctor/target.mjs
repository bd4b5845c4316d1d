// What an address means: a server, and a conversation on it.

/** Asked when the address names no conversation, so that none begins with a check. */
const OWN_NAME = "doctor";
const AGENT = "coderagent";

/**
 * `base` ends without a slash; `agent` and `name` are percent-encoded, as in addresses. `null`: it is no address.
 * `https://host`, `https://host/chat/NAME`, `https://host/doctor?name=NAME` and `https://host/agents/AGENT/NAME` are
 * understood; any other path is where Coder is said to be.
 */
export function targetOf(address, name) {
  // Without a scheme a name before a port would be taken for one.
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

/** Without user, password and query. */
export function placeOf({ base, agent, name }) {
  return `${base}/agents/${agent}/${name}`;
}
