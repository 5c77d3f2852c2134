import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { dense } from "../src/layers/dense.ts";
import { flatten } from "../src/layers/flatten.ts";
import { createModel } from "../src/training/create-model.ts";
import { encodePng } from "./data/png-writer.ts";

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

  /** Runs an example of README, which begins with a text, between two pieces of code, in a folder with some files. */
  async function runExample(
    begin: string,
    check: string,
    files: Readonly<Record<string, Uint8Array>>,
  ): Promise<string> {
    const readme = await readFile("README.md", "utf8");
    const code = readme
      .split("```js\n")
      .find((text) => text.startsWith(begin))
      ?.split("```")[0];
    const folder = await mkdtemp(join(tmpdir(), "convasm-readme-"));
    try {
      for (const [name, bytes] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), bytes);
      }
      const program = code?.replace('from "convasm"', `from ${JSON.stringify(ENTRY)}`).replace("8080", "0");
      await writeFile(join(folder, "example.mjs"), `${program}\n${check}\n`);
      return (await promisify(execFile)(process.execPath, ["example.mjs"], { cwd: folder })).stdout;
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it("has a Node service that names what is in pictures, and tells what is wrong with others", async () => {
    const model = createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
    await model.compile({ engine: "js", loss: "softmaxCrossEntropy" });
    const picture = encodePng({
      width: 50,
      height: 40,
      depth: 8,
      colourType: 0,
      sample: (x) => (x > 20 && x < 25 ? 0 : 255),
    });
    const check = `server.once("listening", async () => {
      const { readFile } = await import("node:fs/promises");
      const post = (body) => fetch("http://127.0.0.1:" + server.address().port, { method: "POST", body });
      const right = await post(await readFile("seven.png"));
      console.log(right.status, (await right.json()).map(({ name, score }) => name in [..."0123456789"] && score >= 0).join());
      const wrong = await post("no picture");
      console.log(wrong.status, await wrong.text());
      server.close();
    });`;
    const stdout = await runExample("import { createServer }", check, {
      "model.safetensors": model.save(),
      "seven.png": picture,
    });
    expect(stdout).toBe(
      '200 true,true,true\n400 image "the picture": expected a PNG, JPEG, WebP, GIF or BMP picture, got something else\n',
    );
  });

  it("has a training in a session that ends by a signal or when its loop is left, and writes the model", async () => {
    const check = `const { readFileSync } = await import("node:fs");
      console.log(end, readFileSync("model.safetensors").length > 10000);`;
    expect(await runExample("import { conv2d, createSession", check, {})).toMatch(/^(completed|interrupted) true\n$/);
  });

  it("has a pretrained network that learns other classes", async () => {
    const picture = (x0: number) =>
      encodePng({ width: 14, height: 10, depth: 8, colourType: 0, sample: (x) => (x < x0 ? 0 : 255) });
    const photo = ([part, name, x]: readonly [string, string, number]) => [
      `photos/${part}/${name}/${x}.png`,
      picture(x),
    ];
    const photos = ["train", "val"].flatMap((part) => [3, 4, 9, 10].map((x) => photo([part, x < 6 ? "a" : "b", x])));
    const stdout = await runExample(
      "import { featuresOf",
      'console.log(model.classNames.join(), model.getWeight("head/bias").length, file.length > 1000);',
      { "network.onnx": await readFile("test/importing/onnx/chain-dynamo.onnx"), ...Object.fromEntries(photos) },
    );
    expect(stdout).toBe("a,b 2 true\n");
  });

  it("names every command", async () => {
    const readme = await readFile("README.md", "utf8");
    const { stdout } = await promisify(execFile)(process.execPath, ["bin/convasm.js", "--help"]);
    const commands = [...stdout.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, name]) => name);
    expect(commands.length).toBeGreaterThan(4);
    for (const command of commands) expect(readme).toContain(`\`convasm ${command}`);
  });
});
