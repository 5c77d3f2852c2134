import type { Workspace } from "../app/workspace.ts";
import { Chart, type Points } from "../ui/chart.ts";
import { h, newId } from "../ui/dom.ts";
import { duration, loss, percent, short } from "../ui/format.ts";
import { throttled } from "../ui/frames.ts";
import { shownView } from "../ui/tabs.ts";
import { smoothed } from "./curve.ts";
import type { Figures } from "./figures.ts";

/** Milliseconds between two drawings of the curves. */
const GAP = 150;

const HEIGHT = 210;

const SERIES = [
  { label: "Batches", colour: "--series-1", width: 1, opacity: 0.3 },
  { label: "Smoothed", colour: "--series-1" },
  { label: "Held out", colour: "--series-2", points: true },
] as const;

/** Loss and accuracy while it trains, and the epochs as a table. */
export class Curves {
  readonly element: HTMLElement;
  readonly #workspace: Workspace;
  readonly #accuracy = new Chart({
    label: "Accuracy by epochs",
    height: HEIGHT,
    series: SERIES,
    xLabel: "epoch",
    format: (value) => percent(value, value > 0.9 && value < 1 ? 1 : 0),
    formatX: short,
    range: accuracyRange,
  });
  readonly #losses: Record<"linear" | "logarithmic", Chart>;
  readonly #rows = h("tbody");
  readonly #table: HTMLElement;
  #isLogarithmic = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    const lossChart = (logarithmic: boolean) =>
      new Chart({
        label: "Loss by epochs",
        height: HEIGHT,
        series: SERIES,
        xLabel: "epoch",
        format: short,
        formatX: short,
        logarithmic,
        ...(!logarithmic && { range: (_: number, high: number): [number, number] => [0, high * 1.04 || 1] }),
      });
    this.#losses = { linear: lossChart(false), logarithmic: lossChart(true) };
    this.#table = this.#layOutTable();
    this.element = h(
      "div",
      { class: "curves" },
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "Loss"), this.#scaleSwitch()),
        this.#losses.linear.element,
        this.#losses.logarithmic.element,
      ),
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "Accuracy")),
        this.#accuracy.element,
      ),
      this.#table,
    );
    this.#losses.logarithmic.element.hidden = true;
    const draw = throttled(() => this.#draw(), GAP);
    let stop = (): void => {};
    workspace.run.watch((run) => {
      stop();
      stop = run?.ticks.onChange(draw) ?? stop;
      draw();
    });
    shownView.onChange(draw);
  }

  #scaleSwitch(): HTMLElement {
    const input = h("input", { type: "checkbox", id: newId("log") });
    input.addEventListener("change", () => {
      this.#isLogarithmic = input.checked;
      this.#losses.linear.element.hidden = input.checked;
      this.#losses.logarithmic.element.hidden = !input.checked;
      this.#draw();
    });
    return h("label", { class: "check push soft" }, input, "logarithmic");
  }

  #layOutTable(): HTMLElement {
    const head = ["Epoch", "Loss", "Accuracy", "Held-out loss", "Held-out accuracy", "Learning rate", "Time"];
    const table = h(
      "table",
      { class: "table" },
      h("thead", {}, h("tr", {}, ...head.map((text, i) => h("th", { class: i > 0 && "number", scope: "col" }, text)))),
      this.#rows,
    );
    return h(
      "details",
      { class: "more epochs", hidden: true },
      h("summary", {}, "Epochs as a table"),
      h("div", { class: "scroll-x" }, table),
    );
  }

  #draw(): void {
    if (shownView.value !== "train") return;
    const figures = this.#workspace.run.value?.figures;
    const { run } = this.#workspace;
    const losses = this.#isLogarithmic ? this.#losses.logarithmic : this.#losses.linear;
    const epochs = run.value?.plan.settings.epochs ?? 1;
    losses.domain = epochs;
    this.#accuracy.domain = epochs;
    losses.points = figures === undefined ? [] : pointsOf(figures, "loss");
    this.#accuracy.points = figures === undefined ? [] : pointsOf(figures, "accuracy");
    this.#fillTable(figures);
    const last = figures?.lastValidation;
    if (last === undefined) return;
    losses.describe(`${loss(last.loss)} on held-out images after ${short(last.epochs)} epochs`);
    this.#accuracy.describe(`${percent(last.accuracy, 2)} of held-out images after ${short(last.epochs)} epochs`);
  }

  #fillTable(figures: Figures | undefined): void {
    const epochs = figures?.epochs ?? [];
    this.#table.hidden = epochs.length === 0;
    if (this.#rows.childElementCount > epochs.length) this.#rows.replaceChildren();
    for (const event of epochs.slice(this.#rows.childElementCount)) {
      const { epoch, trainLoss, trainAccuracy, valLoss, valAccuracy, lr, seconds } = event;
      const cells = [
        loss(trainLoss),
        percent(trainAccuracy, 2),
        loss(valLoss),
        percent(valAccuracy, 2),
        short(lr),
        duration(seconds),
      ];
      this.#rows.append(
        h("tr", {}, h("td", {}, String(epoch)), ...cells.map((text) => h("td", { class: "number" }, text))),
      );
    }
  }
}

function pointsOf(figures: Figures, which: "loss" | "accuracy"): Points[] {
  const train = (which === "loss" ? figures.trainLoss : figures.trainAccuracy).points();
  const { validation } = figures;
  return [
    train,
    { x: train.x, y: smoothed(train.y) },
    { x: validation.map(({ epochs }) => epochs), y: validation.map((point) => point[which]) },
  ];
}

/** The range of the accuracies' axis: from a round value below the lowest one up to 100 %. */
function accuracyRange(low: number, high: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const bottom = low > 0.9 ? 0.9 : low > 0.7 ? 0.6 : 0;
  return [bottom, 1];
}
