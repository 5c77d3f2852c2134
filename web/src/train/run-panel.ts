import { DivergedError, type EpochEvent, type Stop } from "convasm";
import type { Workspace } from "../app/workspace.ts";
import type { NetworkDraft } from "../network/draft.ts";
import { h, newId, setText } from "../ui/dom.ts";
import { count, duration, loss, NONE, percent, sentence, short } from "../ui/format.ts";
import { throttled } from "../ui/frames.ts";
import { type IconName, icon } from "../ui/icons.ts";
import { reasonOf, tell } from "../ui/messages.ts";
import { OPERATIONS_NOTE } from "./figures.ts";
import type { RunState, TrainingRun } from "./run.ts";

/** Milliseconds between two looks at the figures: faster nobody reads. */
const GAP = 120;

export interface RunActions {
  /** Makes a model and trains it; paused, to go step by step. */
  start(paused: boolean): Promise<void>;
}

/** The instrument: what to do with the run, how far it is, and its figures. */
export class RunPanel {
  readonly element: HTMLElement;
  readonly #workspace: Workspace;
  readonly #actions: RunActions;
  readonly #start = action("play", "Start", "button-primary");
  readonly #pause = action("pause", "Pause");
  readonly #step = action("step", "Step");
  readonly #stop = action("stop", "Stop");
  readonly #factor = h("input", { type: "range", min: -2, max: 2, step: 0.1, value: 0, id: newId("factor") });
  readonly #factorText = h("output", { class: "mono" }, "× 1");
  readonly #bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the training" });
  readonly #place = h("p", { class: "run-place" });
  readonly #spoken = h("p", { class: "hidden-text", role: "status" });
  readonly #engine = h("p", { class: "run-engine note" });
  readonly #metrics = h("p", { class: "run-metrics note" });
  readonly #readouts = {
    loss: h("dd"),
    accuracy: h("dd"),
    validation: h("dd"),
    speed: h("dd"),
    work: h("dd"),
    left: h("dd"),
  };
  readonly #keepBox = h("input", { type: "checkbox", id: newId("keep") });
  readonly #keep = h(
    "label",
    { class: "check soft", for: this.#keepBox.id, title: "Train on from the present weights, not from fresh ones" },
    this.#keepBox,
    "Keep weights",
  );
  #isBusy = false;

  constructor(workspace: Workspace, actions: RunActions) {
    this.#workspace = workspace;
    this.#actions = actions;
    this.#start.addEventListener("click", () => this.#do(() => this.#startOrResume()));
    this.#pause.addEventListener("click", () => this.#do(() => workspace.run.value?.pause()));
    this.#step.addEventListener("click", () => this.#do(() => this.#oneStep()));
    this.#stop.addEventListener("click", () => this.#do(() => workspace.run.value?.stop()));
    this.#factor.addEventListener("input", () => this.#setFactor());
    this.element = this.#layOut();
    const show = throttled(() => this.#show(), GAP);
    workspace.model.onChange(() => this.#showButtons());
    let stop: (() => void)[] = [];
    workspace.run.watch((run) => {
      for (const end of stop) end();
      stop = run === undefined ? [] : [run.state.onChange(() => this.#changed(run)), run.ticks.onChange(show)];
      if (run !== undefined) this.#begin();
      this.#show();
    });
  }

  #layOut(): HTMLElement {
    const { loss: lossText, accuracy, validation, speed, work, left } = this.#readouts;
    const readout = (label: string, value: HTMLElement, hint?: string) =>
      h("div", { title: hint }, h("dt", {}, label), value);
    return h(
      "section",
      { class: "card run", "aria-label": "Run" },
      h(
        "div",
        { class: "run-head" },
        h("div", { class: "run-buttons" }, this.#start, this.#pause, this.#step, this.#stop),
        this.#keep,
        h(
          "div",
          { class: "run-factor" },
          h("label", { for: this.#factor.id }, "Learning rate"),
          this.#factor,
          this.#factorText,
        ),
      ),
      h("div", { class: "run-progress" }, this.#bar, this.#place, this.#spoken),
      h(
        "dl",
        { class: "readouts" },
        readout("Loss", lossText, "Mean of the epoch so far"),
        readout("Accuracy", accuracy, "Of the epoch so far, on the images trained on"),
        readout("Held out", validation, "Accuracy on images that are not trained on"),
        readout("Images/s", speed, "Of training steps"),
        readout("GFLOP/s", work, OPERATIONS_NOTE),
        readout("Time left", left),
      ),
      this.#metrics,
      this.#engine,
    );
  }

  /** True if a run can begin with the present settings. */
  set canStart(can: boolean) {
    this.#canStart = can;
    this.#showButtons();
  }

  #canStart = false;

  /** The network that a run would train. */
  set draft(draft: NetworkDraft) {
    this.#draft = draft;
    this.#showButtons();
  }

  #draft: NetworkDraft | undefined;

  /** True if training is to begin with the present weights, not with fresh ones. */
  get keepsWeights(): boolean {
    return !this.#keep.hidden && this.#keepBox.checked;
  }

  async #do(work: () => Promise<void> | undefined): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#showButtons();
    try {
      await work();
    } catch (error) {
      tell({ kind: "error", title: "That did not work", text: reasonOf(error), topic: "run" });
    } finally {
      this.#isBusy = false;
      this.#showButtons();
    }
  }

  async #startOrResume(): Promise<void> {
    const run = this.#workspace.run.value;
    if (run?.state.value === "paused") return run.resume();
    await this.#actions.start(false);
  }

  async #oneStep(): Promise<void> {
    const run = this.#workspace.run.value;
    if (run?.isUnderWay !== true) await this.#actions.start(true);
    await this.#workspace.run.value?.step();
  }

  #setFactor(): void {
    const factor = 10 ** Number(this.#factor.value);
    setText(this.#factorText, `× ${short(factor)}`);
    this.#factor.setAttribute("aria-valuetext", `times ${short(factor)}`);
    const run = this.#workspace.run.value;
    if (run?.isUnderWay) void run.setLearningRateFactor(factor).catch(reasonOf);
  }

  #begin(): void {
    this.#factor.value = "0";
    this.#setFactor();
  }

  #changed(run: TrainingRun): void {
    this.#show();
    setText(this.#spoken, run.state.value === "ended" ? placeOf(run, run.figures.totalSteps) : SPOKEN[run.state.value]);
  }

  #showButtons(): void {
    const state = this.#workspace.run.value?.state.value;
    const isUnderWay = state !== undefined && state !== "ended";
    const [name, label] =
      state === "paused"
        ? (["play", "Resume"] as const)
        : state === "ended"
          ? (["refresh", "Start again"] as const)
          : (["play", "Start"] as const);
    relabel(this.#start, name, label);
    this.#start.hidden = state === "running" || state === "stopping";
    this.#pause.hidden = !this.#start.hidden;
    this.#start.disabled = this.#isBusy || !(state === "paused" || this.#canStart);
    this.#pause.disabled = this.#isBusy || state !== "running";
    this.#step.disabled = this.#isBusy || state === "stopping" || !(isUnderWay || this.#canStart);
    this.#stop.disabled = this.#isBusy || !isUnderWay;
    this.#factor.disabled = !isUnderWay;
    const model = this.#workspace.model.value;
    const isSame = networkText(model?.draft) === networkText(this.#draft);
    this.#keep.hidden = isUnderWay || model?.isTrained !== true || !isSame;
  }

  #show(): void {
    this.#showButtons();
    const run = this.#workspace.run.value;
    if (run === undefined) {
      setText(this.#place, "Ready.");
      setText(this.#metrics, "");
      for (const readout of Object.values(this.#readouts)) setText(readout, NONE);
      return;
    }
    const { figures, operations } = run;
    const { step, lastValidation, imagesPerSecond, totalSteps } = figures;
    const texts = this.#readouts;
    setText(texts.loss, loss(step?.epochLoss));
    setText(texts.accuracy, accuracyBeside(step?.epochLoss, step?.epochAccuracy));
    setText(texts.validation, accuracyBeside(lastValidation?.loss, lastValidation?.accuracy));
    setText(texts.speed, count(imagesPerSecond));
    setText(texts.work, short((operations * imagesPerSecond) / 1e9));
    setText(
      texts.left,
      run.isUnderWay ? duration(figures.secondsLeft) : run.history?.end === "completed" ? "done" : NONE,
    );
    this.#bar.value = figures.share;
    setText(this.#place, placeOf(run, totalSteps));
    setText(this.#metrics, metricsLine(figures.epochs.at(-1)));
    setText(this.#engine, engineLine(run));
  }
}

/** The metrics of an epoch that were asked for, on the held-out images where there are any. */
function metricsLine(epoch: EpochEvent | undefined): string {
  if (epoch === undefined) return "";
  const { trainMetrics = {}, valMetrics } = epoch;
  const figures = Object.entries(valMetrics ?? trainMetrics).map(([name, value]) => `${name} ${percent(value)}`);
  if (figures.length === 0) return "";
  return `${valMetrics === undefined ? "On the images trained on" : "Held out"}: ${figures.join(", ")}`;
}

const SPOKEN: Readonly<Record<Exclude<RunState, "ended">, string>> = {
  starting: "Starting",
  running: "Training",
  paused: "Paused",
  stopping: "Stopping",
};

function placeOf(run: TrainingRun, totalSteps: number): string {
  const { step } = run.figures;
  const { epochs } = run.plan.settings;
  if (run.error !== undefined) return `Failed: ${run.error}`;
  const where =
    step === undefined
      ? `${count(totalSteps)} steps to do`
      : `epoch ${step.epoch} of ${epochs}, step ${count(step.step)} of ${count(totalSteps)}, learning rate ${short(step.lr)}`;
  const { history } = run;
  switch (run.state.value) {
    case "ended":
      if (history?.end === "completed") return `Done: ${where}`;
      return typeof history?.end === "object" ? whyEnded(history.end) : `Stopped in ${where}`;
    case "paused":
      return `Paused in ${where}`;
    default:
      return where.replace(/^e/, "E");
  }
}

/** An accuracy for people; none beside a loss that is NaN or infinite, where it would say nothing right. */
function accuracyBeside(loss: number | undefined, accuracy: number | undefined): string {
  return percent(Number.isFinite(loss) ? accuracy : undefined, 2);
}

/** A callback's reason for the end, as people read it. */
function whyEnded({ stopped, divergence }: Stop): string {
  return divergence === undefined
    ? `Ended: ${stopped}`
    : sentence(new DivergedError(divergence.expected, divergence.got).message);
}

/** The engine of the training, and advice to make it faster. */
function engineLine({ engine }: TrainingRun): string {
  const { name, threads, replicas, reason } = engine;
  const cores =
    replicas > 1 ? `${replicas} workers with memories of their own` : threads > 1 ? `${threads} threads` : "one thread";
  const kernels = name === "js" ? "plain JavaScript" : `WebAssembly, engine ${name}`;
  return `Runs in ${kernels}, on ${cores}.${reason === undefined ? "" : ` ${sentence(reason)}`}`;
}

function action(name: IconName, label: string, more = ""): HTMLButtonElement {
  return h("button", { class: `button ${more}`, type: "button" }, icon(name), label);
}

function relabel(button: HTMLButtonElement, name: IconName, label: string): void {
  if (button.textContent !== label) button.replaceChildren(icon(name), label);
}

/** The layers and outputs of a draft, to compare. */
function networkText(draft: NetworkDraft | undefined): string {
  return JSON.stringify([draft?.layers, draft?.outputs]);
}
