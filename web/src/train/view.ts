import type { Workspace } from "../app/workspace.ts";
import { imagesLine } from "../data/images.ts";
import { DataPanel } from "../data/panel.ts";
import { CHOICES, type NetworkChoice } from "../network/draft.ts";
import { NetworkPanel } from "../network/panel.ts";
import { h, setText } from "../ui/dom.ts";
import { count } from "../ui/format.ts";
import { dismiss, reasonOf, tell } from "../ui/messages.ts";
import { Curves } from "./curves.ts";
import { EnginePanel } from "./engine-panel.ts";
import { compileOptions, TrainingRun } from "./run.ts";
import { RunPanel } from "./run-panel.ts";
import { readyRun, settingsOf } from "./settings.ts";
import { SettingsPanel, settingsLine } from "./settings-panel.ts";

/** What images are until there are some: those of the digits. */
const DIGITS = { shape: [28, 28, 1], classes: 10 } as const;

/** Width from which all cards are open; below, their first lines tell what is set. */
const WIDE = "(min-width: 961px)";

/** The page's digits are a third of MNIST's images: twice the epochs of the default network take 98 % and a few seconds. */
const FIRST_EPOCHS = 4;

/** The view "Train". */
export class TrainView {
  readonly data: DataPanel;
  readonly #workspace: Workspace;
  readonly #network: NetworkPanel;
  readonly #settings: SettingsPanel;
  readonly #engine: EnginePanel;
  readonly #run: RunPanel;

  constructor(place: HTMLElement, workspace: Workspace) {
    this.#workspace = workspace;
    this.#engine = new EnginePanel(workspace);
    const settings = settingsOf(CHOICES[0].recipe, 0, this.#engine.settings.value);
    this.#settings = new SettingsPanel({ ...settings, epochs: FIRST_EPOCHS });
    this.#network = new NetworkPanel(DIGITS, (choice) => this.#take(choice));
    this.data = new DataPanel(workspace);
    this.#run = new RunPanel(workspace, { start: (paused) => this.#start(paused) });
    const curves = new Curves(workspace);
    place.replaceChildren(
      h("h1", { class: "hidden-text" }, "Train"),
      h(
        "div",
        { class: "train" },
        h("div", { class: "rail stack" }, ...this.#cards()),
        h("div", { class: "stack" }, this.#run.element, curves.element),
      ),
    );
    this.#connect();
  }

  #cards(): HTMLElement[] {
    const network = fold("Network", this.#network.element);
    const data = fold("Data", this.data.element);
    const training = fold("Training", this.#settings.element);
    const engine = fold("Engine", this.#engine.element);
    this.#network.checked.watch(({ model, error }) => {
      const { name, isEdited } = this.#network.draft.value;
      const size = model === undefined ? "does not fit" : `${count(model.describe().parameters)} parameters`;
      setText(network.line, `${name}${isEdited ? ", changed" : ""}: ${size}`);
      network.line.classList.toggle("field-error", error !== undefined);
    });
    this.#workspace.images.watch((images) => {
      setText(data.line, images === undefined ? "…" : `${images.title}: ${imagesLine(images)}`);
    });
    this.#settings.settings.watch((settings) => setText(training.line, settingsLine(settings)));
    this.#engine.settings.watch(({ gear, cores }) => {
      setText(engine.line, `${gear === "auto" ? "fastest kernels" : gear}, ${cores === "auto" ? "all cores" : cores}`);
    });
    return [network.element, data.element, training.element, engine.element];
  }

  #connect(): void {
    const { images } = this.#workspace;
    images.onChange((loaded) => {
      if (loaded !== undefined) this.#network.fit(loaded.train);
      this.#showReady();
    });
    this.#network.checked.onChange(() => this.#showReady());
    this.#settings.settings.onChange(() => this.#showReady());
    this.#engine.settings.onChange((engine) => {
      this.#settings.settings.value = { ...this.#settings.settings.value, engine };
    });
    this.#showReady();
  }

  /** A chosen network brings the settings that it is trained with. */
  #take({ recipe }: NetworkChoice): void {
    const images = this.#workspace.images.value?.train.length ?? 0;
    this.#settings.show(settingsOf(recipe, images, this.#engine.settings.value));
  }

  #showReady(): void {
    const settings = this.#settings.settings.value;
    const ready = readyRun(settings);
    this.#network.compileOptions = "error" in ready ? undefined : compileOptions(settings, ready);
    const hasImages = this.#workspace.images.value !== undefined;
    this.#run.canStart = hasImages && !("error" in ready) && this.#network.checked.value.model !== undefined;
  }

  async #start(paused: boolean): Promise<void> {
    const images = this.#workspace.images.value;
    if (images === undefined) return;
    dismiss("run");
    try {
      const settings = this.#settings.settings.value;
      await TrainingRun.start(this.#workspace, { draft: this.#network.draft.value, images, settings, paused });
    } catch (error) {
      tell({ kind: "error", title: "The training could not start", text: reasonOf(error), topic: "run" });
    }
  }
}

/** A card that folds to its first line. */
function fold(title: string, content: HTMLElement): { readonly element: HTMLElement; readonly line: HTMLElement } {
  const line = h("span", { class: "fold-line" });
  const element = h(
    "details",
    { class: "card fold" },
    h("summary", {}, h("h2", {}, title), line),
    h("div", { class: "fold-body" }, content),
  );
  const wide = matchMedia(WIDE);
  element.open = wide.matches;
  wide.addEventListener("change", () => {
    element.open = wide.matches;
  });
  return { element, line };
}
