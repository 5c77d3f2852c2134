import { MemoryPlan } from "../engine/plan.ts";
import { Tape } from "../engine/tape.ts";
import { fillNormal, type ProgramMaker } from "./program.ts";

/** The kernels that merge tensors, on images [h, w, c] and vectors [c]. */
export function mergingProgram([h, w, c]: readonly [number, number, number]): ProgramMaker {
  return (n) => {
    const plan = new MemoryPlan();
    const [positions, size] = [h * w, h * w * c];
    const inputs = ["a", "b", "dy"].map((name) => plan.reserve(name, "input", n * size));
    const factors = plan.reserve("factors", "input", n * c);
    const results = ["y", "dx", "rest"].map((name) => plan.reserve(name, "activations", n * size));
    const sums = plan.reserve("sums", "activations", n * c);
    const wide = plan.reserve("side by side", "activations", 2 * n * size);
    const elements = plan.freeze();

    const [a, b, dy] = inputs.map(({ offset }) => offset);
    const [y, dx, rest] = results.map(({ offset }) => offset);
    const tape = new Tape();
    for (const kernel of ["add", "subtract", "multiply", "maximum"] as const) {
      tape.add(kernel, "sample", n, a, b, y, size);
    }
    tape.add("maximum_backward", "sample", n, a, y, dy, dx, rest, size);
    tape.add("scale", "sample", n, a, y, size, 0.5);
    tape.add("multiply_channels", "sample", n, a, factors.offset, y, positions, c);
    tape.add("multiply_channels_backward", "sample", n, a, dy, sums.offset, positions, c);
    tape.add("copy_columns", "sample", n, a, wide.offset, positions, c, 2 * c, c);
    return {
      elements,
      regions: plan.regions,
      operations: tape.operations,
      multiplyAdds: 0,
      fill(heap) {
        for (const region of [...inputs, factors]) fillNormal(heap, region);
      },
    };
  };
}
