import { describe, expect, it } from "vitest";
import type { ReportedSearch, ReportedTrial } from "../../src/search/report/attempts.ts";
import { attemptsOf } from "../../src/search/report/attempts.ts";
import { metricAxis, parameterAxis, shortNumber } from "../../src/search/report/axis.ts";
import { explained, importances } from "../../src/search/report/importance.ts";
import { searchReport } from "../../src/search/report/report.ts";
import { readSpace } from "../../src/search/space.ts";
import { createWay } from "../../src/search/ways/create-way.ts";
import { all, parseSvg, type SvgNode, texts } from "../cli/charts/svg-tree.ts";
import { optionsOf, resultOf, runWay } from "./spaces.ts";
import golden from "./ways.golden.json" with { type: "json" };

const SPACE = readSpace({
  lr: { log: [0.001, 1] },
  optimizer: { choice: ["sgd", "adam"] },
  momentum: { range: [0, 0.9], when: { optimizer: "sgd" } },
  noise: { range: [0, 1] },
});

/** A search whose value hangs on the rate alone; trials with a rate above 0.5 fail. */
function searched(way: "random" | "asha", trials: number): ReportedSearch {
  const found: ReportedTrial[] = [];
  const valueOfRate = (lr: number) => 0.9 - 0.1 * (Math.log10(lr) + 2) ** 2;
  runWay(createWay(SPACE, optionsOf(way, { trials }), 3), (spec) => {
    const lr = Number(spec.settings.lr);
    const { budget = 9 } = spec;
    const value = lr > 0.5 ? undefined : valueOfRate(lr);
    const curve = Array.from(
      { length: value === undefined ? 0 : budget },
      (_, i) => (value ?? 0) - 0.02 * (budget - 1 - i),
    );
    found.push({
      spec,
      result: { ...resultOf(spec, value), curve },
      seconds: 2,
      error: value === undefined ? "NaN" : undefined,
    });
    return value;
  });
  return {
    title: "a <b> & \u202e",
    facts: [["Way", way]],
    space: SPACE,
    metric: "valAccuracy",
    maximize: true,
    trials: found,
  };
}

/** The charts of a report, parsed. */
function chartsOf(html: string): readonly SvgNode[] {
  return [...html.matchAll(/<svg .*?<\/svg>/gs)].map(([svg]) => parseSvg(svg));
}

function nameOf(chart: SvgNode): string | undefined {
  return chart.attributes.get("aria-label");
}

describe("searchReport", () => {
  const search = searched("random", 40);
  const html = searchReport(search);
  const charts = chartsOf(html);
  const failed = search.trials.filter(({ result }) => result.status === "failed").length;

  it("has a line, a curve, and a point or a cross in each chart for every trial", () => {
    expect(failed).toBeGreaterThan(1);
    const [parallel, ...others] = charts;
    expect(others.map(nameOf)).toEqual([
      "lr against the metric",
      "optimizer against the metric",
      "momentum against the metric",
      "noise against the metric",
      "The metric over the epochs",
      "The best value over the trials",
    ]);
    expect(all(parallel, "path")).toHaveLength(40);
    expect(all(others[0], "circle")).toHaveLength(40 - failed);
    expect(all(others[0], "path")).toHaveLength(failed);
    const withMomentum = search.trials.filter(({ spec }) => "momentum" in spec.settings).length;
    expect([...all(others[2], "circle"), ...all(others[2], "path")]).toHaveLength(withMomentum);
    expect(all(others[4], "g")).toHaveLength(40 - failed);
    expect(html.match(/<tr data-t/g)).toHaveLength(40);
  });

  it("puts points where their values are", () => {
    const trial = search.trials.find(({ result }) => result.status === "done");
    const lr = Number(trial?.spec.settings.lr);
    const point = all(charts[1], "circle").find((each) => each.attributes.get("data-t") === String(trial?.spec.index));
    // The plot begins at 64 and ends at 364.
    expect(Number(point?.attributes.get("cx"))).toBeCloseTo(64 + (300 * (Math.log10(lr) + 3)) / 3, 1);
    expect(texts(charts[1])).toContain("0.001");
  });

  it("needs nothing from elsewhere, and shows foreign text as text", () => {
    expect(html).not.toMatch(/(?:src|href)=|@import|url\(/);
    expect(html).toContain("<h1>a &lt;b&gt; &amp; \ufffd</h1>");
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.split("<script>")[1].split("</script>")[0]).not.toContain("</");
  });

  it("is there before the first trial and after failures alone", () => {
    const nothing = { ...search, trials: [] };
    expect(searchReport(nothing)).toContain("No trial has come to a value.");
    const failures = search.trials.filter(({ result }) => result.status === "failed");
    expect(searchReport({ ...search, trials: failures })).toContain("No trial has come to a value.");
    expect(chartsOf(searchReport({ ...search, trials: search.trials.slice(0, 1) }))).toHaveLength(7);
  });
});

describe("attempts", () => {
  it("are the trials of the highest rungs, best first, with the time of all rungs", () => {
    const search = searched("asha", 27);
    const attempts = attemptsOf(search);
    expect(attempts).toHaveLength(27);
    const top = attempts.filter(({ rung }) => rung === 2);
    expect(top.length).toBeGreaterThanOrEqual(3);
    expect(top.every(({ seconds }) => seconds === 6)).toBe(true);
    const values = attempts.flatMap(({ value }) => (value === undefined ? [] : [value]));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(attempts.slice(values.length).every(({ value }) => value === undefined)).toBe(true);
    expect(attempts.filter(({ isBest }) => isBest).map(({ quality }) => quality)).toEqual([1]);
  });

  it("have the smallest value first where it is minimized", () => {
    const values = attemptsOf({ ...searched("random", 9), maximize: false }).flatMap(({ value = [] }) => value);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });
});

describe("importance", () => {
  it.each(golden.explained)("is what SciPy's Kruskal-Wallis gives: $share", ({ groups, share }) => {
    expect(explained(groups)).toBeCloseTo(share, 12);
  });

  it("is near one for what decides alone, near zero for the others", () => {
    const { parameters } = SPACE;
    const found = importances(parameters, attemptsOf(searched("random", 200)), true);
    expect(found[0].key).toBe("lr");
    expect(found[0].share).toBeGreaterThan(0.7);
    for (const { share } of found.slice(1)) expect(share).toBeLessThan(0.1);
    expect(importances(parameters, attemptsOf(searched("random", 5)), true)[0].share).toBeUndefined();
  });
});

describe("axes", () => {
  it("have places and round numbers on the scale of their domain", () => {
    const [lr, optimizer, momentum] = SPACE.parameters.map(({ domain }) => parameterAxis(domain));
    expect(lr.at(0.01)).toBeCloseTo(1 / 3, 12);
    expect(lr.ticks.map(({ text }) => text)).toEqual(["0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"]);
    expect(optimizer.at("adam")).toBe(0.75);
    expect(momentum.at(0.45)).toBeCloseTo(0.5, 12);
  });

  it("end before bad values that are far from all others", () => {
    const search = searched("random", 20);
    const far = { ...search.trials[0], result: { ...search.trials[0].result, status: "done" as const, value: 1e12 } };
    const trials = [...search.trials.slice(1), far];
    const axis = metricAxis({ metric: "valLoss", maximize: false }, attemptsOf({ ...search, trials }));
    expect(axis.beyond).toBe(1);
    expect(axis.at(1e12)).toBe(1);
    expect(Number(axis.ticks[axis.ticks.length - 1].text)).toBeLessThan(2);
  });

  it.each([
    [0.1, "0.1"],
    [1e-5, "1e-5"],
    [123456, "1.23e5"],
    [0.0583012, "0.0583"],
    [0, "0"],
  ])("write %f shortly", (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});
