// Colours the code on the page. No element changes: the browser paints ranges of the text (CSS Custom Highlight API), so
// that the page stays what the server sent, a selection stays, and what is copied is what was written.
//
// The page loads this when there is code on it. Code that is near the window is read in slices while there is nothing else
// to do, once it has not changed for a while.

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import elixir from "highlight.js/lib/languages/elixir";
import go from "highlight.js/lib/languages/go";
import graphql from "highlight.js/lib/languages/graphql";
import haskell from "highlight.js/lib/languages/haskell";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import lua from "highlight.js/lib/languages/lua";
import makefile from "highlight.js/lib/languages/makefile";
import markdown from "highlight.js/lib/languages/markdown";
import perl from "highlight.js/lib/languages/perl";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import scala from "highlight.js/lib/languages/scala";
import scss from "highlight.js/lib/languages/scss";
import shell from "highlight.js/lib/languages/shell";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const LANGUAGES = { bash, c, cpp, csharp, css, diff, dockerfile, elixir, go, graphql, haskell, ini, java, javascript, json, kotlin, lua, makefile, markdown, perl, php, python, r, ruby, rust, scala, scss, shell, sql, swift, typescript, xml, yaml };

/** Names that highlight.js does not know. */
const ALIASES = { svelte: "xml", vue: "xml", toml: "ini", console: "shell", powershell: "shell" };

/** What is coloured alike: a class of highlight.js, and the name that the style sheet paints. */
const KINDS = {
  keyword: "keyword", "meta keyword": "keyword", "selector-tag": "keyword", name: "keyword", tag: "keyword", doctag: "keyword",
  string: "string", regexp: "string", char: "string", link: "string", "template-variable": "string", addition: "string",
  number: "number", literal: "number", symbol: "number", bullet: "number",
  comment: "comment", quote: "comment", deletion: "comment",
  title: "title", section: "title", "selector-class": "title", "selector-id": "title",
  built_in: "type", type: "type", attr: "type", attribute: "type", variable: "type", property: "type", params: "", meta: "comment",
};

const BLOCKS = "code[data-language], pre[data-language]";
/** Milliseconds after its last change in which code is left alone: it may be growing. */
const REST = 400;
/** Longer code stays plain. */
const MOST_CHARACTERS = 400_000;
/** The lines of a slice. What spans two slices may lose its colour. */
const LINES = 150;
/** Milliseconds of work between two looks at what else there is to do. */
const SLICE = 6;

const highlights = new Map();
/** The ranges of each block, with the text that they were made for. */
const painted = new WeakMap();
/** The blocks that are near the window. */
const near = new Set();
/** When each block changed last. */
const changed = new WeakMap();
let waiting = 0;

for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

/** The pieces of highlighted markup: offsets in the text, and kinds. Only classes are read; nothing becomes markup. */
function tokens(html) {
  const found = [];
  const open = [];
  let at = 0;
  for (const [piece] of html.matchAll(/<span class="[^"]*">|<\/span>|&(?:amp|lt|gt|quot|#x27);|[^<&]+/g)) {
    if (piece.startsWith("<span")) open.push({ start: at, kind: kindOf(piece.slice(13, -2)) });
    else if (piece === "</span>") {
      const { start, kind } = open.pop();
      if (kind && at > start) found.push({ start, end: at, kind });
    } else at += piece.startsWith("&") ? 1 : piece.length;
  }
  return found;
}

function kindOf(classes) {
  const name = classes.replace(/hljs-/g, "").split(" ")[0].replace(/^language-.*/, "");
  return KINDS[name] ?? "";
}

function highlightOf(kind) {
  if (!highlights.has(kind)) {
    const highlight = new Highlight();
    // What is inside of something else is painted over it.
    if (kind === "comment" || kind === "string") highlight.priority = -1;
    highlights.set(kind, highlight);
    CSS.highlights.set(`code-${kind}`, highlight);
  }
  return highlights.get(kind);
}

function languageOf(block) {
  const named = (block.dataset.language ?? "").toLowerCase().split(/[,{: ]/)[0];
  const language = ALIASES[named] ?? named;
  return hljs.getLanguage(language) ? language : null;
}

function clear(block) {
  for (const { range, kind } of painted.get(block)?.ranges ?? []) highlights.get(kind)?.delete(range);
  painted.delete(block);
}

/** Colours a block, and gives way after each slice. */
function* paint(block, language) {
  clear(block);
  const ranges = [];
  const text = block.textContent;
  painted.set(block, { text, ranges });
  if (text.length > MOST_CHARACTERS) return;
  const isDiff = block.classList.contains("diff");
  const nodes = [];
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  for (let at = 0, node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node, start: at });
    at += node.length;
  }
  let first = 0;
  const place = (offset, isEnd) => {
    let index = first;
    while (index + 1 < nodes.length && (isEnd ? nodes[index + 1].start < offset : nodes[index + 1].start <= offset)) index++;
    return { index, node: nodes[index].node, offset: offset - nodes[index].start };
  };
  const lines = text.split(/(?<=\n)/);
  for (let line = 0, start = 0; line < lines.length; line += LINES) {
    const slice = lines.slice(line, line + LINES);
    // The signs of a diff are no code.
    const code = (isDiff ? slice.map((line) => (line.startsWith("@@") ? line.replace(/./g, " ") : line.replace(/^./, " "))) : slice).join("");
    const { value } = hljs.highlight(code, { language, ignoreIllegals: true });
    if (nodes.length > 0) first = place(start, false).index;
    for (const token of tokens(value)) {
      const [from, to] = [place(start + token.start, false), place(start + token.end, true)];
      const range = new StaticRange({ startContainer: from.node, startOffset: from.offset, endContainer: to.node, endOffset: to.offset });
      ranges.push({ range, kind: token.kind });
      highlightOf(token.kind).add(range);
    }
    start += code.length;
    yield;
  }
}

let work = null;

function next() {
  for (const block of near) {
    const language = block.isConnected ? languageOf(block) : null;
    if (!language) {
      clear(block);
      continue;
    }
    const rested = performance.now() - (changed.get(block) ?? 0) > REST;
    if (rested && painted.get(block)?.text !== block.textContent) return paint(block, language);
  }
  return null;
}

function run(deadline) {
  const until = performance.now() + Math.min(SLICE, Math.max(1, deadline.timeRemaining()));
  do {
    work ??= next();
    if (!work) return;
    if (work.next().done) work = null;
  } while (performance.now() < until);
  soon();
}

const idle = globalThis.requestIdleCallback ?? ((run) => setTimeout(() => run({ timeRemaining: () => SLICE }), 50));

function soon() {
  idle(run, { timeout: 1000 });
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(soon, REST + 20);
}

function start() {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) near.add(target);
        else {
          near.delete(target);
          clear(target);
        }
      }
      later();
    },
    { rootMargin: "800px" },
  );
  const watched = new WeakSet();
  const watch = (root) => {
    const blocks = root.matches?.(BLOCKS) ? [root] : root.querySelectorAll?.(BLOCKS) ?? [];
    for (const block of blocks) {
      if (watched.has(block)) continue;
      watched.add(block);
      seen.observe(block);
    }
  };
  const unwatch = (root) => {
    for (const block of [...near]) {
      if (!root.contains(block)) continue;
      near.delete(block);
      seen.unobserve(block);
      watched.delete(block);
      clear(block);
    }
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes, removedNodes } of changes) {
      const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
      const block = element?.closest(BLOCKS);
      if (block) changed.set(block, performance.now());
      addedNodes.forEach(watch);
      removedNodes.forEach((node) => node.isConnected || unwatch(node));
    }
    if (near.size > 0) later();
  }).observe(document.body, { childList: true, characterData: true, subtree: true, attributes: true, attributeFilter: ["data-language"] });
  watch(document.body);
}

if (globalThis.Highlight && CSS.highlights) start();
