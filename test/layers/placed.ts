/**
 * Layers by themselves in a memory of their own, with the gradient of their input too, which a network never computes for
 * its first layer.
 *
 * @module
 */

import { createEngine, engineChoice } from "../../src/engine/engine.ts";
import type { EngineOptions } from "../../src/engine/engine-options.ts";
import { MemoryPlan, type Region } from "../../src/engine/plan.ts";
import { Tape } from "../../src/engine/tape.ts";
import { buildGraph } from "../../src/graph/build.ts";
import { type Graph, graphParameters } from "../../src/graph/graph.ts";
import { PlacedGraph } from "../../src/graph/place.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { Mode } from "../../src/layers/placed-layer.ts";
import { type Shape, sizeOf } from "../../src/layers/shape.ts";
import { Parameters } from "../../src/model/parameters.ts";
import { RandomStream } from "../../src/numeric/random.ts";

/** Layers in memory: forward and backward passes on arrays. */
export interface PlacedLayers {
  readonly graph: Graph;
  /** Elements of a sample's output. */
  readonly outputs: number;
  /** Names of the trained parameters. */
  readonly trained: readonly string[];
  /** A view of a parameter. */
  parameter(name: string): Float32Array | Float64Array;
  /** The output for an input of whole samples, copied. */
  forward(x: ArrayLike<number>, mode: Mode): Float64Array;
  /** After `forward` in training: the gradients for that of the output, of the input (unless `first`) under the name "input". */
  backward(dy: ArrayLike<number>): ReadonlyMap<string, Float64Array>;
  /** Ends the engine's threads. */
  dispose(): void;
}

/**
 * Layers with their parameters and random keys in a plan that is not frozen yet, for training.
 *
 * @param batch largest number of samples
 * @param first true: no gradient of the input is wanted
 */
export function planLayers(plan: MemoryPlan, layers: readonly Layer[], input: Shape, batch: number, first: boolean) {
  const graph = buildGraph(layers, input);
  const parameters = new Parameters(graphParameters(graph), plan, true, 0);
  const keys: Region[] = [];
  const placed = new PlacedGraph(graph, {
    batch,
    training: true,
    needsInputGradient: !first,
    plan,
    parameter: (name) => parameters.get(name),
    randomKey() {
      const key = plan.reserve(`key ${keys.length}`, "scratch", 4);
      keys.push(key);
      return key;
    },
  });
  return { graph, parameters, placed, keys };
}

/** Engine of the placed layers, and their place in a network: at its beginning, no gradient of the input is wanted. */
export interface PlaceOptions extends EngineOptions {
  first?: boolean | undefined;
}

/**
 * Places layers, with initial weights and one random key for each dropout.
 *
 * @param batch largest number of samples
 */
export async function placeLayers(
  layers: readonly Layer[],
  input: Shape,
  batch: number,
  { first = false, ...options }: PlaceOptions = {},
): Promise<PlacedLayers> {
  const engineOptions: EngineOptions = {
    engine: "js",
    precision: options.engine === undefined ? "float64" : "float32",
    ...options,
  };
  const plan = new MemoryPlan(engineChoice(engineOptions).threads);
  const { graph, parameters, placed, keys } = planLayers(plan, layers, input, batch, first);
  const outputs = sizeOf(graph.outputs[0].tensor.shape);
  const xRegion = plan.reserve("x", "input", batch * sizeOf(input));
  const dyRegion = plan.reserve("dy", "input", batch * outputs);
  const engine = await createEngine(plan.freeze(), engineOptions, placed.kernels.length > 0);
  const { heap } = engine;
  const view = (offset: number, size: number) => heap.subarray(offset, offset + size);
  parameters.initialize(heap, 1);
  keys.forEach(({ offset }, i) => {
    heap.set([4660 + i, 22136, 39612, 57072], offset);
  });
  let n = 0;

  // Differences ask for the same pass some hundred times.
  const forwardTapes = new Map<string, { readonly tape: Tape; readonly y: number }>();
  const forwardTape = (samples: number, mode: Mode) => {
    const key = `${mode} ${samples}`;
    const known = forwardTapes.get(key);
    if (known !== undefined) return known;
    const tape = new Tape();
    placed.prepare(tape, "training", samples);
    if (mode !== "training") placed.prepare(tape, mode, samples);
    const [y] = placed.forward(tape, samples, xRegion.offset, mode);
    forwardTapes.set(key, { tape, y });
    return { tape, y };
  };

  return {
    graph,
    outputs,
    trained: parameters.list.filter(({ gradient }) => gradient !== undefined).map(({ spec }) => spec.name),
    parameter(name) {
      const { offset, size } = parameters.get(name).value;
      return view(offset, size);
    },
    forward(x, mode) {
      n = x.length / sizeOf(input);
      if (!Number.isInteger(n) || n > batch) throw new RangeError(`forward: expected up to ${batch} samples, got ${n}`);
      heap.set(x, xRegion.offset);
      const { tape, y } = forwardTape(n, mode);
      engine.run(tape);
      return Float64Array.from(view(y, n * outputs));
    },
    backward(dy) {
      heap.set(dy, dyRegion.offset);
      const [samples, weights] = [new Tape(), new Tape()];
      const dx = placed.backward({ samples, weights }, n, xRegion.offset, dyRegion.offset);
      samples.append(weights);
      engine.run(samples);
      const gradients = new Map<string, Float64Array>();
      if (!first) gradients.set("input", Float64Array.from(view(dx, n * sizeOf(input))));
      for (const { spec, gradient } of parameters.list) {
        if (gradient !== undefined) gradients.set(spec.name, Float64Array.from(view(gradient.offset, gradient.size)));
      }
      return gradients;
    },
    dispose: () => engine.dispose(),
  };
}

/** Standard normal numbers, the same for the same name; float32, so that every engine sees the same. */
export function normal(name: string, length: number, deviation = 1): Float64Array {
  const stream = RandomStream.from(5, name);
  return Float64Array.from({ length }, (_, i) => Math.fround(deviation * stream.normal(i)));
}
