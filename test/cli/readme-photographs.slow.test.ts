// README's "Your own photographs", command by command, and every command that `train` prints to go on with, as a reader would copy them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeClasses } from "./class-folders.ts";
import { writeProgram } from "./help-examples.ts";
import { cleanEnvironment, convasm, temporaryFolder } from "./process.ts";

const [, SECTION] = /\n## Your own photographs\n(.*?)\n## /s.exec(readFileSync("README.md", "utf8")) ?? ["", ""];

/** The commands of the section, without what is said of them. */
const COMMANDS = [...SECTION.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, text]) =>
  text
    .trim()
    .split("\n")
    .map((line) => line.replace(/ +#.*$/, "")),
);

const { path: cwd, remove } = temporaryFolder();
beforeAll(() => {
  // Few pictures, of two sizes.
  writeClasses(join(cwd, "photos", "train"), { cat: 4, dog: 4 }, { side: 60 });
  writeClasses(join(cwd, "photos", "train"), { owl: 4 }, { side: 50 });
  writeClasses(join(cwd, "photos", "val"), { cat: 2, dog: 2, owl: 2 }, { side: 56, seed: 2 });
  writeClasses(join(cwd, "photo"), { owl: 1 }, { side: 30, seed: 3 });
  writeProgram(cwd);
});
afterAll(remove);

async function shell(line: string) {
  const env = { PATH: `${join(cwd, "bin")}:${cleanEnvironment(cwd).PATH}` };
  const result = await convasm([], { cwd, env, command: ["sh", "-c", line.replace(/\S+\.jpg$/, "photo/owl/000.png")] });
  expect(result.stderr).not.toMatch(/^convasm: /m);
  expect(result.code, `${line}\n${result.stderr}`).toBe(0);
  expect(result.stdout).not.toBe("");
  return result.stdout;
}

/** The accuracy that a command prints. */
function accuracyIn(text: string): string | undefined {
  return /^(?:Test|Validation) accuracy ([\d.]+ %)/m.exec(text)?.[1];
}

it("has commands that work one after the other, and give the same figures", async () => {
  expect(COMMANDS.length).toBeGreaterThan(6);
  let trained = "";
  for (const line of COMMANDS) {
    const text = await shell(line);
    if (/^convasm train/.test(line)) trained = text;
    if (line === "convasm train photos") expect(text).toMatch(/^Chosen {4}/m);
    if (/^convasm eval/.test(line)) expect(accuracyIn(text)).toBe(accuracyIn(trained));
  }
});

it("ends with commands to go on with, whose figures are those that were printed", async () => {
  const text = await shell("convasm train photos --epochs 1");
  const next = [...text.slice(text.indexOf("\nNext ")).matchAll(/^(?:Next)? +(\S.*)$/gm)].map(([, line]) => line);
  expect(next.length).toBeGreaterThanOrEqual(3);
  for (const line of next) {
    const shown = await shell(line.replace("IMAGE.png", "photo/owl/000.png"));
    if (/ eval /.test(line)) expect(accuracyIn(shown)).toBe(accuracyIn(text));
    if (/ predict /.test(line)) expect(shown).toMatch(/^photo\/owl\/000\.png: (cat|dog|owl)$/m);
  }
});
