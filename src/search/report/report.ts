/**
 * The report of a search: a page in one file that needs nothing else.
 *
 * @module
 */

import { element, escapeXml } from "../../markup.ts";
import { counted } from "../../words.ts";
import { type Attempt, attemptsOf, type ReportedSearch } from "./attempts.ts";
import { type MetricAxis, metricAxis, shortText } from "./axis.ts";
import { importanceBars } from "./bars.ts";
import { commonEpochs, importances } from "./importance.ts";
import { course, curves } from "./lines.ts";
import { parallelCoordinates, undrawn } from "./parallel.ts";
import { scatter } from "./scatter.ts";
import { interact } from "./script.ts";
import { STYLE } from "./style.ts";
import { trialTable } from "./trial-table.ts";

/**
 * A search as an HTML file: the best trial, parallel coordinates, the importance of settings, each setting against the metric, the metric over epochs
 * and trials, and a table. Works without a network; light or dark as the reader's system is.
 *
 * @example
 * await writeFileAtomic("search/report.html", searchReport({ title: "lr and batch", facts: [], space, metric: "valAccuracy", maximize: true, trials }));
 */
export function searchReport(search: ReportedSearch): string {
  const attempts = attemptsOf(search);
  const axis = metricAxis(search, attempts);
  // Curves begin far from where they end, so they have an axis of their own.
  const curveAxis = metricAxis(
    search,
    attempts,
    attempts.flatMap(({ curve }) => curve),
  );
  const { parameters } = search.space;
  const sections = [
    element("div", { class: "two" }, [bestCard(search, attempts, axis), factsCard(search, attempts)]),
    ...(attempts.length === 0 ? [] : charts()),
  ];
  const title = `${search.title}: search`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeXml(search.title)}</h1>
${sections.join("\n")}
<div id="told" role="status"></div>
<script>(${interact.toString()})()</script>
</body>
</html>
`;

  function charts(): string[] {
    const isComplete = undrawn(attempts) === 0;
    return [
      card(
        "All trials",
        `A line for each trial${isComplete ? "" : `, the best ${counted(attempts.length - undrawn(attempts), "trial")}`}; where a setting does not count, the line dips below its axis, and that of a trial that failed runs past the metric's worse end. Draw along an axis to keep the trials that pass there.`,
        element("div", { class: "wide" }, [parallelCoordinates(search, attempts, axis)]) + scaleOf(),
      ),
      card(
        "Importance of the settings",
        importanceText(attempts),
        importanceBars(importances(parameters, attempts, search.maximize)),
      ),
      card(
        `Each setting against ${search.metric}`,
        `A point for each trial, a cross for one that failed.${rungText(attempts)}${beyondText(axis)}`,
        element(
          "div",
          { class: "many" },
          parameters.map((parameter) => figure(parameter.key, scatter(parameter, attempts, axis))),
        ),
      ),
      element("div", { class: "two" }, [
        card(`${search.metric} over the epochs`, "A curve for each trial.", curves(attempts, curveAxis)),
        card(
          "The best so far",
          "The value of each trial in the order in which they were begun.",
          course(attempts, axis, search.maximize),
        ),
      ]),
      card(
        "Table",
        "A click on a column's name sorts by it.",
        element("div", { class: "wide" }, [trialTable(search, attempts, axis)]),
      ),
    ];
  }
}

/** A section with a heading and a line that says how to read it; both are text, the content is markup. */
function card(title: string, text: string, content: string): string {
  const head = [element("h2", {}, [escapeXml(title)]), ...(text === "" ? [] : [element("p", {}, [escapeXml(text)])])];
  return element("section", { class: "card" }, [...head, content]);
}

function figure(caption: string, content: string): string {
  return element("figure", {}, [element("figcaption", {}, [escapeXml(caption)]), content]);
}

/** Names and texts as a list. */
function list(pairs: readonly (readonly [name: string, text: string])[]): string {
  const items = pairs.flatMap(([name, text]) => [
    element("dt", {}, [escapeXml(name)]),
    element("dd", {}, [escapeXml(text)]),
  ]);
  return items.length === 0 ? "" : element("dl", {}, items);
}

function bestCard({ metric }: ReportedSearch, attempts: readonly Attempt[], axis: MetricAxis): string {
  const best = attempts.find(({ isBest }) => isBest);
  if (best?.value === undefined) return card("Best trial", "No trial has come to a value.", "");
  const small = element("small", {}, [escapeXml(`${metric}, trial ${best.index}, ${counted(best.epochs, "epoch")}`)]);
  const value = element("div", { class: "value" }, [`${escapeXml(axis.text(best.value))} `, small]);
  return card(
    "Best trial",
    "",
    value + list(Object.entries(best.settings).map(([key, each]) => [key, shortText(each, 80)])),
  );
}

function factsCard({ facts, trials }: ReportedSearch, attempts: readonly Attempt[]): string {
  const failed = attempts.filter(({ value }) => value === undefined).length;
  const counts = `${counted(attempts.length, "choice")} of settings in ${counted(trials.length, "trial")}${failed > 0 ? `, ${failed} failed` : ""}`;
  return card("Search", "", list([...facts, ["Trials", counts]]));
}

function scaleOf(): string {
  const parts = [
    "<span>worst</span><i></i><span>best</span><b></b><span>the best trial</span>",
    '<output id="left"></output><button type="button" id="clear" hidden>Show all</button>',
  ];
  return element("div", { class: "scale" }, parts);
}

function importanceText(attempts: readonly Attempt[]): string {
  const epochs = commonEpochs(attempts);
  const after = Number.isFinite(epochs) ? `, after ${counted(epochs, "epoch")}` : "";
  return `The share of the trials' order that each setting explains alone${after}: η² of a Kruskal-Wallis test of the metric between its values (a range in up to six parts of equal size), failures being worst. What settings do together is in none of the bars, so they need not add up to 100 %.`;
}

function rungText(attempts: readonly Attempt[]): string {
  const isHalved = attempts.some(({ rung }) => rung !== undefined);
  return isHalved ? " Settings that came to several rungs have the value of the highest one." : "";
}

function beyondText({ beyond }: MetricAxis): string {
  return beyond === 0
    ? ""
    : ` ${counted(beyond, "value")} beyond the axis ${beyond === 1 ? "is" : "are"} drawn at its end.`;
}
