import { describe, expect, it } from "vitest";
import { conflict, touchesOf } from "../../src/engine/conflicts.ts";
import { extraRows } from "../../src/engine/operands/extra.ts";
import { runsMeet, runsOf } from "../../src/engine/operands/operand.ts";
import { addRows } from "../../src/engine/operands.ts";
import { phasesOf } from "../../src/engine/phases.ts";
import { sliceOf, Tape } from "../../src/engine/tape.ts";
import { RandomStream } from "../../src/numeric/random.ts";

addRows(extraRows());

/** The phases in words: runs side by side, those in turns in brackets. */
function phases(tape: Tape, threads: number): string[] {
  return phasesOf(tape.operations, threads).map((runs) =>
    runs
      .map(({ operations, inTurns }) => {
        const names = operations.map(({ kernel }) => kernel).join(" ");
        return inTurns ? `[${names}]` : names;
      })
      .join(" "),
  );
}

function tapeOf(emit: (tape: Tape) => void): Tape {
  const tape = new Tape();
  emit(tape);
  return tape;
}

describe("threads meet", () => {
  it("where a call reads what other threads write, at the start of its run", () => {
    const tape = tapeOf((t) => {
      t.add("pack_forward", "weight", 3, 1000, 2000, 9, 24, 1);
      t.add("normalize_floats", "sample", 4, 5000, 6000, 9, 1, 900, 910);
      const shapes = [3, 3, 1, 1, 1, 24, 3, 3, 1, 1, 1, 1, 1, 0, Number.POSITIVE_INFINITY] as const;
      t.add("conv2d_forward", "sample", 4, 6000, 1000, 2000, 0, 0, 7000, ...shapes);
      t.add("bias_backward", "weight", 24, 7000, 8000, 4, 24);
    });
    expect(phases(tape, 1)).toEqual(["pack_forward [normalize_floats conv2d_forward] bias_backward"]);
    expect(phases(tape, 2)).toEqual(["pack_forward", "[normalize_floats conv2d_forward]", "bias_backward"]);
  });

  it("not where only the axis changes", () => {
    const tape = tapeOf((t) => {
      t.add("sigmoid_forward", "sample", 10, 1000, 2000, 5);
      // The same floats, cut alike.
      t.add("batch_norm_fold", "channel", 5, 100, 110, 120, 130, 140, 150, 0.001);
      t.add("add", "weight", 10, 2000, 2000, 3000, 5);
    });
    expect(phases(tape, 3)).toEqual(["[sigmoid_forward] batch_norm_fold add"]);
  });

  it("between calls of one axis that are cut at different places", () => {
    const tape = tapeOf((t) => {
      t.add("add", "weight", 7, 50, 50, 50, 1);
      t.add("sigmoid_forward", "weight", 3, 50, 50, 1);
    });
    expect(phases(tape, 2)).toEqual(["add", "sigmoid_forward"]);
  });

  it("before and after what one thread does alone", () => {
    const tape = tapeOf((t) => {
      t.add("gradient_norm", "parameter", 5, 10_000, 200, 5000);
      t.add("gradient_clip", "single", 1, 200, 5, 300, 1);
      t.add("sgd_update", "parameter", 5000, 20_000, 10_000, 300, 0, 0);
    });
    expect(phases(tape, 2)).toEqual(["gradient_norm", "gradient_clip", "sgd_update"]);
  });

  it("where scratch of the threads overlaps, but is not the same", () => {
    const twice = (first: number, second: number) =>
      tapeOf((t) => {
        const scratch = (elements: number) => ({ argument: 4, elements });
        t.addWithScratch("winograd_filters", "weight", 2, scratch(first), 1000, 3000, 1, 0, 9000);
        t.addWithScratch("winograd_filters", "weight", 2, scratch(second), 5000, 7000, 1, 0, 9000);
      });
    expect(phases(twice(320, 320), 2)).toHaveLength(1);
    const shifted = twice(320, 336);
    expect(phases(shifted, 2)).toHaveLength(2);
    expect(phases(shifted, 1)).toHaveLength(1);
  });
});

describe("samples are walked in turns", () => {
  it("until a sample's numbers lie where another's do", () => {
    const tape = tapeOf((t) => {
      t.add("sigmoid_forward", "sample", 8, 1000, 2000, 10);
      t.add("sigmoid_forward", "sample", 8, 2000, 3000, 10);
      // Smaller tensors in the place of larger ones: sample 3 of one lies where sample 1 of the other does.
      t.add("mean_squared_error", "sample", 8, 3000, 4000, 6000, 500, 1000, 5, 1);
    });
    expect(phases(tape, 1)).toEqual(["[sigmoid_forward sigmoid_forward] [mean_squared_error]"]);
    expect(phases(tape, 2)).toEqual(["[sigmoid_forward sigmoid_forward]", "[mean_squared_error]"]);
  });

  it("where samples are of one size and share a place", () => {
    const tape = tapeOf((t) => {
      t.add("sigmoid_forward", "sample", 8, 1000, 2000, 10);
      t.add("sigmoid_forward", "sample", 8, 2000, 1000, 10);
      t.add("sigmoid_forward", "sample", 8, 1000, 2000, 10);
    });
    expect(phases(tape, 4)).toEqual(["[sigmoid_forward sigmoid_forward sigmoid_forward]"]);
  });
});

describe("conflicts", () => {
  /** All floats that a part touches. */
  const floatsOf = ({ operation, operand }: ReturnType<typeof touchesOf>[number], part: number, parts: number) => {
    const [begin, end] = sliceOf(operation, part, parts);
    if (end === begin) return [];
    const { first, length, count, pitch } = runsOf(operand, begin, end);
    return Array.from({ length: count }, (_, run) => Array.from({ length }, (_, i) => first + run * pitch + i)).flat();
  };

  it("are those that a look at every float finds", () => {
    const stream = RandomStream.from(1, "conflicts");
    let next = 0;
    const draw = (from: number, to: number) => from + stream.integer(next++, to - from);
    const found = { some: 0, none: 0 };
    for (let round = 0; round < 3000; round++) {
      const tape = tapeOf((t) => {
        for (let call = 0; call < 2; call++) {
          const [place, away] = [draw(1, 60), 100_000 * (call + 1)];
          const kind = draw(0, 4);
          const axis = draw(0, 8) === 0 ? "single" : "weight";
          if (kind === 0) t.add("sigmoid_forward", axis, draw(1, 9), away, place, draw(1, 8));
          else if (kind === 1) t.add("bias_backward", axis, draw(1, 9), away, place, 1, 9);
          else if (kind === 2) t.add("gradient_clip", axis, draw(1, 3), away, 1, place, 1);
          else
            t.add(
              "depthwise_backward_weights",
              axis,
              draw(1, 7),
              away,
              away,
              place,
              1,
              1,
              1,
              7,
              1,
              1,
              2,
              draw(1, 3),
              1,
              1,
              1,
              1,
            );
        }
      });
      const [a, b] = tape.operations.map((operation) => touchesOf(operation, 1).filter(({ from }) => from < 1000)[0]);
      const parts = draw(1, 6);
      const owners = new Map<number, Set<number>>();
      for (let part = 0; part < parts; part++) {
        for (const float of floatsOf(a, part, parts)) owners.set(float, (owners.get(float) ?? new Set()).add(part));
      }
      const meets = Array.from({ length: parts }, (_, part) => part).some((part) =>
        floatsOf(b, part, parts).some((float) => [...(owners.get(float) ?? [])].some((owner) => owner !== part)),
      );
      found[meets ? "some" : "none"]++;
      expect(conflict(a, b, parts), JSON.stringify({ a, b, parts })).toBe(meets);
    }
    expect(Math.min(found.some, found.none)).toBeGreaterThan(500);
  });

  it("of rows that lie side by side are found by their columns", () => {
    const left = { first: 100, length: 3, count: 50, pitch: 8 };
    const right = { first: 103, length: 5, count: 50, pitch: 8 };
    expect(runsMeet(left, right)).toBe(false);
    expect(runsMeet(left, { ...right, length: 6 })).toBe(true);
    expect(runsMeet(left, { ...right, first: 103 + 800 })).toBe(false);
    // The last row only.
    expect(runsMeet(left, { first: 100 + 49 * 8 + 2, length: 1, count: 1, pitch: 1 })).toBe(true);
    expect(runsMeet(left, { first: 100 + 49 * 8 + 3, length: 900, count: 1, pitch: 1 })).toBe(false);
  });
});
