import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { type PoolGeometry, type PoolOptions, poolGeometry } from "./geometry.ts";
import {
  type BackwardTapes,
  imageShape,
  type Layer,
  type PlacedLayer,
  type Shape,
  type Site,
  sizeOf,
} from "./layer.ts";
import type { LayerConfig } from "./options.ts";

/** Which value of a window goes on. */
export type PoolKind = "max" | "average";

/** Properties of some pooling layers; all false by default. */
interface PoolTraits {
  /** Whether padding counts in means, as zeros. */
  readonly countsPadding?: boolean;
  /** Whether the output is a vector: there is but one window. */
  readonly flat?: boolean;
}

/** A pooling layer whose windows follow from the input's height and width. */
export function pooling(
  config: LayerConfig,
  kind: PoolKind,
  window: (h: number, w: number, who: string) => PoolOptions,
  { countsPadding = false, flat = false }: PoolTraits = {},
): Layer {
  const dims = (input: readonly number[], who: string) => {
    const [h, w, c] = imageShape(input, who);
    return { ...poolGeometry(window(h, w, who)), c };
  };
  return {
    type: config.type,
    config,
    ...(kind === "max" && {
      fusesRelu: true,
      stopsAtZero: "inherits" as const,
      maxPool: (input: Shape) => dims(input, config.type),
    }),
    outputShape(input, who) {
      const { p, q, c } = dims(input, who);
      return flat ? [c] : [p, q, c];
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    place: (site) => new PlacedPooling(site, kind, dims(site.input, site.path), countsPadding),
  };
}

class PlacedPooling implements PlacedLayer {
  readonly #kind: PoolKind;
  /** Lower bound of the maxima: 0 for a ReLU before or after them, which are the same. */
  readonly #lower: number;
  readonly #dims: PoolGeometry & { readonly c: number };
  readonly #countsPadding: boolean;
  readonly #y: Region;
  readonly #dx: Region | undefined;
  #x = 0;

  constructor(site: Site, kind: PoolKind, dims: PoolGeometry & { readonly c: number }, countsPadding: boolean) {
    const { batch, plan, path } = site;
    this.#kind = kind;
    this.#lower = site.fuseRelu ? 0 : Number.NEGATIVE_INFINITY;
    this.#dims = dims;
    this.#countsPadding = countsPadding;
    this.#y = plan.reserve(`${path}/output`, "activations", batch * sizeOf(site.output));
    if (site.training && site.needsInputGradient) {
      this.#dx = plan.reserve(`${path}/dx`, "activations", batch * sizeOf(site.input));
    }
  }

  forward(tape: Tape, n: number, x: number): number {
    this.#x = x;
    const y = this.#y.offset;
    const geometry = geometryArguments(this.#dims);
    if (this.#kind === "max") tape.add("max_pool_forward", "sample", n, x, y, ...geometry, this.#lower);
    else tape.add("average_pool_forward", "sample", n, x, y, ...geometry, ...this.#counting());
    return y;
  }

  backward({ samples }: BackwardTapes, n: number, dy: number): number {
    if (this.#dx === undefined) return 0;
    const dx = this.#dx.offset;
    const geometry = geometryArguments(this.#dims);
    if (this.#kind === "max") {
      samples.add("max_pool_backward", "sample", n, this.#x, this.#y.offset, dy, dx, ...geometry, this.#lower);
    } else {
      samples.add("average_pool_backward", "sample", n, dy, dx, ...geometry, ...this.#counting());
    }
    return dx;
  }

  /** The arguments that say what counts in a mean. */
  #counting() {
    return [this.#dims.padBottom, this.#dims.padRight, this.#countsPadding ? 1 : 0] as const;
  }
}

/** The arguments that all pooling kernels have in common. */
function geometryArguments(d: PoolGeometry & { readonly c: number }) {
  const steps = [d.strideH, d.strideW, d.padTop, d.padLeft, d.dilationH, d.dilationW] as const;
  return [d.h, d.w, d.c, d.p, d.q, d.r, d.s, ...steps] as const;
}
