import { describe, expect, it } from "vitest";
import { threadSource } from "../../../src/engine/threads/start.ts";
import { evaluateImages } from "../../../src/training/evaluate-images.ts";
import { withThreads } from "../../engine/threads/sources.ts";
import { barImages, CLASSES, compiled, withTargets } from "../../model/networks.ts";
import { advance, withGroup } from "./trained.ts";

/** More than three replicas evaluate at a time, by three images, which the leader does alone. */
const data = barImages(1539, 5);
const COMPILE = { batchSize: 32 };

/** Number of evaluations that other replicas were asked for while `work` ran. */
async function asked(work: () => Promise<void>): Promise<number> {
  const real = threadSource();
  let count = 0;
  const start: typeof real.start = (events) => {
    const { post, terminate } = real.start(events);
    return {
      post(message, transfer) {
        if (JSON.stringify(message, ["type"]) === '{"type":"evaluate"}') count++;
        post(message, transfer);
      },
      terminate,
    };
  };
  await withThreads({ start }, work);
  return count;
}

describe("an evaluation by replicas", () => {
  it("is that of the network alone, over all images or some, also right after a step or a change", async () => {
    const model = await compiled(COMPILE);
    const count = await asked(() =>
      withGroup(model, 3, async (group) => {
        await advance(model.trainer(data), group, 2);
        for (const indices of [undefined, Uint32Array.of(5, 3, 1538, 77, 3), Uint32Array.of(9)]) {
          for (const options of [{}, { testTimeAugmentation: { shift: 1 } }]) {
            const alone = await evaluateImages(model.network, data, indices, options);
            const shared = await group.evaluate(data, indices, options);
            expect(shared.accuracy).toBe(alone.accuracy);
            expect(shared.images).toBe(alone.images);
            expect(shared.loss / alone.loss).toBeCloseTo(1, 12);
          }
        }
        model.setWeight("out/bias", [9, 0, 0]);
        const { loss } = await evaluateImages(model.network, data, undefined, {});
        expect((await group.evaluate(data, undefined, {})).loss / loss).toBeCloseTo(1, 12);
      }),
    );
    // Two others for 1,536 images and one for the five, with and without views; then two for 1,536 again.
    expect(count).toBe(2 * (2 + 1) + 2);
  });

  it("knows no accuracy where the loss knows no classes", async () => {
    const targets = withTargets(barImages(50), CLASSES);
    const model = await compiled({ ...COMPILE, loss: "meanSquaredError" });
    await withGroup(model, 2, async (group) => {
      const alone = await evaluateImages(model.network, targets, undefined, {});
      const { loss, accuracy } = await group.evaluate(targets, undefined, {});
      expect(accuracy).toBeNaN();
      expect(loss / alone.loss).toBeCloseTo(1, 12);
    });
  });

  it("is the network's alone where batches matter", async () => {
    const model = await compiled(COMPILE);
    const count = await asked(() =>
      withGroup(model, 2, async (group) => {
        const options = { batchStatistics: true };
        const alone = await evaluateImages(model.network, data, undefined, options);
        expect(await group.evaluate(data, undefined, options)).toEqual(alone);
        const begins: number[] = [];
        await group.evaluate(
          data,
          Uint32Array.from({ length: 70 }, (_, i) => i),
          {
            onBatch: ({ begin }) => begins.push(begin),
          },
        );
        expect(begins).toEqual([0, 32, 64]);
      }),
    );
    expect(count).toBe(0);
  });

  it("ends with the signal, and leaves the replicas ready for more", async () => {
    const model = await compiled(COMPILE);
    await withGroup(model, 3, async (group) => {
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      await expect(group.evaluate(data, undefined, { signal })).rejects.toBe(reason);
      await advance(model.trainer(data), group, 2);
      expect((await group.states()).length).toBe(3);
      expect((await group.evaluate(data, undefined, {})).images).toBe(data.length);
    });
  });

  it("fails if a replica does, and is the network's alone afterwards", async () => {
    const model = await compiled(COMPILE);
    await withGroup(model, 2, async (group) => {
      const evaluation = group.evaluate(data, undefined, {});
      group.dispose();
      await expect(evaluation).rejects.toThrow(/disposed of/);
      expect(await group.evaluate(data, undefined, {})).toEqual(
        await evaluateImages(model.network, data, undefined, {}),
      );
    });
  });
});
