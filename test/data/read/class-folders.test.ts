import { describe, expect, it } from "vitest";
import { sortByClass } from "../../../src/data/read/class-folders.ts";
import { dataFile } from "../../../src/data/read/data-file.ts";
import { LeftOut } from "../../../src/data/read/left-out.ts";

/** Part and class of each name, by the rule. */
function sorted(names: readonly string[], skipBroken = false) {
  const leftOut = new LeftOut({ skipBroken });
  const files = names.map((name) => dataFile({ name, bytes: new Uint8Array(0) }));
  const { train, test, validation, notes } = sortByClass(files, leftOut);
  const shown = (pictures: typeof train) => pictures.map(({ file, className }) => `${className}: ${file.name}`);
  const ofValidation = validation.length > 0 && { validation: shown(validation) };
  return { train: shown(train), test: shown(test), ...ofValidation, notes: [...notes, ...leftOut.notes()] };
}

describe("classes by folders", () => {
  it("are the first folders below the root, whatever lies below them", () => {
    const names = ["data/cat/batch0/1.png", "data/cat/2.png", "data/dog/batch0/3.png", "data/dog/old/batch0/4.png"];
    const wanted = ["cat: data/cat/2.png", "cat: data/cat/batch0/1.png"];
    const dogs = ["dog: data/dog/batch0/3.png", "dog: data/dog/old/batch0/4.png"];
    expect(sorted(names).train).toEqual([...wanted, ...dogs]);
    // As they lie in an archive without a folder around them.
    const bare = names.map((name) => name.replace("data/", ""));
    expect(sorted(bare).train).toEqual([...wanted, ...dogs].map((line) => line.replace("data/", "")));
  });

  it("are the first folders below the part", () => {
    const names = [
      "data/train/cat/deep/1.png",
      "data/train/dog/2.png",
      "data/test/cat/3.png",
      "data/test/dog/deep/4.png",
    ];
    expect(sorted(names)).toEqual({
      train: ["cat: data/train/cat/deep/1.png", "dog: data/train/dog/2.png"],
      test: ["cat: data/test/cat/3.png", "dog: data/test/dog/deep/4.png"],
      notes: [],
    });
    expect(sorted(["Training_Set/a/1.png", "test_set/a/2.png", "val2017/a/3.png"])).toEqual({
      train: ["a: Training_Set/a/1.png"],
      test: ["a: test_set/a/2.png"],
      validation: ["a: val2017/a/3.png"],
      notes: [],
    });
  });

  it("never merge under one leaf name", () => {
    const { train } = sorted(["x/red/1.png", "x/blue/1.png", "y/red/1.png"]);
    expect(train).toEqual(["x: x/blue/1.png", "x: x/red/1.png", "y: y/red/1.png"]);
  });

  it("are found below the innermost part: a data set may lie in a folder that is called test", () => {
    const names = ["test/train/cat/1.png", "test/train/dog/2.png", "test/test/cat/3.png", "test/test/dog/4.png"];
    const { train, test } = sorted(names);
    expect(train).toEqual(["cat: test/train/cat/1.png", "dog: test/train/dog/2.png"]);
    expect(test).toEqual(["cat: test/test/cat/3.png", "dog: test/test/dog/4.png"]);
    const doubled = sorted(["validation/x/train/a/1.png", "validation/x/test/a/2.png"]);
    expect([doubled.train, doubled.test]).toEqual([
      ["a: validation/x/train/a/1.png"],
      ["a: validation/x/test/a/2.png"],
    ]);
  });

  it("may be called as a part is", () => {
    const { train, test } = sorted(["train/train/1.png", "train/bus/2.png", "test/train/3.png", "test/bus/4.png"]);
    expect(train).toEqual(["bus: train/bus/2.png", "train: train/train/1.png"]);
    expect(test).toEqual(["bus: test/bus/4.png", "train: test/train/3.png"]);
    expect(sorted(["vehicles/train/1.png", "vehicles/bus/2.png"]).train).toEqual([
      "bus: vehicles/bus/2.png",
      "train: vehicles/train/1.png",
    ]);
    expect(sorted(["train/cat/test/1.png", "train/dog/2.png"]).train).toEqual([
      "cat: train/cat/test/1.png",
      "dog: train/dog/2.png",
    ]);
  });

  it("lie in folders that wrap them, of which more than one is said", () => {
    expect(sorted(["a/b/cat/1.png", "a/b/dog/2.png"])).toEqual({
      train: ["cat: a/b/cat/1.png", "dog: a/b/dog/2.png"],
      test: [],
      notes: ['the classes are the folders in "a/b"'],
    });
    // The one class of a folder.
    expect(sorted(["pets/cat/1.png", "pets/cat/2.png"]).train).toEqual(["cat: pets/cat/1.png", "cat: pets/cat/2.png"]);
  });

  it("compare in one normal form of Unicode", () => {
    const [composed, decomposed] = ["B\u00e4r", "Ba\u0308r"];
    const { train, test } = sorted([
      `train/${composed}/1.png`,
      `train/${decomposed}/2.png`,
      `test/${decomposed}/3.png`,
    ]);
    expect(train.map((line) => line.split(":")[0])).toEqual([composed, composed]);
    expect(test).toEqual([`${composed}: test/${decomposed}/3.png`]);
  });

  it.each<[what: string, names: string[], message: string]>([
    ["a flat folder", ["flat/1.png", "flat/2.png"], 'got 2 right in "flat" without one'],
    ["pictures in no folder", ["1.png"], 'got "1.png" without one'],
    [
      "parts without classes",
      ["d/train/1.png", "d/test/2.png"],
      'got 1 right in "d/test" and 1 right in "d/train" without one',
    ],
    [
      "pictures beside the classes",
      ["d/0.png", "d/a/1.png", "d/b/2.png"],
      'got 1 in no class folder ("d/0.png"); --skip-broken',
    ],
    [
      "pictures beside the parts",
      ["d/0.png", "d/train/b/2.png"],
      'got 1 in no class folder ("d/0.png"); --skip-broken',
    ],
    [
      "test pictures without classes",
      ["train/a/1.png", "test/1.png"],
      'got 1 in no class folder ("test/1.png"); --skip',
    ],
    ["classes beside parts", ["a/0.png", "train/b/0.png"], "either in train and test folders or in none, got both"],
  ])("are missed in %s", (_, names, message) => {
    expect(() => sorted(names)).toThrow(message);
    expect(() => sorted(names)).toThrow(/^readImages/);
  });

  it("do without the pictures in none, where those are to be skipped", () => {
    expect(sorted(["train/a/1.png", "test/1.png", "test/2.png"], true)).toEqual({
      train: ["a: train/a/1.png"],
      test: [],
      notes: ['left out what cannot be read: 2 in no class folder ("test/1.png")'],
    });
    expect(() => sorted(["flat/1.png"], true)).toThrow('got 1 right in "flat" without one');
  });
});
