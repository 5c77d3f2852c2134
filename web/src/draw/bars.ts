import { h, setText } from "../ui/dom.ts";
import { percent } from "../ui/format.ts";

/** Classes that are shown, the likeliest ones where there are more. */
const MOST = 12;

/** Probabilities of classes, as bars. */
export class Bars {
  readonly element = h("ol", { class: "bars", "aria-label": "How likely each class is" });
  #rows: {
    readonly element: HTMLElement;
    readonly name: HTMLElement;
    readonly bar: HTMLElement;
    readonly value: HTMLElement;
  }[] = [];

  /** @param scores one for each class, or undefined for none */
  show(scores: ArrayLike<number> | undefined, nameOf: (label: number) => string, classes: number): void {
    const count = Math.min(MOST, classes);
    const order = Array.from({ length: classes }, (_, label) => label);
    if (classes > MOST && scores !== undefined) order.sort((a, b) => scores[b] - scores[a]);
    this.#grow(count);
    const best = scores === undefined ? -1 : bestOf(scores);
    this.#rows.forEach((row, i) => {
      const label = order[i];
      const score = scores?.[label];
      setText(row.name, nameOf(label));
      setText(row.value, score === undefined ? "" : percent(score, score >= 0.9995 || score < 0.0005 ? 0 : 1));
      row.bar.style.transform = `scaleX(${score ?? 0})`;
      row.element.classList.toggle("bar-best", label === best);
    });
  }

  #grow(count: number): void {
    if (this.#rows.length === count) return;
    this.#rows = Array.from({ length: count }, () => {
      const name = h("span", { class: "bar-name" });
      const bar = h("i");
      const value = h("span", { class: "bar-value" });
      return { element: h("li", {}, name, h("span", { class: "bar-track" }, bar), value), name, bar, value };
    });
    this.element.replaceChildren(...this.#rows.map(({ element }) => element));
  }
}

/** The first of the highest scores. */
export function bestOf(scores: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  return best;
}
