import { HostError, isInputError } from "convasm";
import type { OpenPlace } from "../app/foreign-model.ts";
import { type ModelFile, type NotedRun, readModelFile } from "../app/model-file.ts";
import type { Kept } from "../app/recovery.ts";
import type { Workspace } from "../app/workspace.ts";
import { imagesLine } from "../data/images.ts";
import { DataPanel, DEFAULT_SOURCE } from "../data/panel.ts";
import { CHOICES, type NetworkChoice } from "../network/draft.ts";
import { NetworkPanel } from "../network/panel.ts";
import { ResultsPanel } from "../results/panel.ts";
import { h, setText } from "../ui/dom.ts";
import { count } from "../ui/format.ts";
import { dismiss, reasonOf, tell } from "../ui/messages.ts";
import { Curves } from "./curves.ts";
import { EnginePanel } from "./engine-panel.ts";
import type { RunPlan } from "./run.ts";
import { RunPanel } from "./run-panel.ts";
import { batchSizeFor, epochsFor, readyRun, settingsOf } from "./settings.ts";
import { SettingsPanel, settingsLine } from "./settings-panel.ts";
import { compileOptions, startRun } from "./start-run.ts";

/** Shape and classes of the digits, until there are other images. */
const DIGITS = { shape: [28, 28, 1], classes: 10 } as const;

/** Width from which all cards are open; below, their first lines tell what is set. */
const WIDE = "(min-width: 961px)";

/** The view "Train". */
export class TrainView {
  readonly data: DataPanel;
  readonly #workspace: Workspace;
  readonly #network: NetworkPanel;
  readonly #settings: SettingsPanel;
  readonly #engine: EnginePanel;
  readonly #run: RunPanel;
  /** The recipe that the settings came from, and the number of images that they are for. */
  #recipe = CHOICES[0].recipe;
  #imageCount: number = DEFAULT_SOURCE.train;

  constructor(place: HTMLElement, workspace: Workspace) {
    this.#workspace = workspace;
    this.#engine = new EnginePanel(workspace);
    this.#settings = new SettingsPanel(
      settingsOf(CHOICES[0].recipe, DEFAULT_SOURCE.train, this.#engine.settings.value),
    );
    this.#network = new NetworkPanel(DIGITS, (choice) => this.#take(choice));
    this.data = new DataPanel(workspace);
    this.#run = new RunPanel(workspace, { start: (paused) => this.#start(paused) });
    const curves = new Curves(workspace);
    const results = new ResultsPanel(workspace);
    place.replaceChildren(
      h("h1", { class: "hidden-text" }, "Train"),
      h(
        "div",
        { class: "train" },
        h("div", { class: "rail stack" }, ...this.#cards()),
        h("div", { class: "stack" }, this.#run.element, curves.element, results.element),
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
    this.#engine.settings.watch(({ name, cores }) => {
      setText(engine.line, `${name === "auto" ? "fastest kernels" : name}, ${cores === "auto" ? "all cores" : cores}`);
    });
    return [network.element, data.element, training.element, engine.element];
  }

  #connect(): void {
    const { images } = this.#workspace;
    images.onChange((loaded) => {
      if (loaded !== undefined) {
        this.#network.fit(loaded.train);
        this.#fitSettings(loaded.train.length);
      }
      this.#showReady();
    });
    this.#network.checked.onChange(() => this.#showReady());
    this.#settings.settings.onChange(() => this.#showReady());
    this.#engine.settings.onChange((engine) => {
      this.#settings.settings.value = { ...this.#settings.settings.value, engine };
    });
    this.#showReady();
  }

  /** Takes the settings with which a chosen network is trained. */
  #take({ recipe }: NetworkChoice): void {
    this.#recipe = recipe;
    this.#settings.show(settingsOf(recipe, this.#imageCount, this.#engine.settings.value));
  }

  /** Fits epochs and batch to another number of images, unless somebody set them. */
  #fitSettings(images: number): void {
    const { value } = this.#settings.settings;
    const { epochs, batchSize } = value;
    const isOwn = epochs !== epochsFor(this.#recipe, this.#imageCount);
    const isOwnBatch = batchSize !== batchSizeFor(this.#recipe, this.#imageCount);
    this.#imageCount = images;
    const fitted = {
      epochs: isOwn ? epochs : epochsFor(this.#recipe, images),
      batchSize: isOwnBatch ? batchSize : batchSizeFor(this.#recipe, images),
    };
    if (fitted.epochs !== epochs || fitted.batchSize !== batchSize) this.#settings.show({ ...value, ...fitted });
  }

  #showReady(): void {
    const settings = this.#settings.settings.value;
    const ready = readyRun(settings);
    this.#network.compileOptions = "error" in ready ? undefined : compileOptions(settings, ready);
    const hasImages = this.#workspace.images.value !== undefined;
    this.#run.draft = this.#network.draft.value;
    const { model, untrained } = this.#network.checked.value;
    this.#run.canStart = hasImages && !("error" in ready) && model !== undefined && untrained === undefined;
  }

  async #start(paused: boolean): Promise<void> {
    const { images, model } = this.#workspace;
    if (images.value === undefined) return;
    const settings = this.#settings.settings.value;
    const plan = { draft: this.#network.draft.value, images: images.value, settings, paused };
    const weights = this.#run.keepsWeights ? await model.value?.model.save() : undefined;
    const { whitening } = this.#network;
    await this.#begin({
      ...plan,
      ...(whitening !== undefined && { whitening }),
      ...(weights !== undefined && { weights }),
    });
  }

  async #begin(plan: RunPlan): Promise<void> {
    dismiss("run");
    try {
      await startRun(this.#workspace, plan);
    } catch (error) {
      tell({ kind: "error", title: "The training could not start", text: adviceFor(error), topic: "run" });
    }
  }

  /** The network and the shape of images, for files that leave them open. */
  get place(): OpenPlace {
    return { draft: this.#network.draft.value, shape: this.#workspace.images.value?.train.shape ?? DIGITS.shape };
  }

  /**
   * Takes a model or a run from a file.
   *
   * @param notes what the file of another program lost on the way
   */
  async openModel(bytes: Uint8Array, name: string, notes: readonly string[] = []): Promise<void> {
    try {
      const file = readModelFile(bytes, name, this.#engine.settings.value);
      await this.#workspace.run.value?.stop();
      this.#network.show(file.draft, file.choice);
      if (file.run !== undefined) this.#settings.show(file.run.settings);
      await this.#load(file);
      const { run } = file;
      if (run === undefined) {
        tell({
          kind: "info",
          title: `${name} is loaded`,
          text: [
            this.#network.checked.value.untrained === undefined
              ? "Draw for it, look inside, or train it further."
              : "Draw for it, or look inside: training takes a network with one output.",
            ...notes,
          ].join(" "),
          topic: "file",
        });
        return;
      }
      tell({
        kind: "info",
        title: `${name} is a run that stopped in epoch ${run.epoch} of ${run.settings.epochs}`,
        text:
          run.digits === undefined
            ? "It goes on with the images that it began with: open those first."
            : "It goes on with the same generated digits.",
        actions: [{ label: "Go on training", run: () => void this.resume(file, run, false) }],
        topic: "file",
      });
    } catch (error) {
      tell({ kind: "error", title: `${name} could not be opened`, text: reasonOf(error), topic: "file" });
    }
  }

  async #load({ bytes, draft, images }: ModelFile): Promise<void> {
    const { host, model, run } = this.#workspace;
    const session = await host.session();
    const loaded = await session.loadModel(bytes);
    const old = model.value?.model;
    const description = await loaded.describe();
    run.value = undefined;
    model.value = { model: loaded, draft, images, description, isTrained: true, isSaved: true };
    this.#workspace.weightsChanged();
    await old?.dispose().catch(reasonOf);
  }

  /** Goes on with a run from a checkpoint. */
  async resume({ bytes, draft }: Pick<ModelFile, "bytes" | "draft">, run: NotedRun, paused: boolean): Promise<void> {
    await (run.digits === undefined ? this.data.readAs(run.reading) : this.data.useDigits(run.digits));
    const images = this.#workspace.images.value;
    if (images !== undefined) await this.#begin({ draft, images, settings: run.settings, checkpoint: bytes, paused });
  }

  /** Brings back what there was before the worker was lost. */
  async restore(kept: Kept | undefined): Promise<void> {
    await this.data.load();
    if (kept === undefined) return;
    const file = readModelFile(kept.bytes, kept.name, this.#engine.settings.value);
    const images = this.#workspace.images.value;
    if (file.run === undefined) await this.#load(file);
    else if (images !== undefined) {
      const { draft, bytes, run } = file;
      await this.#begin({ draft, images, settings: run.settings, checkpoint: bytes });
    }
  }
}

/** Reason why a run could not start, with advice. */
function adviceFor(error: unknown): string {
  const reason = reasonOf(error);
  const lacksMemory = error instanceof HostError && error.code === "no-memory";
  const isTooLarge = isInputError(error) && error.code === "too-large";
  return lacksMemory || isTooLarge ? `${reason}. A smaller batch needs less memory.` : reason;
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
