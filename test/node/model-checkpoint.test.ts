import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ModelCheckpoint } from "../../src/node/model-checkpoint.ts";
import type { EpochEvent } from "../../src/training/events.ts";

const folder = mkdtempSync(join(tmpdir(), "convasm-checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function epoch(number: number, valLoss: number): EpochEvent {
  const figures = {
    trainLoss: 1,
    trainAccuracy: 0.5,
    valLoss,
    valAccuracy: 0.5,
    lr: 0.1,
    imagesPerSecond: 1,
    seconds: 1,
  };
  return { event: "epoch", epoch: number, epochs: 9, ...figures };
}

describe("ModelCheckpoint", () => {
  const LOSSES = [0.9, 0.5, 0.7, Number.NaN, 0.4, 0.6];

  /** Runs over epochs `from` to `to`; the model's bytes are the number of the epoch. */
  async function watch(callback: (save: () => Uint8Array) => ModelCheckpoint, from: number, to: number) {
    let now = from;
    const checkpoint = callback(() => Uint8Array.of(now));
    return {
      checkpoint,
      run: async () => {
        for (; now <= to; now++) await checkpoint.onEpochEnd(epoch(now, LOSSES[now - 1]));
      },
    };
  }

  const bytesOf = (path: string) => [...readFileSync(path)];

  it("keeps the model of the best epoch, and of the last", async () => {
    const [best, last] = [join(folder, "best"), join(folder, "last")];
    const { checkpoint, run } = await watch((save) => new ModelCheckpoint({ save, best, last }), 1, 6);
    await run();
    expect(bytesOf(best)).toEqual([5]);
    expect(bytesOf(last)).toEqual([6]);
    expect(checkpoint.bestEpoch).toBe(5);
  });

  it("writes only what it is asked for, and follows the figure that it is told", async () => {
    const last = join(folder, "only-last");
    const options = { last, monitor: "trainLoss" } as const;
    const { run } = await watch((save) => new ModelCheckpoint({ save, ...options }), 1, 3);
    await run();
    expect(bytesOf(last)).toEqual([3]);
    expect(() => new ModelCheckpoint({ save: () => Uint8Array.of(), best: "x", minDelta: -1 })).toThrow(RangeError);
  });

  it("knows the best figure of before after it was restored", async () => {
    const best = join(folder, "restored");
    const first = await watch((save) => new ModelCheckpoint({ save, best }), 1, 2);
    await first.run();
    const second = await watch((save) => new ModelCheckpoint({ save, best }), 3, 3);
    second.checkpoint.restore(JSON.parse(JSON.stringify(first.checkpoint.state())));
    await second.run();
    // Epoch 3 was worse than epoch 2.
    expect(bytesOf(best)).toEqual([2]);
    expect(existsSync(join(folder, "x"))).toBe(false);
  });
});
