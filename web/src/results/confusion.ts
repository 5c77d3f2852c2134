import { h } from "../ui/dom.ts";
import { count, percent, plural } from "../ui/format.ts";
import { openSheet } from "../ui/sheet.ts";
import { gallery } from "./gallery.ts";
import { type Results, worstOf } from "./report.ts";

/** Classes up to which the matrix is shown whole; beyond, the pairs that are most often confused. */
const MOST_CLASSES = 20;

const PAIRS = 15;
const IMAGES = 96;

/** The table of true and predicted classes: each cell opens the images behind it. */
export function confusionMatrix(results: Results): HTMLElement {
  return results.report.classes.length <= MOST_CLASSES ? matrix(results) : pairs(results);
}

function matrix(results: Results): HTMLElement {
  const { confusion, classes } = results.report;
  const { nameOf } = results;
  const most = Math.max(1, ...confusion.flatMap((row, label) => row.filter((_, prediction) => prediction !== label)));
  const head = h(
    "tr",
    {},
    h("th", { scope: "col", class: "confusion-corner" }, h("span", { class: "hidden-text" }, "Class")),
    ...confusion.map((_, prediction) => h("th", { scope: "col" }, nameOf(prediction))),
    h("th", { scope: "col", class: "confusion-right", title: "Share of the class that is read right" }, "right"),
  );
  const rows = confusion.map((row, label) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, nameOf(label)),
      ...row.map((value, prediction) => h("td", {}, cell(results, label, prediction, value, most))),
      h("td", { class: "confusion-right" }, percent(classes[label].recall)),
    ),
  );
  return h(
    "div",
    {},
    h("div", { class: "scroll-x" }, h("table", { class: "confusion" }, h("thead", {}, head), h("tbody", {}, ...rows))),
    h("p", { class: "note" }, "Rows: what the images are. Columns: what they were read as. A cell opens its images."),
  );
}

function cell(results: Results, label: number, prediction: number, value: number, most: number): Node | string {
  if (value === 0) return h("span", { class: "confusion-none" }, "·");
  const isRight = label === prediction;
  const button = h("button", { type: "button", class: isRight ? "confusion-hit" : "confusion-miss" }, count(value));
  if (!isRight) button.style.setProperty("--share", String(0.15 + 0.85 * Math.sqrt(value / most)));
  const { nameOf } = results;
  button.setAttribute("aria-label", `${nameOf(label)} read as ${nameOf(prediction)}: ${plural(value, "image")}`);
  button.addEventListener("click", () => void openCell(results, label, prediction, value));
  return button;
}

async function openCell(results: Results, label: number, prediction: number, value: number): Promise<void> {
  const { nameOf } = results;
  const indices = worstOf(results, (is, was) => is === label && was === prediction, IMAGES);
  const title =
    label === prediction ? `${nameOf(label)}, read right` : `${nameOf(label)}, read as ${nameOf(prediction)}`;
  const which =
    value > indices.length ? `the ${indices.length} with the highest loss of ${count(value)}` : plural(value, "image");
  openSheet(`${title}: ${which}`, await gallery(results, indices));
}

function pairs(results: Results): HTMLElement {
  const { confusion } = results.report;
  const all = confusion.flatMap((row, label) =>
    row.flatMap((value, prediction) => (value > 0 && label !== prediction ? [{ label, prediction, value }] : [])),
  );
  all.sort((a, b) => b.value - a.value);
  const items = all.slice(0, PAIRS).map(({ label, prediction, value }) => {
    const text = `${results.nameOf(label)} → ${results.nameOf(prediction)}`;
    const button = h(
      "button",
      { type: "button", class: "button button-quiet button-small" },
      text,
      h("strong", {}, count(value)),
    );
    button.addEventListener("click", () => void openCell(results, label, prediction, value));
    return h("li", {}, button);
  });
  return h(
    "div",
    {},
    h("p", { class: "note" }, `Most often confused of ${results.report.classes.length} classes:`),
    h("ol", { class: "pairs" }, ...items),
  );
}
