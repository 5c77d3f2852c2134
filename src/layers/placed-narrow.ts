import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { PoolGeometry } from "./geometry.ts";
import { type BackwardTapes, type Mode, type PlacedLayer, type Site, sizeOf } from "./layer.ts";
import type { BiasKind, ConvolutionDims } from "./placed-windows.ts";

/** Most input channels of the kernels that read filters in place: an image's colours and one more. */
const MOST_CHANNELS = 4;

type Surroundings = Pick<Site, "training" | "needsInputGradient">;

/** Whether a convolution is one of few channels on which no gradient goes further back: a network's first layer. */
export function isNarrow(d: ConvolutionDims, bias: BiasKind, { training, needsInputGradient }: Surroundings): boolean {
  // The kernels' tiles are two outputs high, two wide and four filters deep.
  const fits = d.c <= MOST_CHANNELS && d.k >= 4 && d.p >= 2 && d.q >= 2;
  const plain = d.groups === 1 && d.dilationH === 1 && d.dilationW === 1 && bias !== "untied";
  return fits && plain && !(training && needsInputGradient);
}

/** Whether such a convolution can apply a max pooling that follows while its outputs are in registers. */
export function poolsItself(d: ConvolutionDims, pool: PoolGeometry): boolean {
  const dense = pool.dilationH === 1 && pool.dilationW === 1;
  const windows = pool.r === 2 && pool.s === 2 && pool.strideH === 2 && pool.strideW === 2 && dense;
  const inside = pool.padTop === 0 && pool.padLeft === 0 && 2 * pool.p <= d.p && 2 * pool.q <= d.q;
  // What float32 can tell of a place.
  const near = 4 * (d.strideH * d.wp + d.strideW) * d.c < 2 ** 23;
  return windows && inside && near && hasGradient(d.r, d.s * d.c);
}

/**
 * Whether the weight gradient takes a window of `r` lines of `length` floats. It reads three vectors at once, for which it
 * goes on by twelve floats or eight, and kernels may read only seven past their input.
 */
function hasGradient(r: number, length: number): boolean {
  const leaves = (step: number) => length % step === 0 || length % step > 4;
  return (r === 3 && length <= 4) || (r === 5 && length <= 8) || leaves(12) || (length > 8 && leaves(8));
}

/** A convolution of an image with few channels, and a max pooling with it where the site says so, in memory. */
export class PlacedNarrowConvolution implements PlacedLayer {
  readonly #site: Site;
  readonly #d: ConvolutionDims;
  readonly #y: Region;
  /** The input with its border of zeros; the input itself where there is no padding. */
  readonly #padded: Region | undefined;
  /** With pooling: where each maximum comes from. */
  readonly #places: Region | undefined;
  /** Gradient before the ReLU. */
  readonly #dz: Region | undefined;
  readonly #bias: { readonly value: Region; readonly gradient: Region | undefined } | undefined;
  #x = 0;

  constructor(site: Site, d: ConvolutionDims, bias: BiasKind) {
    const { batch, plan, path } = site;
    this.#site = site;
    this.#d = d;
    if (bias !== "none") this.#bias = site.parameter("bias");
    const outputs = batch * sizeOf(site.output);
    this.#y = plan.reserve(`${path}/output`, "activations", outputs);
    if (d.hp !== d.h || d.wp !== d.w) {
      this.#padded = plan.reserve(`${path}/padded`, "activations", batch * d.hp * d.wp * d.c);
    }
    if (!site.training) return;
    if (site.fuseMaxPool) this.#places = plan.reserve(`${path}/places`, "activations", outputs);
    if (site.fuseRelu) this.#dz = plan.reserve(`${path}/dz`, "activations", outputs);
  }

  forward(tape: Tape, n: number, x: number, mode: Mode): number {
    const d = this.#d;
    this.#x = x;
    if (this.#padded !== undefined) {
      this.#x = this.#padded.offset;
      tape.add("pad2d", "sample", n, x, this.#x, d.h, d.w, d.c, d.padTop, d.padLeft, d.hp, d.wp);
    }
    const places = [this.#x, this.#site.parameter("kernel").value.offset, this.#bias?.value.offset ?? 0] as const;
    const y = this.#y.offset;
    const lower = this.#site.fuseRelu ? 0 : Number.NEGATIVE_INFINITY;
    if (this.#site.fuseMaxPool) {
      const origins = mode === "training" ? (this.#places?.offset ?? 0) : 0;
      tape.add("conv2d_narrow_pool_forward", "sample", n, ...places, y, origins, ...this.#shapes(), lower);
    } else {
      tape.add("conv2d_narrow_forward", "sample", n, ...places, y, ...this.#shapes(), lower);
    }
    return y;
  }

  backward({ samples, weights }: BackwardTapes, n: number, dy: number): number {
    const d = this.#d;
    const outputs = sizeOf(this.#site.output);
    let dz = dy;
    if (this.#dz !== undefined) {
      dz = this.#dz.offset;
      samples.add("relu_backward", "sample", n, this.#y.offset, dy, dz, outputs);
    }
    const dw = this.#site.parameter("kernel").gradient?.offset;
    if (dw !== undefined && this.#places !== undefined) {
      const places = [this.#x, this.#places.offset, dz, dw] as const;
      weights.add("conv2d_narrow_pool_backward_weights", "weight", d.k, ...places, n, ...this.#shapes());
    } else if (dw !== undefined) {
      const steps = [d.strideH, d.strideW, d.dilationH, d.dilationW, d.groups] as const;
      const shapes = [d.hp, d.wp, d.c, d.p, d.q, d.k, d.r, d.s] as const;
      weights.add("conv2d_backward_weights", "weight", d.r * d.s * d.c, this.#x, dz, dw, n, ...shapes, ...steps);
    }
    if (this.#bias?.gradient !== undefined) {
      weights.add("bias_backward", "weight", d.k, dz, this.#bias.gradient.offset, (n * outputs) / d.k, d.k);
    }
    return 0;
  }

  /** The arguments that all three kernels have in common. */
  #shapes() {
    const d = this.#d;
    return [d.hp, d.wp, d.c, d.p, d.q, d.k, d.r, d.s, d.strideH, d.strideW] as const;
  }
}
