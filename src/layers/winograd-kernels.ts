import {
  PANEL,
  WINOGRAD_BLOCK,
  WINOGRAD_GAP,
  WINOGRAD_GROUP,
  WINOGRAD_POINTS,
  WINOGRAD_TILES,
} from "../engine/kernel-sizes.ts";
import type { Region, ThreadArea } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { Bias, ConvolutionDims, ConvolutionKernels, ConvolutionUses } from "./convolution-kernels.ts";
import type { Site } from "./placed-layer.ts";
import type { Bounds } from "./rectifier.ts";

/** Taps of a filter. */
const TAPS = 9;

/** Fewest input channels, and filters, with which the transforms save more than they cost. */
const FEWEST_CHANNELS = 16;

/** Least share of the 4 x 4 tiles that must be outputs of the image; below it the direct convolution is faster. */
const LEAST_FILLED = 0.5;

/** Weights for the forward pass, or for the data gradient. */
interface Panels {
  /** Weights in the order in which the direct convolution packs them. */
  readonly packed: Region;
  readonly transformed: Region;
}

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
    WINOGRAD_POINTS * (WINOGRAD_BLOCK * channels + WINOGRAD_GAP + 2 * (WINOGRAD_BLOCK * PANEL + WINOGRAD_GAP))
  );
}

/** Floats that a thread needs for the weight gradient. */
export function winogradWeightsScratch(c: number, k: number): number {
  const channels = roundUp(c, PANEL);
  const filters = roundUp(k, PANEL);
  const sums = WINOGRAD_TILES * channels + WINOGRAD_TILES * filters + channels * filters + 3 * WINOGRAD_GAP;
  return (WINOGRAD_POINTS + 6) * Math.max(channels, filters) + WINOGRAD_POINTS * sums;
}

/** A 3 x 3 convolution by Winograd's minimal filtering (Lavin and Gray, 2016). */
export class WinogradKernels implements ConvolutionKernels {
  readonly isBounded = false;
  readonly d: ConvolutionDims;
  readonly #kernel: Region;
  readonly #forward: Panels | undefined;
  readonly #data: Panels | undefined;
  readonly #tiles: ThreadArea;

  /** @param d without a border: the kernels take what lies outside the image as zero */
  constructor(site: Site, d: ConvolutionDims, kernel: Region, uses: ConvolutionUses) {
    this.d = d;
    this.#kernel = kernel;
    const areas: number[] = [];
    const panels = (name: string, columns: number, rows: number): Panels => {
      areas.push(winogradScratch(rows));
      const size = roundUp(columns, PANEL) * rows;
      return {
        packed: site.reserve(`${name}packed`, "packed", TAPS * size),
        transformed: site.reserve(`${name}panels`, "packed", WINOGRAD_POINTS * size),
      };
    };
    if (uses.forward) this.#forward = panels("", d.k, d.c);
    if (uses.data) this.#data = panels("backward ", d.c, d.k);
    if (uses.weights) areas.push(winogradWeightsScratch(d.c, d.k));
    this.#tiles = site.threadScratch(Math.max(...areas));
  }

  packForward(tape: Tape): void {
    if (this.#forward === undefined) return;
    const { c, k } = this.d;
    const panels = Math.ceil(k / PANEL);
    tape.add("pack_forward", "weight", panels, this.#kernel.offset, this.#forward.packed.offset, TAPS * c, k, 1);
    this.#transform(tape, panels, this.#forward, c, false);
  }

  packData(tape: Tape): void {
    if (this.#data === undefined) return;
    const { c, k } = this.d;
    const panels = Math.ceil(c / PANEL);
    const places = [this.#kernel.offset, this.#data.packed.offset] as const;
    tape.add("pack_backward", "weight", panels, ...places, 3, 3, c, k, 1, 1, 1, 1, 1);
    this.#transform(tape, panels, this.#data, k, true);
  }

  #transform(tape: Tape, count: number, panels: Panels, rows: number, reversed: boolean): void {
    const scratch = { argument: 4, elements: this.#tiles.elements };
    const places = [panels.packed.offset, panels.transformed.offset] as const;
    const { offset } = this.#tiles;
    tape.addWithScratch("winograd_filters", "weight", count, scratch, ...places, rows, reversed ? 1 : 0, offset);
  }

  forward(tape: Tape, n: number, x: number, y: number, bias: Bias, { lower }: Bounds): void {
    const { d } = this;
    const places = [
      x,
      this.#kernel.offset,
      this.#forward?.transformed.offset ?? 0,
      bias.offset,
      bias.stride,
      y,
    ] as const;
    const shapes = [d.h, d.w, d.c, d.p, d.q, d.k, d.padTop, d.padLeft] as const;
    const scratch = { argument: places.length + shapes.length + 1, elements: this.#tiles.elements };
    const last = [lower, this.#tiles.offset] as const;
    tape.addWithScratch("winograd_forward", "sample", n, scratch, ...places, ...shapes, ...last);
  }

  data(tape: Tape, n: number, dy: number, dx: number): void {
    const { d } = this;
    const places = [dy, this.#kernel.offset, this.#data?.transformed.offset ?? 0, dx] as const;
    const shapes = [d.h, d.w, d.c, d.p, d.q, d.k, d.padTop, d.padLeft] as const;
    const scratch = { argument: places.length + shapes.length, elements: this.#tiles.elements };
    tape.addWithScratch("winograd_backward_data", "sample", n, scratch, ...places, ...shapes, this.#tiles.offset);
  }

  weights(tape: Tape, n: number, x: number, dy: number, dw: number): void {
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
