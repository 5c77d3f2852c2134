import uPlot from "uplot";
import { h } from "./dom.ts";
import { colour, colours } from "./theme.ts";

/** A curve's name and colour. */
export interface SeriesSpec {
  readonly label: string;
  /** Colour of the style sheet, such as `--series-1`. */
  readonly colour: string;
  readonly width?: number;
  /** Share of its colour. Default 1. */
  readonly opacity?: number;
  /** Dots at the points. Default false. */
  readonly points?: boolean;
  readonly dash?: readonly number[];
}

export interface ChartOptions {
  /** Description of the chart for screen readers. */
  readonly label: string;
  readonly height: number;
  readonly series: readonly SeriesSpec[];
  readonly xLabel: string;
  /** A number of the y axis. */
  readonly format: (value: number) => string;
  readonly formatX?: (value: number) => string;
  readonly logarithmic?: boolean;
  /** Lowest and highest value of the y axis, given those of the data. */
  readonly range?: (low: number, high: number) => [number, number];
}

/** Points of a curve. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Curves over a common axis, as wide as the place that it is in. */
export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #canvas = h("div", { class: "chart-canvas", role: "img" });
  #plot: uPlot | undefined;
  #points: readonly Points[] = [];
  #width = 0;
  #end = 1;

  constructor(options: ChartOptions) {
    this.#options = options;
    this.#canvas.setAttribute("aria-label", options.label);
    const keys = options.series.map(({ label, colour: name, opacity = 1 }) => {
      const swatch = h("i", { class: "chart-swatch" });
      swatch.style.background = `var(${name})`;
      swatch.style.opacity = String(opacity);
      return h("li", {}, swatch, label);
    });
    this.element = h("div", { class: "chart" }, h("ul", { class: "chart-keys" }, ...keys), this.#canvas);
    new ResizeObserver(([entry]) => this.#resize(Math.floor(entry.contentRect.width))).observe(this.#canvas);
    colours.onChange(() => this.#rebuild());
  }

  /** Draws other points, one list for each series. */
  set points(points: readonly Points[]) {
    this.#points = points;
    this.#plot?.setData(aligned(points, this.#options.series.length));
  }

  /** The whole of the x axis, so that it stays while the curves grow. */
  set domain(end: number) {
    if (end === this.#end) return;
    this.#end = end;
    this.#plot?.setScale("x", { min: 0, max: end });
  }

  /** Tells screen readers the present state of the chart. */
  describe(text: string): void {
    this.#canvas.setAttribute("aria-label", `${this.#options.label}: ${text}`);
  }

  #resize(width: number): void {
    if (width === this.#width || width === 0) return;
    this.#width = width;
    if (this.#plot === undefined) this.#rebuild();
    else this.#plot.setSize({ width, height: this.#options.height });
  }

  #rebuild(): void {
    if (this.#width === 0) return;
    this.#plot?.destroy();
    this.#plot = new uPlot(
      plotOptions(this.#options, this.#width, () => this.#end),
      aligned(this.#points, this.#options.series.length),
      this.#canvas,
    );
  }
}

function aligned(points: readonly Points[], series: number): uPlot.AlignedData {
  if (points.every(({ x }) => x.length === 0)) return [[], ...Array.from({ length: series }, () => [])];
  // Values that are no number, as in a training that diverged, become gaps.
  const drawn = (y: readonly number[]) => y.map((value) => (Number.isFinite(value) ? value : null));
  return uPlot.join(points.map(({ x, y }): uPlot.AlignedData => [[...x], drawn(y)]));
}

const FONT = "12px system-ui, sans-serif";

function plotOptions(options: ChartOptions, width: number, end: () => number): uPlot.Options {
  const { height, series, xLabel, format, formatX = String, logarithmic = false, range } = options;
  const axis: uPlot.Axis = {
    stroke: colour("--ink-soft"),
    font: FONT,
    grid: { stroke: colour("--grid"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: () => [0, end()] },
      y: {
        distr: logarithmic ? 3 : 1,
        ...(range !== undefined && { range: (_: uPlot, low: number, high: number) => range(low, high) }),
      },
    },
    axes: [
      {
        ...axis,
        label: xLabel,
        labelFont: FONT,
        labelSize: 18,
        size: 26,
        gap: 4,
        values: (_, values) => values.map(formatX),
      },
      {
        ...axis,
        size: 46,
        gap: 6,
        values: (_, values) => values.map((value) => (value === null ? "" : format(value))),
      },
    ],
    series: [
      {},
      ...series.map(
        ({ label, colour: name, width: line = 2, opacity = 1, points = false, dash }): uPlot.Series => ({
          label,
          stroke: colour(name),
          width: line,
          alpha: opacity,
          spanGaps: true,
          points: { show: points, size: 5, fill: colour("--surface") },
          ...(dash !== undefined && { dash: [...dash] }),
        }),
      ),
    ],
    hooks: { ready: [readValues(options)] },
  };
}

/** A small box at the pointer with the values there. */
function readValues({ series, format, formatX = String, xLabel }: ChartOptions): (plot: uPlot) => void {
  return (plot) => {
    const box = h("div", { class: "chart-values", hidden: true });
    plot.over.append(box);
    const show = (): void => {
      const { idx, left = -1 } = plot.cursor;
      box.hidden = idx === null || idx === undefined || left < 0;
      if (box.hidden || idx === null || idx === undefined) return;
      const lines = series.flatMap(({ label }, i) => {
        const value = nearest(plot.data[i + 1], idx);
        return value === undefined ? [] : [h("div", {}, `${label} ${format(value)}`)];
      });
      box.replaceChildren(h("div", { class: "soft" }, `${xLabel} ${formatX(plot.data[0][idx])}`), ...lines);
      box.classList.toggle("chart-values-left", left > plot.over.clientWidth / 2);
    };
    plot.over.addEventListener("mousemove", show);
    plot.over.addEventListener("mouseleave", () => {
      box.hidden = true;
    });
  };
}

/** The last value at or before an index: curves have points at different places. */
function nearest(values: ArrayLike<number | null | undefined>, index: number): number | undefined {
  for (let i = index; i >= 0; i--) {
    const value = values[i];
    if (value !== null && value !== undefined) return value;
  }
  return undefined;
}
