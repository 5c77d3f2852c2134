import { describe, expect, it } from "vitest";
import { readLayers } from "../../src/graph/read.ts";
import { residual } from "../../src/graph/residual.ts";
import { relu as activation } from "../../src/layers/activation.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { readArchitecture } from "../../src/model/read-architecture.ts";
import { createModel } from "../../src/training/create-model.ts";

/** The kind and message of a network's error when it is read from a file; undefined without one. */
function refusal(layers: unknown, outputs?: unknown) {
  const json = { input: [8, 8, 4], layers, ...(outputs !== undefined && { outputs }) };
  try {
    readArchitecture(JSON.parse(JSON.stringify(json)));
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : error;
  }
  return undefined;
}

const relu = (name: string, inputs?: unknown) => ({ type: "relu", name, ...(inputs !== undefined && { inputs }) });
const add = (name: string, inputs: unknown) => ({ type: "add", name, inputs });
const convolution = (name: string) => ({ type: "conv2d", name, filters: 4, kernelSize: 3 });
const many = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));

describe("a file's network that is no graph", () => {
  it.each([
    [
      "an unknown name",
      [relu("a"), add("b", ["a", "x"])],
      'RangeError: layers[1] (add "b"): expected inputs to be names of input, a, b, got "x"',
    ],
    [
      "a circle",
      [relu("a", "c"), relu("b"), add("c", ["b", "a"])],
      'RangeError: layers[0] (relu "a"): expected no layer to take what is made of its own output, got a -> b -> c -> a',
    ],
    [
      "a layer that takes itself",
      [relu("a"), add("b", ["a", "b"])],
      'RangeError: layers[1] (add "b"): expected no layer to take what is made of its own output, got b -> b',
    ],
    [
      "a dead end",
      [relu("a"), relu("b", "input"), relu("c", "a")],
      'RangeError: layers[1] (relu "b"): expected another layer to take its output, or the outputs to name it, got neither',
    ],
    [
      "a dead end beside outputs",
      [relu("a"), relu("b", "a"), relu("c", "a")],
      'RangeError: layers[2] (relu "c"): expected another layer to take its output',
      ["b"],
    ],
    [
      "shapes that do not fit",
      [convolution("a"), add("b", ["input", "a"])],
      'RangeError: layers[1] (add "b"): expected inputs of one shape, got [8,8,4] and [6,6,4]',
    ],
    ["too few inputs", [add("a", "input")], 'RangeError: layers[0] (add "a"): expected at least 2 inputs, got 1'],
    ["too many inputs", [relu("a", ["input", "input"])], 'RangeError: layers[0] (relu "a"): expected 1 input, got 2'],
    ["two layers of one name", [relu("a"), relu("a")], 'RangeError: layers: expected every name once, got "a" twice'],
    [
      "the name of a block's own layer",
      [{ type: "residual", name: "block", layers: [relu("inner")] }, add("b", ["block", "inner"])],
      'RangeError: layers[1] (add "b"): expected inputs to be names of input, block, b, got "inner"',
    ],
    [
      "a name from outside a block",
      [relu("a"), { type: "residual", name: "block", layers: [relu("b"), add("c", ["b", "a"])] }],
      'RangeError: add "block/c": expected inputs to be names of input, b, c, got "a"',
    ],
  ])("is refused for %s", (_, layers, message, outputs?: unknown) => {
    expect(refusal(layers, outputs)).toContain(message);
  });

  it.each([5, true, {}, [], [5], [null], [["input"]], "", "a/b", ["input", ""], { length: 1 }])(
    "is refused for inputs of %j",
    (inputs) => {
      expect(refusal([relu("a"), relu("b", inputs)])).toMatch(
        /^TypeError: layers\[\d\] \(relu "b"\): expected inputs to be names of layers, got /,
      );
    },
  );

  it("takes the layer before for inputs of null, as options of null are those that were not given", () => {
    expect(refusal([relu("a"), relu("b", null)])).toBeUndefined();
  });

  it.each([
    [5, "TypeError: outputs: expected names of layers, got 5"],
    [{}, "TypeError: outputs: expected names of layers, got {}"],
    [[], "RangeError: outputs: expected one or more names, each once, got none"],
    [["a", 1], "TypeError: outputs: expected names of layers, got 1"],
    [["a", "a"], "RangeError: outputs: expected one or more names, each once, got a, a"],
    [["a", "x"], 'RangeError: outputs: expected names of a, got "x"'],
    ["input", 'RangeError: outputs: expected names of a, got "input"'],
    ["__proto__", 'RangeError: outputs: expected names of a, got "__proto__"'],
  ])("is refused for outputs of %j", (outputs, message) => {
    expect(refusal([relu("a")], outputs)).toBe(message);
  });

  it("is refused in few words, however long its names", () => {
    const long = (i: number) => `${"n".repeat(50_000)}${i}`;
    const texts = [
      refusal([...many(50, (i) => relu(long(i))), add("sum", [long(1), long(99)])]),
      refusal([relu(long(0), long(49)), ...many(49, (i) => relu(long(i + 1)))]),
      refusal([relu(long(0)), relu(long(0))]),
      refusal(
        many(50, (i) => relu(long(i))),
        [long(99)],
      ),
    ];
    // A layer's own name stands before the message.
    for (const text of texts) expect(String(text).replace(/"n+\d+"/g, "").length).toBeLessThan(500);
    for (const text of texts) expect(text).toMatch(/^RangeError: /);
  });
});

describe("a file's network that is large", () => {
  it("may have many layers that take many others, but not without end", () => {
    const taken = (i: number, count: number) => many(count, (k) => (i < k + 1 ? "input" : `l${i - k - 1}`));
    const dense = (count: number) => many(1000, (i) => add(`l${i}`, taken(i, count)));
    expect(refusal(dense(100))).toBeUndefined();
    expect(refusal(dense(101))).toBe("RangeError: layers[990]: expected at most 100000 inputs in all, got more");
    expect(
      refusal([
        add(
          "a",
          many(99_999, () => "input"),
        ),
      ]),
    ).toBeUndefined();
    expect(
      refusal([
        add(
          "a",
          many(1_000_000, () => "input"),
        ),
      ]),
    ).toMatch(/^RangeError: layers\[0\]: expected at most 100000/);
  });

  it("counts the inputs within blocks", () => {
    const block = {
      type: "residual",
      layers: [
        add(
          "a",
          many(1000, () => "input"),
        ),
      ],
    };
    expect(refusal(many(200, () => block))).toMatch(/expected at most 100000 inputs in all, got more$/);
  });

  it("may be a circle as long as a list can be", () => {
    const circle = [relu("l0", "l999"), ...many(999, (i) => relu(`l${i + 1}`))];
    expect(refusal(circle)).toMatch(
      /^RangeError: layers\[\d\] \(relu "l0"\): expected no layer to take what is made of its own output, got l0 -> /,
    );
    expect(String(refusal(circle)).length).toBeLessThan(500);
  });

  it("may stand in the file the other way round", () => {
    const backwards = many(1000, (i) =>
      add(
        `l${i}`,
        many(90, (k) => (i + k + 1 > 999 ? "input" : `l${i + k + 1}`)),
      ),
    );
    expect(refusal(backwards, "l0")).toBeUndefined();
  });

  it("may name many outputs, each once", () => {
    const layers = many(1000, (i) => relu(`l${i}`));
    expect(
      refusal(
        layers,
        many(1000, (i) => `l${i}`),
      ),
    ).toBeUndefined();
    expect(
      refusal(
        layers,
        many(1_000_000, () => "l999"),
      ),
    ).toMatch(/^RangeError: outputs: expected one or more names/);
  });

  it("has no more layers than one that is made may have, so that what is saved can be read", () => {
    const layers = many(20_000, (i) => relu(`l${i}`));
    expect(refusal(layers)).toBeUndefined();
    const message = "layers: expected at most 20000 layers in all, got 20001";
    expect(refusal([...layers, relu("more")])).toBe(`RangeError: ${message}`);
    const made = readLayers(layers, "layers");
    expect(() => createModel({ input: [8, 8, 4], layers: made })).not.toThrow();
    expect(() => createModel({ input: [8, 8, 4], layers: [...made, flatten()] })).toThrow(message);
  });

  it("has no deeper blocks than one that is made may have", () => {
    const nested = (depth: number): Layer => (depth === 0 ? activation() : residual([nested(depth - 1)]));
    const model = (depth: number) => createModel({ input: [8, 8, 4], layers: [nested(depth)] });
    expect(() => readArchitecture(model(8).architecture.toJson())).not.toThrow();
    expect(() => model(9)).toThrow("expected at most 8 nested residuals, got more");
  });
});
