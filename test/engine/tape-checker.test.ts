import { describe, expect, it } from "vitest";
import type { Run } from "../../src/engine/phases.ts";
import { MemoryPlan, type RegionKind } from "../../src/engine/plan.ts";
import { type Operation, Tape } from "../../src/engine/tape.ts";
import { TapeChecker } from "./tape-checker.ts";

/** A plan of some regions: x, w, y, z and sums of ten floats for each of eight samples, and scratch for two threads. */
function planOf() {
  const plan = new MemoryPlan();
  const region = (name: string, kind: RegionKind, size: number) => plan.reserve(name, kind, size);
  const regions = {
    w: region("w", "parameters", 80),
    b: region("b", "parameters", 5),
    dw: region("dw", "gradients", 80),
    db: region("db", "gradients", 5),
    x: region("x", "input", 80),
    y: region("y", "activations", 80),
    z: region("z", "activations", 80),
    sums: region("sums", "scratch", 10),
    tiles: region("tiles", "scratch", 2 * 320),
    hyper: region("hyper", "scratch", 4),
  };
  plan.freeze();
  return { ...regions, all: plan.regions };
}

type Plan = ReturnType<typeof planOf>;

/** A change of a tape before it is checked and cut. */
interface Change {
  readonly order?: (operations: Operation[]) => Operation[];
  readonly phases?: (operations: Operation[]) => readonly (readonly Run[])[];
}

/** Checks a tape on two threads; w, b, x and hyper are written before it. */
function check(emit: (tape: Tape, plan: Plan) => void, { order, phases }: Change = {}): void {
  const plan = planOf();
  const checker = new TapeChecker(plan.all, 2, ({ name }) => ["w", "b", "x", "hyper"].includes(name));
  const tape = new Tape();
  tape.within("layer", () => emit(tape, plan));
  const operations = order?.(tape.operations) ?? tape.operations;
  checker.check({ operations }, phases?.(operations));
}

const forward = (tape: Tape, { x, y, z }: Plan) => {
  tape.add("sigmoid_forward", "sample", 8, x.offset, y.offset, 10);
  tape.add("sigmoid_forward", "sample", 8, y.offset, z.offset, 10);
};

describe("a tape", () => {
  it("passes where all is well", () => {
    check((tape, plan) => {
      const { w, dw, db, y, z, sums, hyper } = plan;
      forward(tape, plan);
      tape.add("bias_backward", "weight", 10, z.offset, sums.offset, 8, 10);
      tape.add("bias_backward", "weight", 5, z.offset, db.offset, 16, 5);
      tape.add("sigmoid_backward", "sample", 8, y.offset, z.offset, dw.offset, 10);
      // The gap between the parameters is updated, too.
      tape.add("sgd_update", "parameter", 85, w.offset, dw.offset, hyper.offset, 0, 0);
    });
  });

  it("is refused where it reads what nobody wrote", () => {
    const backwards = () => check(forward, { order: (operations) => [...operations].reverse() });
    const { y } = planOf();
    expect(backwards).toThrow(`sigmoid_forward of "layer", input at argument 0: reads ${y.offset}, which nobody wrote`);
    // One sample fewer than the next call reads.
    expect(() => check(forward, { order: ([first, ...rest]) => [{ ...first, extent: 7 }, ...rest] })).toThrow(
      `reads ${y.offset + 70}, which nobody wrote`,
    );
  });

  it("is refused where an operand leaves its region", () => {
    const past = () => check((tape, { x, y }) => tape.add("sigmoid_forward", "sample", 8, x.offset, y.offset + 1, 10));
    expect(past).toThrow(
      /sigmoid_forward of "layer", output at argument 1: expected it inside of one region, got \d+ to/,
    );
    // Only updates walk from one parameter to the next.
    const across = () => check((tape, { w, z }) => tape.add("sigmoid_forward", "sample", 1, w.offset, z.offset, 85));
    expect(across).toThrow("input at argument 0: expected it inside of one region");
    const beyond = () =>
      check((tape, { w, dw, hyper }) =>
        tape.add("sgd_update", "parameter", 97, w.offset, dw.offset, hyper.offset, 0, 0),
      );
    expect(beyond).toThrow("state at argument 0: expected it inside of one region");
  });

  it("is refused where a call writes one float from two parts of its range", () => {
    // As a clip of the norm that is no work of one thread alone.
    const twice = () =>
      check((tape, { x, hyper }) => tape.add("gradient_clip", "parameter", 2, x.offset, 2, hyper.offset, 1));
    expect(twice).toThrow(/gradient_clip of "layer", state at argument 2: writes \d+, which another part/);
  });

  it("is refused where a barrier is missing", () => {
    const together = (inTurns: boolean) => ({ phases: (operations: Operation[]) => [[{ operations, inTurns }]] });
    const reads = () =>
      check((tape, plan) => {
        forward(tape, plan);
        tape.add("bias_backward", "weight", 10, plan.z.offset, plan.sums.offset, 8, 10);
      }, together(false));
    expect(reads).toThrow(/bias_backward of "layer", input at argument 0: reads \d+, which another part writes/);
    const overwrites = () =>
      check((tape, { x, y }) => {
        tape.add("sigmoid_forward", "sample", 8, x.offset, y.offset, 10);
        tape.add("bias_backward", "weight", 10, x.offset, y.offset, 8, 10);
      }, together(false));
    expect(overwrites).toThrow(/bias_backward of "layer", output at argument 1: writes \d+, which another part writes/);
    const read = () =>
      check((tape, { w, x, y }) => {
        tape.add("bias_backward", "weight", 10, x.offset, y.offset, 8, 10);
        tape.add("sigmoid_forward", "sample", 4, w.offset, x.offset, 2);
      }, together(false));
    expect(read).toThrow(/sigmoid_forward of "layer", output at argument 1: writes \d+, which another part reads/);
  });

  it("is refused where samples that are walked in turns meet", () => {
    const halves = (tape: Tape, { x, y }: Plan) => {
      tape.add("sigmoid_forward", "sample", 2, x.offset, y.offset, 10);
      tape.add("sigmoid_forward", "sample", 2, y.offset, y.offset + 40, 5);
    };
    check(halves);
    // The second thread's sample of the second call reads what the first thread's of the first one wrote.
    const phases = (operations: Operation[]) =>
      operations.map((operation) => [{ operations: [operation], inTurns: true }]);
    check(halves, { phases });
    expect(() => check(halves, { phases: (operations) => [[{ operations, inTurns: true }]] })).toThrow(
      /sigmoid_forward of "layer", input at argument 0: reads \d+, which another part writes/,
    );
  });

  it("is refused where scratch is not the thread's own, or too small for all threads", () => {
    const shared = () =>
      check((tape, { x, z, tiles }) => {
        tape.add("dense_backward_weights", "weight", 5, x.offset, x.offset, z.offset, 8, 5, 5, tiles.offset);
      });
    expect(shared).toThrow(
      'dense_backward_weights of "layer", scratch at argument 6: expected scratch of the thread\'s own',
    );
    const own = (elements: number) =>
      check((tape, { x, z, tiles }) => {
        const places = [x.offset, x.offset, z.offset] as const;
        const scratch = { argument: 6, elements };
        tape.addWithScratch("dense_backward_weights", "weight", 5, scratch, ...places, 8, 5, 5, tiles.offset);
      });
    own(320);
    expect(() => own(321)).toThrow("scratch at argument 6: expected it inside of one region");
  });
});
