import { preluRows } from "../engine/operands/extra/prelu.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { axesOf, someAxes } from "./axes.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import { initializer, type LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer, Site } from "./placed-layer.ts";
import { type Shape, sizeOf } from "./shape.ts";

const OPTIONS = {
  /** Values with which the factors start. */
  alphaInitializer: { kind: initializer(), default: "zeros" },
  /**
   * The axes along which factors are the same, the batch being axis 0: [1, 2] is one factor for each channel of images, [3] one for
   * each position, [1, 2, 3] a single one. Where none are given, each element has its own.
   */
  sharedAxes: { kind: someAxes(), optional: true },
} as const satisfies OptionSchema;

/** Options of `prelu`. */
export interface PreluOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * x where it is positive, else x times a factor that is trained (He et al., 2015; Keras' PReLU); any shape.
 *
 * PyTorch's PReLU has one factor in all, or one for each channel, which start at 0.25.
 *
 * Parameters: `alpha`, of the input's shape, with 1 in place of shared axes.
 *
 * @throws TypeError, RangeError for an unknown or wrong option, or shared axes that the input lacks
 * @example
 * prelu({ sharedAxes: [1, 2], alphaInitializer: { type: "constant", value: 0.25 } });
 */
export function prelu(options: PreluOptions = {}): Layer {
  return PRELU.create(options);
}

/** The type of `prelu` layers. */
export const PRELU = layerType("prelu", OPTIONS, ({ alphaInitializer, sharedAxes = [] }, header) => {
  const alphaShape = (input: Shape, who: string): Shape => {
    const shared = axesOf(sharedAxes, input, who);
    return input.map((extent, axis) => (shared.includes(axis) ? 1 : extent));
  };
  return {
    ...header,
    outputShape([input], who) {
      alphaShape(input, who);
      return input;
    },
    parameters([input]) {
      const shape = alphaShape(input, header.type);
      const fans = { fanIn: sizeOf(shape), fanOut: sizeOf(shape) };
      return [{ name: "alpha", shape, fans, role: "normalization", initializer: alphaInitializer }];
    },
    multiplyAdds: () => 0,
    place: (site) => new PlacedPrelu(site, alphaShape(site.output, header.type)),
  };
});

/** Sizes of a sample as the kernels see it: factors are [outer, size], the same for all rows and along a run. */
type Sharing = readonly [outer: number, rows: number, size: number, run: number];

/** Joins the axes of a sample that lie between two changes from factors of their own to shared ones. */
function sharingOf(sample: Shape, factors: Shape): Sharing {
  const extents = [1, 1, 1, 1];
  // Filled from the last on: own factors take the places 0 and 2, shared ones 1 and 3.
  let place = 3;
  for (let axis = sample.length - 1; axis >= 0; axis--) {
    if (sample[axis] === 1) continue;
    const isShared = factors[axis] === 1;
    if (isShared !== (place % 2 === 1)) place--;
    extents[place] *= sample[axis];
  }
  const [outer, rows, size, run] = extents;
  return [outer, rows, size, run];
}

class PlacedPrelu implements PlacedLayer {
  readonly kernels = preluRows;
  readonly #site: Site;
  readonly #sharing: Sharing;
  /** Number of factors. */
  readonly #size: number;
  /** Sums of each sample, by which the gradient of the factors starts. */
  readonly #sums: Region | undefined;

  constructor(site: Site, factors: Shape) {
    this.#site = site;
    this.#sharing = sharingOf(site.output, factors);
    this.#size = sizeOf(factors);
    if (site.hasBackward) this.#sums = site.reserve("sums", "scratch", site.batch * this.#size);
  }

  /** Emits the gradients; if none of the input is wanted, the kernel writes it over that of the output. */
  backward({ samples, weights }: BackwardTapes, n: number, { x: [x], dy, dx: [dx] }: BackwardPlaces): void {
    const { value, gradient } = this.#site.parameter("alpha");
    if (this.#sums === undefined || (dx === 0 && gradient === undefined)) return;
    const places = [value.offset, this.#sums.offset] as const;
    samples.add("prelu_backward", "sample", n, x, dy, dx === 0 ? dy : dx, ...places, ...this.#sharing);
    if (gradient === undefined) return;
    weights.add("prelu_parameters", "channel", this.#size, this.#sums.offset, gradient.offset, n, this.#size);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    const alpha = this.#site.parameter("alpha").value.offset;
    tape.add("prelu_forward", "sample", n, x, y, alpha, ...this.#sharing);
  }
}
