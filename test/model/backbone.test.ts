import { describe, expect, it } from "vitest";
import {
  add,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePooling2d,
  type Layer,
  maxPooling2d,
  relu,
  residual,
  softmax,
} from "../../src/index.ts";
import { Architecture } from "../../src/model/architecture.ts";
import { backboneOf, headOf, withHead } from "../../src/model/backbone.ts";

const network = (layers: readonly Layer[], outputs?: readonly string[]) =>
  new Architecture({ input: { shape: [8, 8, 3] }, layers, ...(outputs && { outputs }) });

const conv = (name: string, filters = 4, options = {}) =>
  conv2d({ name, filters, kernelSize: 3, padding: "same", ...options });

/** The layer at which a network is cut by itself. */
const cut = (...layers: Layer[]) => [...backboneOf(network(layers), undefined, "test").outputShapes.keys()].join();

describe("backboneOf", () => {
  it("cuts before the last dense layer, and before what drops features at random", () => {
    const pool = globalAveragePooling2d({ name: "pool" });
    expect(cut(conv("a"), pool, dense({ units: 5 }))).toBe("pool");
    expect(cut(conv("a"), pool, dropout({ rate: 0.5 }), dense({ units: 5 }), softmax())).toBe("pool");
    expect(cut(conv("a"), pool, dense({ units: 5, activation: "softmax" }))).toBe("pool");
    expect(cut(conv("a"), flatten({ name: "flat" }), dense({ units: 6, name: "d" }), relu(), dense({ units: 5 }))).toBe(
      "relu",
    );
  });

  it("cuts before a convolution that gives the classes, and nowhere in a network without any", () => {
    const classes = conv2d({ name: "classes", filters: 5, kernelSize: 1 });
    expect(cut(conv("a"), classes, relu(), globalAveragePooling2d(), softmax())).toBe("a");
    expect(cut(conv("a"), maxPooling2d({ poolSize: 8, name: "all" }), classes, flatten())).toBe("all");
    expect(cut(conv("a"), relu({ name: "last" }), globalAveragePooling2d({ name: "mean" }))).toBe("mean");
    expect(cut(conv("a"), conv("b"), relu({ name: "last" }))).toBe("last");
  });

  it("keeps what a layer needs, with all names, frozen", () => {
    const layers = [
      conv2d({ filters: 4, kernelSize: 3, padding: "same" }),
      conv2d({ filters: 4, kernelSize: 1 }),
      conv2d({ filters: 4, kernelSize: 5, padding: "same", inputs: "conv2d" }),
      add({ inputs: ["conv2d_1", "conv2d_2"] }),
      residual([conv("b")]),
      globalAveragePooling2d(),
      dense({ units: 5 }),
    ];
    const trunk = backboneOf(network(layers), "conv2d_2", "test");
    expect(trunk.parameters().map(({ name, frozen }) => [name, frozen])).toEqual([
      ["conv2d/kernel", true],
      ["conv2d/bias", true],
      ["conv2d_2/kernel", true],
      ["conv2d_2/bias", true],
    ]);
    expect(backboneOf(network(layers), "residual", "test").output).toEqual([8, 8, 4]);
    const all = backboneOf(network(layers), undefined, "test").parameters();
    expect(all.map(({ name }) => name)).toContain("residual/b/kernel");
    expect(all.every(({ frozen }) => frozen)).toBe(true);
  });

  it("says what is wrong", () => {
    const layers = [conv("a"), globalAveragePooling2d(), dense({ units: 5, name: "out" })];
    expect(() => backboneOf(network(layers), "b", "test")).toThrow(
      'test: expected a layer at which to cut: a, globalAveragePooling2d, out, got "b"',
    );
    expect(() => backboneOf(network([flatten(), dense({ units: 5 })]), undefined, "test")).not.toThrow();
    const two = network([conv("a"), conv("b"), conv("c")], ["b", "c"]);
    expect(() => backboneOf(two, undefined, "test")).toThrow("at says the layer to cut at");
    expect(backboneOf(two, "b", "test").output).toEqual([8, 8, 4]);
    const single = new Architecture({ input: { shape: [1, 1, 3] }, layers: [conv2d({ filters: 2, kernelSize: 1 })] });
    expect(() => backboneOf(single, undefined, "test")).toThrow(
      "got one of a single layer; at says the layer to cut at",
    );
  });
});

it("withHead averages what still is an image, and finds a free name", () => {
  const trunk = backboneOf(network([conv("head"), relu(), flatten(), dense({ units: 3 })]), "relu", "test");
  const whole = withHead(trunk, 7, 0.5);
  expect(whole.graph.nodes.map(({ path }) => path)).toEqual(["head", "relu", "features", "headDropout", "head_"]);
  expect(headOf(whole)).toEqual({ path: "head_", inputs: 4, units: 7 });
  expect(
    whole
      .parameters()
      .filter(({ trained }) => trained)
      .map(({ name }) => name),
  ).toEqual(["head_/kernel", "head_/bias"]);
  expect(headOf(network([conv("a")]))).toBeUndefined();
});
