import { describe, expect, it } from "vitest";
import { confusionMatrix } from "../../../src/cli/charts.ts";
import { ClassificationMetrics } from "../../../src/training/metrics.ts";
import { all, numberOf, parseSvg, type SvgNode, texts } from "./svg-tree.ts";

/** Metrics of (true class, predicted class, how often). */
function counted(classes: number, counts: readonly (readonly [number, number, number])[]): ClassificationMetrics {
  const metrics = new ClassificationMetrics(classes);
  for (const [label, prediction, count] of counts) {
    const scores = new Float32Array(classes);
    scores[prediction] = 1;
    for (let i = 0; i < count; i++) metrics.add(scores, [label], 1);
  }
  return metrics;
}

/** The coloured cells by their tips. */
function cells(svg: SvgNode): Map<string, SvgNode> {
  return new Map(all(svg, "rect").flatMap((rect) => rect.children.map((title) => [title.text, rect])));
}

const THREE = counted(3, [
  [0, 0, 9],
  [0, 2, 1],
  [1, 1, 5],
  [1, 0, 5],
  [2, 2, 20],
]);

describe("confusionMatrix", () => {
  it("has a cell per count, true classes downwards and predictions to the right", () => {
    const svg = parseSvg(confusionMatrix(THREE, ["cat", "dog", "eel"]));
    const found = cells(svg);
    expect([...found.keys()]).toEqual([
      "true cat, predicted cat: 9 (90.00 % of cat)",
      "true cat, predicted eel: 1 (10.00 % of cat)",
      "true dog, predicted cat: 5 (50.00 % of dog)",
      "true dog, predicted dog: 5 (50.00 % of dog)",
      "true eel, predicted eel: 20 (100.00 % of eel)",
    ]);
    const places = [...found.values()].map((cell) => [numberOf(cell, "x") / 48, numberOf(cell, "y") / 48]);
    expect(places).toEqual([
      [0, 0],
      [2, 0],
      [0, 1],
      [1, 1],
      [2, 2],
    ]);
    const fills = [...found.values()].map((cell) => cell.attributes.get("fill"));
    expect(fills[4]).toBe("rgb(0, 114, 178)");
    expect(fills[2]).toBe("rgb(213, 94, 0)");
    expect(new Set(fills).size).toBe(5);
  });

  it("is as wide as its title, also with two classes", () => {
    const title = "Confusion matrix: 71.90 % of 153 validation images right";
    const two = new ClassificationMetrics(2);
    const svg = parseSvg(confusionMatrix(two, ["ants", "bees"], title));
    // The widest common font takes 0.58 of its size for a character of such words, in bold.
    expect(numberOf(svg, "width")).toBeGreaterThan(24 + title.length * 18 * 0.58);
    expect(numberOf(parseSvg(confusionMatrix(two, ["ants", "bees"], "Short")), "width")).toBe(420);
  });

  it("has a title, axis names, class names, counts, recall and precision", () => {
    const words = texts(parseSvg(confusionMatrix(THREE, ["cat", "dog", "eel"], "My matrix")));
    for (const word of ["My matrix", "34 of 40 right, accuracy 85.00 %", "Predicted class", "True class"]) {
      expect(words).toContain(word);
    }
    expect(words.filter((word) => word === "dog")).toHaveLength(2);
    for (const word of ["9", "1", "5", "20", "90.0 %", "50.0 %", "100.0 %", "64.3 %", "95.2 %"]) {
      expect(words).toContain(word);
    }
  });

  it("numbers the classes where they have no names, and leaves numbers out where cells are small", () => {
    const hundred = counted(
      100,
      Array.from({ length: 100 }, (_, i) => [i, i, 7]),
    );
    const words = texts(parseSvg(confusionMatrix(hundred)));
    expect(words).toContain("95");
    expect(words).not.toContain("7");
    expect(words).not.toContain("96");
    expect(texts(parseSvg(confusionMatrix(THREE)))).toContain("2");
  });

  it("stays small for many classes: only cells with counts are drawn", () => {
    const many = counted(4096, [
      [0, 0, 1],
      [4095, 1, 1],
    ]);
    const source = confusionMatrix(many);
    expect(cells(parseSvg(source)).size).toBe(2);
    expect(source.length).toBeLessThan(100_000);
  });

  it("survives one class, and no examples", () => {
    expect(cells(parseSvg(confusionMatrix(counted(1, [[0, 0, 3]])))).size).toBe(1);
    const empty = confusionMatrix(new ClassificationMetrics(10));
    expect(cells(parseSvg(empty)).size).toBe(0);
    expect(empty).not.toMatch(/="[^"]*(NaN|Infinity|undefined)/);
  });

  it("escapes class names, and shortens long ones but for the tip", () => {
    const names = ['<b onload="x">', "a & 'b'", "🐟".repeat(40)];
    const source = confusionMatrix(THREE, names);
    const svg = parseSvg(source);
    expect(source).not.toContain("<b ");
    expect(texts(svg)).toEqual(expect.arrayContaining([names[0], names[1], `${"🐟".repeat(17)}…`]));
    expect([...cells(svg).keys()]).toContain(`true ${names[2]}, predicted ${names[2]}: 20 (100.00 % of ${names[2]})`);
  });

  it("replaces what XML cannot hold", () => {
    const svg = parseSvg(confusionMatrix(THREE, ["a\u0000b", "c\ud800d", "tab\there"]));
    expect(texts(svg)).toEqual(expect.arrayContaining(["a\ufffdb", "c\ufffdd", "tab\there"]));
  });

  it("wants a name for each class", () => {
    expect(() => confusionMatrix(THREE, ["a"])).toThrow(/expected 3 class names, got 1/);
  });
});
