// Static files of a server on plain workerd, from two folders of the build. On Cloudflare and under wrangler, Workers
// Assets does this. Only the names of the manifest are ever asked for, so no request leads out of the folders.
import { WorkerEntrypoint } from "cloudflare:workers";
import manifest from "./static.json";

const files = new Map(Object.entries(manifest.files));

export default class extends WorkerEntrypoint {
  async fetch(request) {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("Static files are only read.\n", { status: 405, headers: { Allow: "GET, HEAD" } });
    }
    const name = new URL(request.url).pathname;
    const file = files.get(name);
    if (!file) return new Response("Not found\n", { status: 404, headers: { "Cache-Control": "no-cache" } });
    const response = await answer(request, name, file, this.env);
    return request.method === "HEAD" ? new Response(null, response) : response;
  }
}

async function answer(request, name, file, env) {
  const range = rangeOf(request, file);
  // A part is always one of the plain file: its bytes are what the client counted.
  const encoding = range ? null : chosenEncoding(request.headers.get("Accept-Encoding"), file.encodings);
  const headers = new Headers(file.headers);
  headers.set("Content-Type", file.type);
  headers.set("ETag", tagOf(file, encoding));
  headers.set("Vary", "Accept-Encoding");
  headers.set("Accept-Ranges", "bytes");
  if (isKnown(request.headers.get("If-None-Match"), file)) return new Response(null, { status: 304, headers });
  if (range === "unsatisfiable") {
    headers.set("Content-Range", `bytes */${file.size}`);
    return new Response("There is no such part.\n", { status: 416, headers });
  }
  if (range) return part(await contentOf(env.SITE, name), range, file, headers);
  if (!encoding) return whole(await contentOf(env.SITE, name), file.size, headers);
  headers.set("Content-Encoding", encoding);
  const packed = await contentOf(env.PACKED, name + manifest.suffixes[encoding]);
  return whole(packed, file.encodings[encoding], headers);
}

async function contentOf(folder, name) {
  const response = await folder.fetch(`http://disk${name}`);
  if (response.status !== 200) throw new Error(`the build has no ${name} any more (${response.status}); start the server again`);
  return response.body;
}

function whole(body, size, headers) {
  headers.set("Content-Length", String(size));
  // What is encoded already must not be encoded once more.
  return new Response(body, { headers, encodeBody: "manual" });
}

async function part(body, { first, last }, file, headers) {
  const bytes = await new Response(body).arrayBuffer();
  headers.set("Content-Range", `bytes ${first}-${last}/${file.size}`);
  return new Response(bytes.slice(first, last + 1), { status: 206, headers });
}

function tagOf(file, encoding) {
  return encoding ? `"${file.hash}-${encoding}"` : `"${file.hash}"`;
}

/** Whether the client has this content, in whichever encoding. */
function isKnown(tags, file) {
  if (tags === null) return false;
  const known = tags.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return known.includes("*") || [null, ...Object.keys(file.encodings)].some((encoding) => known.includes(tagOf(file, encoding)));
}

/** The one part that is asked for; null for the whole file, which is also the answer to several parts and to nonsense. */
function rangeOf(request, file) {
  const condition = request.headers.get("If-Range");
  if (condition !== null && condition !== tagOf(file, null)) return null;
  const asked = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("Range")?.trim() ?? "");
  if (!asked || asked[0] === "bytes=-") return null;
  const [from, to] = [asked[1], asked[2]].map((text) => (text === "" ? null : Number(text)));
  const first = from ?? Math.max(0, file.size - to);
  const last = from === null || to === null ? file.size - 1 : Math.min(to, file.size - 1);
  if (from !== null && to !== null && from > to) return null;
  return first >= file.size || first > last ? "unsatisfiable" : { first, last };
}

/** The smallest form of those that the client takes; null is the plain one. */
function chosenEncoding(accepted, encodings) {
  const weights = new Map();
  for (const item of (accepted ?? "").toLowerCase().split(",")) {
    const [name, ...parameters] = item.split(";").map((text) => text.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)));
  }
  const takes = (name) => (weights.get(name) ?? weights.get("*") ?? 0) > 0;
  const [best] = Object.entries(encodings)
    .filter(([name]) => takes(name))
    .sort(([, size], [, other]) => size - other);
  return best ? best[0] : null;
}
