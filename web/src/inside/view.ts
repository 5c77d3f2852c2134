import type { Pixels } from "convasm";
import type { CurrentModel, Workspace } from "../app/workspace.ts";
import { h, setText } from "../ui/dom.ts";
import { noNetwork } from "../ui/empty.ts";
import { whileWanted } from "../ui/frames.ts";
import { shownView } from "../ui/tabs.ts";
import { colours } from "../ui/theme.ts";
import { Activations } from "./activations.ts";
import { ImagePicker } from "./image-picker.ts";
import { Weights } from "./weights.ts";

/** Milliseconds between two looks into the network while it trains. */
const GAP = 120;

/** The view "Look inside": weights, gradients, and what each layer makes of an image. */
export class InsideView {
  readonly #workspace: Workspace;
  readonly #picker: ImagePicker;
  readonly #activations = new Activations();
  readonly #weights = new Weights(() => this.#update());
  readonly #state = h("p", { class: "note" });
  readonly #update: () => void;
  #pixels: Pixels | undefined;

  constructor(place: HTMLElement, workspace: Workspace) {
    this.#workspace = workspace;
    this.#update = whileWanted(
      () => shownView.value === "inside",
      () => this.#look(),
      GAP,
    );
    this.#picker = new ImagePicker(workspace, (pixels) => {
      this.#pixels = pixels;
      this.#update();
    });
    const empty = noNetwork(
      "Start a training, or load a network from a file. Its filters, gradients and activations are drawn here while it trains.",
    );
    const content = h(
      "div",
      { class: "inside" },
      h(
        "div",
        { class: "stack" },
        this.#weights.element,
        h(
          "section",
          { class: "card" },
          h("div", { class: "card-head" }, h("h2", {}, "An image")),
          this.#picker.element,
        ),
      ),
      h(
        "section",
        { class: "card" },
        h("div", { class: "card-head" }, h("h2", {}, "What each layer makes of the image"), this.#state),
        this.#activations.element,
      ),
    );
    place.replaceChildren(h("h1", { class: "hidden-text" }, "Look inside"), empty, content);
    workspace.model.watch((model) => {
      empty.hidden = model !== undefined;
      content.hidden = model === undefined;
      void this.#weights.use(model?.model);
      this.#update();
    });
    workspace.weights.onChange(() => this.#update());
    shownView.onChange(() => this.#update());
    colours.onChange(() => {
      this.#activations.redraw();
      this.#weights.redraw();
    });
  }

  async #look(): Promise<void> {
    const current = this.#workspace.model.value;
    if (current === undefined) return;
    try {
      setText(this.#state, this.#stateLine(current));
      await this.#weights.look();
      await this.#picker.ready();
      if (this.#pixels !== undefined) this.#activations.show(await current.model.activations(this.#pixels));
    } catch {
      // The model was replaced, or its worker lost, which is told elsewhere.
    }
  }

  #stateLine({ isTrained }: CurrentModel): string {
    const run = this.#workspace.run.value;
    if (run?.isUnderWay) return `Drawn live, at step ${run.figures.step?.step ?? 0}.`;
    return isTrained ? "" : "The weights are as they were drawn at first: it is not trained yet.";
  }
}
