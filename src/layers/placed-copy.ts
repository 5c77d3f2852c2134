import type { ExtraRows } from "../engine/operands/row.ts";
import type { Tape } from "../engine/tape.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer } from "./placed-layer.ts";

/** Emits the call of a copying kernel. */
export type Copy = (tape: Tape, n: number, x: number, y: number) => void;

/** A layer that only copies: one call forward, and one call that copies gradients the other way. */
export class PlacedCopy implements PlacedLayer {
  readonly kernels: ExtraRows | undefined;
  readonly #there: Copy;
  readonly #back: Copy;

  /** @param kernels as in `PlacedLayer` */
  constructor(there: Copy, back: Copy, kernels: ExtraRows | undefined) {
    this.kernels = kernels;
    this.#there = there;
    this.#back = back;
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    this.#there(tape, n, x, y);
  }

  backward({ samples }: BackwardTapes, n: number, { dy, dx: [dx] }: BackwardPlaces): void {
    if (dx !== 0) this.#back(samples, n, dy, dx);
  }
}

/** The middle of images [hp, wp, c] that begins at (top, left), and is [h, w, c]. */
export function cropping(
  [hp, wp, c]: readonly [number, number, number],
  [top, left]: readonly [number, number],
  [h, w]: readonly [number, number],
): Copy {
  const row = wp * c;
  const sizes = [h, 1, w * c, top * row + left * c, row, 0, hp * row, 0, w * c, 0, h * w * c] as const;
  return (tape, n, x, y) => tape.add("copy_boxes", "sample", n, x, y, ...sizes);
}

/** Images [h, w, c] inside zeros [hp, wp, c]. */
export function zeroPadding(
  [h, w, c]: readonly [number, number, number],
  [top, left]: readonly [number, number],
  [hp, wp]: readonly [number, number],
): Copy {
  return (tape, n, x, y) => tape.add("pad2d", "sample", n, x, y, h, w, c, top, left, hp, wp);
}
