import { RandomStream } from "../../numeric/random.ts";
import { close, input, type KernelCall, normal, output } from "./call.ts";
import { elementwise, type WorkRows } from "./work-rows.ts";

const STREAM = RandomStream.from(6, "noise");

/** The keys of a stream as kernels take them. */
function key() {
  const { key0, key1 } = STREAM;
  return input("key", [key0 & 0xffff, key0 >>> 16, key1 & 0xffff, key1 >>> 16]);
}

/** Dropout of channels; of whole samples, where there is one. One rate is the number that the first channel draws. */
export function dropChannelsCalls([n, positions, channels]: readonly [number, number, number]): KernelCall[] {
  const length = n * positions * channels;
  const draw = (STREAM.bits(0) >>> 8) / 2 ** 24;
  return [0, 0.5, draw, draw + 2 ** -24].map((rate) => ({
    kernel: "drop_channels",
    label: `${n} x ${positions} x ${channels}, rate ${rate.toFixed(3)}`,
    extent: n,
    args: [
      ...[input("x", normal("drop x", length)), output("y", length), positions, channels],
      ...[Math.fround(rate), key()],
    ],
    bound: close(2),
    inPlace: ["x", "y"],
  }));
}

/** The call that adds normal noise. */
export function gaussianNoiseCall([n, size]: readonly [number, number]): KernelCall {
  return {
    kernel: "gaussian_noise",
    label: `${n} x ${size}`,
    extent: n,
    args: [input("x", normal("noise x", n * size)), output("y", n * size), size, 0.75, key()],
    bound: close(16, 2),
    inPlace: ["x", "y"],
  };
}

/** Operations and bytes of channel dropout and noise. */
export const noiseWork = {
  drop_channels: (n, _x, _y, positions, channels) => elementwise(2, 2)(n, positions * channels),
  // A logarithm, a root, a cosine, three products and a sum.
  gaussian_noise: (n, _x, _y, size) => elementwise(7, 2)(n, size),
} satisfies WorkRows;
