// Every example of the help texts works as it stands there: those that take a moment. The others are in examples.slow.test.ts.

import { afterAll, beforeAll, expect, it } from "vitest";
import { EXAMPLES, isSlow, runExample, trainExampleRun, writeExampleFiles } from "./help-examples.ts";
import { temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
beforeAll(async () => {
  writeExampleFiles(cwd);
  await trainExampleRun(cwd);
});
afterAll(remove);

it.each(EXAMPLES.filter((example) => !isSlow(example)))("%s", async (example) => {
  const { code, stderr, stdout } = await runExample(example, cwd);
  expect(stderr).not.toMatch(/^convasm: /m);
  expect(code).toBe(0);
  expect(stdout).not.toBe("");
});
