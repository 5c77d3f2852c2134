import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { npyFile } from "../data/read/npy-writer.ts";
import { writeClasses } from "./class-folders.ts";
import { convasmHere } from "./in-process.ts";

let cwd = "";

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "convasm-streaming-"));
  writeClasses(join(cwd, "photos", "train"), { cat: 20, dog: 20, hen: 20 });
  writeClasses(join(cwd, "photos", "test"), { cat: 4, dog: 4, hen: 4 }, { seed: 2 });
  mkdirSync(join(cwd, "arrays"));
  const images = Float32Array.from({ length: 200 * 144 }, (_, i) => (((i * 7919) >> 3) % 100) / 50 - 1);
  const labels = Uint8Array.from({ length: 200 }, (_, i) => (i * 5) % 4);
  for (const file of [npyFile("x_train.npy", [200, 12, 12], images), npyFile("y_train.npy", [200], labels)])
    writeFileSync(join(cwd, "arrays", file.name), file.bytes);
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function weights(run: string): string {
  const { tensors } = decodeSafetensors(new Uint8Array(readFileSync(join(cwd, run, "model.safetensors"))));
  const hash = createHash("sha256");
  for (const [name, { data }] of tensors)
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest("hex");
}

const OPTIONS = ["--epochs", "3", "--batch-size", "8", "--engine", "simd", "--threads", "1", "--no-cache"];

/** All but the note on pixels that are scaled. */
const warnings = (stderr: string) => stderr.replace(/^.* are stretched to 0 to 255(, as in training)?\n/, "");

async function train(data: string, out: string, ...more: string[]): Promise<string> {
  const words = ["train", data, ...OPTIONS, "--out", out, ...more];
  const { code, stdout, stderr } = await convasmHere(words, { cwd });
  expect(warnings(stderr)).toBe("");
  expect(code).toBe(0);
  return stdout;
}

describe.each([
  ["photos", ["--size", "16", "--model", "keras"]],
  ["arrays", ["--model", "keras", "--validation", "0.2", "--limit", "120"]],
])("convasm train %s", (data, more) => {
  it("gives the same weights with --streaming, also when it was interrupted", async () => {
    await train(data, `${data}-memory`, ...more);
    await train(data, `${data}-streamed`, ...more, "--streaming", "true");
    expect(weights(`${data}-streamed`)).toBe(weights(`${data}-memory`));
    let pressed = false;
    const words = ["train", data, ...OPTIONS, "--out", `${data}-broken`, ...more, "--streaming", "true"];
    const stopped = await convasmHere(words, {
      cwd,
      onOutput(text, interrupt) {
        if (pressed || !/epoch 1\/3/.test(text)) return;
        pressed = true;
        interrupt();
      },
    });
    expect(stopped.stderr).toMatch(/interrupted in epoch 2 of 3, at step \d+/);
    const resumed = await convasmHere(["train", "--resume", `${data}-broken`], { cwd });
    expect(warnings(resumed.stderr)).toBe("");
    expect(weights(`${data}-broken`)).toBe(weights(`${data}-memory`));
  });

  it("evaluates streamed data to the same figures", async () => {
    const figures = async (...words: string[]) => {
      const { stdout } = await convasmHere(["eval", `${data}-memory`, data, "--json", ...words], { cwd });
      const lines = stdout.split("\n").filter((line) => line.includes('"figures"'));
      return JSON.parse(lines[0]).loss;
    };
    expect(await figures("--streaming", "true")).toBe(await figures());
  });
});

it("proposes commands that stream, too", async () => {
  const said = await train("photos", "photos-proposed", "--size", "16", "--model", "keras", "--streaming", "true");
  expect(said).toMatch(/eval .* --streaming true\b/);
});
