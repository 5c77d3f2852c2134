import { describe, expect, test } from "vitest";
import { RandomStream } from "../../src/numeric/random.ts";
import { readSpace } from "../../src/search/space.ts";
import type { TrialSpec } from "../../src/search/trial.ts";
import { createWay } from "../../src/search/ways/create-way.ts";
import { rungBudgets } from "../../src/search/ways/rungs.ts";
import { optionsOf, resultOf, runWay } from "./spaces.ts";

const SPACE = readSpace({ x: { range: [0, 1] } });

/** A value that ranks otherwise on each rung; one in ten fails. */
function value({ settings: { x }, rung = 0 }: TrialSpec): number | undefined {
  const number = Math.floor(1e6 * Number(x)) + 7 * rung;
  return number % 10 === 3 ? undefined : ((number * 7919) % 1000) / 1000;
}

test.each([
  [{ epochs: 9 }, [1, 3, 9]],
  [{ epochs: 10 }, [1, 3, 10]],
  [{ epochs: 27, minEpochs: 3 }, [3, 9, 27]],
  [{ epochs: 16, eta: 2, minEpochs: 2 }, [2, 4, 8, 16]],
  [{ epochs: 5 }, [2, 5]],
  [{ epochs: 100, eta: 4 }, [2, 6, 25, 100]],
])("rungs of %j", (more, expected) => {
  expect(rungBudgets(optionsOf("asha", more))).toEqual(expected);
});

describe("successive halving", () => {
  /** The lists of trials, rung by rung, as the definition has them: sorted by value, then by number. */
  function byDefinition(first: readonly TrialSpec[], rungs: number, eta: number) {
    const lists: string[][] = [];
    let now = first.map(({ settings }) => settings);
    for (let rung = 0; rung < rungs; rung++) {
      lists.push(now.map((settings) => JSON.stringify(settings)));
      const scored = now.map((settings, place) => ({
        settings,
        place,
        score: value({ index: 0, settings, rung }) ?? Number.NEGATIVE_INFINITY,
      }));
      scored.sort((a, b) => b.score - a.score || a.place - b.place);
      const count = Math.max(1, Math.floor(now.length / eta));
      const best = scored.slice(0, count).filter(({ score }) => score > Number.NEGATIVE_INFINITY);
      now = best.map(({ settings }) => settings);
    }
    return lists;
  }

  test.each([
    [27, 3],
    [30, 3],
    [16, 2],
    [2, 3],
  ])("%i trials, one in %i going on, in any order of arrival", (trials, eta) => {
    const options = optionsOf("halving", { trials, eta });
    const expected = runWay(createWay(SPACE, options, 4), value);
    const rungs = rungBudgets(options).length;
    const lists = byDefinition(expected.slice(0, trials), rungs, eta);
    for (let rung = 0; rung < rungs; rung++) {
      const got = expected.filter((trial) => trial.rung === rung).map(({ settings }) => JSON.stringify(settings));
      expect(got).toEqual(lists[rung]);
    }
    for (let order = 1; order <= 5; order++) {
      const stream = RandomStream.from(order, "order");
      const pick = (running: number, step: number) => stream.integer(step, running);
      expect(runWay(createWay(SPACE, options, 4), value, 1 + 2 * order, pick)).toEqual(expected);
    }
  });

  test("trials go on from the same settings on the rung before, the last to the end", () => {
    const trials = runWay(createWay(SPACE, optionsOf("halving", { trials: 9 }), 1), (trial) =>
      Number(trial.settings.x),
    );
    expect(trials.map(({ rung }) => rung)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2]);
    expect(trials.map(({ budget }) => budget)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, undefined]);
    for (const { from, settings, rung = 0 } of trials.slice(9)) {
      expect(trials[from ?? -1]).toMatchObject({ settings, rung: rung - 1 });
    }
    const best = Math.max(...trials.map(({ settings }) => Number(settings.x)));
    expect(trials[12].settings.x).toBe(best);
  });

  test("the least value is the best where it is minimized", () => {
    const options = optionsOf("halving", { trials: 9, maximize: false });
    const trials = runWay(createWay(SPACE, options, 1), (trial) => Number(trial.settings.x));
    expect(trials[12].settings.x).toBe(Math.min(...trials.map(({ settings }) => Number(settings.x))));
  });
});

describe("ASHA", () => {
  test("a run of one worker, worked out by hand from algorithm 2", () => {
    const way = createWay(SPACE, optionsOf("asha", { trials: 6, epochs: 4, eta: 2 }), 1);
    // Values of the trials in the order in which they are proposed.
    const values = [0.5, 0.4, 0.6, 0.3, 0.9, 0.7, 0.95, 0.8, 0.85, 0.99];
    const told: string[] = [];
    for (;;) {
      const trial = way.next();
      if (trial === undefined || trial === "wait") break;
      told.push(`${trial.rung}${trial.from === undefined ? "" : ` from ${trial.from}`}`);
      way.report(resultOf(trial, values[trial.index]));
    }
    expect(told).toEqual([
      "0", // 0: 0.5
      "0", // 1: 0.4. Two on rung 0, the better one goes on:
      "1 from 0", // 2: 0.6
      "0", // 3: 0.3. Three on rung 0: the best is gone already
      "0", // 4: 0.9. Four: trials 4 and 0 are the best two
      "1 from 4", // 5: 0.7. Two on rung 1: trial 5 is the better one
      "2 from 5", // 6: 0.95
      "0", // 7: 0.8. Five: the best two are 4 and 7
      "1 from 7", // 8: 0.85. Three on rung 1: the best, 8, has not gone on
      "2 from 8", // 9: 0.99
      "0", // 10: no value, the sixth; the best three are 4, 7 and 0, all gone on
    ]);
  });

  /** Algorithm 2, written down as it stands: whole lists sorted anew at each question. */
  class Literal {
    readonly rungs: { x: string; index: number; score: number }[][] = [[], [], []];
    readonly promoted = new Set<number>();
    next(): string | undefined {
      for (const k of [1, 0]) {
        const sorted = [...this.rungs[k]].sort((a, b) => b.score - a.score || a.index - b.index);
        const candidates = sorted.slice(0, Math.floor(sorted.length / 3)).filter(({ score }) => score > -1);
        const found = candidates.find(({ index }) => !this.promoted.has(index));
        if (found === undefined) continue;
        this.promoted.add(found.index);
        return `${k + 1} ${found.x}`;
      }
      return undefined;
    }
  }

  test.each([1, 2, 3, 4, 5, 6])("order %i: decisions are those of the algorithm", (seed) => {
    const way = createWay(SPACE, optionsOf("asha", { trials: 81 }), seed);
    const literal = new Literal();
    const stream = RandomStream.from(seed, "order");
    const running: TrialSpec[] = [];
    for (let step = 0; step < 300; step++) {
      while (running.length < 1 + (seed % 4)) {
        const trial = way.next();
        if (trial === undefined || trial === "wait") break;
        // The one addition is at the end, when nothing has reached the last rung.
        const expected = literal.next();
        if (expected === undefined) expect(trial.rung).toBe(0);
        else expect(`${trial.rung} ${trial.settings.x}`).toBe(expected);
        running.push(trial);
      }
      if (running.length === 0) break;
      const [ended] = running.splice(stream.integer(step, running.length), 1);
      const got = value(ended);
      way.report(resultOf(ended, got));
      const entry = { x: String(ended.settings.x), index: ended.index, score: got ?? -1 };
      literal.rungs[ended.rung ?? 0].push(entry);
    }
    expect(literal.rungs[2].length).toBeGreaterThanOrEqual(9);
  });

  test("the best goes to the end where too few trials would not let any", () => {
    const trials = runWay(createWay(SPACE, optionsOf("asha", { trials: 3 }), 1), (trial) => Number(trial.settings.x));
    expect(trials.map(({ rung }) => rung)).toEqual([0, 0, 0, 1, 2]);
  });
});
