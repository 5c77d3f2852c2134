import { alignedSize } from "../engine/plan.ts";
import type { NodeParameter } from "../graph/graph.ts";
import { sizeOf } from "../layers/shape.ts";
import type { Optimizer, UpdateRange } from "../model/contracts.ts";
import { pow } from "../numeric/math.ts";

/** Numbers of a step that kernels of optimizers read. */
const NUMBERS = 4;

/**
 * An optimizer that gives each layer of a network a learning rate of its own: those of the last trained layer, and `layerDecay` times as
 * much for each layer before it. Discriminative fine-tuning of Howard & Ruder (2018).
 *
 * @param parameters of the network, in the order of its layers
 */
export function withLayerRates(optimizer: Optimizer, parameters: readonly NodeParameter[]): Optimizer {
  const trained = parameters.filter((parameter) => parameter.trained);
  const paths = [...new Set(trained.map(({ name }) => pathOf(name)))];
  const { layerDecay = 1 } = optimizer;
  const factors = paths.map((_, index) => pow(layerDecay, paths.length - 1 - index));
  const rowOf = new Map(paths.map((path, index) => [path, index]));
  const { emitDense: _, ...others } = optimizer;
  return {
    ...others,
    hyper: (step, rate) => factors.flatMap((factor) => optimizer.hyper(step, factor * rate)),
    emit(tape, range) {
      const { clipNorm } = optimizer;
      if (clipNorm !== undefined) {
        // The factor by which gradients are cut is known for the first row.
        for (let row = 1; row < paths.length; row++) {
          tape.add("scale", "single", 1, range.hyper + 1, range.hyper + NUMBERS * row + 1, 1, 1);
        }
      }
      let done = 0;
      for (const { name, shape, role } of trained) {
        if ((role === "kernel") !== range.decays) continue;
        const count = alignedSize(sizeOf(shape));
        optimizer.emit(tape, part(range, done, count, rowOf.get(pathOf(name)) ?? 0));
        done += count;
      }
      if (done !== range.count) throw new Error(`${done} of ${range.count} elements have a learning rate`);
    },
  };
}

/** The name of a parameter's layer. */
function pathOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/"));
}

/** A part of the parameters that are updated, with the numbers of a layer. */
function part(range: UpdateRange, begin: number, count: number, row: number): UpdateRange {
  const { values, gradients, slots, hyper } = range;
  return {
    ...range,
    count,
    values: values + begin,
    gradients: gradients + begin,
    slots: slots.map((slot) => slot + begin),
    hyper: hyper + NUMBERS * row,
  };
}
