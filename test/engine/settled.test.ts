import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { MemoryPlan } from "../../src/engine/plan.ts";
import { Tape } from "../../src/engine/tape.ts";

const COUNT = 6;

describe.each(["js", "simd"] as const)("means of gradients that have become zero, %s", (name) => {
  it.each(["momentum", "rmsprop", "adam"])("come to rest at zero, not at denormal numbers: %s", async (optimizer) => {
    const plan = new MemoryPlan();
    const [w, g, mean, square, hyper] = ["w", "g", "mean", "square", "hyper"].map((name) =>
      plan.reserve(name, "scratch", COUNT),
    );
    const engine = await createEngine(plan.freeze(), { engine: name });
    const { heap } = engine;
    heap.set([0.1, 1, 1, 1], hyper.offset);
    heap.fill(1, mean.offset, mean.offset + COUNT);
    heap[mean.offset + 1] = Number.NaN;
    const tape = new Tape();
    const places = [w.offset, g.offset] as const;
    if (optimizer === "momentum") {
      tape.add("momentum_update", "parameter", COUNT, ...places, mean.offset, hyper.offset, 0.9, 0, 0, 0);
    } else if (optimizer === "rmsprop") {
      const means = [square.offset, mean.offset] as const;
      tape.add("rmsprop_update", "parameter", COUNT, ...places, ...means, hyper.offset, 0.9, 0.9, 1e-8, 0, 0);
    } else {
      const means = [mean.offset, square.offset] as const;
      tape.add("adam_update", "parameter", COUNT, ...places, ...means, hyper.offset, 0.9, 0.999, 1e-8, 0, 0, 0);
    }
    for (let step = 0; step < 700; step++) engine.run(tape);
    const left = heap.slice(mean.offset, mean.offset + COUNT);
    expect(left[1]).toBeNaN();
    expect([...left].filter((_, i) => i !== 1)).toEqual([0, 0, 0, 0, 0]);
  });
});
