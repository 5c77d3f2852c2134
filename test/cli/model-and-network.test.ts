// A network and a trained model, where one of them stands in the other's place: what each command says, and the one word for each in help.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProgram } from "../../src/cli/main.ts";
import { MODEL_HELP, NETWORK_HELP } from "../../src/cli/model-and-network.ts";
import { smallTraining, writeClasses } from "./class-folders.ts";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
const convasm = (line: string) => convasmHere(line.split(" "), { cwd });

beforeAll(async () => {
  writeClasses(join(cwd, "pets"), { cat: 8, dog: 8 });
  const words = ["train", "pets", ...smallTraining(cwd), "--epochs", "1", "--out", "runs/first", "--split", "0.25"];
  expect((await convasmHere(words, { cwd })).code).toBe(0);
  writeFileSync(join(cwd, "net.json"), '{"layers": [{"type": "flatten"}, {"type": "dense", "units": "classes"}]}');
});
afterAll(remove);

const MODEL = "runs/first/model.safetensors";

describe("a trained model in the place of a network", () => {
  it.each([
    [`train pets --model ${MODEL}`, MODEL],
    ["train pets --model runs/first", "runs/first"],
    ["train pets --model @latest", "@latest"],
    ["train pets --model first", "first"],
    [`bench --net ${MODEL}`, MODEL],
    [`import weights.pth --model ${MODEL}`, MODEL],
    [`recipes show --model ${MODEL}`, MODEL],
    [`recipes show ${MODEL}`, MODEL],
    [`train pets --recipe ${MODEL}`, MODEL],
  ])("convasm %s", async (line, word) => {
    const { code, stderr } = await convasm(line);
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected a (network|recipe): a built-in name or a \.json file, got the trained model/);
    expect(stderr).toContain(`; train --from ${word} starts from its weights; eval, predict and inspect take it`);
  });
});

describe("a network in the place of a model", () => {
  it.each([
    ["eval resnet8", "a network; train --model resnet8 makes one"],
    ["eval net.json", "the file of a network; train --model net.json makes one"],
    ["eval digits", "data; train digits makes one"],
    ["predict lenet5 pets", "a network; train --model lenet5 makes one"],
    ["export lenet5 --to html", "a network; train --model lenet5 makes one"],
    ["train pets --from lenet5", "a network; train --model lenet5 makes one"],
    ["train --resume lenet5", "a network; train --model lenet5 makes one"],
  ])("convasm %s", async (line, got) => {
    const { code, stderr } = await convasm(line);
    expect(code).toBe(2);
    expect(stderr).toContain(`expected a trained model: a .safetensors file or a run, got ${got}\n`);
  });
});

describe("either in another place", () => {
  it.each([
    ["train lenet5", 'got the network "lenet5"; --model lenet5'],
    [`train ${MODEL}`, `got the trained model "${MODEL}"; train --from ${MODEL} starts from its weights`],
    ["train runs/first", 'got the trained model "runs/first"; train --from runs/first starts from its weights'],
    [
      "predict --model x pets",
      "'--model'; the model stands first, without an option: convasm predict <model> <images...>",
    ],
    ["eval -m x", "'-m'; the model stands first, without an option: convasm eval <model> [data]"],
    ["bench --model resnet8", "'--model'; here it is --net"],
    ["bench resnet8", 'expected options only, got "resnet8"; --net resnet8'],
    ["predict pets", "missing required argument 'images': convasm predict <model> <images...>"],
  ])("convasm %s", async (line, message) => {
    const { code, stderr } = await convasm(line);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

/** All commands below one. */
function allBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allBelow)];
}

it("each has one line of help in all commands", () => {
  const commands = allBelow(createProgram(new AbortController().signal));
  const models = commands.flatMap(({ registeredArguments, options }) => [
    ...registeredArguments.filter((argument) => argument.name() === "model").map(({ description }) => description),
    ...options.filter(({ flags }) => flags.includes("<model>")).map(({ description }) => description),
  ]);
  expect(models).toHaveLength(6);
  for (const line of models) expect(line).toContain(MODEL_HELP);
  const networks = commands.flatMap(({ options }) => options.filter(({ flags }) => flags.includes("<network>")));
  expect(networks.map(({ long }) => long)).toEqual(["--model", "--model", "--model"]);
  for (const { description } of networks) expect(description).toContain(NETWORK_HELP);
});
