import { close, input, integers, type KernelCall, normal, output, sampleWeights, uniform } from "./call.ts";
import { elementwise, type WorkRows } from "./work-rows.ts";

/** The loss of knowledge distillation on rows of classes. */
export function distillationCalls([n, positions, classes]: readonly [number, number, number]): KernelCall[] {
  const rows = n * positions;
  const drawn = uniform("teacher", rows * classes);
  if (classes > 1) drawn[0] = 0;
  const sumOf = (row: number) => drawn.slice(row * classes, (row + 1) * classes).reduce((sum, value) => sum + value, 0);
  const sums = Array.from({ length: rows }, (_, row) => sumOf(row));
  const targets = drawn.map((value, i) => Math.fround(value / sums[Math.floor(i / classes)]));
  return [
    { temperature: 4, share: 0.75 },
    { temperature: 1, share: 1 },
  ].map(({ temperature, share }) => ({
    kernel: "softmax_distillation",
    label: `${rows} x ${classes}, temperature ${temperature}`,
    extent: rows,
    args: [
      input("logits", normal("cross-entropy logits", rows * classes, 3)),
      ...[input("labels", integers("cross-entropy labels", rows, classes)), input("targets", targets)],
      ...[sampleWeights(rows), output("losses", rows), output("correct", rows), output("dlogits", rows * classes)],
      ...[classes, temperature, share, 0.125],
    ],
    // The loss is a difference of sums, multiplied by the square of the temperature.
    bound: close(8 * (classes + 16), temperature * temperature),
  }));
}

/** Operations and bytes of this loss. */
export const distillationWork = {
  softmax_distillation: (n, _logits, _labels, _targets, _weights, _losses, _correct, _dlogits, classes) =>
    elementwise(20, 3)(n, classes),
} satisfies WorkRows;
