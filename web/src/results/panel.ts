import { DivergedError } from "convasm";
import type { CurrentModel, Workspace } from "../app/workspace.ts";
import { predictionOf } from "../train/settings.ts";
import { fill, h, setText } from "../ui/dom.ts";
import { count, loss, percent } from "../ui/format.ts";
import { icon } from "../ui/icons.ts";
import { reasonOf, tell } from "../ui/messages.ts";
import { colours } from "../ui/theme.ts";
import { confusionMatrix } from "./confusion.ts";
import { gallery } from "./gallery.ts";
import { lookAt, type Results, worstOf } from "./report.ts";

const MISTAKES = 20;

/** Results for the held-out images: confusion matrix and worst mistakes. */
export class ResultsPanel {
  readonly element: HTMLElement;
  readonly #workspace: Workspace;
  readonly #summary = h("p", { class: "note", role: "status" });
  readonly #matrix = h("div");
  readonly #mistakes = h("div");
  readonly #button = h("button", { class: "button button-small push", type: "button" }, icon("refresh"), "Look now");
  #results: Results | undefined;
  #isBusy = false;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#button.addEventListener("click", () => void this.#look());
    this.element = h(
      "section",
      { class: "card", "aria-label": "On held-out images" },
      h("div", { class: "card-head" }, h("h2", {}, "On held-out images"), this.#summary, this.#button),
      h(
        "div",
        { class: "results" },
        h("div", {}, h("h3", {}, "What is taken for what"), this.#matrix),
        h("div", {}, h("h3", {}, "Worst mistakes, by loss"), this.#mistakes),
      ),
    );
    let stop = (): void => {};
    workspace.run.watch((run) => {
      stop();
      stop = run?.state.onChange((state) => state === "ended" && run.error === undefined && void this.#look()) ?? stop;
    });
    workspace.model.watch((model) => {
      this.#enable();
      // Another model, or images that this one was not trained on: what is shown is no longer true.
      if (model?.model !== this.#model) this.#forget(model);
    });
    workspace.images.onChange(() => {
      this.#enable();
      this.#forget(workspace.model.value);
    });
    colours.onChange(() => void this.#show());
  }

  #model: CurrentModel["model"] | undefined;

  #enable(): void {
    const { model, images } = this.#workspace;
    this.#button.disabled = this.#isBusy || model.value === undefined || images.value === undefined;
  }

  #forget(model: CurrentModel | undefined): void {
    this.#model = model?.model;
    this.#results = undefined;
    this.element.hidden = model === undefined;
    setText(this.#summary, "Looked at when the training ends, or now.");
    fill(this.#matrix);
    fill(this.#mistakes);
    this.element.classList.add("results-empty");
  }

  async #look(): Promise<void> {
    const { model, images, run } = this.#workspace;
    if (this.#isBusy || model.value === undefined || images.value === undefined) return;
    const looked = model.value.model;
    this.#isBusy = true;
    this.#enable();
    try {
      const settings = run.value?.plan.settings;
      const results = await lookAt(looked, images.value.test, settings === undefined ? {} : predictionOf(settings));
      if (model.value?.model !== looked) return;
      this.#results = results;
      await this.#show();
    } catch (error) {
      // A model that was replaced meanwhile is nobody's concern.
      if (model.value?.model !== looked) return;
      // The results shown are of earlier weights.
      this.#forget(model.value);
      const text = reasonOf(error);
      const diverged = error instanceof DivergedError;
      const title = diverged ? "The network says nothing right" : "The held-out images could not be looked at";
      tell({ kind: "error", title, text, topic: "results" });
    } finally {
      this.#isBusy = false;
      this.#enable();
    }
  }

  async #show(): Promise<void> {
    const results = this.#results;
    if (results === undefined) return;
    const { accuracy, loss: mean, images, notes } = results.report;
    const wrong = Math.round((1 - accuracy) * images);
    const mistakes = await gallery(
      results,
      worstOf(results, (is, was) => is !== was, MISTAKES),
    );
    if (results !== this.#results) return;
    this.element.classList.remove("results-empty");
    setText(
      this.#summary,
      [`${percent(accuracy, 2)} right, ${count(wrong)} of ${count(images)} wrong; loss ${loss(mean)}`, ...notes].join(
        "; ",
      ),
    );
    fill(this.#matrix, confusionMatrix(results));
    fill(this.#mistakes, mistakes);
  }
}
