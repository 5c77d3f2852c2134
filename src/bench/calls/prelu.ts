import { input, type KernelCall, normal, output, sumOf } from "./call.ts";
import { elementwise, type WorkRows, work } from "./work-rows.ts";

/** Every call that a parametric ReLU makes. */
export function preluCalls([n, rows, size]: readonly [number, number, number]): KernelCall[] {
  const length = n * rows * size;
  const label = `${n} x ${rows} x ${size}`;
  const [x, alpha] = [input("x", normal("prelu x", length)), input("alpha", normal("alpha", size))];
  const dy = input("dy", normal("prelu dy", length));
  const close = { kind: "close", units: 8 + rows, floor: rows } as const;
  return [
    {
      kernel: "prelu_forward",
      label,
      extent: n,
      args: [x, output("y", length), alpha, rows, size],
      bound: close,
      inPlace: ["x", "y"],
    },
    {
      kernel: "prelu_backward",
      label,
      extent: n,
      args: [x, dy, output("dx", length), alpha, output("sums", n * size), rows, size],
      bound: close,
      inPlace: ["dy", "dx"],
    },
    {
      kernel: "prelu_parameters",
      label,
      extent: size,
      args: [input("sums", normal("prelu sums", n * size)), output("dalpha", size), n, size],
      bound: sumOf(n),
    },
  ];
}

/** Operations and bytes of the parametric ReLU. */
export const preluWork = {
  prelu_forward: (n, _x, _y, _alpha, rows, size) => elementwise(2, 2)(n, rows * size),
  prelu_backward: (n, _x, _dy, _dx, _alpha, _sums, rows, size) => elementwise(4, 3)(n, rows * size),
  prelu_parameters: (size, _sums, _dalpha, n) => work(n * size, n * size),
} satisfies WorkRows;
