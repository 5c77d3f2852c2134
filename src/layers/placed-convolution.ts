import { PANEL } from "../engine/kernel-sizes.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { Site } from "./placed-layer.ts";
import { type Bias, type BiasKind, type ConvolutionDims, type Fusion, PlacedWindows, steps } from "./placed-windows.ts";

/** A convolution of any number of groups with its memory. */
export class PlacedConvolution extends PlacedWindows {
  readonly #panels: Region;
  readonly #panelsBackward: Region | undefined;

  constructor(site: Site, d: ConvolutionDims, bias: BiasKind, fusion: Omit<Fusion, "maxPool">) {
    super(site, d, bias, fusion);
    const taps = d.r * d.s * PANEL;
    const forward = this.#panelCount(d.k) * taps * (d.c / d.groups);
    this.#panels = site.reserve("panels", "packed", forward);
    if (site.hasBackward && site.needsInputGradient) {
      const backward = this.#panelCount(d.c) * taps * (d.k / d.groups);
      this.#panelsBackward = site.reserve("backward panels", "packed", backward);
    }
  }

  #panelCount(columns: number): number {
    return this.d.groups * Math.ceil(columns / this.d.groups / PANEL);
  }

  override pack(tape: Tape): void {
    super.pack(tape);
    const { d } = this;
    const rows = (d.r * d.s * d.c) / d.groups;
    const panels = this.#panels.offset;
    tape.add("pack_forward", "weight", this.#panelCount(d.k), this.kernel.offset, panels, rows, d.k, d.groups);
  }

  packBackward(tape: Tape): void {
    const { d } = this;
    if (this.#panelsBackward === undefined) return;
    const places = [this.kernel.offset, this.#panelsBackward.offset] as const;
    tape.add("pack_backward", "weight", this.#panelCount(d.c), ...places, d.r, d.s, d.c, d.k, d.groups, ...steps(d));
  }

  protected override emitForward(tape: Tape, n: number, x: number, y: number, bias: Bias, lower: number): void {
    const { d } = this;
    const places = [x, this.kernel.offset, this.#panels.offset, bias.offset, bias.stride, y] as const;
    const shapes = [d.hp, d.wp, d.c, d.p, d.q, d.k, d.r, d.s] as const;
    tape.add("conv2d_forward", "sample", n, ...places, ...shapes, ...steps(d), d.groups, lower);
  }

  protected override emitData(tape: Tape, n: number, dy: number, dx: number): void {
    const { d } = this;
    const places = [dy, this.kernel.offset, this.#panelsBackward?.offset ?? 0, dx] as const;
    const shapes = [d.h, d.w, d.c, d.p, d.wd, d.k, d.r, d.s] as const;
    const edges = [d.padTop, d.padLeft, d.haloLeft] as const;
    tape.add("conv2d_backward_data", "sample", n, ...places, ...shapes, ...steps(d), ...edges, d.groups);
  }

  protected override emitWeights(tape: Tape, n: number, x: number, dy: number, dw: number): void {
    const { d } = this;
    const rows = (d.r * d.s * d.c) / d.groups;
    const shapes = [d.hp, d.wp, d.c, d.p, d.q, d.k, d.r, d.s] as const;
    tape.add("conv2d_backward_weights", "weight", rows, x, dy, dw, n, ...shapes, ...steps(d), d.groups);
  }
}
