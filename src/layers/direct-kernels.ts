import { PANEL } from "../engine/kernel-sizes.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import {
  type Bias,
  type ConvolutionDims,
  type ConvolutionKernels,
  type ConvolutionUses,
  steps,
} from "./convolution-kernels.ts";
import type { Site } from "./placed-layer.ts";
import type { Bounds } from "./rectifier.ts";

/** A convolution of any number of groups by register tiles that read the windows in place. */
export class DirectKernels implements ConvolutionKernels {
  readonly isBounded = true;
  readonly d: ConvolutionDims;
  readonly #kernel: Region;
  readonly #panels: Region | undefined;
  readonly #panelsBackward: Region | undefined;

  constructor(site: Site, d: ConvolutionDims, kernel: Region, uses: ConvolutionUses) {
    this.d = d;
    this.#kernel = kernel;
    const taps = d.r * d.s * PANEL;
    if (uses.forward) {
      this.#panels = site.reserve("panels", "packed", this.#panelCount(d.k) * taps * (d.c / d.groups));
    }
    if (uses.data) {
      this.#panelsBackward = site.reserve("backward panels", "packed", this.#panelCount(d.c) * taps * (d.k / d.groups));
    }
  }

  #panelCount(columns: number): number {
    return this.d.groups * Math.ceil(columns / this.d.groups / PANEL);
  }

  packForward(tape: Tape): void {
    const { d } = this;
    if (this.#panels === undefined) return;
    const rows = (d.r * d.s * d.c) / d.groups;
    const places = [this.#kernel.offset, this.#panels.offset] as const;
    tape.add("pack_forward", "weight", this.#panelCount(d.k), ...places, rows, d.k, d.groups);
  }

  packData(tape: Tape): void {
    const { d } = this;
    if (this.#panelsBackward === undefined) return;
    const places = [this.#kernel.offset, this.#panelsBackward.offset] as const;
    tape.add("pack_backward", "weight", this.#panelCount(d.c), ...places, d.r, d.s, d.c, d.k, d.groups, ...steps(d));
  }

  forward(tape: Tape, n: number, x: number, y: number, bias: Bias, { lower, upper }: Bounds): void {
    const { d } = this;
    const places = [x, this.#kernel.offset, this.#panels?.offset ?? 0, bias.offset, bias.stride, y] as const;
    const shapes = [d.hp, d.wp, d.c, d.p, d.q, d.k, d.r, d.s] as const;
    tape.add("conv2d_forward", "sample", n, ...places, ...shapes, ...steps(d), d.groups, lower, upper);
  }

  data(tape: Tape, n: number, dy: number, dx: number): void {
    const { d } = this;
    const places = [dy, this.#kernel.offset, this.#panelsBackward?.offset ?? 0, dx] as const;
    const shapes = [d.h, d.w, d.c, d.p, d.wd, d.k, d.r, d.s] as const;
    const edges = [d.padTop, d.padLeft, d.haloLeft] as const;
    tape.add("conv2d_backward_data", "sample", n, ...places, ...shapes, ...steps(d), ...edges, d.groups);
  }

  weights(tape: Tape, n: number, x: number, dy: number, dw: number): void {
    const { d } = this;
    const rows = (d.r * d.s * d.c) / d.groups;
    const shapes = [d.hp, d.wp, d.c, d.p, d.q, d.k, d.r, d.s] as const;
    tape.add("conv2d_backward_weights", "weight", rows, x, dy, dw, n, ...shapes, ...steps(d), d.groups);
  }
}
