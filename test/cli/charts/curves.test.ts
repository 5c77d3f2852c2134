import { describe, expect, it } from "vitest";
import { trainingCurves } from "../../../src/cli/charts.ts";
import type { HistoryRow } from "../../../src/training/history-csv.ts";
import { all, numberOf, parseSvg, type SvgNode, texts } from "./svg-tree.ts";

function row(epoch: number, figures: Partial<HistoryRow> = {}): HistoryRow {
  return { epoch, trainLoss: 1, trainAccuracy: 0.9, lr: 0.1, imagesPerSecond: 1000, seconds: 1, ...figures };
}

function chart(history: readonly HistoryRow[], title?: string): SvgNode {
  return parseSvg(trainingCurves(history, title));
}

/** The panels, each with its dots' colours and places. */
function dots(svg: SvgNode): { color: string; x: number; y: number }[][] {
  return all(svg, "g").map((panel) =>
    all(panel, "circle").map((dot) => ({
      color: dot.attributes.get("fill") ?? "",
      x: numberOf(dot, "cx"),
      y: numberOf(dot, "cy"),
    })),
  );
}

/** Lines of a curve: how many moves (pieces) and how many points there are in its path. */
function paths(svg: SvgNode): { pieces: number; points: number }[] {
  return all(svg, "path").map((path) => {
    const d = path.attributes.get("d") ?? "";
    expect(d).not.toMatch(/NaN|Infinity|undefined/);
    return { pieces: d.split("M").length - 1, points: d.split(/[ML]/).length - 1 };
  });
}

const THREE = [
  row(1, { trainLoss: 0.8, valLoss: 0.6, trainAccuracy: 0.8, valAccuracy: 0.85 }),
  row(2, { trainLoss: 0.4, valLoss: 0.3, trainAccuracy: 0.9, valAccuracy: 0.95 }),
  row(3, { trainLoss: 0.2, valLoss: 0.25, trainAccuracy: 1, valAccuracy: 0.9 }),
];

describe("trainingCurves", () => {
  it("marks the best epoch in both panels, with the name inside", () => {
    for (const best of [1, 2, 3]) {
      const svg = parseSvg(trainingCurves(THREE, "mnist", best));
      const names = all(svg, "text").filter(({ text }) => text === `best: epoch ${best}`);
      expect(names).toHaveLength(2);
      const first = dots(parseSvg(trainingCurves(THREE)))[0][best - 1].x;
      for (const name of names) {
        const isLeft = name.attributes.get("text-anchor") === "end";
        expect(numberOf(name, "x")).toBeCloseTo(first + (isLeft ? -6 : 6), 1);
        expect(isLeft).toBe(best === 3);
      }
    }
    expect(trainingCurves(THREE)).not.toContain("best:");
  });

  it("draws loss and accuracy, each for training and validation, with title, axes and legend", () => {
    const svg = chart(THREE, "mnist");
    expect(svg.attributes.get("xmlns")).toBe("http://www.w3.org/2000/svg");
    expect(all(svg, "g")).toHaveLength(2);
    expect(paths(svg)).toEqual(new Array(4).fill({ pieces: 1, points: 3 }));
    const words = texts(svg);
    for (const word of [
      "mnist",
      "Loss",
      "Accuracy",
      "Epoch",
      "training 0.2",
      "validation 0.25",
      "validation 90.00 %",
    ]) {
      expect(words).toContain(word);
    }
    expect(words.filter((word) => /^[0-9]+$/.test(word))).toEqual(["1", "2", "3", "1", "2", "3"]);
  });

  it("places the points in proportion", () => {
    const [loss, accuracy] = dots(chart(THREE));
    const [a, b, c] = loss;
    expect(b.x - a.x).toBeCloseTo(c.x - b.x, 1);
    expect((b.y - a.y) / (c.y - b.y)).toBeCloseTo(0.4 / 0.2, 1);
    const [first, second, third] = accuracy;
    expect(second.y - third.y).toBeCloseTo(first.y - second.y, 1);
    expect(third.y).toBeLessThan(first.y);
    expect(new Set(loss.map(({ color }) => color)).size).toBe(2);
  });

  it("turns to a logarithmic axis where losses differ much", () => {
    const losses = [1, 0.1, 0.01].map((trainLoss, i) => row(i + 1, { trainLoss }));
    const [a, b, c] = dots(chart(losses))[0];
    expect(b.y - a.y).toBeCloseTo(c.y - b.y, 1);
    const words = texts(chart(losses));
    for (const tick of ["1", "0.5", "0.2", "0.1", "0.05", "0.02", "0.01"]) expect(words).toContain(tick);
    const wide = texts(chart([1e6, 1e-6].map((trainLoss, i) => row(i + 1, { trainLoss }))));
    expect(wide).toContain("1.00e-6");
    expect(wide).not.toContain("0.5");
  });

  it("shows a single epoch as dots with one tick", () => {
    const svg = chart([row(1, { valLoss: 0.5, valAccuracy: 0.95 })]);
    const [loss, accuracy] = dots(svg);
    expect([loss.length, accuracy.length]).toEqual([2, 2]);
    expect(loss[0].x).toBe(loss[1].x);
    expect(texts(svg).filter((word) => /^[0-9]+$/.test(word))).toEqual(["1", "1"]);
  });

  it("shows 500 epochs as lines without dots, in little space", () => {
    const history = Array.from({ length: 500 }, (_, i) => row(i + 1, { trainLoss: 1 / (i + 1), valLoss: 2 / (i + 2) }));
    const source = trainingCurves(history);
    const svg = parseSvg(source);
    expect(paths(svg)[0]).toEqual({ pieces: 1, points: 500 });
    expect(all(svg, "circle")).toHaveLength(0);
    expect(source.length).toBeLessThan(60_000);
    expect(all(svg, "text").length).toBeLessThan(60);
  });

  it("leaves the accuracy out where there is none", () => {
    const svg = chart([1, 2].map((epoch) => row(epoch, { trainAccuracy: Number.NaN })));
    expect(all(svg, "g")).toHaveLength(1);
    expect(texts(svg)).not.toContain("Accuracy");
  });

  it("leaves gaps for values that are not finite, and a dot for one between two gaps", () => {
    const values = [3, Number.NaN, 2, Number.POSITIVE_INFINITY, 1, 1];
    const svg = chart(values.map((trainLoss, i) => row(i + 1, { trainLoss })));
    expect(dots(svg)[0]).toHaveLength(4);
    expect(paths(svg)[0].pieces).toBe(3);
    const many = Array.from({ length: 100 }, (_, i) => row(i + 1, { trainLoss: i === 50 ? 1 : Number.NaN }));
    expect(dots(chart(many))[0]).toHaveLength(1);
  });

  it.each([
    ["no epochs", []],
    ["nothing but NaN", [row(1, { trainLoss: Number.NaN }), row(2, { trainLoss: Number.NaN })]],
    ["losses of 0", [row(1, { trainLoss: 0 }), row(2, { trainLoss: 0, valLoss: 0 })]],
    ["negative losses", [row(1, { trainLoss: -1 }), row(2, { trainLoss: -5 })]],
    ["huge and tiny losses", [row(1, { trainLoss: 1e300 }), row(2, { trainLoss: 5e-324 })]],
    ["the largest loss", [row(1, { trainLoss: Number.MAX_VALUE }), row(2, { trainLoss: 1e-299 })]],
    ["accuracies of 0 and 1", [row(1, { trainAccuracy: 0 }), row(2, { trainAccuracy: 1 })]],
    ["an accuracy of 1 throughout", [row(1, { trainAccuracy: 1 }), row(2, { trainAccuracy: 1 })]],
    ["an accuracy of 0 throughout", [row(1, { trainAccuracy: 0 }), row(2, { trainAccuracy: 0 })]],
    ["epochs that start late, with a hole", [row(7), row(9), row(12)]],
  ])("survives %s", (_, history) => {
    const source = trainingCurves(history);
    expect(source).not.toMatch(/="[^"]*(NaN|Infinity|undefined)/);
    for (const list of dots(parseSvg(source))) {
      for (const { x, y } of list) expect(x >= 0 && x <= 480 && y >= 0 && y <= 380).toBe(true);
    }
  });

  it("escapes the title", () => {
    const title = `<script>alert("1")</script> & 'co' \u0000`;
    expect(texts(chart(THREE, title))[0]).toBe(`<script>alert("1")</script> & 'co' \ufffd`);
    expect(trainingCurves(THREE, title)).not.toContain("<script>");
  });
});
