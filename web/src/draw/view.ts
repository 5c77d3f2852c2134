import { type Pixels, scaleBytes } from "convasm";
import type { CurrentModel, Workspace } from "../app/workspace.ts";
import { Activations } from "../inside/activations.ts";
import { h } from "../ui/dom.ts";
import { noNetwork } from "../ui/empty.ts";
import { whileWanted } from "../ui/frames.ts";
import { icon } from "../ui/icons.ts";
import { reasonOf } from "../ui/messages.ts";
import { drawImage } from "../ui/picture.ts";
import { shownView } from "../ui/tabs.ts";
import { colours } from "../ui/theme.ts";
import { Answer, type Classes } from "./answer.ts";
import { asImage } from "./as-image.ts";
import { Pad } from "./pad.ts";

/** Milliseconds between two looks at what is being drawn. */
const GAP = 40;

const NO_SCORES = "None of the network's outputs is a list of scores: see what its layers make of the drawing.";

/** The view "Draw": a pad, and what the network makes of it. */
export class DrawView {
  readonly #workspace: Workspace;
  readonly #pad: Pad;
  readonly #answer = new Answer();
  readonly #activations = new Activations();
  readonly #seen = h("canvas", { class: "thumb seen", role: "img", "aria-label": "What the network sees" });
  readonly #inside: HTMLElement;
  readonly #undo = h("button", { class: "button", type: "button" }, icon("undo"), "Undo");
  readonly #clear = h("button", { class: "button", type: "button" }, icon("clear"), "Clear");
  readonly #update: () => void;
  #isDone = false;
  #pixels: Uint8Array | undefined;

  constructor(place: HTMLElement, workspace: Workspace) {
    this.#workspace = workspace;
    this.#pad = new Pad((isDone) => {
      this.#isDone = isDone;
      this.#update();
    });
    this.#undo.addEventListener("click", () => this.#pad.undo());
    this.#clear.addEventListener("click", () => this.#pad.clear());
    this.#update = whileWanted(
      () => shownView.value === "draw",
      () => this.#look(),
      GAP,
    );
    this.#inside = h(
      "section",
      { class: "card" },
      h("div", { class: "card-head" }, h("h2", {}, "What each layer makes of it")),
      this.#activations.element,
    );
    const board = h("div", { class: "draw" }, this.#padCard(), this.#answer.element, this.#inside);
    const empty = noNetwork(
      "Train one, which takes a few seconds, or load one from a file. Then draw a digit here and see what it makes of it.",
    );
    place.replaceChildren(h("h1", { class: "hidden-text" }, "Draw"), empty, board);
    workspace.model.watch((model) => {
      empty.hidden = model !== undefined;
      board.hidden = model === undefined;
      this.#update();
    });
    workspace.weights.onChange(() => this.#update());
    shownView.onChange(() => this.#update());
    colours.onChange(() => {
      this.#activations.redraw();
      this.#showSeen();
    });
  }

  #padCard(): HTMLElement {
    return h(
      "section",
      { class: "card", "aria-label": "Pad" },
      this.#pad.element,
      h(
        "div",
        { class: "row pad-tools" },
        this.#undo,
        this.#clear,
        h("div", { class: "seen-frame push" }, h("span", { class: "note" }, "seen as"), this.#seen),
      ),
    );
  }

  async #look(): Promise<void> {
    const current = this.#workspace.model.value;
    if (current === undefined) return;
    this.#undo.disabled = this.#pad.isEmpty;
    this.#clear.disabled = this.#pad.isEmpty;
    // Else it stays as it is until the layers are known: where they can't be, it must not show for a moment.
    if (this.#pad.isEmpty) this.#inside.hidden = true;
    this.#pixels = this.#pad.isEmpty ? undefined : asImage(this.#pad.picture(), current.images.shape);
    this.#showSeen();
    if (this.#pixels === undefined) return this.#show(current, undefined);
    try {
      const input = scaleBytes(this.#pixels, current.model.scaling);
      const scores = await scoresOf(current, input);
      if (current !== this.#workspace.model.value && current.model !== this.#workspace.model.value?.model) return;
      this.#show(
        current,
        this.#pixels === undefined ? undefined : scores,
        scores === undefined ? NO_SCORES : undefined,
      );
      const activations = await current.model.activations(input);
      if (this.#pixels === undefined) return;
      this.#activations.show(activations);
      this.#inside.hidden = false;
    } catch (error) {
      // The model was replaced, or its worker lost, which is told elsewhere.
      if (current.model !== this.#workspace.model.value?.model) return;
      this.#inside.hidden = true;
      this.#answer.fail(this.#names(current), reasonOf(error));
    }
  }

  #showSeen(): void {
    const shape = this.#workspace.model.value?.images.shape ?? [28, 28, 1];
    const pixels: Pixels = this.#pixels ?? new Uint8Array(shape[0] * shape[1] * shape[2]);
    drawImage(this.#seen, pixels, shape);
  }

  #names({ model, images: { classes }, draft: { outputs } }: CurrentModel, scores?: Float32Array): Classes {
    return { names: model.classNames, count: outputs === undefined ? classes : (scores?.length ?? 0) };
  }

  #show(current: CurrentModel, scores: Float32Array | undefined, problem?: string): void {
    const untrained =
      scores === undefined
        ? "The network is not trained yet: train it first."
        : "Guessed: the network is not trained yet.";
    this.#answer.show(
      this.#names(current, scores),
      scores,
      problem ?? (current.isTrained ? undefined : untrained),
      this.#isDone,
    );
  }
}

/**
 * The scores of an image's classes; of several outputs those of the first one that is a list of numbers, or undefined if none
 * is.
 */
async function scoresOf(
  { model, description, draft: { outputs } }: CurrentModel,
  input: Pixels,
): Promise<Float32Array | undefined> {
  if (outputs === undefined || outputs.length === 1) return model.predict(input);
  const all = await model.predictOutputs(input);
  const shapes = new Map(description.layers.map(({ name, output }) => [name, output]));
  const first = outputs.find((name) => shapes.get(name)?.length === 1);
  return first === undefined ? undefined : all[first];
}
