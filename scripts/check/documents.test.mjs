// Faults that the check of the documents finds, and cases that it accepts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsIn, knownNames } from "./documents.mjs";
import { parseDocument, slug } from "./markdown.mjs";

const FENCE = "```";
const known = await knownNames();

/** The faults of a page in the place of docs/models.md. */
async function faultsOf(source) {
  const documents = [parseDocument("docs/models.md", source), parseDocument("docs/README.md", "[models](models.md)")];
  return faultsIn(new Map(documents.map((document) => [document.path, document])), known);
}

for (const [fault, source, words] of [
  ["a command that nothing runs", `${FENCE}sh\nnpm start\n${FENCE}`, /nothing says how this block is tested/],
  ["a block without a language", `${FENCE}\nnpm start\n${FENCE}`, /names no language/],
  ["a block without an end", `${FENCE}sh run\nnpm start`, /has no end/],
  ["a block that is skipped for no reason", `${FENCE}sh skip=""\nnpm start\n${FENCE}`, /says why/],
  ["an unknown mark", `${FENCE}sh run fast\nnpm start\n${FENCE}`, /nothing knows the mark `fast`/],
  ["two ways to test a block", `${FENCE}sh run serve\nnpm start\n${FENCE}`, /it can be one of them/],
  ["output of nothing", `${FENCE}text output\nReady\n${FENCE}`, /the block before this output is not run/],
  ["Rust that nothing compiles", `${FENCE}rust\nfn main() {}\n${FENCE}`, /nothing compiles this block/],
  ["a quotation that differs from its source", `${FENCE}toml quote=Cargo.toml\nnot there\n${FENCE}`, /this is not what Cargo.toml says/],
  ["a link to no file", "[x](nowhere.md)", /does not exist/],
  ["a link to no heading", "# One\n[x](#two)", /there is no heading #two/],
  ["a script that does not exist", "`npm run nonsense`", /package.json has no script nonsense/],
  ["a file that does not exist", "`server/src/nonsense.rs`", /does not exist/],
  ["the end of a path that does not exist", "`edge/nonsense.rs`", /no file is called edge\/nonsense.rs/],
  ["a setting that does not exist", "`NO_SUCH_SETTING=1`", /there is no setting NO_SUCH_SETTING/],
  ["an error message that no source has", "| you see | cause |\n|---|---|\n| `It is all the fault of the weather` | x |", /no source says/],
]) {
  test(`finds ${fault}`, async () => {
    const faults = await faultsOf(source);
    assert.equal(faults.length, 1, faults.join("\n"));
    assert.match(faults[0], words);
    assert.match(faults[0], /^docs\/models\.md:\d+: /);
  });
}

test("finds a page that the index does not list", async () => {
  const documents = ["docs/README.md", "docs/page.md"].map((path) => [path, parseDocument(path, "")]);
  assert.deepEqual(await faultsIn(new Map(documents), known), ["docs/README.md does not list docs/page.md"]);
});

test("finds a case and a section of the protocol that the page does not describe", async () => {
  const page = "## §2.1 Opening\n\n| case | what must hold |\n|---|---|\n| RT-01 | it opens |";
  const documents = ["docs/README.md", "docs/protocol.md"].map((path) => [path, parseDocument(path, path === "docs/protocol.md" ? page : "[x](protocol.md)")]);
  const cited = new Map(["RT-01", "RT-02", "§2.1", "§2.2"].map((citation) => [citation, "common/src/frame.rs"]));
  const missing = (citation) => `common/src/frame.rs: docs/protocol.md does not describe ${citation}`;
  assert.deepEqual(await faultsIn(new Map(documents), { ...known, cited }), [missing("RT-02"), missing("§2.2")]);
});

test("accepts correct documents", async () => {
  const source = [
    "# One `two` three: a, b",
    "[x](#one-two-three-a-b) [y](models.md#again-1) <https://example.com> `npm run doctor -- ADDRESS` `edge/entry.rs` `MODEL=x`",
    "## Again",
    "## Again",
    `${FENCE}sh run needs=websocat`,
    "# no heading, and [no](link)",
    FENCE,
    `${FENCE}text output`,
    FENCE,
    `${FENCE}json`,
    "{}",
    FENCE,
    "| you see | cause |",
    "|---|---|",
    "| `Port … is taken` | x |",
  ].join("\n");
  assert.deepEqual(await faultsOf(source), []);
});

test("the first line of a block is read word by word", () => {
  const { blocks } = parseDocument("x.md", `${FENCE}sh skip="why it is not run" needs=a\nx\n${FENCE}`);
  assert.deepEqual([...blocks[0].marks], [["skip", "why it is not run"], ["needs", "a"]]);
});

test("anchors are computed as GitHub does", () => {
  assert.equal(slug("`use_chat`: a conversation in a Leptos app"), "use_chat-a-conversation-in-a-leptos-app");
  assert.equal(slug("1. The server can be reached"), "1-the-server-can-be-reached");
});
