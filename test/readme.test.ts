import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const ENTRY = pathToFileURL("dist/node/convasm.js").href;

describe("README", () => {
  it("has a TypeScript example that runs and learns", async () => {
    const readme = await readFile("README.md", "utf8");
    const [, code] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(code?.trim().split("\n").length).toBeLessThanOrEqual(18);
    const folder = await mkdtemp(join(tmpdir(), "convasm-readme-"));
    try {
      const file = join(folder, "example.mjs");
      const check = "console.log([probabilities.length, file.length].join());";
      await writeFile(file, `${code.replace('from "convasm"', `from ${JSON.stringify(ENTRY)}`)}\n${check}\n`);
      const { stdout } = await promisify(execFile)(process.execPath, [file]);
      const epochs = [...stdout.matchAll(/epoch (\d): ([\d.]+) %/g)];
      expect(epochs.map(([, epoch]) => epoch)).toEqual(["1", "2"]);
      expect(Number(epochs[1][2])).toBeGreaterThan(85);
      expect(stdout).toMatch(/^10,\d{5,}$/m);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("has three ways to one network, which are one", async () => {
    const readme = await readFile("README.md", "utf8");
    const [code] = /import \{ add,[\s\S]*?(?=```)/.exec(readme) ?? [];
    const [json] = /\{"type": "add", "inputs": [^}]*\}/.exec(readme) ?? [];
    const folder = await mkdtemp(join(tmpdir(), "convasm-readme-"));
    try {
      const file = join(folder, "example.mjs");
      const check = `const json = functional.architecture.toJson();
        const { scores: first, relu: second } = outputs;
        console.log(JSON.stringify([json, list.architecture.toJson(), json.layers[3], first.length, second.length]));`;
      await writeFile(file, `${code?.replace('from "convasm"', `from ${JSON.stringify(ENTRY)}`)}\n${check}\n`);
      const { stdout } = await promisify(execFile)(process.execPath, [file]);
      const [functional, list, add, scores, sum] = JSON.parse(stdout);
      expect(functional).toEqual(list);
      expect(add).toEqual(JSON.parse(json ?? ""));
      expect([scores, sum]).toEqual([10, 12 * 12 * 8]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("names every command", async () => {
    const readme = await readFile("README.md", "utf8");
    const { stdout } = await promisify(execFile)(process.execPath, ["bin/convasm.js", "--help"]);
    const commands = [...stdout.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, name]) => name);
    expect(commands.length).toBeGreaterThan(4);
    for (const command of commands) expect(readme).toContain(`\`convasm ${command}`);
  });
});
