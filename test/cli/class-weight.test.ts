import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { convasmHere } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "convasm-class-weight-"));
const options = { cwd: folder };
const train = (...words: string[]) =>
  convasmHere(
    ["train", "digits", "--limit", "40", "--test-range", "test:0:20", "--engine", "simd", "--threads", "1", ...words],
    options,
  );

it("--class-weight takes balanced, classes with numbers and a file, and run folders keep it", async () => {
  writeFileSync(join(folder, "weights.json"), '{ "3": 2.5 }');
  for (const [name, word, kept] of [
    ["a", "balanced", "balanced"],
    ["b", "7=2,3=0.5", { 7: 2, 3: 0.5 }],
    ["c", "weights.json", { 3: 2.5 }],
  ] as const) {
    const words = ["--class-weight", word, "--metrics", "balancedAccuracy", "--augment", "mixup=0.2,cutmix=1"];
    const { code, stderr } = await train("--out", name, "--epochs", "1", "--batch-size", "10", ...words);
    expect([code, stderr], stderr).toEqual([0, expect.any(String)]);
    const settings = JSON.parse(readFileSync(join(folder, name, "settings.json"), "utf8"));
    expect(settings).toMatchObject({ classWeight: kept, augment: { mixup: 0.2, cutmix: 1 } });
    expect(readFileSync(join(folder, name, "history.csv"), "utf8")).toContain("trainBalancedAccuracy");
  }
});

it("says what is wrong with --class-weight, and ends with 2", async () => {
  for (const [word, message] of [
    ["3", "--class-weight: expected balanced, classes with numbers such as cat=2,dog=1, or a .json file"],
    ["3=1,3=2", "each class once"],
    ["zebra=2", "fit: classWeight: expected"],
    ["none.json", "no such file"],
    ["3=-1", "at least 0"],
  ] as const) {
    const { code, stderr } = await train("--out", `wrong ${word}`, "--class-weight", word);
    expect([code, stderr], word).toEqual([2, expect.stringContaining(message)]);
  }
});

it("--loss takes an alpha for each class of the focal loss, which the model keeps, and says how many there must be", async () => {
  const loss = (alphas: string) => ["--epochs", "1", "--loss", `categoricalFocalCrossentropy:gamma=1,alpha=${alphas}`];
  const right = await train("--out", "focal", ...loss("1/1/1/1/1/1/1/1/1/3"));
  expect(right.code, right.stderr).toBe(0);
  const { loss: kept } = JSON.parse(readFileSync(join(folder, "focal", "settings.json"), "utf8"));
  expect(kept).toEqual({ type: "categoricalFocalCrossentropy", gamma: 1, alpha: [1, 1, 1, 1, 1, 1, 1, 1, 1, 3] });
  const evaluated = await convasmHere(["eval", "focal", "digits", "--limit", "20"], options);
  expect(evaluated.code, evaluated.stderr).toBe(0);

  const expected =
    "categoricalFocalCrossentropy: expected alpha to be one number, or one for each of 10 classes, got 3 of them";
  const few = await train("--out", "few", ...loss("1/2/3"));
  expect([few.code, few.stderr]).toEqual([2, expect.stringContaining(expected)]);
  const negative = await train("--out", "negative", ...loss("1/-2"));
  expect([negative.code, negative.stderr]).toEqual([
    2,
    expect.stringContaining("alpha[1] to be a finite number at least 0"),
  ]);
});
