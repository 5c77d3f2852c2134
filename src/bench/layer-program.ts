import { MemoryPlan, type Region } from "../engine/plan.ts";
import { Tape } from "../engine/tape.ts";
import { buildGraph } from "../graph/build.ts";
import { graphMultiplyAdds, graphParameters } from "../graph/graph.ts";
import { PlacedGraph } from "../graph/place.ts";
import type { Layer } from "../layers/layer.ts";
import { type Shape, sizeOf } from "../layers/shape.ts";
import { Parameters } from "../model/parameters.ts";
import { fillNormal, type ProgramMaker } from "./program.ts";

/**
 * A training step of one layer, or of several that may be fused: forward, then backward.
 *
 * @param first true: they stand first in their network, so that there is no data gradient
 */
export function layerProgram(layers: readonly Layer[], input: Shape, first: boolean): ProgramMaker {
  return (n, threads) => {
    const plan = new MemoryPlan(threads);
    const graph = buildGraph(layers, input);
    const parameters = new Parameters(graphParameters(graph), plan, true, 0);
    const keys: Region[] = [];
    const placed = new PlacedGraph(graph, {
      batch: n,
      training: true,
      needsInputGradient: !first,
      plan,
      parameter: (name) => parameters.get(name),
      randomKey() {
        const key = plan.reserve("random key", "scratch", 4);
        keys.push(key);
        return key;
      },
    });
    const x = plan.reserve("x", "input", n * sizeOf(input));
    const dy = plan.reserve("dy", "input", n * sizeOf(graph.outputs[0].tensor.shape));
    const elements = plan.freeze();
    const tape = new Tape();
    const weights = new Tape();
    placed.prepare(tape, "training", n);
    placed.forward(tape, n, x.offset, "training");
    placed.backward({ samples: tape, weights }, n, x.offset, dy.offset);
    tape.append(weights);
    return {
      elements,
      regions: plan.regions,
      operations: tape.operations,
      multiplyAdds: n * graphMultiplyAdds(graph),
      fill(heap) {
        parameters.initialize(heap, 1);
        for (const region of [x, dy]) fillNormal(heap, region);
        for (const { offset } of keys) heap.set([4660, 22136, 39612, 57072], offset);
      },
    };
  };
}
