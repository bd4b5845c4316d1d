// Parses Markdown for the checks of the documents: code blocks with the marks of their first line, links, headings.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../console.mjs";

/**
 * @typedef {object} Block
 * @property {string} language the first word after the fence
 * @property {Map<string, string>} marks the other words: `run` is `run` with an empty value, `skip="why"` has one
 * @property {string} text the lines between the fences
 * @property {number} line of the opening fence, from 1
 */

/**
 * @typedef {object} Document
 * @property {string} path relative to the project's folder, with `/`
 * @property {Block[]} blocks
 * @property {{ target: string, line: number }[]} links
 * @property {{ code: string, line: number }[]} codes texts in single backticks
 * @property {Set<string>} anchors
 * @property {{ header: string[], cells: string[], line: number }[]} rows of tables, each with the header of its table
 */

/** @returns {Promise<Document>} */
export async function readDocument(path) {
  return parseDocument(path, await readFile(join(root, path), "utf8"));
}

/** @returns {Document} */
export function parseDocument(path, source) {
  const found = { path, blocks: [], links: [], codes: [], anchors: new Set(), rows: [] };
  let open = null;
  let header = null;
  for (const [index, line] of source.split("\n").entries()) {
    const fence = /^\s*(`{3,})\s*(.*)$/.exec(line);
    if (open) {
      if (fence && fence[1].length >= open.fence.length && fence[2] === "") {
        found.blocks.push({ ...open.block, text: open.lines.join("\n") });
        open = null;
      } else open.lines.push(line);
    } else if (fence) open = { fence: fence[1], lines: [], block: { ...firstLine(fence[2]), line: index + 1 } };
    else {
      readProse(found, line, index + 1);
      header = readRow(found, header, line, index + 1);
    }
  }
  if (open) found.blocks.push({ ...open.block, text: open.lines.join("\n"), marks: new Map([["unclosed", ""]]) });
  return found;
}

/** `sh run needs=websocat skip="why it is not run"` */
function firstLine(text) {
  const [language = "", ...words] = text.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  const marks = new Map();
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 0) marks.set(word, "");
    else marks.set(word.slice(0, at), word.slice(at + 1).replace(/^"(.*)"$/, "$1"));
  }
  return { language, marks };
}

function readProse(found, line, number) {
  const heading = /^#{1,6} (.*)$/.exec(line);
  if (heading) found.anchors.add(unused(slug(heading[1]), found.anchors));
  for (const [, code] of line.matchAll(/(?<!`)`([^`]+)`(?!`)/g)) found.codes.push({ code, line: number });
  const prose = line.replace(/`[^`]*`/g, "``");
  for (const [, target] of prose.matchAll(/\]\(([^()\s]+)\)/g)) found.links.push({ target, line: number });
  for (const [, target] of prose.matchAll(/<(https?:[^>\s]+)>/g)) found.links.push({ target, line: number });
}

/** Returns the header of the table that contains the line. */
function readRow(found, header, line, number) {
  if (!/^\|.*\|\s*$/.test(line)) return null;
  const cells = line.trim().slice(1, -1).split("|").map((cell) => cell.trim());
  if (!header) return cells;
  if (!cells.every((cell) => /^:?-+:?$/.test(cell))) found.rows.push({ header, cells, line: number });
  return header;
}

/** GitHub's anchor for a heading. */
export function slug(heading) {
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").trim().toLowerCase();
  return words.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
}

function unused(anchor, anchors) {
  if (!anchors.has(anchor)) return anchor;
  let count = 1;
  while (anchors.has(`${anchor}-${count}`)) count += 1;
  return `${anchor}-${count}`;
}
