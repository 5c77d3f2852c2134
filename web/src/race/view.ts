import type { EngineName } from "convasm";
import type { Workspace } from "../app/workspace.ts";
import { fill, h, newId, setText } from "../ui/dom.ts";
import { field } from "../ui/fields.ts";
import { throttled } from "../ui/frames.ts";
import { icon } from "../ui/icons.ts";
import { reasonOf, tell } from "../ui/messages.ts";
import { shownView } from "../ui/tabs.ts";
import { type ContenderSpec, contendersFor } from "./contender.ts";
import { RACERS, Race } from "./race.ts";
import { RaceResults } from "./results.ts";

const MOST_CORES = 8;

/** A network that shows the difference, and whose steps in plain JavaScript take a tenth of a second. */
const DEFAULT_NETWORK = "lenet5";

/** Milliseconds between two drawings. */
const GAP = 150;

/** The view "Race": the same training by several engines, side by side. */
export class RaceView {
  readonly #workspace: Workspace;
  readonly #results = new RaceResults();
  readonly #contenders = h("fieldset", { class: "contenders", "aria-label": "Contenders" });
  readonly #start = h("button", { class: "button button-primary", type: "button" }, icon("play"), "Start the race");
  readonly #stop = h("button", { class: "button", type: "button" }, icon("stop"), "Stop");
  readonly #bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the race" });
  readonly #place = h("p", { class: "run-place", role: "status" });
  #specs: readonly ContenderSpec[] = [];
  #chosen = new Set<string>();
  #network = DEFAULT_NETWORK;
  #batchSize = 32;
  #seconds = 4;
  #race: Race | undefined;
  readonly #show = throttled(() => this.#draw(), GAP);

  constructor(place: HTMLElement, workspace: Workspace) {
    this.#workspace = workspace;
    this.#start.addEventListener("click", () => void this.#run());
    this.#stop.addEventListener("click", () => this.#race?.stop());
    this.#stop.disabled = true;
    place.replaceChildren(
      h("h1", { class: "hidden-text" }, "Race"),
      h("div", { class: "race" }, this.#setup(), this.#results.element),
    );
    shownView.watch((view) => {
      if (view === "race" && this.#specs.length === 0) void this.#findContenders();
      this.#show();
    });
  }

  #setup(): HTMLElement {
    const names = RACERS.map(({ recipe }) => recipe.name);
    return h(
      "section",
      { class: "card stack", "aria-label": "The race" },
      h(
        "p",
        { class: "note" },
        "The same network, the same seed, the same images, several engines. They take turns of a quarter of a second, so that each has all cores to itself while it runs.",
      ),
      field({ key: "network", label: "Network", kind: "choice", choices: names }, this.#network, (value) => {
        this.#network = String(value);
      }),
      h(
        "div",
        { class: "fields" },
        field({ key: "batch", label: "Batch size", kind: "whole" }, this.#batchSize, (value) => {
          this.#batchSize = Number(value);
        }),
        field({ key: "seconds", label: "Seconds for each", kind: "number" }, this.#seconds, (value) => {
          this.#seconds = Number(value);
        }),
      ),
      h("div", { class: "stack stack-tight" }, h("h3", {}, "Contenders"), this.#contenders),
      h("div", { class: "row" }, this.#start, this.#stop),
      h("div", { class: "run-progress race-progress" }, this.#bar, this.#place),
    );
  }

  async #findContenders(): Promise<void> {
    let engines: readonly EngineName[] = ["js"];
    try {
      engines = await (await this.#workspace.host.session()).engines();
    } catch {
      // Without a worker there is no race either; starting it tells why.
    }
    const cores = Math.min(MOST_CORES, navigator.hardwareConcurrency);
    this.#specs = contendersFor(engines, cores, crossOriginIsolated);
    this.#chosen = new Set(this.#specs.filter(({ isDefault }) => isDefault).map(({ id }) => id));
    fill(
      this.#contenders,
      ...this.#specs.map(({ id, label }) => {
        const box = h("input", { type: "checkbox", id: newId("contender"), name: id });
        box.checked = this.#chosen.has(id);
        box.addEventListener("change", () => {
          if (box.checked) this.#chosen.add(id);
          else this.#chosen.delete(id);
        });
        return h("label", { class: "check", for: box.id }, box, label);
      }),
    );
  }

  async #run(): Promise<void> {
    const network = RACERS.find(({ recipe }) => recipe.name === this.#network) ?? RACERS[0];
    const contenders = this.#specs.filter(({ id }) => this.#chosen.has(id));
    const [batchSize, seconds] = [this.#batchSize, this.#seconds];
    const wrong =
      contenders.length === 0
        ? "Choose at least one contender."
        : !Number.isInteger(batchSize) || batchSize < 1 || batchSize > 4096
          ? "The batch size must be a whole number from 1 to 4,096."
          : !(seconds > 0 && seconds <= 600)
            ? "Each contender needs a time of more than 0 and at most 600 seconds."
            : undefined;
    if (wrong !== undefined)
      return tell({ kind: "warning", title: "The race cannot start", text: wrong, topic: "race" });
    const race = new Race({ network, batchSize, seconds, contenders }, this.#show);
    this.#race = race;
    this.#enable(true);
    try {
      await this.#pauseTraining();
      await race.start();
    } catch (error) {
      tell({ kind: "error", title: "The race has ended", text: reasonOf(error), topic: "race" });
    } finally {
      this.#enable(false);
      this.#draw();
      setText(this.#place, race.share >= 1 ? "The race is over." : "Stopped.");
    }
  }

  /** Pauses a training that is under way, which would take cores from the race. */
  async #pauseTraining(): Promise<void> {
    const run = this.#workspace.run.value;
    if (run?.state.value !== "running") return;
    await run.pause();
    tell({
      kind: "info",
      title: "The training is paused",
      text: "It would take cores from the race. Resume it when the race is over.",
      topic: "race",
    });
  }

  #enable(isRacing: boolean): void {
    this.#start.disabled = isRacing;
    this.#stop.disabled = !isRacing;
  }

  #draw(): void {
    if (shownView.value !== "race") return;
    const race = this.#race;
    this.#results.show(race);
    if (race === undefined) return;
    this.#bar.value = race.share;
    if (!this.#stop.disabled)
      setText(this.#place, race.turn === undefined ? "Getting ready …" : `Running: ${race.turn.spec.label}`);
  }
}
