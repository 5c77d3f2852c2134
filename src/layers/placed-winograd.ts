import { PANEL, WINOGRAD_GAP, WINOGRAD_GROUP, WINOGRAD_POINTS, WINOGRAD_TILES } from "../engine/kernel-sizes.ts";
import type { Region, ThreadArea } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { Site } from "./placed-layer.ts";
import { type Bias, type BiasKind, type ConvolutionDims, type Fusion, PlacedWindows } from "./placed-windows.ts";

/** Taps of a filter. */
const TAPS = 9;

/** Below that many channels on either side the transforms cost more than they save. */
const FEWEST_CHANNELS = 16;

/** Below that share of valid outputs in the 4 x 4 tiles the direct convolution is faster. */
const LEAST_FILLED = 0.5;

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/**
 * True if Winograd's filtering is faster than the direct convolution, forward and backward: 3 x 3 filters, stride 1, at
 * least 16 channels and filters, and an output that fills half of its tiles of 4 x 4 (docs/NOTES.md). A function of the
 * shapes alone, so that a model gives the same outputs wherever it runs.
 */
export function usesWinograd(d: ConvolutionDims): boolean {
  const plain = d.strideH === 1 && d.strideW === 1 && d.dilationH === 1 && d.dilationW === 1 && d.groups === 1;
  if (!plain || d.r !== 3 || d.s !== 3) return false;
  if (Math.min(d.c, d.k) < FEWEST_CHANNELS) return false;
  return d.p * d.q >= LEAST_FILLED * roundUp(d.p, 4) * roundUp(d.q, 4);
}

/** Floats that a thread needs for the forward pass, with c and k exchanged for the data gradient. */
export function winogradScratch(c: number): number {
  const channels = roundUp(c, PANEL);
  return (
    (WINOGRAD_POINTS + 6) * channels +
    WINOGRAD_POINTS * (WINOGRAD_TILES * channels + WINOGRAD_GAP + 2 * (WINOGRAD_TILES * PANEL + WINOGRAD_GAP))
  );
}

/** Floats that a thread needs for the weight gradient. */
export function winogradWeightsScratch(c: number, k: number): number {
  const channels = roundUp(c, PANEL);
  const filters = roundUp(k, PANEL);
  const sums = WINOGRAD_TILES * channels + WINOGRAD_TILES * filters + channels * filters + 3 * WINOGRAD_GAP;
  return (WINOGRAD_POINTS + 6) * Math.max(channels, filters) + WINOGRAD_POINTS * sums;
}

/** A 3 x 3 convolution by Winograd's minimal filtering (Lavin and Gray, 2016), with its memory. */
export class PlacedWinograd extends PlacedWindows {
  readonly #packed: Region;
  readonly #panels: Region;
  readonly #packedBackward: Region | undefined;
  readonly #panelsBackward: Region | undefined;
  readonly #tiles: ThreadArea;

  constructor(site: Site, d: ConvolutionDims, bias: BiasKind, fusion: Omit<Fusion, "maxPool">) {
    // The kernels take what lies outside the image as zero: neither side is padded.
    super(site, { ...d, hp: d.h, wp: d.w, wd: d.q, haloLeft: 0 }, bias, fusion);
    const forward = roundUp(d.k, PANEL) * d.c;
    this.#packed = site.reserve("packed", "packed", TAPS * forward);
    this.#panels = site.reserve("panels", "packed", WINOGRAD_POINTS * forward);
    const areas = [winogradScratch(d.c)];
    if (site.hasBackward) {
      if (this.kernelGradient !== undefined) areas.push(winogradWeightsScratch(d.c, d.k));
      if (site.needsInputGradient) {
        const backward = roundUp(d.c, PANEL) * d.k;
        this.#packedBackward = site.reserve("backward packed", "packed", TAPS * backward);
        this.#panelsBackward = site.reserve("backward panels", "packed", WINOGRAD_POINTS * backward);
        areas.push(winogradScratch(d.k));
      }
    }
    this.#tiles = site.threadScratch(Math.max(...areas));
  }

  override pack(tape: Tape): void {
    super.pack(tape);
    const { c, k } = this.d;
    const panels = Math.ceil(k / PANEL);
    tape.add("pack_forward", "weight", panels, this.kernel.offset, this.#packed.offset, TAPS * c, k, 1);
    this.#transform(tape, panels, this.#packed.offset, this.#panels.offset, c, false);
  }

  packBackward(tape: Tape): void {
    if (this.#packedBackward === undefined || this.#panelsBackward === undefined) return;
    const { c, k } = this.d;
    const weights = this.kernel.offset;
    const packed = this.#packedBackward.offset;
    const panelsBackward = Math.ceil(c / PANEL);
    tape.add("pack_backward", "weight", panelsBackward, weights, packed, 3, 3, c, k, 1, 1, 1, 1, 1);
    this.#transform(tape, panelsBackward, packed, this.#panelsBackward.offset, k, true);
  }

  #transform(tape: Tape, count: number, packed: number, panels: number, rows: number, reversed: boolean): void {
    const scratch = { argument: 4, elements: this.#tiles.elements };
    const places = [packed, panels] as const;
    const { offset } = this.#tiles;
    tape.addWithScratch("winograd_filters", "weight", count, scratch, ...places, rows, reversed ? 1 : 0, offset);
  }

  protected override emitForward(tape: Tape, n: number, x: number, y: number, bias: Bias, lower: number): void {
    const { d } = this;
    const places = [x, this.kernel.offset, this.#panels.offset, bias.offset, bias.stride, y] as const;
    const shapes = [d.h, d.w, d.c, d.p, d.q, d.k, d.padTop, d.padLeft] as const;
    const scratch = { argument: places.length + shapes.length + 1, elements: this.#tiles.elements };
    const last = [lower, this.#tiles.offset] as const;
    tape.addWithScratch("winograd_forward", "sample", n, scratch, ...places, ...shapes, ...last);
  }

  protected override emitData(tape: Tape, n: number, dy: number, dx: number): void {
    const { d } = this;
    const places = [dy, this.kernel.offset, this.#panelsBackward?.offset ?? 0, dx] as const;
    const shapes = [d.h, d.w, d.c, d.p, d.q, d.k, d.padTop, d.padLeft] as const;
    const scratch = { argument: places.length + shapes.length, elements: this.#tiles.elements };
    tape.addWithScratch("winograd_backward_data", "sample", n, scratch, ...places, ...shapes, this.#tiles.offset);
  }

  protected override emitWeights(tape: Tape, n: number, x: number, dy: number, dw: number): void {
    const { d } = this;
    const places = [x, dy, dw, n] as const;
    const shapes = [d.h, d.w, d.c, d.p, d.q, d.k, d.padTop, d.padLeft] as const;
    const scratch = { argument: places.length + shapes.length, elements: this.#tiles.elements };
    const parts = Math.ceil(d.c / WINOGRAD_GROUP);
    tape.addWithScratch(
      "winograd_backward_weights",
      "weight",
      parts,
      scratch,
      ...places,
      ...shapes,
      this.#tiles.offset,
    );
  }
}
