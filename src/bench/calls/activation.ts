import { SELU_DEPTH, SELU_SLOPE } from "../../layers/smooth-activation.ts";
import { RandomStream } from "../../numeric/random.ts";
import { type Bound, close, EXACT, float32, input, type KernelCall, normal, output, uniform } from "./call.ts";
import { elementwise, type WorkRows } from "./work-rows.ts";

/** An activation y = f(x), its gradient from x or from y, and its error bound. */
export interface Activation {
  readonly name:
    | "relu"
    | "relu, at most 4"
    | "relu, leaky"
    | "relu, leaky, at most 3"
    | "sigmoid"
    | "tanh"
    | "gelu"
    | "gelu, approximate"
    | "hardSigmoid"
    | "hardSwish"
    | "silu"
    | "elu"
    | "selu"
    | "softplus"
    | "mish";
  /** The kernels' names without `_forward` and `_backward`. */
  readonly kernel: string;
  /** The tensor that the gradient kernel reads besides dy. */
  readonly gradientFrom: "x" | "y";
  /** Scalars after `size`. */
  readonly scalars: readonly number[];
  /** Roundings allowed forward; for |x| up to 6, powers of e make an error of x^2 / 2 roundings. */
  readonly units: number;
}

const RELU = { kernel: "relu", gradientFrom: "y" } as const;

export const ACTIVATIONS: readonly Activation[] = [
  { ...RELU, name: "relu", scalars: [Number.POSITIVE_INFINITY, 0], units: 0 },
  { ...RELU, name: "relu, at most 4", scalars: [4, 0], units: 0 },
  { ...RELU, name: "relu, leaky", scalars: [Number.POSITIVE_INFINITY, Math.fround(0.01)], units: 1 },
  { ...RELU, name: "relu, leaky, at most 3", scalars: [3, 0.25], units: 1 },
  { name: "sigmoid", kernel: "sigmoid", gradientFrom: "y", scalars: [], units: 8 },
  { name: "tanh", kernel: "tanh", gradientFrom: "y", scalars: [], units: 8 },
  { name: "gelu", kernel: "gelu", gradientFrom: "x", scalars: [0], units: 48 },
  { name: "gelu, approximate", kernel: "gelu", gradientFrom: "x", scalars: [1], units: 64 },
  { name: "hardSigmoid", kernel: "hard_sigmoid", gradientFrom: "y", scalars: [], units: 4 },
  { name: "hardSwish", kernel: "hard_swish", gradientFrom: "x", scalars: [], units: 6 },
  { name: "silu", kernel: "silu", gradientFrom: "x", scalars: [], units: 16 },
  { name: "elu", kernel: "elu", gradientFrom: "y", scalars: [1, 0.75], units: 20 },
  { name: "selu", kernel: "elu", gradientFrom: "y", scalars: [SELU_SLOPE, SELU_DEPTH].map(Math.fround), units: 20 },
  { name: "softplus", kernel: "softplus", gradientFrom: "y", scalars: [], units: 20 },
  { name: "mish", kernel: "mish", gradientFrom: "x", scalars: [], units: 20 },
];

/** The call that computes y from x, samples of `size`. */
export function activationForward(
  activation: Activation,
  [n, size]: readonly [number, number],
  x: Float64Array,
): KernelCall {
  return {
    kernel: `${activation.kernel}_forward`,
    label: `${n} x ${size}`,
    extent: n,
    args: [input("x", x), output("y", n * size), size, ...activation.scalars],
    bound: activation.units === 0 ? EXACT : close(activation.units),
    inPlace: ["x", "y"],
  };
}

function gradientBound(name: Activation["name"]): Bound {
  switch (name) {
    case "relu":
    case "relu, at most 4":
      return EXACT;
    // The gradient of GELU passes through zero, where its two terms cancel.
    case "gelu":
      return close(16, 1);
    // 1 less the sigmoid, with its rounding error, is multiplied by up to 5.
    case "gelu, approximate":
      return close(32, 1);
    // So does that of the hard swish, at -1.5.
    case "hardSwish":
      return close(8, 1);
    // And those of these two, at -1.3 and -1.2; far below 0, what is added to an output of ELUs cancels.
    case "silu":
    case "mish":
    case "elu":
    case "selu":
      return close(16, 1);
    default:
      return close(16);
  }
}

/** The call that computes dx from dy, and from x or y as the activation says. */
export function activationBackward(
  activation: Activation,
  [n, size]: readonly [number, number],
  source: Float64Array,
  dy: Float64Array,
): KernelCall {
  return {
    kernel: `${activation.kernel}_backward`,
    label: `${n} x ${size}`,
    extent: n,
    args: [
      input(activation.gradientFrom, source),
      input("dy", dy),
      output("dx", n * size),
      size,
      ...activation.scalars,
    ],
    bound: gradientBound(activation.name),
    inPlace: ["dy", "dx"],
  };
}

/** Numbers from -6 to 6, with zeros of both signs among them. */
function activationInputs(name: string, length: number): Float64Array {
  return uniform(name, length, -6, 6).map((value, i) => (i % 11 === 5 ? 0 : i % 11 === 9 ? -0 : value));
}

/** The values that the gradient is computed from: x, or outputs of the activation. */
function gradientSource({ kernel, gradientFrom, scalars: [upper] }: Activation, x: Float64Array): Float64Array {
  if (gradientFrom === "x") return x;
  // Some outputs lie at the upper bound.
  if (kernel === "relu") return x.map((value) => Math.min(value, upper));
  // From 0 up to 1 and beyond.
  if (kernel === "softplus") return float32(x.map((value) => value ** 2 / 4));
  if (kernel === "elu") return float32(x.map((value) => Math.max(value, -0.75)));
  if (kernel === "hard_sigmoid") return float32(x.map((value) => Math.min(Math.max(value / 6 + 0.5, 0), 1)));
  return float32(x.map((value) => (kernel === "sigmoid" ? Math.abs(Math.tanh(value)) : Math.tanh(value))));
}

/** All activations on samples of a size. */
export function activationCalls(size: readonly [number, number]): KernelCall[] {
  const length = size[0] * size[1];
  return ACTIVATIONS.flatMap((activation) => {
    const x = activationInputs(`${activation.name} x`, length);
    const dy = normal(`${activation.name} dy`, length);
    return [
      activationForward(activation, size, x),
      activationBackward(activation, size, gradientSource(activation, x), dy),
    ];
  });
}

/** The call that computes y = softmax(x) for rows of classes. */
export function softmaxForward(
  [n, positions, classes]: readonly [number, number, number],
  x: Float64Array,
): KernelCall {
  return {
    kernel: "softmax_forward",
    label: `${n} x ${positions} x ${classes}`,
    extent: n,
    args: [input("x", x), output("y", n * positions * classes), positions, classes],
    bound: close(classes + 32),
  };
}

/** The call that computes dx from y and dy. */
export function softmaxBackward(
  [n, positions, classes]: readonly [number, number, number],
  y: Float64Array,
  dy: Float64Array,
): KernelCall {
  return {
    kernel: "softmax_backward",
    label: `${n} x ${positions} x ${classes}`,
    extent: n,
    args: [input("y", y), input("dy", dy), output("dx", n * positions * classes), positions, classes],
    bound: close(classes + 8, 4),
  };
}

/** Softmax on rows of classes. */
export function softmaxCalls(shape: readonly [number, number, number]): KernelCall[] {
  const length = shape[0] * shape[1] * shape[2];
  return [
    softmaxForward(shape, normal("softmax x", length, 3)),
    softmaxBackward(shape, uniform("softmax y", length), normal("softmax dy", length)),
  ];
}

/** Dropout with the two 32-bit keys of a stream. */
export function dropoutCall(
  [n, size]: readonly [number, number],
  x: Float64Array,
  rate: number,
  [key0, key1]: readonly [number, number],
): KernelCall {
  const key = [key0 & 0xffff, key0 >>> 16, key1 & 0xffff, key1 >>> 16];
  return {
    kernel: "dropout",
    label: `${n} x ${size}, rate ${rate.toFixed(3)}`,
    extent: n,
    args: [input("x", x), output("y", n * size), size, Math.fround(rate), input("key", key)],
    bound: close(2),
    inPlace: ["x", "y"],
  };
}

/**
 * Dropout at several rates. One rate is the number that the first element draws, which is kept, another one is next to
 * it.
 */
export function dropoutCalls(size: readonly [number, number]): KernelCall[] {
  const x = normal("dropout x", size[0] * size[1]);
  const stream = RandomStream.from(5, "dropout");
  const draw = (stream.bits(0) >>> 8) / 2 ** 24;
  return [0, 0.1, 0.25, 0.5, 0.9, draw, draw + 2 ** -24].map((rate) =>
    dropoutCall(size, x, rate, [stream.key0, stream.key1]),
  );
}

/** Operations and bytes of activations, softmax and dropout. */
export const activationWork = {
  relu_forward: (n, _x, _y, size) => elementwise(1, 2)(n, size),
  relu_backward: (n, _y, _dy, _dx, size) => elementwise(1, 3)(n, size),
  sigmoid_forward: (n, _x, _y, size) => elementwise(3, 2)(n, size),
  sigmoid_backward: (n, _y, _dy, _dx, size) => elementwise(3, 3)(n, size),
  tanh_forward: (n, _x, _y, size) => elementwise(1, 2)(n, size),
  tanh_backward: (n, _y, _dy, _dx, size) => elementwise(3, 3)(n, size),
  gelu_forward: (n, _x, _y, size) => elementwise(5, 2)(n, size),
  gelu_backward: (n, _x, _dy, _dx, size) => elementwise(10, 3)(n, size),
  hard_sigmoid_forward: (n, _x, _y, size) => elementwise(4, 2)(n, size),
  hard_sigmoid_backward: (n, _y, _dy, _dx, size) => elementwise(3, 3)(n, size),
  hard_swish_forward: (n, _x, _y, size) => elementwise(5, 2)(n, size),
  hard_swish_backward: (n, _x, _dy, _dx, size) => elementwise(5, 3)(n, size),
  silu_forward: (n, _x, _y, size) => elementwise(4, 2)(n, size),
  silu_backward: (n, _x, _dy, _dx, size) => elementwise(9, 3)(n, size),
  elu_forward: (n, _x, _y, size) => elementwise(4, 2)(n, size),
  elu_backward: (n, _y, _dy, _dx, size) => elementwise(3, 3)(n, size),
  softplus_forward: (n, _x, _y, size) => elementwise(3, 2)(n, size),
  softplus_backward: (n, _y, _dy, _dx, size) => elementwise(4, 3)(n, size),
  mish_forward: (n, _x, _y, size) => elementwise(6, 2)(n, size),
  mish_backward: (n, _x, _dy, _dx, size) => elementwise(12, 3)(n, size),
  // Maximum, difference, exp, sum, quotient.
  softmax_forward: (n, _x, _y, positions, classes) => elementwise(5, 2)(n, positions * classes),
  softmax_backward: (n, _y, _dy, _dx, positions, classes) => elementwise(4, 3)(n, positions * classes),
  dropout: (n, _x, _y, size) => elementwise(2, 2)(n, size),
} satisfies WorkRows;
