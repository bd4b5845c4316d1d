// Checks the documents: links work, names exist, and no command is untested without a reason.
//
// The first line of a code block says how it is tested; readers of the page do not see it:
//
// | mark | effect |
// |---|---|
// | `run` | the block is run, in the order of its page: `end2end/specs/documents.spec.ts`,
// `end2end/interop/node/documents.spec.ts` |
// | `serve` | the same for a server, which then serves the following blocks |
// | `output` | the output of the block before it; `…` matches anything. `output=2`: the output of the two blocks
// before it |
// | `settings` | a server with these settings answers a message |
// | `quote=FILE` | the block is in this file, which is compiled and run elsewhere |
// | `skip="WHY"` | the block cannot be run here |
//
// `needs=PROGRAM` beside `run` skips the block where this program is not installed; `given=NAME` makes the test
// prepare what the page takes for granted, such as a token in the variable `TOKEN`. A `rust` block without a mark is
// a doctest, so its page must be part of a crate's documentation.
import { readdir, readFile, stat } from "node:fs/promises";
import { join, posix, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure, main, output, root } from "../console.mjs";
import { readDocument } from "./markdown.mjs";

const INDEX = "docs/README.md";
/** Languages for data. Blocks in all other languages are tested. */
const DATA = new Set(["json", "text", "http"]);
/** The marks that say how a block is tested; a block has one of them. */
const TESTS = new Set(["run", "serve", "output", "settings", "quote", "skip"]);
/** The conditions of a block that is run. */
const CONDITIONS = new Set(["needs", "given"]);
/** The header of a column with error messages, which must exist in some source. */
const MESSAGES = "you see";
/** Messages of other programs. */
const OTHERS_MESSAGES = new Set(["has been blocked by CORS policy"]);
/** Files that builds create. */
const OUTPUTS = /^(build|target|node_modules)\//;
/** The page that describes the protocol, and the ids of its cases. */
const PROTOCOL = "docs/protocol.md";
const CASES = /\b(?:RT|WS|ST|RP|CH|CN|CC|RS|TL|TA|PS|UI|RC|SA)-\d\d\b/g;
/** Variables that are not settings: those of the scripts (docs/development.md) and of wrangler. */
const OWN_VARIABLES = new Set(["CODER_SKIP_BUILD", "CODER_PROFILE", "CODER_RUNTIME", "CHROMIUM", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID"]);

export async function checkDocuments() {
  const faults = await faultsIn(await readDocuments(), await knownNames());
  if (faults.length > 0) throw new Failure(`the documents are not right:\n  ${faults.join("\n  ")}`);
}

/** All faults, with their lines; `documents` by path. */
export async function faultsIn(documents, known) {
  const faults = [...unlisted(documents), ...faultsOfCitations(known, documents.get(PROTOCOL))];
  for (const document of documents.values()) {
    for (const block of document.blocks) faults.push(...(await faultsOfBlock(document, block)));
    for (const link of document.links) faults.push(...(await faultsOfLink(documents, document, link)));
    for (const code of document.codes) faults.push(...(await faultsOfCode(known, document, code)));
    for (const row of document.rows) faults.push(...faultsOfMessages(known, document, row));
  }
  return faults;
}

/** Every document of the project, by path. */
export async function readDocuments() {
  const listed = await output("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"]);
  if (listed === null) throw new Failure("`git ls-files` failed; the documents are checked in a git repository.");
  const paths = listed.split("\n").filter(Boolean).sort();
  return new Map(await Promise.all(paths.map(async (path) => [path, await readDocument(path)])));
}

/** A new page must be listed and described in the index. */
function* unlisted(documents) {
  const linked = new Set(documents.get(INDEX)?.links.map(({ target }) => posix.join("docs", target.split("#")[0])));
  for (const path of documents.keys()) {
    if (/^docs\/[^/]+\.md$/.test(path) && path !== INDEX && !linked.has(path)) yield `${INDEX} does not list ${path}`;
  }
}

async function faultsOfBlock({ path, blocks }, block) {
  const at = `${path}:${block.line}`;
  const { language, marks } = block;
  if (marks.has("unclosed")) return [`${at}: the block has no end`];
  if (!language) return [`${at}: the block names no language`];
  const tests = [...marks.keys()].filter((mark) => TESTS.has(mark));
  if (language === "rust" && marks.size === 0) return (await isDoctest(path)) ? [] : [`${at}: no crate has this page as its documentation, so nothing compiles this block`];
  if (tests.length === 0 && !DATA.has(language)) return [`${at}: nothing says how this block is tested (see scripts/check/documents.mjs)`];
  if (tests.length > 1) return [`${at}: the block is ${tests.join(" and ")}; it can be one of them`];
  for (const mark of marks.keys()) if (!TESTS.has(mark) && !CONDITIONS.has(mark)) return [`${at}: nothing knows the mark \`${mark}\``];
  if (marks.has("skip") && marks.get("skip").length < 10) return [`${at}: \`skip\` says why the block is not run`];
  if (marks.has("output")) {
    const before = blocks[blocks.indexOf(block) - 1];
    if (!before?.marks.has("run") && !before?.marks.has("serve")) return [`${at}: the block before this output is not run`];
  }
  if (marks.has("quote")) {
    const quoted = await readFile(join(root, marks.get("quote")), "utf8").catch(() => null);
    if (quoted === null) return [`${at}: ${marks.get("quote")} does not exist`];
    if (!quoted.includes(block.text)) return [`${at}: this is not what ${marks.get("quote")} says`];
  }
  return [];
}

/** Whether rustdoc compiles the blocks of the page: some source includes it with `#[doc = include_str!(…)]`. */
async function isDoctest(path) {
  for (const crate of ["app", "common", "server"]) {
    for (const entry of await readdir(join(root, crate, "src"), { recursive: true })) {
      if (!entry.endsWith(".rs")) continue;
      const source = await readFile(join(root, crate, "src", entry), "utf8");
      for (const [, target] of source.matchAll(/#!?\[doc = include_str!\("([^"]+)"\)\]/g)) {
        if (posix.join(crate, "src", posix.dirname(entry.split(sep).join("/")), target) === path) return true;
      }
    }
  }
  return false;
}

async function faultsOfLink(documents, { path, anchors }, { target, line }) {
  if (/^https?:/.test(target)) return URL.canParse(target) ? [] : [`${path}:${line}: ${target} is no address`];
  const [file, anchor] = target.split("#");
  const aim = file === "" ? path : posix.join(posix.dirname(path), file);
  if (!(await exists(aim))) return [`${path}:${line}: ${target} does not exist`];
  if (anchor === undefined) return [];
  const there = file === "" ? anchors : documents.get(aim)?.anchors;
  return there?.has(anchor) ? [] : [`${path}:${line}: there is no heading ${target}`];
}

/** Readers who look for an error message must find it as it is shown. */
function* faultsOfMessages({ messages }, { path }, { header, cells, line }) {
  if (header[0] !== MESSAGES) return;
  for (const [, message] of cells[0].matchAll(/`([^`]+)`/g)) {
    const pieces = message.split("…").map((piece) => piece.trim()).filter(Boolean);
    const isKnown = OTHERS_MESSAGES.has(message) || pieces.every((piece) => messages.includes(piece));
    if (!isKnown && !/^\//.test(message)) yield `${path}:${line}: no source says \`${message}\``;
  }
}

/** A comment or a title that cites the protocol must lead somewhere: to a section, or to a row of a table of cases. */
function* faultsOfCitations({ cited }, protocol) {
  if (!protocol) return;
  const described = new Set(protocol.rows.filter(({ header }) => header[0] === "case").map(({ cells }) => cells[0]));
  const sections = [...protocol.anchors];
  for (const [citation, path] of cited) {
    const section = /^§(.*)$/.exec(citation)?.[1].replaceAll(".", "");
    const isDescribed = section ? sections.some((anchor) => anchor.startsWith(`${section}-`)) : described.has(citation);
    if (!isDescribed) yield `${path}: ${PROTOCOL} does not describe ${citation}`;
  }
}

/** The cases and sections of the protocol that the project cites, each with a path where it does. */
async function citations(files) {
  const cited = new Map();
  for (const path of files.filter((path) => path !== PROTOCOL && /\.(rs|mjs|ts|tsx|md)$/.test(path))) {
    const text = await readFile(join(root, path), "utf8").catch(() => "");
    const sections = [...text.matchAll(/\bprotocol §{1,2}([\d.]+)(?:-([\d.]+))?((?:, §[\d.]+)*)/g)].flatMap(([, first, last, others]) => [first, last, ...others.split(", §")]);
    for (const section of sections.filter(Boolean)) cited.set(`§${section.replace(/\.$/, "")}`, path);
    for (const [id] of text.matchAll(CASES)) cited.set(id, path);
  }
  return cited;
}

/** All sources with texts for people, joined. */
async function sources() {
  const listed = await output("git", ["ls-files", "--cached", "--others", "--exclude-standard", "app/src", "common/src", "scripts", "server"]);
  const texts = await Promise.all((listed ?? "").split("\n").filter((path) => /(?<!\.test)\.(rs|mjs|js|json)$/.test(path)).map((path) => readFile(join(root, path), "utf8").catch(() => "")));
  // A Rust string continues in the next line after a backslash.
  return texts.join("\n").replace(/\\\n\s*/g, "");
}

/** The names that documents may use, and the texts of the sources. */
export async function knownNames() {
  const files = (await output("git", ["ls-files", "--cached", "--others", "--exclude-standard"]))?.split("\n") ?? [];
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const settings = JSON.parse(await readFile(join(root, "scripts/settings.json"), "utf8"));
  return {
    scripts: new Set(Object.keys(manifest.scripts)),
    settings: new Set([...Object.values(settings).flat(), ...OWN_VARIABLES]),
    // The `src` of a crate's path may be omitted.
    files: files.flatMap((path) => [`/${path}`, `/${path.replace("/src/", "/")}`]),
    messages: await sources(),
    cited: await citations(files),
    folders: (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name),
  };
}

/** Names in backticks: npm scripts, files of the project and, in docs/, settings. */
async function faultsOfCode(known, { path, anchors: _, ...document }, { code, line }) {
  const at = `${path}:${line}`;
  const script = /^npm run ([\w:-]+)/.exec(code)?.[1];
  if (script && !known.scripts.has(script)) return [`${at}: package.json has no script ${script}`];
  if (known.folders.some((folder) => code.startsWith(`${folder}/`)) && /^[\w./-]+$/.test(code) && !OUTPUTS.test(code)) {
    if (!(await exists(code))) return [`${at}: ${code} does not exist`];
  }
  // ARCHITECTURE.md omits the beginning of a path that its sentence has named.
  if (/^[\w-]+(\/[\w.-]+)*\.(rs|mjs|ts|js|jsonc|sql|css)$/.test(code) && !known.files.some((file) => file.endsWith(`/${code}`)) && !OUTPUTS.test(code)) {
    return [`${at}: no file is called ${code}`];
  }
  const name = /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(=.*)?$/.exec(code)?.[1];
  if (name && path.startsWith("docs/") && !known.settings.has(name) && !isSetIn(document, name)) return [`${at}: there is no setting ${name}`];
  return [];
}

/** A variable of another program, such as Ollama's, must also occur in a block of the page. */
function isSetIn({ blocks }, name) {
  return blocks.some(({ text }) => text.includes(name));
}

function exists(path) {
  return stat(join(root, path)).then(
    () => true,
    () => false,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(checkDocuments);
