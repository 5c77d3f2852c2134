// Every example of the help texts works as it stands there: those that take their time, in the order of the help.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { knowsWide } from "../../src/node/wide.ts";
import { EXAMPLES, isSlow, runExample, trainExampleRun, writeExampleFiles } from "./help-examples.ts";
import { temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
beforeAll(async () => {
  writeExampleFiles(cwd);
  await trainExampleRun(cwd);
});
afterAll(remove);

/** Examples that this Node can run. */
const POSSIBLE = EXAMPLES.filter((example) => knowsWide() || !example.includes("--engine wide"));

it.each(POSSIBLE.filter(isSlow))("%s", { timeout: 1_800_000 }, async (example) => {
  const { code, stderr, stdout } = await runExample(example, cwd);
  const file = / > (\S+)$/.exec(example)?.[1];
  // A busy machine is a warning.
  expect(code, stderr).toBe(0);
  expect(file === undefined ? stdout : readFileSync(join(cwd, file), "utf8")).not.toBe("");
});
