import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeIdx } from "../../src/data/idx.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { changedFile } from "../formats/changed.ts";
import { convasmHere } from "./in-process.ts";
import { CONVASM, convasm, temporaryFolder } from "./process.ts";
import { TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, writeSmallData } from "./small-data.ts";

const { path: cwd, remove } = temporaryFolder();
const MODEL = join("good", "model.safetensors");

beforeAll(async () => {
  writeSmallData(join(cwd, "small"), 100, 40);
  const trained = await convasm(["train", "small", "--epochs", "1", "--model", "conv8", "--out", "good"], { cwd });
  expect(trained.stderr).toBe("");
});
afterAll(remove);

const here = (...names: string[]) => join(cwd, ...names);

/** More memory than this is no longer little; a program that does nothing takes a third of it. */
const LITTLE_MEGABYTES = 200;
/** Linux keeps count of the most memory that a process ever had. */
const TELL_MEMORY = `
  import { readFileSync } from "node:fs";
  const peak = () => Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
  process.on("exit", () => process._rawDebug("peak " + (process.platform === "linux" ? Math.round(peak()) : 0)));
`;

/** Runs `convasm`, and holds it to one clear line, exit code 2 and little memory. Returns the line. */
async function refusal(...words: string[]): Promise<string> {
  const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(TELL_MEMORY)}"` };
  const result = await convasm(words, { cwd, env });
  const [, line, peak] = /^(convasm: .*)\npeak (\d+)\n$/.exec(result.stderr) ?? [];
  expect(line, result.stderr).toBeDefined();
  expect(result.code, line).toBe(2);
  expect(line).not.toContain("internal error");
  expect(Number(peak), `MB for ${words.join(" ")}`).toBeLessThan(LITTLE_MEGABYTES);
  return line;
}

/** Runs `convasm` in this process, and holds it to one clear line and exit code 2. Returns the line. */
async function refusalHere(...words: string[]): Promise<string> {
  const { code, stderr } = await convasmHere(words, { cwd });
  expect(stderr).toMatch(/^convasm: .*\n$/);
  expect(code, stderr).toBe(2);
  expect(stderr).not.toContain("internal error");
  return stderr;
}

/** A copy of the small data set with some of its files replaced. */
function dataWith(name: string, files: Readonly<Record<string, Uint8Array>>): string {
  mkdirSync(here(name));
  for (const file of [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS]) {
    writeFileSync(here(name, file), files[file] ?? readFileSync(here("small", file)));
  }
  return name;
}

/** A file with this header in front of `data`. */
function safetensors(name: string, header: unknown, data: Uint8Array, headerBytes?: bigint): string {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerBytes ?? BigInt(text.length));
  writeFileSync(here(name), Buffer.concat([length, text, data]));
  return name;
}

describe("data that is wrong", () => {
  it("is refused when a packed file is cut off", async () => {
    const packed = gzipSync(readFileSync(here("small", TRAIN_IMAGES)));
    const folder = dataWith("cut-off", {});
    writeFileSync(here(folder, `${TRAIN_IMAGES}.gz`), packed.subarray(0, packed.length / 2));
    writeFileSync(here(folder, TRAIN_IMAGES), "");
    expect(await refusalHere("train", folder)).toContain(TRAIN_IMAGES);
  });

  it("is refused when a packed file would unpack to far more than it says", async () => {
    const header = encodeIdx([1, 28, 28], new Uint8Array(784)).subarray(0, 16);
    const bomb = gzipSync(Buffer.concat([header, Buffer.alloc(256 * 2 ** 20)]));
    const folder = here("bomb");
    mkdirSync(folder);
    writeFileSync(join(folder, `${TRAIN_IMAGES}.gz`), bomb);
    writeFileSync(join(folder, TRAIN_LABELS), encodeIdx([1], Uint8Array.of(3)));
    expect(await refusal("train", "bomb")).toContain(TRAIN_IMAGES);
  });

  it("is refused when a header promises more images than there are", async () => {
    const images = Uint8Array.from(readFileSync(here("small", TRAIN_IMAGES)));
    new DataView(images.buffer).setUint32(4, 2_000_000);
    expect(await refusal("train", dataWith("lying", { [TRAIN_IMAGES]: images }))).toMatch(
      /expected 1568000016 bytes, got 78416/,
    );
  });

  it("is refused when there are more labels than images", async () => {
    const labels = encodeIdx([101], new Uint8Array(101));
    expect(await refusalHere("train", dataWith("labels", { [TRAIN_LABELS]: labels }))).toContain("expected 100 labels");
  });

  it("is refused when a label is no class", async () => {
    const labels = encodeIdx([100], new Uint8Array(100).fill(12, 50));
    const folder = dataWith("classes", { [TRAIN_LABELS]: labels });
    expect(await refusalHere("train", "--data", folder)).toContain("expected labels from 0 to 9, got 12 at index 50");
    expect(await refusalHere("eval", MODEL, folder)).toContain("expected at most 10 classes");
  });

  it("is refused when test images have another shape", async () => {
    const images = encodeIdx([40, 14, 56], new Uint8Array(40 * 784));
    expect(await refusalHere("train", dataWith("shape", { [TEST_IMAGES]: images }))).toContain("[28, 28, 1]");
  });

  it("is refused when files are missing or none", async () => {
    mkdirSync(here("empty"));
    expect(await refusalHere("train", "empty")).toContain(TRAIN_IMAGES);
    expect(await refusalHere("train", "nowhere")).toContain("no such folder");
    expect(await refusalHere("train", "--data", "nowhere")).toContain("no such file or folder");
  });
});

describe("a model file that is wrong", () => {
  const weights = (bytes: number) => ({ dtype: "F32", shape: [bytes / 4], data_offsets: [0, bytes] });

  it("is refused when its header would take 10 GB", async () => {
    const file = safetensors("huge.safetensors", "{}", new Uint8Array(100), 10_000_000_000n);
    expect(await refusal("eval", file)).toContain("10000000000");
    expect(await refusalHere("inspect", file)).toContain("10000000000");
    expect(await refusalHere("train", "--resume", file)).toContain("10000000000");
  });

  it("is refused when tensors overlap, or a tensor would take 10 GB", async () => {
    const header = { a: weights(16), b: { dtype: "F32", shape: [4], data_offsets: [8, 24] } };
    expect(await refusalHere("inspect", safetensors("overlap.safetensors", header, new Uint8Array(24)))).toContain(
      "overlaps",
    );
    const large = { a: weights(10_000_000_000) };
    expect(await refusal("inspect", safetensors("large.safetensors", large, new Uint8Array(24)))).toContain(
      "10000000000",
    );
  });

  it("is refused when it is of another program, cut off, or no model at all", async () => {
    const foreign = safetensors("foreign.safetensors", { a: weights(16) }, new Uint8Array(16));
    expect(await refusalHere("eval", foreign)).toContain("expected a model that convasm saved");
    const good = readFileSync(here(MODEL));
    writeFileSync(here("half.safetensors"), good.subarray(0, good.length / 2));
    expect(await refusalHere("eval", "half.safetensors")).toContain("half.safetensors");
    expect(await refusalHere("predict", join("small", TRAIN_LABELS), "x.png")).toContain(TRAIN_LABELS);
    expect(await refusalHere("eval", "absent.safetensors")).toContain("no such file");
    expect(await refusalHere("inspect", "small")).toContain("no such file");
  });

  /** The good model with something changed. */
  function changed(name: string, change: (file: ReturnType<typeof decodeSafetensors>) => void): string {
    const file = decodeSafetensors(Uint8Array.from(readFileSync(here(MODEL))));
    change(file);
    writeFileSync(here(name), changedFile(file.tensors, file.metadata));
    return name;
  }

  it("is refused when a weight is NaN, missing, or of another shape", async () => {
    const nan = changed("nan.safetensors", ({ tensors }) => tensors.get("conv2d/kernel")?.data.fill(Number.NaN, 5, 6));
    expect(await refusalHere("eval", nan, "small")).toContain(
      '"conv2d/kernel": expected finite numbers, got NaN at index 5',
    );
    const missing = changed("missing.safetensors", ({ tensors }) => tensors.delete("dense/bias"));
    expect(await refusalHere("predict", missing, "x.png")).toContain('expected weights "dense/bias"');
    const shape = changed("other.safetensors", ({ tensors }) => {
      tensors.set("dense/bias", { dtype: "F32", shape: [11], data: new Float32Array(11) });
    });
    expect(await refusalHere("inspect", shape)).toContain("expected weights");
  });

  it("is refused when its description is not one", async () => {
    const layers = [{ type: "dense", units: 1e12 }];
    const cases: [string, string][] = [
      ["not json", "expected metadata"],
      ['{"input":[28,28,1],"layers":[{"type":"conv3d"}]}', "conv3d"],
      ['{"input":[1e9,1e9,1],"layers":[{"type":"flatten"}]}', "input"],
      [JSON.stringify({ input: [28, 28, 1], layers: [{ type: "flatten" }, ...layers] }), "expected weights"],
    ];
    for (const [i, [model, part]] of cases.entries()) {
      const file = changed(`description-${i}.safetensors`, ({ metadata }) => {
        metadata.model = model;
      });
      // The sizes of layers are those that could take memory.
      expect(await (model.startsWith("{") ? refusal : refusalHere)("eval", file, "small")).toContain(part);
    }
  });

  it("is refused when the state of its run is not one", async () => {
    const states = ["{}", '{"settings":{},"progress":{},"callbacks":{}}', "[]", '{"settings":{"epochs":-1}}'];
    for (const [i, state] of states.entries()) {
      const file = changed(`state-${i}.safetensors`, ({ metadata }) => {
        metadata.training = state;
      });
      await refusalHere("train", "--resume", file);
    }
    expect(await refusalHere("train", "--resume", MODEL)).toContain("got a finished model");
  });
});

describe("a network description that is wrong", () => {
  const conv = { type: "conv2d", filters: 4, kernelSize: 3 };
  const cases: [string, unknown, string][] = [
    ["has an unknown key", { layers: [{ ...conv, kernelsize: 3 }] }, "kernelsize"],
    ["has an unknown layer", { layers: [{ type: "conv9d" }] }, "conv9d"],
    ["has an unknown setting", { layers: [conv], momentum: 1 }, "momentum"],
    ["has a window larger than its input", { layers: [{ ...conv, kernelSize: 29 }] }, "conv2d"],
    ["has layers that don't fit", { layers: [{ type: "flatten" }, conv] }, "conv2d"],
    [
      "has another input than the data",
      { input: [8, 8, 1], layers: [{ type: "flatten" }, { type: "dense", units: 10 }] },
      "[8,8,1]",
    ],
    [
      "has fewer outputs than there are classes",
      { layers: [{ type: "flatten" }, { type: "dense", units: 9 }] },
      "9 classes",
    ],
    [
      "would not fit into memory",
      { layers: [{ type: "flatten" }, { type: "dense", units: 2 ** 24 }, { type: "dense", units: 2 ** 20 }] },
      "GiB",
    ],
    ["has no layers", {}, "layers"],
    ["is a number", 7, "object"],
  ];
  it.each(cases)("is refused when it %s", async (name, description, part) => {
    const file = `${name.replaceAll(" ", "-")}.json`;
    writeFileSync(here(file), JSON.stringify(description));
    expect(await refusalHere("train", "small", "--model", file, "--out", "never")).toContain(part);
    expect(existsSync(here("never"))).toBe(false);
  });

  it("is refused when it is no JSON, says a thing twice, or is not there", async () => {
    writeFileSync(here("broken.json"), '{"layers": [');
    expect(await refusalHere("train", "small", "--model", "broken.json")).toContain("expected JSON");
    writeFileSync(here("twice.json"), '{"layers": [{"type": "dense", "units": 3, "units": 10}]}');
    expect(await refusalHere("train", "small", "--model", "twice.json")).toContain('"units" twice');
    expect(await refusalHere("train", "small", "--model", "absent.json")).toContain("no such file");
  });
});

describe("options that are wrong", () => {
  const cases: [string[], string][] = [
    [["trian"], "Did you mean train?"],
    [["train", "--epohcs", "3"], "Did you mean --epochs?"],
    [["train", "--model", "lenet"], "did you mean lenet5?"],
    [["train", "--epochs", "2.5"], "whole number"],
    [["train", "--epochs", "1e99"], "whole number"],
    [["train", "--lr", "NaN"], "finite number"],
    [["train", "--batch-size", ""], "whole number"],
    [["train", "--optimizer", "adan"], "did you mean adam?"],
    [["train", "--schedule", "cosin"], "did you mean cosine?"],
    [["train", "--augment", "rotat=3"], "rotat"],
    [["train", "--validation", "1.5"], "share"],
    [["train", "small", "--validation", "100"], "expected fewer than the 100 images to train on, got 100"],
    [["train", "--seed", "-1"], "whole number"],
    [["train", "--engine", "gpu"], "auto, js, simd, relaxed"],
    [["train", "--early-stopping", "3"], "--validation"],
    [["train", "digits", "--data", "x"], "--data"],
    [["train", "--json", "--quiet"], "--quiet"],
    [["train", "a", "b"], "too many arguments"],
    [["predict", MODEL], "images"],
  ];
  it.each(cases)("%j is refused", async (words, part) => {
    expect(await refusalHere(...words)).toContain(part);
  });
});

describe("a folder that cannot be written to", () => {
  it("is refused before the training begins", async () => {
    writeFileSync(here("occupied"), "mine");
    expect(await refusalHere("train", "small", "--out", "occupied")).toContain("a file of that name is there");
    expect(await refusalHere("train", "small", "--out", join("occupied", "run"))).toContain("not a folder");
    expect(readFileSync(here("occupied"), "utf8")).toBe("mine");
    if (process.platform === "linux") {
      expect(await refusalHere("train", "small", "--out", "/proc/convasm/run")).toContain("cannot make the folder");
    }
  });

  it("ends the run when it is full, which leaves nothing of it where there is nothing to go on with", async () => {
    // A limit on the size of files is what a full disk looks like to a program, and needs no disk.
    const words = ["train small --model torch --epochs 2 --out full --limit 64"];
    const shell = `ulimit -f 200; trap '' XFSZ; exec "${process.execPath}" "$0" ${words}`;
    const result = await convasm([], { cwd, command: ["bash", "-c", shell, CONVASM] });
    expect(result.stderr).toMatch(/^convasm: cannot write .*: file too large for the file system\n$/);
    expect(result.code).toBe(2);
    expect(existsSync(here("full"))).toBe(false);
  });

  it.runIf(existsSync("/dev/full"))("is told from standard output that cannot be written", async () => {
    const shell = `exec "${process.execPath}" "${CONVASM}" train small --epochs 1 --limit 64 --out unheard > /dev/full`;
    const result = await convasm([], { cwd, command: ["sh", "-c", shell] });
    expect(result.stderr).toMatch(/^convasm: cannot write "standard output": no space left on the disk\n$/);
    expect(result.code).toBe(2);
  });
});

describe("training that diverges", () => {
  it("ends with a clear line, and no model that is none", async () => {
    const rate = ["--lr", "1e30", "--schedule", "constant", "--epochs", "3"];
    const result = await convasmHere(["train", "small", ...rate, "--out", "diverged"], { cwd });
    expect(result.stderr).toMatch(/^convasm: training diverged: expected a finite loss, got .*\n$/);
    expect(result.code).toBe(2);
    expect(existsSync(here("diverged", "model.safetensors"))).toBe(false);
  });

  it("is told where the losses were finite and the test is not: no table, no accuracy, no model", async () => {
    // One step, whose loss is from before its update.
    const rate = ["--lr", "1e37", "--schedule", "constant", "--optimizer", "sgd", "--epochs", "1", "-b", "100"];
    const words = ["train", "small", "--model", "lenet5", ...rate, "--out", "untested", "--json"];
    const result = await convasmHere(words, { cwd });
    expect(result.stderr).toMatch(
      /^convasm: training diverged: expected finite outputs, got \S+ for image 0; try .*\n$/,
    );
    expect(result.code).toBe(2);
    expect(result.json().map(({ event }) => event)).toEqual(["start", "epoch"]);
    for (const file of ["model.safetensors", "metrics.json", "confusion.svg"]) {
      expect(existsSync(here("untested", file)), file).toBe(false);
    }
  });

  it("leaves a file with which eval and predict say so", async () => {
    const { tensors, metadata } = decodeSafetensors(readFileSync(here(MODEL)));
    const spoiled = Array.from(
      tensors,
      ([name, tensor]) => [name, { ...tensor, data: tensor.data.map(() => 3e38) }] as const,
    );
    writeFileSync(here("overflow.safetensors"), changedFile(new Map(spoiled), metadata));
    for (const words of [
      ["eval", "overflow.safetensors", "small"],
      ["predict", "overflow.safetensors", join("small", TEST_IMAGES)],
    ]) {
      const result = await convasmHere(words, { cwd });
      expect(result.stderr).toMatch(
        /^convasm: training diverged: expected finite outputs, got \S+ for image \d+; try .*\n$/,
      );
      expect([result.code, result.stdout]).toEqual([2, ""]);
    }
  });
});

describe("--debug", () => {
  it("shows where an error comes from", async () => {
    const result = await convasm(["inspect", "absent", "--debug"], { cwd });
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/^convasm: cannot read "absent".*\nFileError: .*\n {4}at /);
  });
});
