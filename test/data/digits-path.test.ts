import { describe, expect, it } from "vitest";
import { PenPath, parseStroke } from "../../src/data/digits/path.ts";

function curve(text: string, step: number): PenPath {
  const stroke = parseStroke(text);
  const path = new PenPath();
  path.addCurve(stroke.x, stroke.y, stroke.x, stroke.corner, stroke.x.length, step);
  return path;
}

function points(path: PenPath): [number, number][] {
  return Array.from({ length: path.length }, (_, i) => [path.x[i], path.y[i]]);
}

describe("parseStroke", () => {
  it("reads points in percent and corners", () => {
    const stroke = parseStroke("5,0 30,98! 100,7");
    expect([...stroke.x]).toEqual([0.05, 0.3, 1]);
    expect([...stroke.y]).toEqual([0, 0.98, 0.07]);
    expect([...stroke.corner]).toEqual([0, 1, 0]);
  });

  it.each(["", "5", "5,x", "5,1  6,2", "5,1!!"])("refuses %j", (text) => {
    expect(() => parseStroke(text)).toThrow(/expected points like 30,98 or 30,98!/);
  });
});

describe("PenPath", () => {
  it("passes through every control point", () => {
    const path = curve("0,0 40,10 50,60 0,100", 0.05);
    for (const [x, y] of [
      [0, 0],
      [0.4, 0.1],
      [0.5, 0.6],
      [0, 1],
    ]) {
      expect(Math.min(...points(path).map(([px, py]) => Math.hypot(px - x, py - y)))).toBeLessThan(1e-12);
    }
  });

  it("is smooth at a control point, and straight on both sides of a corner", () => {
    const sharp = points(curve("0,0 50,0! 50,50", 0.01));
    for (const [x, y] of sharp) expect(Math.min(y, 0.5 - x)).toBeCloseTo(0, 12);
    const smooth = points(curve("0,0 50,0 50,50", 0.01));
    expect(Math.max(...smooth.map(([x]) => x))).toBeGreaterThan(0.505);
  });

  it("measures its box and the length of its strokes, without the way between them", () => {
    const path = curve("0,0 30,40", 0.1);
    const second = parseStroke("100,0 100,20");
    path.addCurve(second.x, second.y, second.x, second.corner, 2, 0.1);
    expect(path.measure()).toBeCloseTo(0.7, 12);
    expect([path.left, path.right, path.top, path.bottom]).toEqual([0, 1, 0, 0.4]);
  });
});
