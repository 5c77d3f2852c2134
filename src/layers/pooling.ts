import { averagePoolingRows } from "../engine/operands/extra/average-pooling.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { type PoolGeometry, type PoolOptions, poolGeometry } from "./geometry.ts";
import type { LayerDefinition, LayerHeader } from "./layer.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, Mode, PlacedLayer, Site } from "./placed-layer.ts";
import {
  emitRelu,
  emitReluGradient,
  hasRest,
  isNone,
  lowerOf,
  NO_RELU,
  type Rectifier,
  stopsAtZero,
} from "./rectifier.ts";
import { imageShape, type Shape, sizeOf } from "./shape.ts";

/** The kind of pooling: the largest value of a window, or the mean. */
export type PoolKind = "max" | "average";

/** Properties of some pooling layers; all false by default. */
interface PoolTraits {
  /** True: padding counts in means, as zeros. */
  readonly countsPadding?: boolean;
  /** True: there is one window, and the output is a vector. */
  readonly flat?: boolean;
}

/** Input sizes and windows. */
type PoolDims = PoolGeometry & { readonly c: number };

/** A pooling layer whose windows follow from the input's height and width. */
export function pooling(
  header: LayerHeader,
  kind: PoolKind,
  window: (h: number, w: number, who: string) => PoolOptions,
  { countsPadding = false, flat = false }: PoolTraits = {},
): LayerDefinition {
  const dims = (input: Shape, who: string): PoolDims => {
    const [h, w, c] = imageShape(input, who);
    return { ...poolGeometry(window(h, w, who)), c };
  };
  const average: LayerDefinition = {
    ...header,
    outputShape([input], who) {
      const { p, q, c } = dims(input, who);
      return flat ? [c] : [p, q, c];
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    place: ({ inputs: [input], path }) => new PlacedAveragePooling(dims(input, path), countsPadding),
  };
  if (kind === "average") return average;
  /** @param rectifier a ReLU that stands before it or after it, which comes to the same as none changes the order, or none */
  const maximum = (rectifier: Rectifier): LayerDefinition => {
    const absorb = (other: LayerDefinition) =>
      other.rectifier !== undefined && isNone(rectifier) ? maximum(other.rectifier) : undefined;
    return {
      ...average,
      ...(isNone(rectifier) ? { stopsAtZero: "inherits" } : stopsAtZero(rectifier)),
      maxPool: (input) => ({ geometry: dims(input, header.type), rectifier }),
      absorb,
      absorbBefore: absorb,
      place: (site) => new PlacedMaxPooling(site, dims(site.inputs[0], site.path), rectifier),
    };
  };
  return maximum(NO_RELU);
}

class PlacedMaxPooling implements PlacedLayer {
  readonly #dims: PoolDims;
  readonly #rectifier: Rectifier;
  readonly #size: number;
  /** The maxima before a ReLU with a slope, by which the backward pass finds where they come from. */
  readonly #maxima: Region | undefined;
  /** Gradient before a ReLU that is not plain. */
  readonly #dz: Region | undefined;

  constructor(site: Site, dims: PoolDims, rectifier: Rectifier) {
    this.#dims = dims;
    this.#rectifier = rectifier;
    this.#size = sizeOf(site.output);
    if (!hasRest(rectifier) || !site.hasBackward || !site.needsInputGradient) return;
    const outputs = site.batch * this.#size;
    if (rectifier.slope > 0) this.#maxima = site.reserve("maxima", "activations", outputs);
    this.#dz = site.reserve("dz", "activations", outputs);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces, mode: Mode): void {
    const z = mode === "training" ? (this.#maxima?.offset ?? y) : y;
    tape.add("max_pool_forward", "sample", n, x, z, ...this.#geometry());
    if (hasRest(this.#rectifier)) emitRelu(tape, n, z, y, this.#size, this.#rectifier);
  }

  backward({ samples }: BackwardTapes, n: number, { x: [x], y, dy, dx: [dx] }: BackwardPlaces): void {
    if (dx === 0) return;
    const z = this.#maxima?.offset ?? y;
    const dz = this.#dz?.offset ?? dy;
    if (dz !== dy) emitReluGradient(samples, n, { y, dy, dx: dz }, this.#size, this.#rectifier);
    samples.add("max_pool_backward", "sample", n, x, z, dz, dx, ...this.#geometry());
  }

  #geometry() {
    return [...geometryArguments(this.#dims), lowerOf(this.#rectifier)] as const;
  }
}

class PlacedAveragePooling implements PlacedLayer {
  readonly kernels = averagePoolingRows;
  readonly #dims: PoolDims;
  readonly #countsPadding: boolean;

  constructor(dims: PoolDims, countsPadding: boolean) {
    this.#dims = dims;
    this.#countsPadding = countsPadding;
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    tape.add("average_pool_forward", "sample", n, x, y, ...geometryArguments(this.#dims), ...this.#counting());
  }

  backward({ samples }: BackwardTapes, n: number, { dy, dx: [dx] }: BackwardPlaces): void {
    if (dx === 0) return;
    samples.add("average_pool_backward", "sample", n, dy, dx, ...geometryArguments(this.#dims), ...this.#counting());
  }

  /** The arguments that say what counts in a mean. */
  #counting() {
    return [this.#dims.padBottom, this.#dims.padRight, this.#countsPadding ? 1 : 0] as const;
  }
}

/** The arguments that all pooling kernels have in common. */
function geometryArguments(d: PoolDims) {
  const steps = [d.strideH, d.strideW, d.padTop, d.padLeft, d.dilationH, d.dilationW] as const;
  return [d.h, d.w, d.c, d.p, d.q, d.r, d.s, ...steps] as const;
}
