import { FIRST_PLACE } from "../engine/kernel-sizes.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { ConvolutionDims } from "./convolution-kernels.ts";
import type { PoolGeometry } from "./geometry.ts";
import type { Surroundings } from "./layer.ts";
import type { BiasKind, Fusion } from "./placed-convolution.ts";
import type {
  BackwardPlaces,
  BackwardTapes,
  FoldedWeights,
  ForwardPlaces,
  Mode,
  PlacedLayer,
  Site,
} from "./placed-layer.ts";
import { emitReluGradient, emitRest, isNone, lowerOf } from "./rectifier.ts";
import { sizeOf } from "./shape.ts";

/** Most input channels of the kernels that read filters in place: an image's colours and one more. */
const MOST_CHANNELS = 4;

/** True for a convolution of few channels behind which no gradient is needed: a network's first layer. */
export function isNarrow(d: ConvolutionDims, bias: BiasKind, { training, needsInputGradient }: Surroundings): boolean {
  // The kernels' tiles are two outputs high, two wide and four filters deep.
  const fits = d.c <= MOST_CHANNELS && d.k >= 4 && d.p >= 2 && d.q >= 2;
  const plain = d.groups === 1 && d.dilationH === 1 && d.dilationW === 1 && bias !== "untied";
  return fits && plain && !(training && needsInputGradient);
}

/** True if such a convolution can apply a max pooling that follows while its outputs are in registers. */
export function poolsItself(d: ConvolutionDims, pool: PoolGeometry): boolean {
  const dense = pool.dilationH === 1 && pool.dilationW === 1;
  const windows = pool.r === 2 && pool.s === 2 && pool.strideH === 2 && pool.strideW === 2 && dense;
  const inside = pool.padTop === 0 && pool.padLeft === 0 && 2 * pool.p <= d.p && 2 * pool.q <= d.q;
  // The places that float32 can tell apart.
  const near = 4 * (d.strideH * d.wp + d.strideW) * d.c < FIRST_PLACE;
  return windows && inside && near && hasGradient(d.r, d.s * d.c);
}

/**
 * True if the weight gradient can use a window of `r` lines of `length` floats. It reads three vectors at once and
 * steps by twelve floats or eight, while kernels may read only seven past their input.
 */
function hasGradient(r: number, length: number): boolean {
  const leaves = (step: number) => length % step === 0 || length % step > 4;
  return (r === 3 && length <= 4) || (r === 5 && length <= 8) || leaves(12) || (length > 8 && leaves(8));
}

/** A convolution of an image with few channels, and the max pooling that it applies, in memory. */
export class PlacedNarrowConvolution implements PlacedLayer {
  readonly #site: Site;
  readonly #d: ConvolutionDims;
  readonly #fusion: Fusion;
  readonly #folded: FoldedWeights | undefined;
  /** The input with its border of zeros; the input itself where there is no padding. */
  readonly #padded: Region | undefined;
  /** The place that each maximum comes from; undefined without pooling. */
  readonly #places: Region | undefined;
  /** Gradient before the ReLU. */
  readonly #dz: Region | undefined;
  readonly #bias: { readonly value: Region; readonly gradient: Region | undefined } | undefined;

  constructor(site: Site, d: ConvolutionDims, bias: BiasKind, fusion: Fusion) {
    const { batch } = site;
    this.#site = site;
    this.#d = d;
    this.#fusion = fusion;
    if (bias !== "none") this.#bias = site.parameter("bias");
    if (fusion.normalization !== undefined) {
      this.#folded = fusion.normalization.fold(site, site.parameter("kernel"), this.#bias);
    }
    const outputs = batch * sizeOf(site.output);
    if (d.hp !== d.h || d.wp !== d.w) {
      this.#padded = site.reserve("padded", "activations", batch * d.hp * d.wp * d.c);
    }
    if (!site.hasBackward) return;
    if (fusion.maxPool) this.#places = site.reserve("places", "activations", outputs);
    if (!isNone(fusion.rectifier)) this.#dz = site.reserve("dz", "activations", outputs);
  }

  /** The input in the form that the kernels read. */
  #source([x]: readonly number[]): number {
    return this.#padded?.offset ?? x;
  }

  pack(tape: Tape): void {
    this.#folded?.pack(tape);
  }

  forward(tape: Tape, n: number, { x, y }: ForwardPlaces, mode: Mode): void {
    const d = this.#d;
    const source = this.#source(x);
    if (this.#padded !== undefined) {
      tape.add("pad2d", "sample", n, x[0], source, d.h, d.w, d.c, d.padTop, d.padLeft, d.hp, d.wp);
    }
    const kernel = this.#folded?.kernel ?? this.#site.parameter("kernel").value;
    const places = [source, kernel.offset, this.#folded?.bias ?? this.#bias?.value.offset ?? 0] as const;
    const lower = lowerOf(this.#fusion.rectifier);
    if (this.#fusion.maxPool) {
      const origins = mode === "training" ? (this.#places?.offset ?? 0) : 0;
      tape.add("conv2d_narrow_pool_forward", "sample", n, ...places, y, origins, ...this.#shapes(), lower);
    } else {
      tape.add("conv2d_narrow_forward", "sample", n, ...places, y, ...this.#shapes(), lower);
    }
    emitRest(tape, n, y, sizeOf(this.#site.output), this.#fusion.rectifier);
  }

  backward({ samples, weights }: BackwardTapes, n: number, { x, y, dy }: BackwardPlaces): void {
    const d = this.#d;
    const source = this.#source(x);
    const outputs = sizeOf(this.#site.output);
    let dz = dy;
    if (this.#dz !== undefined) {
      dz = this.#dz.offset;
      emitReluGradient(samples, n, { y, dy, dx: dz }, outputs, this.#fusion.rectifier);
    }
    const dw = this.#site.parameter("kernel").gradient?.offset;
    if (dw !== undefined && this.#places !== undefined) {
      const places = [source, this.#places.offset, dz, dw] as const;
      weights.add("conv2d_narrow_pool_backward_weights", "weight", d.k, ...places, n, ...this.#shapes());
    } else if (dw !== undefined) {
      const steps = [d.strideH, d.strideW, d.dilationH, d.dilationW, d.groups] as const;
      const shapes = [d.hp, d.wp, d.c, d.p, d.q, d.k, d.r, d.s] as const;
      weights.add("conv2d_backward_weights", "weight", d.r * d.s * d.c, source, dz, dw, n, ...shapes, ...steps);
    }
    if (this.#bias?.gradient !== undefined) {
      weights.add("bias_backward", "weight", d.k, dz, this.#bias.gradient.offset, (n * outputs) / d.k, d.k);
    }
  }

  /** The arguments that all three kernels have in common. */
  #shapes() {
    const d = this.#d;
    return [d.hp, d.wp, d.c, d.p, d.q, d.k, d.r, d.s, d.strideH, d.strideW] as const;
  }
}
