import type { ExtraRows } from "../engine/operands/row.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { ConvolutionKernels, ConvolutionUses } from "./convolution-kernels.ts";
import type {
  BackwardPlaces,
  BackwardTapes,
  FoldedWeights,
  ForwardPlaces,
  Normalization,
  PlacedLayer,
  Site,
} from "./placed-layer.ts";
import { boundsOf, emitReluGradient, emitRest, isClamp, isNone, type Rectifier } from "./rectifier.ts";
import { sizeOf } from "./shape.ts";

/** No bias, one per filter, or one per output position and filter. */
export type BiasKind = "none" | "shared" | "untied";

/** The layers after a convolution that it applies itself. */
export interface Fusion {
  readonly rectifier: Rectifier;
  readonly maxPool: boolean;
  /** The batch normalisation whose work it does in inference. */
  readonly normalization?: Normalization | undefined;
}

/** A convolution with its memory: padding, bias, the fused ReLU and the order of a backward pass, around the kernels. */
export class PlacedConvolution implements PlacedLayer {
  readonly kernels: ExtraRows | undefined;
  readonly #site: Site;
  readonly #kernels: ConvolutionKernels;
  readonly #kernelGradient: Region | undefined;
  readonly #folded: FoldedWeights | undefined;
  readonly #bias: Region | undefined;
  readonly #biasGradient: Region | undefined;
  readonly #biasStride: number;
  readonly #rectifier: Rectifier;
  /** The input with its border of zeros; the input itself where there is no padding. */
  readonly #padded: Region | undefined;
  /** Gradient before the fused ReLU. */
  readonly #dz: Region | undefined;
  /** Output gradient with columns of zeros at its sides. */
  readonly #dzPadded: Region | undefined;

  /** @param make the kernels, given the filters, which hold the normalisation after them if there is one */
  constructor(
    site: Site,
    make: (kernel: Region, uses: ConvolutionUses) => ConvolutionKernels,
    bias: BiasKind,
    { rectifier, normalization }: Omit<Fusion, "maxPool">,
  ) {
    const { batch } = site;
    this.#site = site;
    const kernel = site.parameter("kernel");
    const biases = bias === "none" ? undefined : site.parameter("bias");
    if (normalization !== undefined) this.#folded = normalization.fold(site, kernel, biases);
    this.#kernelGradient = kernel.gradient;
    this.#kernels = make(this.#folded?.kernel ?? kernel.value, {
      forward: true,
      data: site.hasBackward && site.needsInputGradient,
      weights: site.hasBackward && kernel.gradient !== undefined,
    });
    this.kernels = this.#kernels.kernels;
    const { d } = this.#kernels;
    this.#bias = biases?.value;
    this.#biasGradient = biases?.gradient;
    this.#biasStride = bias === "untied" ? d.k : 0;
    const outputs = sizeOf(site.output);
    this.#rectifier = rectifier;
    if (d.hp > d.h || d.wp > d.w) {
      this.#padded = site.reserve("padded", "activations", batch * d.hp * d.wp * d.c);
    }
    if (!site.hasBackward) return;
    if (!isNone(rectifier)) this.#dz = site.reserve("dz", "activations", batch * outputs);
    if (!site.needsInputGradient) return;
    if (d.wd > d.q) {
      this.#dzPadded = site.reserve("dz padded", "scratch", batch * d.p * d.wd * d.k);
    }
  }

  pack(tape: Tape): void {
    this.#folded?.pack(tape);
    this.#kernels.packForward(tape);
  }

  packBackward(tape: Tape): void {
    this.#kernels.packData(tape);
  }

  forward(tape: Tape, n: number, { x, y }: ForwardPlaces): void {
    const { d } = this.#kernels;
    if (this.#padded !== undefined) {
      tape.add("pad2d", "sample", n, x[0], this.#padded.offset, d.h, d.w, d.c, d.padTop, d.padLeft, d.hp, d.wp);
    }
    const bias = { offset: this.#folded?.bias ?? this.#bias?.offset ?? 0, stride: this.#biasStride };
    const isDone = this.#kernels.isBounded && isClamp(this.#rectifier);
    this.#kernels.forward(tape, n, this.#padded?.offset ?? x[0], y, bias, boundsOf(this.#rectifier));
    if (!isDone) emitRest(tape, n, y, sizeOf(this.#site.output), this.#rectifier);
  }

  backward({ samples, weights }: BackwardTapes, n: number, { x, y, dy, dx: [dx] }: BackwardPlaces): void {
    const { d } = this.#kernels;
    const outputs = sizeOf(this.#site.output);
    let dz = dy;
    if (this.#dz !== undefined) {
      dz = this.#dz.offset;
      emitReluGradient(samples, n, { y, dy, dx: dz }, outputs, this.#rectifier);
    }
    if (this.#kernelGradient !== undefined) {
      this.#kernels.weights(weights, n, this.#padded?.offset ?? x[0], dz, this.#kernelGradient.offset);
    }
    if (this.#biasGradient !== undefined) {
      const columns = this.#biasGradient.size;
      const rows = (n * outputs) / columns;
      weights.add("bias_backward", "weight", columns, dz, this.#biasGradient.offset, rows, columns);
    }
    if (dx === 0) return;
    if (this.#dzPadded !== undefined) {
      const padded = this.#dzPadded.offset;
      samples.add("pad2d", "sample", n, dz, padded, d.p, d.q, d.k, 0, d.haloLeft, d.p, d.wd);
      dz = padded;
    }
    this.#kernels.data(samples, n, dz, dx);
  }
}
