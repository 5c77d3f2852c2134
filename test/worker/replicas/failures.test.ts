import { describe, expect, it } from "vitest";
import type { ThreadSource } from "../../../src/engine/threads/source.ts";
import { threadSource } from "../../../src/engine/threads/start.ts";
import type { Loss } from "../../../src/model/contracts.ts";
import { softmaxCrossEntropy } from "../../../src/training/losses.ts";
import { adam } from "../../../src/training/optimizers.ts";
import { ReplicaGroup } from "../../../src/worker/replicas/group.ts";
import { keptThreads, silent, withThreads } from "../../engine/threads/sources.ts";
import { barImages, compiled, created, EXACT, weightBytes } from "../../model/networks.ts";
import { advance } from "./trained.ts";

const data = barImages(40);

/** Patience that is not used up: a loss is noticed by its event. */
const PATIENT = { patience: 60_000 };

/** Workers that hear nothing any more once that is on. */
function deafened(start: ThreadSource["start"], deaf: { on: boolean }): ThreadSource["start"] {
  return (events) => {
    const handle = start(events);
    return {
      post(message, transfer) {
        if (!deaf.on) handle.post(message, transfer);
      },
      terminate: () => handle.terminate(),
    };
  };
}

const make = () => compiled({ optimizer: adam({ learningRate: 0.01 }), batchSize: 10 });

describe("a replica that is lost", () => {
  it.each([2, 4])(
    "of %i fails the step under way, ends the others, and leaves the model as it was before",
    async (replicas) => {
      const { source, handles, ends } = keptThreads();
      const deaf = { on: false };
      const start = deafened(source.start ?? threadSource().start, deaf);
      await withThreads({ ...PATIENT, start }, async () => {
        const model = await make();
        const group = await ReplicaGroup.start(model.network, model.seed, replicas);
        const run = model.trainer(data, { epochs: 2 }).run(group);
        for (let i = 0; i < 3; i++) await run.next();
        const before = weightBytes(model);
        // The leader does its part and waits for the others, which do not know of the step.
        deaf.on = true;
        const step = run.next();
        handles[replicas - 2].terminate();
        const message = `replicas: replica ${replicas - 1} is lost: it ended with code 1`;
        await expect(step).rejects.toThrow(message);
        expect(weightBytes(model)).toEqual(before);
        await Promise.all(ends);
        expect(handles.length).toBe(replicas - 1);
        const next = model.trainer(data).run(group);
        await expect(next.next()).rejects.toThrow(message);
        await expect(group.states()).rejects.toThrow(message);
        // The model itself goes on alone.
        await model.fit(data);
        group.dispose();
      });
    },
  );

  it("between two steps fails the next one", async () => {
    const { source, handles, ends } = keptThreads();
    await withThreads({ ...source, ...PATIENT }, async () => {
      const model = await make();
      const group = await ReplicaGroup.start(model.network, model.seed, 3);
      await advance(model.trainer(data), group);
      handles[0].terminate();
      await Promise.all(ends);
      await expect(advance(model.trainer(data), group)).rejects.toThrow("replicas: replica 1 is lost");
    });
  });

  it("is noticed by its silence", async () => {
    const deaf = { on: false };
    await withThreads({ patience: 2000, start: deafened(threadSource().start, deaf) }, async () => {
      const model = await make();
      const group = await ReplicaGroup.start(model.network, model.seed, 3);
      await advance(model.trainer(data), group, 2);
      deaf.on = true;
      await expect(advance(model.trainer(data), group)).rejects.toThrow("replicas: replica 1, 2 does not answer");
    });
    await withThreads(silent, async () => {
      const model = await make();
      const start = ReplicaGroup.start(model.network, model.seed, 2);
      await expect(start).rejects.toThrow("replicas: replica 1 does not answer");
    });
  });
});

describe("replicas that cannot be", () => {
  it("say why", async () => {
    const untrained = created();
    await untrained.compile({ loss: "softmaxCrossEntropy" });
    const { network, seed } = untrained;
    await expect(ReplicaGroup.start(network, seed, 2)).rejects.toThrow(
      new TypeError("replicas: expected a model compiled with a loss and an optimizer, got none"),
    );
    const exact = await compiled({ ...EXACT });
    await expect(ReplicaGroup.start(exact.network, seed, 2)).rejects.toThrow(
      new RangeError("replicas: expected float32, got float64"),
    );
    const own: Loss = { ...softmaxCrossEntropy(), config: { type: "mine" } };
    const model = await compiled({ loss: own });
    await expect(ReplicaGroup.start(model.network, seed, 2)).rejects.toThrow(
      /^replicas: replica 1 failed: loss: expected .*softmaxCrossEntropy.*mine/,
    );
  });

  it("end at once where the host gives fewer workers than were asked for", async () => {
    const { source, handles, ends } = keptThreads();
    const start = source.start ?? threadSource().start;
    const few = {
      ...source,
      start(events: Parameters<typeof start>[0]) {
        if (handles.length === 2) throw new Error("no more workers");
        return start(events);
      },
    };
    await withThreads(few, async () => {
      const model = await make();
      const group = ReplicaGroup.start(model.network, model.seed, 4);
      await expect(group).rejects.toThrow("replicas: a worker did not start: no more workers");
      await Promise.all(ends);
    });
  });
});

describe("dispose", () => {
  it("ends the workers, and a step under way", async () => {
    const { source, ends } = keptThreads();
    await withThreads({ ...source, ...PATIENT }, async () => {
      const model = await make();
      const group = await ReplicaGroup.start(model.network, model.seed, 3);
      const run = model.trainer(data).run(group);
      await run.next();
      const step = run.next();
      group.dispose();
      group.dispose();
      await expect(step).rejects.toThrow("replicas: expected some in use, got those that were disposed of");
      await Promise.all(ends);
      await expect(advance(model.trainer(data), group)).rejects.toThrow(/disposed of/);
    });
  });
});
