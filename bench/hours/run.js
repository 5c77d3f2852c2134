// Walks the first hours of three people, on the command line, in a page, and with the benchmark: see README.md here.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchmark } from "./benchmark.js";
import { commandLine } from "./command-line.js";
import { page } from "./page.js";
import { Steps } from "./steps.js";

const HOURS = { "command-line": commandLine, page, bench: benchmark };

const names = process.argv.slice(2);
const unknown = names.find((name) => !(name in HOURS));
if (unknown !== undefined) {
  console.error(`expected ${Object.keys(HOURS).join(", ")}, or nothing for all, got ${unknown}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "convasm-hours-"));
const steps = new Steps(folder);
try {
  for (const [name, walk] of Object.entries(HOURS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`\n${name}`);
    await walk(steps);
  }
  console.log(`\n${steps.count} steps, none failed`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
