import type { Padding, PoolOptions } from "./geometry.ts";
import type { LayerOptions, OptionReader } from "./options.ts";

/** Options of `maxPooling2d` and `averagePooling2d`. */
export interface PoolLayerOptions extends LayerOptions {
  /** Rows and columns of the window. Default 2. */
  poolSize?: number | readonly [number, number];
  /** Default: `poolSize`. */
  strides?: number | readonly [number, number];
  /** Default `"valid"`. Numbers must be smaller than the window. */
  padding?: Padding;
  /** Rows and columns from one element of a window to the next (PyTorch's and ONNX' dilation). Default 1: neighbours. */
  dilationRate?: number | readonly [number, number];
  /** Round the output size up: windows cut off at the bottom and right count too. Default false. */
  ceilMode?: boolean;
}

export const POOL_OPTIONS = ["poolSize", "strides", "padding", "dilationRate", "ceilMode"];

/** The windows that the options ask for. */
export function readPoolOptions(reader: OptionReader): (h: number, w: number, who: string) => PoolOptions {
  const kernel = reader.pair("poolSize", 2);
  const strides = reader.pair("strides", kernel);
  const padding = reader.padding("valid");
  const dilation = reader.pair("dilationRate", 1);
  const ceil = reader.boolean("ceilMode", false);
  return (h, w, name) => ({ name, h, w, kernel, strides, padding, dilation, ceil });
}
