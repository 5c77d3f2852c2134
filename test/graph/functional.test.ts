import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { residual } from "../../src/graph/residual.ts";
import { relu } from "../../src/layers/activation.ts";
import { add } from "../../src/layers/add.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { SymbolicTensor } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { input } from "../../src/model/input.ts";
import { readArchitecture } from "../../src/model/read-architecture.ts";
import { createModel, type ModelOptions } from "../../src/training/create-model.ts";
import { loadModel } from "../../src/training/load-model.ts";
import { Model } from "../../src/training/model.ts";
import { barImages, CLASSES, SHAPE, weightBytes } from "../model/networks.ts";

const INPUT = { shape: SHAPE, scale: 1 / 128, offset: -1 } as const;

/** A network with two branches of different windows, a block, a layer without a name, dropout, and a tensor with three users. */
function functional(): ModelOptions {
  const x = input(INPUT);
  const stem = conv2d({ name: "stem", filters: 4, kernelSize: 3, padding: "same", activation: "relu" }).apply(x);
  const left = batchNormalization().apply(conv2d({ filters: 4, kernelSize: 3, padding: "same" }).apply(stem));
  const right = conv2d({ filters: 4, kernelSize: 1, activation: "tanh" }).apply(stem);
  const sum = relu({ name: "sum" }).apply(add().apply([left, right, stem]));
  const block = residual([conv2d({ filters: 4, kernelSize: 3, padding: "same" }), relu()], { name: "block" }).apply(
    sum,
  );
  const pooled = maxPooling2d().apply(add({ name: "again" }).apply([block, right]));
  const hidden = dropout({ rate: 0.25 }).apply(dense({ units: 7, activation: "relu" }).apply(flatten().apply(pooled)));
  return { inputs: x, outputs: dense({ name: "out", units: CLASSES }).apply(hidden), seed: 5 };
}

/** The network as a list. */
function list(): ModelOptions {
  const layers = [
    conv2d({ name: "stem", filters: 4, kernelSize: 3, padding: "same", activation: "relu" }),
    conv2d({ filters: 4, kernelSize: 3, padding: "same" }),
    batchNormalization(),
    conv2d({ filters: 4, kernelSize: 1, activation: "tanh", inputs: "stem" }),
    add({ inputs: ["batchNormalization", "conv2d_1", "stem"] }),
    relu({ name: "sum" }),
    residual([conv2d({ filters: 4, kernelSize: 3, padding: "same" }), relu()], { name: "block" }),
    add({ name: "again", inputs: ["block", "conv2d_1"] }),
    maxPooling2d(),
    flatten(),
    dense({ units: 7, activation: "relu" }),
    dropout({ rate: 0.25 }),
    dense({ name: "out", units: CLASSES }),
  ];
  return { input: INPUT, layers, seed: 5 };
}

/** The network as a file has it. */
const JSON_FORM = `{"input":{"shape":[9,7,2],"scale":[0.0078125,0.0078125],"offset":[-1,-1]},"layers":[
{"name":"stem","filters":4,"kernelSize":3,"padding":"same","activation":"relu","type":"conv2d"},
{"filters":4,"kernelSize":3,"padding":"same","type":"conv2d"},
{"type":"batchNormalization"},
{"filters":4,"kernelSize":1,"activation":"tanh","inputs":["stem"],"type":"conv2d"},
{"inputs":["batchNormalization","conv2d_1","stem"],"type":"add"},
{"name":"sum","type":"relu"},
{"name":"block","layers":[{"filters":4,"kernelSize":3,"padding":"same","type":"conv2d"},{"type":"relu"}],"type":"residual"},
{"name":"again","inputs":["block","conv2d_1"],"type":"add"},
{"type":"maxPooling2d"},
{"type":"flatten"},
{"units":7,"activation":"relu","type":"dense"},
{"rate":0.25,"type":"dropout"},
{"name":"out","units":3,"type":"dense"}]}`.replaceAll("\n", "");

async function trained(model: Model): Promise<string> {
  await model.compile({ engine: "simd", optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: 8 });
  await model.fit(barImages(30), { epochs: 2 });
  return createHash("sha256").update(weightBytes(model)).digest("hex");
}

describe("a network in three forms", () => {
  const models = [
    createModel(functional()),
    createModel(list()),
    new Model(readArchitecture(JSON.parse(JSON_FORM)), 5),
  ];

  it("has the same JSON, and the same weights", () => {
    for (const { architecture } of models) expect(JSON.stringify(architecture.toJson())).toBe(JSON_FORM);
    const names = [...models[0].weights().keys()];
    expect(names).toEqual(expect.arrayContaining(["stem/kernel", "conv2d_1/bias", "block/conv2d/kernel", "out/bias"]));
    for (const model of models) expect([...model.weights()]).toEqual([...models[0].weights()]);
  });

  it("trains to the same bits, saved and loaded too", async () => {
    const sums = await Promise.all(models.map(trained));
    expect(new Set(sums).size).toBe(1);
    const file = models[0].save();
    const loaded = await loadModel(file, { engine: "simd", training: true });
    expect(loaded.save()).toEqual(file);
    const { images } = barImages(9);
    expect(await loaded.predict(images)).toEqual(await models[2].predict(images));
  });
});

describe("the functional form", () => {
  const x = input({ shape: [8, 8, 4] });
  const conv = (name: string) => conv2d({ name, filters: 4, kernelSize: 3, padding: "same" });
  const toJson = (outputs: SymbolicTensor | readonly SymbolicTensor[]) =>
    createModel({ inputs: x, outputs }).architecture.toJson();

  it("makes of a chain the file that a plain list makes", () => {
    const layers = () => [
      conv2d({ filters: 4, kernelSize: 3 }),
      relu(),
      conv2d({ filters: 2, kernelSize: 3 }),
      flatten(),
    ];
    let y: SymbolicTensor = x;
    for (const layer of layers()) y = layer.apply(y);
    expect(JSON.stringify(toJson(y))).toBe(
      JSON.stringify(createModel({ input: [8, 8, 4], layers: layers() }).architecture.toJson()),
    );
  });

  it("knows shapes at once", () => {
    const a = conv2d({ filters: 5, kernelSize: 3, activation: "relu" }).apply(x);
    expect(a.shape).toEqual([6, 6, 5]);
    expect(residual([conv2d({ filters: 5, kernelSize: 1 })]).apply(a).shape).toEqual([6, 6, 5]);
    expect(flatten().apply(a).shape).toEqual([180]);
  });

  it("names the model's input, and outputs that are not just the last layer", () => {
    const a = conv("a").apply(x);
    const b = conv("b").apply(x);
    expect(toJson([b, add({ name: "sum" }).apply([a, b, x])])).toMatchObject({
      layers: [{ name: "b" }, { name: "a", inputs: ["input"] }, { name: "sum", inputs: ["a", "b", "input"] }],
      outputs: ["b", "sum"],
    });
    expect(toJson([a])).not.toHaveProperty("outputs");
  });

  it("may be deeper than calls can nest", () => {
    let y: SymbolicTensor = x;
    for (let i = 0; i < 20_000; i++) y = relu().apply(y);
    expect(createModel({ inputs: x, outputs: y }).architecture.graph.nodes).toHaveLength(20_000);
  });

  it("visits each tensor once, however many ways lead to it", () => {
    // A hundred times two ways: 2^100 paths.
    let y: SymbolicTensor = x;
    for (let i = 0; i < 100; i++) y = add().apply([y, y]);
    expect(createModel({ inputs: x, outputs: y }).architecture.graph.nodes).toHaveLength(100);
  });

  it("gives each model weights of its own: layers hold none", async () => {
    const y = dense({ name: "out", units: 2 }).apply(flatten().apply(x));
    const [one, two] = [1, 2].map((seed) => createModel({ inputs: x, outputs: y, seed }));
    await one.compile();
    await two.compile();
    expect(one.getWeight("out/kernel")).not.toEqual(two.getWeight("out/kernel"));
  });

  it.each<[string, (x: SymbolicTensor) => unknown, ErrorConstructor, string]>([
    [
      "a layer that is applied twice",
      (at) => {
        const shared = conv("shared");
        return add().apply([shared.apply(at), shared.apply(at)]);
      },
      RangeError,
      'conv2d "shared": expected to be applied once, as layers share no weights, got more',
    ],
    [
      "two layers of one name",
      (at) => conv("a").apply(conv("a").apply(at)),
      RangeError,
      'layers: expected every name once, got "a" twice',
    ],
    [
      "a tensor of another input",
      (at) => add().apply([at, conv("a").apply(input([8, 8, 4]))]),
      RangeError,
      "outputs: expected to be made of the model's input, [8,8,4], got another one, [8,8,4]",
    ],
    ["the input itself", (at) => at, RangeError, "layers: expected at least one layer, got none"],
    [
      "the input itself beside others",
      (at) => [at, conv("a").apply(at)],
      RangeError,
      'outputs: expected names of a, got "input"',
    ],
    [
      "nothing",
      () => undefined,
      TypeError,
      "model: expected outputs to be tensors that layers made of inputs, got nothing",
    ],
    ["no tensors", () => [], RangeError, "layers: expected at least one layer, got none"],
    ["null among them", (at) => [conv("a").apply(at), null], TypeError, "got null"],
    ["a name", () => "a", TypeError, 'outputs: expected what input() or a layer\'s apply() gives, got "a"'],
    [
      "a layer",
      () => conv("a"),
      TypeError,
      'outputs: expected what input() or a layer\'s apply() gives, got {"type":"conv2d","config":{"name":"a",',
    ],
    [
      "one tensor twice",
      (at) => {
        const y = conv("a").apply(at);
        return [y, y];
      },
      RangeError,
      "outputs: expected one or more names, each once, got a, a",
    ],
    [
      "a layer with the input's name beside it",
      (at) => add().apply([conv("input").apply(at), at]),
      RangeError,
      'add: expected no layer named as the model\'s input, got "input"',
    ],
    [
      "shapes that do not fit",
      (at) => add({ name: "sum" }).apply([at, flatten().apply(at)]),
      RangeError,
      'add "sum": expected inputs of one shape, got [8,8,4] and [256]',
    ],
    [
      "too few inputs",
      (at) => add({ name: "sum" }).apply(at),
      RangeError,
      'add "sum": expected at least 2 inputs, got 1',
    ],
    ["too many", (at) => conv("c").apply([at, at]), RangeError, 'conv2d "c": expected 1 input, got 2'],
    [
      "names and tensors at once",
      (at) => conv2d({ filters: 1, kernelSize: 1, inputs: "a" }).apply(at),
      TypeError,
      "conv2d: expected its inputs by name or by apply, got both",
    ],
  ])("refuses %s", (_, outputs, kind, message) => {
    // Plain JavaScript lets anything through.
    const make = () => Reflect.apply(createModel, undefined, [{ inputs: x, outputs: outputs(x) }]);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  it.each([
    ["undefined", undefined, "got undefined"],
    ["a layer", relu(), 'got {"type":"relu","config":{"type":"relu"}'],
    ["a shape", [8, 8, 4], "got 8"],
    ["an empty place in a list", [x, undefined], "got undefined"],
  ])("refuses to apply a layer to %s", (_, inputs, got) => {
    const call = () => Reflect.apply(add({ name: "sum" }).apply, undefined, [inputs]);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(`add "sum": expected what input() or a layer's apply() gives, ${got}`);
  });

  it.each<[string, (y: SymbolicTensor) => object, string]>([
    [
      "several inputs",
      (y) => ({ inputs: [x, input([2, 2, 1])], outputs: y }),
      "inputs: expected one that input() gives, got 2, as models of several are not supported",
    ],
    [
      "a layer's output for an input",
      (y) => ({ inputs: y, outputs: y }),
      "inputs: expected one that input() gives, got a layer's output",
    ],
    [
      "a shape for an input",
      (y) => ({ inputs: 8, outputs: y }),
      "inputs: expected what input() or a layer's apply() gives, got 8",
    ],
    ["no input", (y) => ({ outputs: y }), "model: expected input and layers, or inputs and outputs, got neither"],
    [
      "both forms",
      (y) => ({ inputs: x, outputs: y, layers: [relu()] }),
      "model: expected either input and layers, or inputs and outputs, got both",
    ],
    [
      "tensors with a list",
      (y) => ({ input: [8, 8, 4], layers: [relu()], outputs: y }),
      'outputs: expected names of layers, got {"shape":[8,8,4],"source":',
    ],
    [
      "another key",
      (y) => ({ inputs: x, outputs: y, output: y }),
      'createModel: expected only the keys input, layers, outputs, inputs, seed, got "output"',
    ],
  ])("refuses %s", (_, options, message) => {
    expect(() => Reflect.apply(createModel, undefined, [options(relu().apply(x))])).toThrow(message);
  });

  it("takes one input in a list, and what a list's input takes", () => {
    const scaled = input({ shape: [8, 8, 1], mean: 100, deviation: 50 });
    const outputs = flatten().apply(scaled);
    const { architecture } = createModel({ inputs: [scaled], outputs });
    expect(architecture.toJson().input).toEqual({ shape: [8, 8, 1], scale: [0.02], offset: [-2] });
    expect(() => Reflect.apply(input, undefined, [[8, 8]])).toThrow(
      "input: expected shape to be height, width and channels",
    );
  });
});
