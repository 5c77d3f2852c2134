/**
 * Our pooling layers as Keras' layers.
 *
 * @module
 */

import { ADAPTIVE_AVERAGE_POOLING2D } from "../../layers/adaptive-average-pooling2d.ts";
import { AVERAGE_POOLING2D } from "../../layers/average-pooling2d.ts";
import { poolGeometry } from "../../layers/geometry.ts";
import { MAX_POOLING2D } from "../../layers/max-pooling2d.ts";
import type { POOL_OPTIONS } from "../../layers/pool-options.ts";
import { poolWindows } from "../../layers/pool-options.ts";
import { imageShape } from "../../layers/shape.ts";
import type { ValuesOf } from "../../options/schema.ts";
import { addHelper, addLayer, type Convert, type Given, optionsOf, refused } from "./given.ts";
import type { KerasLayer } from "./keras-network.ts";

/**
 * A pooling layer. Keras pads as "same" or not at all: other padding is zeros around the image, where these change nothing.
 *
 * @param takesZeros true where zeros around the image count as they do in Keras' ZeroPadding2D
 */
function pooling(
  given: Given,
  className: string,
  options: ValuesOf<typeof POOL_OPTIONS>,
  takesZeros: boolean,
): KerasLayer {
  const { poolSize, strides = poolSize, padding, dilationRate, ceilMode } = options;
  const [input] = given.inputs;
  const [h, w, c] = imageShape(input.shape, given.node.path);
  if (Math.max(...dilationRate) > 1 && Math.max(...poolSize) > 1) {
    throw refused(given, `dilationRate ${dilationRate} of a pooling layer`, "1");
  }
  const config = { pool_size: [...poolSize], strides: [...strides] };
  if (padding === "same") return addLayer(given, className, { ...config, padding });
  const d = poolGeometry(poolWindows(options)(h, w, given.node.path));
  // Rows and columns behind the image that the last windows reach.
  const bottom = Math.max(0, (d.p - 1) * d.strideH + d.r - d.padTop - h);
  const right = Math.max(0, (d.q - 1) * d.strideW + d.s - d.padLeft - w);
  const sides = [
    [d.padTop, bottom],
    [d.padLeft, right],
  ];
  if (sides.flat().every((side) => side === 0)) return addLayer(given, className, { ...config, padding: "valid" });
  // On PyTorch Keras averages in zeros where "same" pads the sides unlike.
  const isEven = className === "MaxPooling2D" || sides.every(([before, after]) => before === after);
  const fits = isSame(sides[0], h, d.r, d.strideH, d.p) && isSame(sides[1], w, d.s, d.strideW, d.q);
  if (fits && isEven && !takesZeros) {
    return addLayer(given, className, { ...config, strides: [d.strideH, d.strideW], padding: "same" });
  }
  const counts = takesZeros && !(ceilMode && (bottom > d.padBottom || right > d.padRight));
  if (!counts && !(className === "MaxPooling2D" && given.isPositive)) {
    const what = `padding [[${sides[0]}], [${sides[1]}]] that does not count`;
    const nearest =
      className === "MaxPooling2D" ? 'padding "same", or a ReLU before it' : 'padding "same", or padding that counts';
    throw refused(given, what, nearest);
  }
  const shape = [d.padTop + h + bottom, d.padLeft + w + right, c];
  const padded = addHelper(given, "ZeroPadding2D", "padding", { padding: sides }, [input], shape);
  return addLayer(
    given,
    className,
    { ...config, strides: [d.strideH, d.strideW], padding: "valid" },
    { inputs: [padded] },
  );
}

/** True if padding is what "same" would be. */
function isSame(
  [before, after]: readonly number[],
  size: number,
  window: number,
  stride: number,
  count: number,
): boolean {
  if (count !== Math.ceil(size / stride)) return false;
  const all = Math.max((count - 1) * stride + window - size, 0);
  return before === Math.floor(all / 2) && after === all - before;
}

const maxPooling2d: Convert = (given) => pooling(given, "MaxPooling2D", optionsOf(given, MAX_POOLING2D), false);

const averagePooling2d: Convert = (given) => {
  const { countIncludePad, ...options } = optionsOf(given, AVERAGE_POOLING2D);
  if (countIncludePad && options.padding === "same") {
    throw refused(given, 'padding "same" that counts', "padding that does not count, or numbers");
  }
  return pooling(given, "AveragePooling2D", options, countIncludePad);
};

const adaptiveAveragePooling2d: Convert = (given) => {
  const {
    outputSize: [p, q],
  } = optionsOf(given, ADAPTIVE_AVERAGE_POOLING2D);
  const [h, w] = given.inputs[0].shape;
  if (h % p === 0 && w % q === 0) {
    const size = [h / p, w / q];
    return addLayer(given, "AveragePooling2D", { pool_size: size, strides: size, padding: "valid" });
  }
  if (given.dialect === "Keras") return addLayer(given, "AdaptiveAveragePooling2D", { output_size: [p, q] });
  throw refused(given, `outputSize ${p} x ${q} of ${h} x ${w}`, "sizes that divide the image's");
};

/** Pooling layers by our names. */
export const POOLING_LAYERS: Readonly<Record<string, Convert>> = {
  maxPooling2d,
  averagePooling2d,
  adaptiveAveragePooling2d,
  globalAveragePooling2d: (given) => addLayer(given, "GlobalAveragePooling2D", {}),
  globalMaxPooling2d: (given) => addLayer(given, "GlobalMaxPooling2D", {}),
};
