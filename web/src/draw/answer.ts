import { h, setText } from "../ui/dom.ts";
import { percent, sentence } from "../ui/format.ts";
import { Bars, bestOf } from "./bars.ts";

/** The classes that scores belong to. */
export interface Classes {
  readonly names: readonly string[] | undefined;
  readonly count: number;
}

/** The card with the predicted class of a drawing. */
export class Answer {
  readonly #best = h("p", { class: "answer", "aria-hidden": "true" });
  readonly #certainty = h("p", { class: "note" });
  readonly #bars = new Bars();
  readonly #spoken = h("p", { class: "hidden-text", role: "status" });
  readonly element = h(
    "section",
    { class: "card", "aria-label": "Prediction" },
    h("div", { class: "answer-head" }, this.#best, this.#certainty),
    this.#bars.element,
    this.#spoken,
  );

  /** Says why there is no answer. */
  fail({ names, count }: Classes, reason: string): void {
    this.#bars.show(undefined, (label) => names?.[label] ?? String(label), count);
    setText(this.#best, "?");
    setText(this.#certainty, sentence(reason));
    setText(this.#spoken, sentence(reason));
  }

  /**
   * @param scores undefined as long as nothing is drawn
   * @param note what stands beside the answer; how sure the network is unless said
   * @param isDone whether a stroke is finished, so that it is said aloud
   */
  show({ names, count }: Classes, scores: Float32Array | undefined, note?: string, isDone = false): void {
    const nameOf = (label: number): string => names?.[label] ?? String(label);
    this.#bars.show(scores, nameOf, count);
    if (scores === undefined) {
      setText(this.#best, "?");
      setText(this.#certainty, note ?? "Draw something on the pad.");
      return;
    }
    const best = bestOf(scores);
    setText(this.#best, nameOf(best));
    setText(this.#certainty, note ?? `${percent(scores[best], scores[best] >= 0.9995 ? 0 : 1)} sure`);
    if (isDone) setText(this.#spoken, `Looks like ${nameOf(best)}, ${percent(scores[best], 0)}`);
  }
}
