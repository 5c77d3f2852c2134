import type { ExtraRows } from "../engine/operands/row.ts";
import type { Tape } from "../engine/tape.ts";
import type { LayerDefinition, LayerHeader } from "./layer.ts";
import type { PlacedLayer, Site } from "./placed-layer.ts";
import { sizeOf } from "./shape.ts";

/** Heap offsets of a layer's input and output, and of their gradients. */
interface GradientPlaces {
  readonly x: number;
  readonly y: number;
  readonly dy: number;
  readonly dx: number;
}

/** Kernel calls for `n` samples of `size` elements each. */
interface Calls {
  /** Rows of the kernels of the extra file that it calls; as in `PlacedLayer`. */
  readonly kernels?: ExtraRows;
  forward(tape: Tape, n: number, x: number, y: number, size: number): void;
  /** Emits the gradient from x or from y, whichever the derivative is simpler in. */
  backward(tape: Tape, n: number, places: GradientPlaces, size: number): void;
}

/** A layer without parameters whose output has the shape of its input. */
export function keepingShape(header: LayerHeader, place: (site: Site) => PlacedLayer): LayerDefinition {
  return { ...header, outputShape: ([input]) => input, parameters: () => [], multiplyAdds: () => 0, place };
}

/** A layer that is a function of each element. */
export function elementwise(header: LayerHeader, { kernels, forward, backward }: Calls): LayerDefinition {
  return keepingShape(header, ({ output }) => {
    const size = sizeOf(output);
    return {
      ...(kernels !== undefined && { kernels }),
      forward: (tape, n, { x: [x], y }) => forward(tape, n, x, y, size),
      backward({ samples }, n, { x: [x], y, dy, dx: [dx] }) {
        if (dx !== 0) backward(samples, n, { x, y, dy, dx }, size);
      },
    };
  });
}
