import { flag, pair } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf, ValuesOf } from "../options/schema.ts";
import type { PoolOptions } from "./geometry.ts";
import { type LayerOptions, padding } from "./options.ts";

/** The options of `maxPooling2d` and `averagePooling2d`. */
export const POOL_OPTIONS = {
  /** Rows and columns of the window. */
  poolSize: { kind: pair(), default: 2 },
  /** Rows and columns from one window to the next; those of the window where none are given. */
  strides: { kind: pair(), optional: true },
  /** Elements around the image that are none of it: numbers must be smaller than the window. */
  padding: { kind: padding(), default: "valid" },
  /** Rows and columns from one element of a window to the next (PyTorch's and ONNX' dilation). 1: neighbours. */
  dilationRate: { kind: pair(), default: 1 },
  /** True: the output size is rounded up, windows cut off at the bottom and right count too. */
  ceilMode: { kind: flag(), default: false },
} as const satisfies OptionSchema;

/** Options of `maxPooling2d` and `averagePooling2d`. */
export interface PoolLayerOptions extends LayerOptions, OptionsOf<typeof POOL_OPTIONS> {}

/** The windows of these options. */
export function poolWindows({
  poolSize: kernel,
  strides = kernel,
  padding,
  dilationRate: dilation,
  ceilMode: ceil,
}: ValuesOf<typeof POOL_OPTIONS>): (h: number, w: number, who: string) => PoolOptions {
  return (h, w, name) => ({ name, h, w, kernel, strides, padding, dilation, ceil });
}

/** One window that is the whole image. */
export function globalWindow(h: number, w: number, name: string): PoolOptions {
  return { name, h, w, kernel: [h, w], strides: [1, 1], padding: "valid" };
}
