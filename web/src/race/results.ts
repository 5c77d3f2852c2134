import { smoothed } from "../train/curve.ts";
import { Chart, type Points } from "../ui/chart.ts";
import { fill, h, newId, setText } from "../ui/dom.ts";
import { count, short } from "../ui/format.ts";
import { icon } from "../ui/icons.ts";
import { reasonOf, tell } from "../ui/messages.ts";
import { agreementOf } from "./agreement.ts";
import type { Contender } from "./contender.ts";
import type { Race } from "./race.ts";
import { markdown, raceRows } from "./table.ts";

const COLOURS = ["--series-6", "--series-3", "--series-4", "--series-1", "--series-2", "--series-5"];

const HEIGHT = 240;

/** Points of a curve: more than a chart has pixels for tell nothing. */
const MOST_POINTS = 400;

/** Throughput, loss curves and the table of a race. */
export class RaceResults {
  readonly element: HTMLElement;
  readonly #bars = h("ol", { class: "bars race-bars", "aria-label": "Images per second" });
  readonly #chart = h("div");
  readonly #agreement = h("p", { class: "note" });
  readonly #table = h("table", { class: "table" });
  readonly #copy = h("button", { class: "button button-small push", type: "button" }, icon("copy"), "Copy as Markdown");
  readonly #body: HTMLElement;
  readonly #empty = h(
    "div",
    { class: "empty" },
    h("h2", {}, "Who is fastest here?"),
    h("p", { class: "soft" }, "Start the race: throughput, loss curves and a table to copy appear here."),
  );
  #by: "step" | "time" = "step";
  #race: Race | undefined;
  #curves: Chart | undefined;
  #curveKey = "";

  constructor() {
    this.#copy.addEventListener("click", () => void this.#copyTable());
    this.#body = h(
      "div",
      { class: "stack", hidden: true },
      h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "Images per second")), this.#bars),
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "Loss"), this.#axisSwitch()),
        this.#chart,
        this.#agreement,
      ),
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "Table"), this.#copy),
        h("div", { class: "scroll-x" }, this.#table),
      ),
    );
    this.element = h("div", {}, this.#empty, this.#body);
  }

  /** Shows how a race stands. */
  show(race: Race | undefined): void {
    this.#race = race;
    const contenders = race?.contenders.filter(({ steps }) => steps > 0) ?? [];
    this.#empty.hidden = contenders.length > 0;
    this.#body.hidden = contenders.length === 0;
    if (race === undefined || contenders.length === 0) return;
    this.#showBars(contenders, race.turn);
    this.#showCurves(contenders);
    const agreement = agreementOf(contenders);
    setText(this.#agreement, agreement?.text ?? "");
    this.#agreement.classList.toggle("field-error", agreement?.agree === false);
    this.#showTable({ plan: race.plan, contenders });
  }

  #axisSwitch(): HTMLElement {
    const name = newId("axis");
    const option = (by: "step" | "time", label: string): HTMLElement => {
      const input = h("input", { type: "radio", name, value: by });
      input.checked = by === this.#by;
      input.addEventListener("change", () => {
        this.#by = by;
        this.show(this.#race);
      });
      return h("label", {}, input, h("span", {}, label));
    };
    return h(
      "fieldset",
      { class: "segments push", "aria-label": "What the curves run over" },
      option("step", "by steps"),
      option("time", "by time"),
    );
  }

  #showBars(contenders: readonly Contender[], turn: Contender | undefined): void {
    const best = Math.max(...contenders.map(({ imagesPerSecond }) => imagesPerSecond));
    if (this.#bars.childElementCount !== contenders.length) {
      fill(
        this.#bars,
        ...contenders.map(() =>
          h(
            "li",
            {},
            h("span", { class: "bar-name" }),
            h("span", { class: "bar-track" }, h("i")),
            h("span", { class: "bar-value" }),
          ),
        ),
      );
    }
    contenders.forEach((contender, i) => {
      const row = this.#bars.children[i];
      const [name, track, value] = row.children;
      const speed = contender.imagesPerSecond;
      setText(name, contender.spec.label);
      setText(value, count(speed));
      const bar = track.firstElementChild;
      if (bar instanceof HTMLElement) {
        bar.style.transform = `scaleX(${speed / best})`;
        bar.style.background = `var(${colourOf(i)})`;
      }
      row.classList.toggle("bar-turn", contender === turn);
    });
  }

  #showCurves(contenders: readonly Contender[]): void {
    const key = `${this.#by} ${contenders.map(({ spec }) => spec.id).join(" ")}`;
    if (key !== this.#curveKey) {
      this.#curveKey = key;
      this.#curves = new Chart({
        label: this.#by === "step" ? "Loss by steps" : "Loss by seconds of steps",
        height: HEIGHT,
        series: contenders.map(({ spec }, i) => ({
          label: spec.label,
          colour: colourOf(i),
          width: i === 0 ? 4 : 1.75,
          opacity: i === 0 ? 0.6 : 1,
        })),
        xLabel: this.#by === "step" ? "step" : "seconds of steps",
        format: short,
        formatX: short,
        range: (_, high) => [0, high * 1.04 || 1],
      });
      fill(this.#chart, this.#curves.element);
    }
    if (this.#curves === undefined) return;
    // By steps, what only some have done is cut off: the curves are to be compared.
    const most =
      this.#by === "step"
        ? Math.max(10, 2 * Math.min(...contenders.map(({ steps }) => steps)))
        : Number.POSITIVE_INFINITY;
    const points = contenders.map((contender) => pointsOf(contender, this.#by, most));
    this.#curves.domain = Math.max(1e-6, ...points.map(({ x }) => x.at(-1) ?? 0));
    this.#curves.points = points;
  }

  #showTable(race: Pick<Race, "plan" | "contenders">): void {
    const [head, ...rows] = raceRows(race);
    const align = (i: number): string | false => i > 0 && "number";
    fill(
      this.#table,
      h("thead", {}, h("tr", {}, ...head.map((text, i) => h("th", { scope: "col", class: align(i) }, text)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((text, i) => h("td", { class: align(i) }, text))))),
    );
  }

  async #copyTable(): Promise<void> {
    if (this.#race === undefined) return;
    const { plan } = this.#race;
    const caption = `${plan.network.recipe.name}, batches of ${plan.batchSize}; ${navigator.hardwareConcurrency} cores, ${navigator.userAgent}`;
    try {
      await navigator.clipboard.writeText(markdown(raceRows(this.#race), caption));
      tell({ kind: "info", title: "The table is on the clipboard", topic: "race" });
    } catch (error) {
      tell({ kind: "error", title: "The table could not be copied", text: reasonOf(error), topic: "race" });
    }
  }
}

function colourOf(place: number): string {
  return COLOURS[place % COLOURS.length];
}

function pointsOf({ losses, seconds }: Contender, by: "step" | "time", most: number): Points {
  const count = Math.min(losses.length, most);
  const every = Math.max(1, Math.ceil(count / MOST_POINTS));
  const even = smoothed(losses.slice(0, count), 0.8);
  const x: number[] = [];
  const y: number[] = [];
  for (let i = every - 1; i < count; i += every) {
    x.push(by === "step" ? i + 1 : seconds[i]);
    y.push(even[i]);
  }
  return { x, y };
}
