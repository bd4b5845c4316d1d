// Where a server listens and keeps its data, from the environment.
import { lookup } from "node:dns/promises";
import { createServer, isIP } from "node:net";
import { resolve } from "node:path";
import { Failure, root } from "../console.mjs";

/** `{port, host, addresses, listensOn, data}`: `addresses` are those of HOST, `listensOn` is the value for the Worker. */
export async function place(environment = process.env) {
  const port = Number(environment.PORT || 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Failure(`PORT must be a number from 1 to 65535, not "${environment.PORT}".`);
  const host = (environment.HOST || "127.0.0.1").replace(/^\[(.*)\]$/, "$1");
  const addresses = await addressesOf(host);
  return { port, host, addresses, listensOn: addresses.every(isLoopback) ? "loopback" : "network", data: dataFolder(environment) };
}

/** The folder with the server's data. */
export function dataFolder(environment = process.env) {
  return resolve(root, environment.DATA_DIR || ".data");
}

/** Every address of a name: `localhost` has an IPv4 and an IPv6 one, and browsers try both. */
async function addressesOf(host) {
  if (isIP(host)) return [host];
  const found = await lookup(host, { all: true }).catch(() => []);
  if (found.length === 0) throw new Failure(`HOST "${host}" has no address; write one of this machine's addresses, or a name that has one.`);
  return [...new Set(found.map(({ address }) => address))];
}

export function isLoopback(address) {
  return address === "::1" || /^127\./.test(address) || /^::ffff:127\./i.test(address);
}

/** Fails when the port is in use. Returns the place with only those addresses that this machine has. */
export async function requireFreePort(place) {
  const { port, host } = place;
  const own = [];
  for (const address of place.addresses) {
    const error = await listenError(port, address);
    if (error?.code === "EADDRINUSE") throw new Failure(`Port ${port} is taken; choose another one, for instance \`PORT=${port === 65535 ? 8787 : port + 1} npm start\`.`);
    if (error?.code === "EACCES") throw new Failure(`Port ${port} is reserved for the system's own servers; choose one above 1023.`);
    // A name may have addresses of a kind that this machine does not use.
    if (error && place.addresses.length > 1 && ["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(error.code)) continue;
    if (error) throw new Failure(`Cannot listen on ${host}:${port} (${error.code}); check HOST and PORT.`);
    own.push(address);
  }
  if (own.length === 0) throw new Failure(`HOST "${host}" is not an address of this machine; check HOST.`);
  return { ...place, addresses: own };
}

function listenError(port, host) {
  return new Promise((settle) => {
    const probe = createServer().once("error", settle);
    probe.listen({ port, host, ipv6Only: true }, () => probe.close(() => settle(null)));
  });
}

/** `host:port` for the address bar. */
export function shown({ host, port }) {
  const name = ["127.0.0.1", "::1", "0.0.0.0", "::"].includes(host) ? "localhost" : host;
  return authority(name, port);
}

export function authority(address, port) {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
