import { affineRows } from "../engine/operands/extra/affine.ts";
import type { ExtraRows } from "../engine/operands/row.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { chooseKernels } from "./choose-kernels.ts";
import type { ConvolutionDims, ConvolutionKernels } from "./convolution-kernels.ts";
import type {
  BackwardPlaces,
  BackwardTapes,
  ForwardPlaces,
  ParameterPlace,
  PlacedLayer,
  Site,
} from "./placed-layer.ts";
import { emitRelu, emitReluGradient, emitRest, isNone, lowerOf, NO_BOUNDS, type Rectifier } from "./rectifier.ts";
import { sizeOf } from "./shape.ts";

const NO_BIAS = { offset: 0, stride: 0 };

/**
 * A transposed convolution with its memory. It runs the passes of the convolution that it turns round: that one's data gradient
 * forward, its forward pass backward; the gradient of the weights is the same, with input and output exchanged.
 */
export class PlacedTransposedConvolution implements PlacedLayer {
  readonly kernels: ExtraRows | undefined;
  readonly #kernels: ConvolutionKernels;
  readonly #kernelGradient: Region | undefined;
  readonly #bias: ParameterPlace | undefined;
  readonly #rectifier: Rectifier;
  /** Elements of a sample's output. */
  readonly #outputs: number;
  /** The input with columns of zeros at its sides; the input itself where none are read. */
  readonly #padded: Region | undefined;
  /** Gradient before the fused ReLU. */
  readonly #dz: Region | undefined;
  /** The gradient before the fused ReLU, or that of the output, with a border of zeros for what was cut off. */
  readonly #dzPadded: Region | undefined;

  /** @param dims of the convolution that it turns round */
  constructor(site: Site, dims: ConvolutionDims, hasBias: boolean, rectifier: Rectifier) {
    const { batch } = site;
    const kernel = site.parameter("kernel");
    this.#kernelGradient = kernel.gradient;
    this.#kernels = chooseKernels(site, dims, kernel.value, {
      forward: site.hasBackward && site.needsInputGradient,
      data: true,
      weights: site.hasBackward && kernel.gradient !== undefined,
    });
    if (hasBias) this.#bias = site.parameter("bias");
    const { kernels } = this.#kernels;
    this.kernels = hasBias ? { ...kernels, ...affineRows } : kernels;
    this.#rectifier = rectifier;
    this.#outputs = sizeOf(site.output);
    const { d } = this.#kernels;
    if (d.wd > d.q) this.#padded = site.reserve("padded", "activations", batch * d.p * d.wd * d.k);
    if (!site.hasBackward) return;
    if (!isNone(rectifier)) this.#dz = site.reserve("dz", "activations", batch * this.#outputs);
    if (d.hp > d.h || d.wp > d.w) {
      this.#dzPadded = site.reserve("dz padded", "activations", batch * d.hp * d.wp * d.c);
    }
  }

  pack(tape: Tape): void {
    this.#kernels.packData(tape);
  }

  packBackward(tape: Tape): void {
    this.#kernels.packForward(tape);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    const { d } = this.#kernels;
    const source = this.#padded?.offset ?? x;
    if (this.#padded !== undefined) {
      tape.add("pad2d", "sample", n, x, source, d.p, d.q, d.k, 0, d.haloLeft, d.p, d.wd);
    }
    this.#kernels.data(tape, n, source, y);
    if (this.#bias !== undefined) {
      const { offset } = this.#bias.value;
      tape.add("add_bias", "sample", n, y, offset, d.h * d.w, d.c, lowerOf(this.#rectifier));
      emitRest(tape, n, y, this.#outputs, this.#rectifier);
    } else if (!isNone(this.#rectifier)) emitRelu(tape, n, y, y, this.#outputs, this.#rectifier);
  }

  backward({ samples, weights }: BackwardTapes, n: number, { x: [x], y, dy, dx: [dx] }: BackwardPlaces): void {
    const { d } = this.#kernels;
    const dz = this.#dz?.offset ?? dy;
    if (dz !== dy) emitReluGradient(samples, n, { y, dy, dx: dz }, this.#outputs, this.#rectifier);
    if (this.#bias?.gradient !== undefined) {
      weights.add("bias_backward", "weight", d.c, dz, this.#bias.gradient.offset, n * d.h * d.w, d.c);
    }
    if (this.#kernelGradient === undefined && dx === 0) return;
    const source = this.#dzPadded?.offset ?? dz;
    if (source !== dz) {
      samples.add("pad2d", "sample", n, dz, source, d.h, d.w, d.c, d.padTop, d.padLeft, d.hp, d.wp);
    }
    if (this.#kernelGradient !== undefined) this.#kernels.weights(weights, n, source, x, this.#kernelGradient.offset);
    if (dx !== 0) this.#kernels.forward(samples, n, source, dx, NO_BIAS, NO_BOUNDS);
  }
}
