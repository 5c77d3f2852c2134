import type { KernelArguments, KernelName } from "../kernels.ts";
import { operandsOf } from "../operands.ts";
import { type Operation, Tape } from "../tape.ts";

/** A call for one image in parts of its own: pixels, or rows of its output. */
interface Cut {
  readonly extent: number;
  /** The arguments of the call in parts; default those of the call for the image. */
  readonly arguments?: readonly number[];
  readonly band?: Operation["band"];
}

/** Largest number of parts of an elementwise call. */
const MOST_PARTS = 1024;

/** Fewest floats of an image's numbers for which parts pay for the barriers between them. */
const FEWEST = 100_000;

/** Elements, in runs of equal length. */
function elements(size: number, argument: number, args: readonly number[]): Cut {
  let extent = Math.min(size, MOST_PARTS);
  while (size % extent !== 0) extent--;
  return { extent, arguments: args.map((value, i) => (i === argument ? size / extent : value)) };
}

const oneInput = (...args: readonly number[]) => elements(args[2], 2, args);
const twoInputs = (...args: readonly number[]) => elements(args[3], 3, args);

/**
 * The parts that one image's call of a kernel is cut into, as other calls of the same kernel: an image of one pixel, or of fewer rows.
 * Every element of the result is the same sum. Kernels that are not here stay whole.
 */
const CUTS: { readonly [K in KernelName]?: (...args: KernelArguments<K>) => Cut | undefined } = {
  conv2d_forward(...args) {
    const [x, w, panels, bias, biasStride, y, hp, wp, c, p, q, k, r, s, strideH, ...rest] = args;
    if (hp === p && wp === q && r === 1 && s === 1 && biasStride === 0) {
      const shape = [1, 1, c, 1, 1, k, r, s, strideH, ...rest];
      return { extent: p * q, arguments: [x, w, panels, bias, biasStride, y, ...shape] };
    }
    const shifts: [number, number][] = [
      [0, strideH * wp * c],
      [5, q * k],
    ];
    if (bias !== 0) shifts.push([3, q * biasStride]);
    return { extent: p, band: { rows: 9, of: 1, shifts } };
  },
  conv2d_narrow_forward(_x, _w, _bias, _y, _hp, wp, c, p, q, k, _r, _s, strideH) {
    const shifts = [
      [0, 2 * strideH * wp * c],
      [3, 2 * q * k],
    ] as const;
    // An odd last row is computed with the one before it.
    return p % 2 === 0 ? { extent: p / 2, band: { rows: 7, of: 2, shifts } } : undefined;
  },
  winograd_forward(_x, _w, _panels, bias, biasStride, _y, _h, _width, _c, p, q, k) {
    // Tiles have four rows. The input stays, and its first row moves up.
    const shifts: [number, number][] = [
      [5, 4 * q * k],
      [12, -4],
    ];
    if (bias !== 0) shifts.push([3, 4 * q * biasStride]);
    return { extent: Math.ceil(p / 4), band: { rows: 9, of: 4, shifts } };
  },
  depthwise_forward(_x, _w, bias, biasStride, _y, _h, _width, c, p, q, _r, _s, strideH) {
    // The input stays, and its first row moves up.
    const shifts: [number, number][] = [
      [4, q * c],
      [16, -strideH],
    ];
    if (bias !== 0) shifts.push([2, q * biasStride]);
    return { extent: p, band: { rows: 8, of: 1, shifts } };
  },
  pad2d(_x, _y, _h, _w, c, _top, _left, hp, wp) {
    const shifts = [
      [1, wp * c],
      [5, -1],
    ] as const;
    return { extent: hp, band: { rows: 7, of: 1, shifts } };
  },
  batch_norm_forward(x, y, scale, shift, positions, c, lower, upper) {
    return { extent: positions, arguments: [x, y, scale, shift, 1, c, lower, upper] };
  },
  batch_norm_backward_data(x, dy, dx, scale, shift, factors, positions, c, upper) {
    return { extent: positions, arguments: [x, dy, dx, scale, shift, factors, 1, c, upper] };
  },
  relu_forward: oneInput,
  relu_backward: twoInputs,
  hard_swish_forward: oneInput,
  silu_forward: oneInput,
  add: twoInputs,
};

/** The call in parts; undefined where it stays whole. */
function inParts(operation: Operation): Operation | undefined {
  const cutOf: ((...args: number[]) => Cut | undefined) | undefined = CUTS[operation.kernel];
  const cut = cutOf?.(...operation.arguments);
  if (cut === undefined || cut.extent < 2) return undefined;
  const { extent, arguments: args = operation.arguments, band } = cut;
  return { ...operation, axis: "part", extent, arguments: args, band };
}

/**
 * A tape of one image whose calls are cut into parts of the image, so that all threads have work; the tape itself where that does not
 * pay. The results are the same bits.
 *
 * In turn areas, the image has the first thread's, which all threads share.
 *
 * @param fewest floats of the image's numbers for which parts pay
 */
export function cutByParts(tape: Tape, fewest = FEWEST): Tape {
  const ofSamples = tape.operations.filter(({ axis }) => axis === "sample");
  if (ofSamples.some(({ extent }) => extent !== 1)) return tape;
  const floats = ofSamples.flatMap((operation) =>
    operandsOf(operation).map(({ step, role }) => (role === "output" ? step : 0)),
  );
  if (floats.reduce((sum, step) => sum + step, 0) < fewest) return tape;
  const result = new Tape(tape.chunk);
  for (const operation of tape.operations) {
    const whole = operation.axis === "sample" ? inParts(operation) : undefined;
    result.operations.push(whole ?? operation);
  }
  return result;
}
