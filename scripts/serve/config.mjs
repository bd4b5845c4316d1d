// Generates `config.capnp` for plain workerd from wrangler.jsonc: the same classes, variables and compatibility date.
import { join } from "node:path";
import { Failure } from "../console.mjs";
import { authority } from "./place.mjs";

/** The class of one conversation, and that of one person's list of conversations. */
const CONVERSATION = "CoderAgent";
const LIST = "Directory";

/** Keys of wrangler.jsonc that are converted here. */
const TURNED = ["name", "main", "compatibility_date", "compatibility_flags", "durable_objects", "migrations", "vars"];
/** Keys that are irrelevant for a self-hosted server. */
const IGNORED = ["$schema", "assets", "build", "observability", "workers_dev", "preview_urls", "routes", "route", "placement", "limits", "upload_source_maps", "keep_vars", "account_id", "dev"];

/**
 * The text of the configuration. `modules` are `{name, kind, path}`, the main one first; `files` the paths of the
 * static files; `settings` the names of environment variables to pass on; `literals` further variables with their
 * text.
 */
export function workerdConfig({ wrangler, modules, filesModules, site, packed, staticNames, settings, literals, addresses, port, storage, trusted = [] }) {
  const unknown = Object.keys(wrangler).filter((key) => ![...TURNED, ...IGNORED].includes(key));
  if (unknown.length > 0) throw new Failure(`wrangler.jsonc has ${unknown.join(", ")}, which scripts/serve/config.mjs cannot turn into a configuration of workerd yet.`);
  const vars = { ...wrangler.vars, ...literals };
  const fromEnvironment = settings.filter((name) => !(name in literals));
  const bindings = [
    ...wrangler.durable_objects.bindings.map((binding) => struct({ name: text(binding.name), durableObjectNamespace: text(ownClass(binding)) })),
    // A variable of the environment overrides one of wrangler.jsonc, as everywhere.
    ...Object.entries(vars).filter(([name]) => !fromEnvironment.includes(name)).map(([name, value]) => struct({ name: text(name), text: text(variable(name, value)) })),
    ...fromEnvironment.map((name) => struct({ name: text(name), fromEnvironment: text(name) })),
    struct({ name: text("internet"), service: text("internet") }),
    struct({ name: text("objects"), service: text("stored") }),
    struct({ name: text("lists"), service: text("storedLists") }),
    struct({ name: text("FILES"), service: text("files") }),
    struct({ name: text("STATIC_NAMES"), json: text(JSON.stringify(staticNames)) }),
  ];
  const compatibility = { compatibilityDate: text(wrangler.compatibility_date), compatibilityFlags: list((wrangler.compatibility_flags ?? []).map(text)) };
  const tls = struct({ trustBrowserCas: "true", trustedCertificates: list(trusted.map(text)) });
  const services = [
    service("coder", {
      worker: struct({
        ...compatibility,
        modules: list(modules.map(moduleOf)),
        bindings: list(bindings),
        globalOutbound: text("network"),
        durableObjectNamespaces: list(namespaces(wrangler)),
        durableObjectStorage: struct({ localDisk: text("objects") }),
      }),
    }),
    service("files", {
      worker: struct({
        ...compatibility,
        modules: list(filesModules.map(moduleOf)),
        bindings: list([struct({ name: text("SITE"), service: text("site") }), struct({ name: text("PACKED"), service: text("packed") })]),
        globalOutbound: text("nowhere"),
      }),
    }),
    service("site", { disk: struct({ path: text(site) }) }),
    service("packed", { disk: struct({ path: text(packed) }) }),
    service("objects", { disk: struct({ path: text(storage), writable: "true" }) }),
    // Tells which conversations exist: a request for another one is answered without an object, which would create a
    // file.
    service("stored", { disk: struct({ path: text(conversationsIn(storage, wrangler)) }) }),
    // The same for lists of conversations.
    service("storedLists", { disk: struct({ path: text(listsIn(storage, wrangler)) }) }),
    // The model server may be on this machine.
    service("network", { network: struct({ allow: list([text("public"), text("private")]), tlsOptions: ".tls" }) }),
    // Pages that the model fetches may not.
    service("internet", { network: struct({ allow: list([text("public")]), tlsOptions: ".tls" }) }),
    service("nowhere", { network: struct({ allow: list([]) }) }),
  ];
  const sockets = addresses.map((address, index) => struct({ name: text(socketName(index)), address: text(authority(address, port)), http: "()", service: text("coder") }));
  const config = struct({ services: list(services), sockets: list(sockets), logging: struct({ structuredLogging: "true" }) });
  return [`using Workerd = import "/workerd/workerd.capnp";`, `const config :Workerd.Config = ${config};`, `const tls :Workerd.TlsOptions = ${tls};`, ""].join("\n");
}

/** workerd uses this name to report that the socket of the address at `index` listens. */
export function socketName(index) {
  return `http${index}`;
}

function service(name, what) {
  return struct({ name: text(name), ...what });
}

/** A class is identified by the names of its Worker and itself, as under wrangler, so that both can use the same data. */
function namespaces(wrangler) {
  const sql = new Set();
  for (const migration of wrangler.migrations ?? []) {
    const { tag, new_classes = [], new_sqlite_classes = [], ...others } = migration;
    const [other] = Object.keys(others);
    if (other) throw new Failure(`Migration ${tag} of wrangler.jsonc has ${other}, which scripts/serve/config.mjs cannot carry out; data would be lost.`);
    if (new_classes.length > 0) throw new Failure(`Migration ${tag} of wrangler.jsonc makes ${new_classes.join(", ")} without SQLite; put it into new_sqlite_classes.`);
    for (const name of new_sqlite_classes) sql.add(name);
  }
  const classes = new Set(wrangler.durable_objects.bindings.map(ownClass));
  for (const name of classes) if (!sql.has(name)) throw new Failure(`wrangler.jsonc binds the class ${name} but no migration makes it.`);
  return [...classes].map((name) => struct({ className: text(name), uniqueKey: text(uniqueKey(wrangler, name)), enableSql: "true" }));
}

/** The folder with the files of conversations. */
export function conversationsIn(storage, wrangler) {
  return join(storage, uniqueKey(wrangler, CONVERSATION));
}

/** The folder with the files of lists of conversations. */
export function listsIn(storage, wrangler) {
  return join(storage, uniqueKey(wrangler, LIST));
}

function uniqueKey(wrangler, className) {
  return `${wrangler.name}-${className}`;
}

function ownClass({ name, class_name, ...others }) {
  const [other] = Object.keys(others);
  if (other) throw new Failure(`The binding ${name} of wrangler.jsonc has ${other}, which scripts/serve/config.mjs cannot turn into a configuration of workerd.`);
  return class_name;
}

function moduleOf({ name, kind, path }) {
  return struct({ name: text(name), [kind]: `embed ${text(path)}` });
}

function variable(name, value) {
  if (typeof value !== "string") throw new Failure(`The variable ${name} of wrangler.jsonc is not text.`);
  return value;
}

function struct(fields) {
  return `(${Object.entries(fields).map(([name, value]) => `${name} = ${value}`).join(", ")})`;
}

function list(items) {
  return items.length === 0 ? "[]" : `[\n${items.join(",\n").replace(/^/gm, "  ")}\n]`;
}

/** A string in Cap'n Proto's text format: bytes outside plain ASCII are written as numbers. */
function text(value) {
  const escaped = Array.from(Buffer.from(value, "utf8"), (byte) => {
    const letter = String.fromCharCode(byte);
    if (letter === '"' || letter === "\\") return `\\${letter}`;
    return byte >= 0x20 && byte < 0x7f ? letter : `\\x${byte.toString(16).padStart(2, "0")}`;
  });
  return `"${escaped.join("")}"`;
}
