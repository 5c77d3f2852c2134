import { input, type KernelCall, normal, output, sumOf } from "./call.ts";
import { elementwise, type WorkRows, work } from "./work-rows.ts";

/** The calls that a parametric ReLU makes with one way to share factors. */
function callsOf(n: number, sizes: readonly [outer: number, rows: number, size: number, run: number]): KernelCall[] {
  const [outer, rows, size, run] = sizes;
  const length = n * outer * rows * size * run;
  const label = [n, ...sizes].join(" x ");
  const factors = outer * size;
  const [x, alpha] = [input("x", normal("prelu x", length)), input("alpha", normal("alpha", factors))];
  const dy = input("dy", normal("prelu dy", length));
  const close = { kind: "close", units: 8 + rows * run, floor: rows * run } as const;
  return [
    {
      kernel: "prelu_forward",
      label,
      extent: n,
      args: [x, output("y", length), alpha, ...sizes],
      bound: close,
      inPlace: ["x", "y"],
    },
    {
      kernel: "prelu_backward",
      label,
      extent: n,
      args: [x, dy, output("dx", length), alpha, output("sums", n * factors), ...sizes],
      bound: close,
      inPlace: ["dy", "dx"],
    },
    {
      kernel: "prelu_parameters",
      label,
      extent: factors,
      args: [input("sums", normal("prelu sums", n * factors)), output("dalpha", factors), n, factors],
      bound: sumOf(n),
    },
  ];
}

/** Every call that a parametric ReLU makes: with factors of channels, of positions, of positions along one axis, and one in all. */
export function preluCalls([n, rows, size]: readonly [number, number, number]): KernelCall[] {
  return [
    ...callsOf(n, [1, rows, size, 1]),
    ...callsOf(n, [1, 1, rows, size]),
    ...callsOf(n, [1, 2, rows, size]),
    ...callsOf(n, [3, rows, size, 1]),
    ...callsOf(n, [1, 1, 1, rows * size]),
  ];
}

/** Operations and bytes of the parametric ReLU. */
export const preluWork = {
  prelu_forward: (n, _x, _y, _alpha, outer, rows, size, run) => elementwise(2, 2)(n, outer * rows * size * run),
  prelu_backward: (n, _x, _dy, _dx, _alpha, _sums, outer, rows, size, run) =>
    elementwise(4, 3)(n, outer * rows * size * run),
  prelu_parameters: (size, _sums, _dalpha, n) => work(n * size, n * size),
} satisfies WorkRows;
