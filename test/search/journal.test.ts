import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Journal, type JournalEntry } from "../../src/search/journal.ts";
import { Searcher } from "../../src/search/searcher.ts";
import type { EndedRun, RunSpec } from "../../src/search/trial.ts";
import type { Way } from "../../src/search/way.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convasm-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ended = ({ index, trial }: Pick<RunSpec, "index" | "trial">): EndedRun => ({
  result: { index, trial, status: "done", value: index, metrics: { valAccuracy: index }, epochs: 1, curve: [index] },
  times: { seconds: 1, endedAt: "2026-01-31T12:00:00.000Z", host: "here" },
});

describe("the journal", () => {
  it("gives back what was appended, without a last line that was cut off, and goes on behind it", async () => {
    const path = join(folder, "journal.jsonl");
    const first: JournalEntry[] = [
      { trial: { index: 0, settings: { lr: 0.1 } } },
      { run: ended({ index: 0, trial: 0 }) },
    ];
    const { journal } = await Journal.open(path);
    await journal.append(first);
    await journal.close();
    appendFileSync(path, '{"trial":{"index":1,"set');
    const again = await Journal.open(path);
    expect(again.entries).toEqual(first);
    await again.journal.append([{ trial: { index: 1, settings: {}, budget: 3, rung: 1, from: 0 } }]);
    await again.journal.close();
    expect(readFileSync(path, "utf8").split("\n").length).toBe(4);
    const last = await Journal.open(path);
    expect(last.entries.at(-1)).toEqual({ trial: { index: 1, settings: {}, budget: 3, rung: 1, from: 0 } });
    await last.journal.close();
  });

  it("refuses whole lines that are none of a journal, naming the line", async () => {
    const path = join(folder, "journal.jsonl");
    appendFileSync(path, '{"trial":{"index":0,"settings":{}}}\nnonsense\n');
    await expect(Journal.open(path)).rejects.toThrow('journal.jsonl" line 2: expected a line of JSON, got "nonsense"');
  });
});

/** A way of three trials that notes what it is told. */
function threeTrials(): Way & { readonly told: number[] } {
  let count = 0;
  const told: number[] = [];
  return {
    told,
    next: () => (count < 3 ? { index: count++, settings: { lr: count } } : undefined),
    report: ({ index }) => told.push(index),
  };
}

describe("the loop of a search", () => {
  const plan = { folds: 1, seeds: 2, seed: 0 };
  const never = new AbortController().signal;

  it("gives every run to the executor once, tells the way of each trial once, and takes up where its journal ends", async () => {
    const path = join(folder, "journal.jsonl");
    const run = async (most: number) => {
      const { journal, entries } = await Journal.open(path);
      const way = threeTrials();
      const searcher = new Searcher(way, plan, journal, entries);
      const began: number[] = [];
      const executor = {
        capacity: 2,
        async run(spec: RunSpec) {
          began.push(spec.index);
          return ended(spec);
        },
        close: async () => {},
      };
      for await (const _ of searcher.run(executor, never, () => began.length < most));
      await journal.close();
      return { began, told: way.told, trials: searcher.trials };
    };
    const first = await run(3);
    expect(first.began.length).toBeLessThan(6);
    const second = await run(100);
    expect([...first.began, ...second.began].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(second.told).toEqual([0, 1, 2]);
    expect(second.trials.map(({ result }) => result?.value)).toEqual([0.5, 2.5, 4.5]);
    expect((await run(100)).began).toEqual([]);
  });

  it("ends with the error of its executor, and ends all other runs", async () => {
    const { journal } = await Journal.open(join(folder, "journal.jsonl"));
    const stopped: number[] = [];
    const executor = {
      capacity: 2,
      run: ({ index }: RunSpec, { signal }: { readonly signal?: AbortSignal | undefined } = {}) =>
        new Promise<EndedRun>((_, reject) => {
          if (index === 0) setTimeout(() => reject(new Error("the queue is gone")), 5);
          signal?.addEventListener("abort", () => {
            stopped.push(index);
            reject(signal.reason);
          });
        }),
      close: async () => {},
    };
    const searcher = new Searcher(threeTrials(), plan, journal, []);
    const events = async () => {
      for await (const _ of searcher.run(executor, never, () => true));
    };
    await expect(events()).rejects.toThrow("the queue is gone");
    expect(stopped).toContain(1);
    await journal.close();
  });
});
