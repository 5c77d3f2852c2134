import type { Json } from "../../json.ts";
import { element, escapeXml } from "../../markup.ts";
import { duration } from "../../words.ts";
import type { Attempt, ReportedSearch } from "./attempts.ts";
import { type MetricAxis, shortText } from "./axis.ts";

/** Most rows of the table; the search's folder has them all in trials.csv. */
const MOST_ROWS = 1000;

/** All trials, best first, as a table that is sorted by a click on a column's name. */
export function trialTable(
  { space, metric: name }: ReportedSearch,
  attempts: readonly Attempt[],
  metric: MetricAxis,
): string {
  const hasSeconds = attempts.some(({ seconds }) => seconds !== undefined);
  const keys = space.parameters.map(({ key }) => key);
  const names = ["Trial", name, ...keys, "Epochs", ...(hasSeconds ? ["Time"] : [])];
  const head = names.map((each) =>
    element("th", { scope: "col" }, [element("button", { type: "button" }, [escapeXml(each)])]),
  );
  const rows = attempts.slice(0, MOST_ROWS).map((attempt) => {
    const { index, value, settings, epochs, seconds, error } = attempt;
    const cells = [
      cell(String(index), index),
      value === undefined ? cell(error === undefined ? "failed" : `failed: ${error}`) : cell(metric.text(value), value),
      ...keys.map((key) => (key in settings ? cell(shortText(settings[key], 40), settings[key]) : cell(""))),
      cell(String(epochs), epochs),
      ...(hasSeconds ? [seconds === undefined ? cell("") : cell(duration(seconds), seconds)] : []),
    ];
    return element("tr", { "data-t": String(index), class: attempt.isBest ? "best" : undefined }, cells);
  });
  return element("table", {}, [
    element("thead", {}, [element("tr", {}, head)]),
    element(
      "tbody",
      {},
      rows.map((row) => `\n${row}`),
    ),
  ]);
}

/** A cell with the number by which its column is sorted, if it has one. */
function cell(text: string, value?: Json): string {
  const number = typeof value === "number" ? { "data-v": String(value), class: "number" } : {};
  return element("td", number, [escapeXml(text)]);
}
