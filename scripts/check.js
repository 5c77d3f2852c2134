// Checks format, rules and types, all at the same time: what `npm test` does before it runs the tests. Types that were checked before, in
// files that have not changed since, are not checked again.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const TSC = "node_modules/typescript/bin/tsc";

/** Words for the type check of a project, which notes what it knows under a name. */
const types = (project, name) => [
  ...[TSC, "-p", project, "--pretty"],
  ...["--incremental", "--tsBuildInfoFile", `node_modules/.cache/${name}.tsbuildinfo`],
];

const CHECKS = [
  ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  types("tsconfig.json", "types"),
  types("web", "types-web"),
];

/** Runs a check, prints what it says once it has ended, and returns its exit code. */
function run(words) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { cwd });
    const output = [];
    child.stdout.on("data", (data) => output.push(data));
    child.stderr.on("data", (data) => output.push(data));
    child.on("error", reject);
    child.on("close", (code) => {
      process.stdout.write(Buffer.concat(output));
      resolve(code ?? 1);
    });
  });
}

const codes = await Promise.all(CHECKS.map(run));
process.exitCode = Math.max(...codes);
