#!/usr/bin/env node
/**
 * Writes the results of `run.js --json` as Markdown: `node report.js [--into PAGE.md] FILE...`.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { markdownOf } from "./driver/markdown.js";
import { readRuns } from "./driver/records.js";

const BEGIN = "<!-- peers: written by bench/peers/report.js -->";
const END = "<!-- /peers -->";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { into: { type: "string" } } });
if (positionals.length === 0) {
  process.stderr.write("Usage: node report.js [--into PAGE.md] FILE...\n");
  process.exit(2);
}
const text = positionals.flatMap(readRuns).map(markdownOf).join("\n");
if (values.into === undefined) process.stdout.write(text);
else {
  const page = readFileSync(values.into, "utf8");
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) {
    process.stderr.write(`${values.into}: expected a line ${BEGIN} and after it ${END}\n`);
    process.exit(2);
  }
  writeFileSync(values.into, `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n${page.slice(end)}`);
}
