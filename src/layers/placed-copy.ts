import type { KernelArguments } from "../engine/kernels.ts";
import type { Tape } from "../engine/tape.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer } from "./placed-layer.ts";

/** A call of a copying kernel without its places. */
export type Copy =
  | { readonly kernel: "copy_boxes"; readonly sizes: Sizes<"copy_boxes"> }
  | { readonly kernel: "transpose"; readonly sizes: Sizes<"transpose"> }
  | { readonly kernel: "pad2d"; readonly sizes: Sizes<"pad2d"> };

type Sizes<K extends "copy_boxes" | "transpose" | "pad2d"> =
  KernelArguments<K> extends [x: number, y: number, ...rest: infer Rest extends number[]] ? Readonly<Rest> : never;

/** A layer that only copies: one call forward, and one that takes the gradients back. */
export class PlacedCopy implements PlacedLayer {
  readonly #there: Copy;
  readonly #back: Copy;

  constructor(there: Copy, back: Copy) {
    this.#there = there;
    this.#back = back;
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    emit(tape, n, x, y, this.#there);
  }

  backward({ samples }: BackwardTapes, n: number, { dy, dx: [dx] }: BackwardPlaces): void {
    if (dx !== 0) emit(samples, n, dy, dx, this.#back);
  }
}

function emit(tape: Tape, n: number, x: number, y: number, { kernel, sizes }: Copy): void {
  if (kernel === "copy_boxes") tape.add(kernel, "sample", n, x, y, ...sizes);
  else if (kernel === "transpose") tape.add(kernel, "sample", n, x, y, ...sizes);
  else tape.add(kernel, "sample", n, x, y, ...sizes);
}

/** The middle of images [hp, wp, c] that begins at (top, left), and is [h, w, c]. */
export function cropping(
  [hp, wp, c]: readonly [number, number, number],
  [top, left]: readonly [number, number],
  [h, w]: readonly [number, number],
): Copy {
  const row = wp * c;
  return {
    kernel: "copy_boxes",
    sizes: [h, 1, w * c, top * row + left * c, row, 0, hp * row, 0, w * c, 0, h * w * c],
  };
}

/** Images [h, w, c] inside zeros [hp, wp, c]. */
export function zeroPadding(
  [h, w, c]: readonly [number, number, number],
  [top, left]: readonly [number, number],
  [hp, wp]: readonly [number, number],
): Copy {
  return { kernel: "pad2d", sizes: [h, w, c, top, left, hp, wp] };
}
