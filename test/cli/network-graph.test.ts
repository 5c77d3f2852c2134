import { describe, expect, it } from "vitest";
import { networkGraph } from "../../src/cli/network-graph/draw.ts";
import { readArchitecture } from "../../src/model/read-architecture.ts";
import { describeModel, type ModelDescription } from "../../src/model/summary.ts";
import { findNetwork } from "../../src/recipes/index.ts";
import { recipeArchitecture } from "../../src/recipes/run.ts";
import { all, numberOf, parseSvg, type SvgNode, texts } from "./charts/svg-tree.ts";

interface Box {
  readonly path: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The boxes of a drawing, and the pairs of boxes that its arrows begin and end at. */
function readGraph(svg: SvgNode): { boxes: Box[]; arrows: string[]; frames: Box[] } {
  const groups = all(svg, "g").filter(({ attributes }) => attributes.get("class") === "layer");
  const boxes = groups.map((group) => {
    const [, left, top] = (group.attributes.get("transform")?.match(/translate\(([\d.]+),([\d.]+)\)/) ?? []).map(
      Number,
    );
    const [{ attributes }] = all(group, "rect");
    const [width, height] = [Number(attributes.get("width")), Number(attributes.get("height"))];
    return { path: group.attributes.get("data-path") ?? "", left, top, right: left + width, bottom: top + height };
  });
  const at = (x: number, y: number, side: "top" | "bottom") =>
    boxes.filter((box) => Math.abs(y - box[side]) < 0.1 && x > box.left && x < box.right).map(({ path }) => path);
  const arrows = all(svg, "path")
    .filter(({ attributes }) => attributes.get("class") === "tensor")
    .map(({ attributes }) => {
      const numbers = (attributes.get("d")?.match(/-?[\d.]+/g) ?? []).map(Number);
      expect(numbers.every(Number.isFinite)).toBe(true);
      const [x, y] = numbers;
      return `${at(x, y, "bottom")} > ${at(numbers[numbers.length - 2], numbers[numbers.length - 1], "top")}`;
    });
  const frames = all(svg, "rect")
    .filter(({ attributes }) => attributes.get("class") === "block")
    .map((rect) => {
      const [left, top] = [numberOf(rect, "x"), numberOf(rect, "y")];
      const [right, bottom] = [left + numberOf(rect, "width"), top + numberOf(rect, "height")];
      return { path: rect.attributes.get("data-path") ?? "", left, top, right, bottom };
    });
  return { boxes, arrows, frames };
}

/** Draws a network and holds the drawing to its description. */
async function checked(description: ModelDescription): Promise<SvgNode> {
  const svg = parseSvg(await networkGraph(description, "a <network>"));
  const { boxes, arrows } = readGraph(svg);
  expect(boxes.map(({ path }) => path)).toEqual(["input", ...description.layers.map(({ name }) => name)]);
  const wanted = description.layers.flatMap(({ name, inputs }) => inputs.map((input) => `${input} > ${name}`));
  expect([...arrows].sort()).toEqual([...wanted].sort());
  const [width, height] = [numberOf(svg, "width"), numberOf(svg, "height")];
  for (const [i, box] of boxes.entries()) {
    expect(box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height, box.path).toBe(true);
    for (const other of boxes.slice(0, i)) {
      const apart =
        box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top;
      expect(apart, `${box.path} on ${other.path}`).toBe(true);
    }
  }
  return svg;
}

function network(name: string): ModelDescription {
  const recipe = findNetwork(name);
  if (recipe === undefined) throw new Error(name);
  return describeModel(recipeArchitecture(recipe), undefined);
}

function fromJson(layers: readonly object[], shape: readonly number[] = [6, 6, 2]): ModelDescription {
  return describeModel(readArchitecture({ input: { shape }, layers }), undefined);
}

/** A network whose layers take one or two of those before; what nobody takes is added up at the end. */
function randomNetwork(seed: number): ModelDescription {
  let state = seed;
  const draw = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const names = ["input"];
  const layers: { type: string; name: string; inputs: string[] }[] = [];
  const taken = new Set<string>();
  for (let i = 0; i < 3 + draw(14); i++) {
    const inputs = [names[draw(names.length)], names[draw(names.length)]].slice(0, 1 + draw(2));
    for (const input of inputs) taken.add(input);
    layers.push({ type: inputs.length === 1 ? "relu" : "add", name: `n${i}`, inputs });
    names.push(`n${i}`);
  }
  const ends = names.slice(1).filter((name) => !taken.has(name));
  if (ends.length > 1) layers.push({ type: "add", name: "end", inputs: ends });
  return fromJson(layers);
}

describe("the drawing of a network", () => {
  it.each(["keras", "resnet8"])("has each layer and each tensor of %s once, and no box on another", async (name) => {
    await checked(network(name));
  });

  it("does for networks of random branches", async () => {
    for (let seed = 1; seed <= 60; seed++) await checked(randomNetwork(seed));
  });

  it("shows names, shapes, parameters and totals, escaped", async () => {
    const svg = await checked(
      fromJson([
        { type: "conv2d", name: "left", filters: 3, kernelSize: 1 },
        { type: "batchNormalization" },
        { type: "add", inputs: ["left", "batchNormalization"] },
      ]),
    );
    expect(texts(svg)).toEqual([
      "a <network>",
      "21 parameters, of which 15 are trained; 216 multiply-adds per image",
      ...["input", "6 × 6 × 2"],
      ...["left conv2d", "6 × 6 × 3", "9 parameters"],
      ...["batchNormalization", "6 × 6 × 3", "12 parameters"],
      ...["add", "6 × 6 × 3"],
    ]);
  });

  it("puts the branches of a tensor side by side", async () => {
    const branch = (name: string) => ({ type: "conv2d", name, filters: 2, kernelSize: 1, inputs: "input" });
    const names = ["a", "b", "c"];
    const svg = await checked(fromJson([...names.map(branch), { type: "add", inputs: names }]));
    const { boxes } = readGraph(svg);
    const tops = names.map((name) => boxes.find(({ path }) => path === name)?.top);
    expect(new Set(tops).size).toBe(1);
  });

  it("has a frame around the layers of each residual block and no other", async () => {
    const svg = await checked(network("resnet8"));
    const { boxes, frames } = readGraph(svg);
    expect(frames.map(({ path }) => path)).toEqual(["residual", "residual_1", "residual_2"]);
    for (const frame of frames) {
      const inside = boxes.filter(
        (box) =>
          box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom,
      );
      const own = boxes.filter(({ path }) => path === frame.path || path.startsWith(`${frame.path}/`));
      expect(inside).toEqual(own);
    }
  });

  it("breaks long chains into columns", async () => {
    const svg = await checked(fromJson(Array.from({ length: 150 }, () => ({ type: "relu" }))));
    const [width, height] = [numberOf(svg, "width"), numberOf(svg, "height")];
    expect(height / width).toBeLessThan(2);
    expect(new Set(readGraph(svg).boxes.map(({ left }) => left)).size).toBeGreaterThan(4);
  });

  it("takes a layer that is called as the input is", async () => {
    const description = fromJson([{ type: "relu", name: "input" }, { type: "sigmoid" }]);
    const { boxes, arrows } = readGraph(parseSvg(await networkGraph(description, "x")));
    expect([boxes.length, arrows]).toEqual([3, ["input > input", "input > sigmoid"]]);
  });
});
