import { depthwiseRows } from "../engine/operands/extra/depthwise.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { type Bias, type ConvolutionDims, type ConvolutionKernels, steps } from "./convolution-kernels.ts";
import type { Bounds } from "./rectifier.ts";

/** A convolution with one filter per channel; its weights are read as they are. */
export class DepthwiseKernels implements ConvolutionKernels {
  readonly kernels = depthwiseRows;
  readonly isBounded = true;
  readonly d: ConvolutionDims;
  readonly #kernel: Region;

  /** @param d with a border, or without one if `weights`, which alone wants one, is not called */
  constructor(d: ConvolutionDims, kernel: Region) {
    this.d = d;
    this.#kernel = kernel;
  }

  packForward(): void {}

  packData(): void {}

  forward(tape: Tape, n: number, x: number, y: number, bias: Bias, { lower, upper }: Bounds): void {
    const { d } = this;
    const places = [x, this.#kernel.offset, bias.offset, bias.stride, y] as const;
    const shapes = [d.hp, d.wp, d.c, d.p, d.q, d.r, d.s] as const;
    const pads = [d.hp > d.h ? 0 : d.padTop, d.wp > d.w ? 0 : d.padLeft] as const;
    tape.add("depthwise_forward", "sample", n, ...places, ...shapes, ...steps(d), ...pads, lower, upper);
  }

  data(tape: Tape, n: number, dy: number, dx: number): void {
    const { d } = this;
    const places = [dy, this.#kernel.offset, dx] as const;
    const shapes = [d.h, d.w, d.c, d.p, d.q, d.r, d.s] as const;
    tape.add("depthwise_backward_data", "sample", n, ...places, ...shapes, ...steps(d), d.padTop, d.padLeft);
  }

  weights(tape: Tape, n: number, x: number, dy: number, dw: number): void {
    const { d } = this;
    const shapes = [d.hp, d.wp, d.c, d.p, d.q, d.r, d.s] as const;
    tape.add("depthwise_backward_weights", "weight", d.c, x, dy, dw, n, ...shapes, ...steps(d));
  }
}
