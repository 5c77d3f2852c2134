import { describe, expect, it } from "vitest";
import { matchClasses, missingClasses } from "../../src/data/classes.ts";
import { createDataset } from "../../src/data/dataset.ts";

/** Data of one pixel an image, with these labels. */
function data(classNames: readonly string[] | undefined, labels: readonly number[]) {
  const images = Uint8Array.from(labels, (_, i) => i);
  const classes = classNames?.length ?? 3;
  return createDataset({
    name: "test",
    shape: [1, 1, 1],
    images,
    labels: Uint8Array.from(labels),
    classes,
    classNames,
  });
}

const NAMES = ["cat", "dog", "hen"];

describe("matchClasses", () => {
  it.each<[names: readonly string[], labels: readonly number[], matched: readonly number[]]>([
    [
      ["cat", "dog", "hen"],
      [0, 2, 1],
      [0, 2, 1],
    ],
    [
      ["hen", "cat", "dog"],
      [0, 1, 2, 0],
      [2, 0, 1, 2],
    ],
    [
      ["dog", "hen"],
      [0, 1, 1],
      [1, 2, 2],
    ],
    [["hen"], [0], [2]],
    // A name without an image is no class of the images.
    [
      ["owl", "hen"],
      [1, 1],
      [2, 2],
    ],
  ])("takes %j by name", (names, labels, wanted) => {
    const matched = matchClasses(data(names, labels), NAMES, "test");
    expect([...(matched.labels ?? [])]).toEqual(wanted);
    expect(matched).toMatchObject({ classes: 3, classNames: NAMES });
    expect([...matched.images]).toEqual(labels.map((_, i) => i));
  });

  it("compares names in NFC", () => {
    const [composed, apart] = ["B\u00e4r", "Ba\u0308r"];
    expect(composed).not.toBe(apart);
    expect([...(matchClasses(data([apart], [0]), ["Aal", composed], "test").labels ?? [])]).toEqual([1]);
  });

  it("takes data by place where one side has no names", () => {
    const [named, unnamed] = [data(["hen", "cat"], [0, 1]), data(undefined, [0, 1])];
    expect(matchClasses(named, undefined, "test")).toBe(named);
    expect(matchClasses(unnamed, NAMES, "test")).toBe(unnamed);
  });

  it("refuses images of a class that the model does not have, with both lists", () => {
    expect(() => matchClasses(data(["cat", "owl", "emu"], [0, 1, 2]), NAMES, "eval")).toThrow(
      new RangeError(
        'eval: expected classes of the model ("cat", "dog", "hen"), got "owl", "emu" in test ("cat", "owl", "emu")',
      ),
    );
    const many = Array.from({ length: 30 }, (_, i) => `class ${i}`);
    expect(() => matchClasses(data(["owl"], [0]), many, "eval")).toThrow(/"class 7" and 22 more\), got "owl"/);
  });

  it("refuses names that stand for two classes of the model, unless both lists are the same", () => {
    const twice = ["cat", "cat", "dog"];
    expect(matchClasses(data(twice, [0, 1, 2]), [...twice], "eval").labels).toEqual(Uint8Array.of(0, 1, 2));
    expect(() => matchClasses(data(["cat", "dog"], [0, 1]), twice, "eval")).toThrow('"cat" twice');
  });

  it("has room for more than 256 classes", () => {
    const many = Array.from({ length: 300 }, (_, i) => `class ${i}`);
    expect(matchClasses(data(["class 299", "class 256"], [0, 1]), many, "eval").labels).toEqual(
      Uint16Array.of(299, 256),
    );
  });

  it("moves the targets of each image with their names, and needs all of them", () => {
    const targets = Float32Array.of(1, 2, 3, 4, 5, 6);
    const make = (classNames: string[]) =>
      createDataset({ shape: [1, 1, 1], images: new Uint8Array(6 / classNames.length), targets, classNames });
    expect(matchClasses(make(["hen", "cat", "dog"]), NAMES, "eval").targets).toEqual(Float32Array.of(2, 3, 1, 5, 6, 4));
    expect(() => matchClasses(make(["hen", "cat"]), NAMES, "eval")).toThrow("got only some of them");
    expect(() => matchClasses(make(["hen", "cat", "owl"]), NAMES, "eval")).toThrow('got "owl"');
  });
});

describe("missingClasses", () => {
  it("names the classes without an image", () => {
    expect(missingClasses(data(NAMES, [0, 1, 2]), "they")).toBeUndefined();
    expect(missingClasses(data(NAMES, [0, 2]), "they")).toBe('they have none of the class "dog"');
    expect(missingClasses(data(undefined, [2]), "they")).toBe('they have none of the classes "0", "1"');
  });
});
