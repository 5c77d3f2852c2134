import type { Json } from "convasm";
import { h, setText } from "../ui/dom.ts";
import { field, fieldsForm } from "../ui/fields.ts";
import { Signal } from "../ui/signal.ts";
import {
  AUGMENT_FIELDS,
  LOSS_FIELDS,
  MORE_OPTIMIZER_FIELDS,
  NEW_SCHEDULES,
  OPTIMIZER_FIELDS,
  SCHEDULE_FIELDS,
} from "./setting-fields.ts";
import { readyRun, type TrainingSettings } from "./settings.ts";

/** The card "Training": optimizer, schedule, batch, epochs, seed, and what else a run may have. */
export class SettingsPanel {
  readonly element: HTMLElement;
  readonly settings: Signal<TrainingSettings>;
  readonly #form = h("div", { class: "stack" });
  readonly #error = h("p", { class: "field-error", role: "alert" });
  #isMoreOpen = false;

  constructor(settings: TrainingSettings) {
    this.settings = new Signal(settings);
    this.element = h("div", { class: "stack" }, this.#form, this.#error);
    this.#draw();
  }

  /** Shows other settings, such as those of a chosen recipe. */
  show(settings: TrainingSettings): void {
    this.settings.value = settings;
    this.#draw();
  }

  #change(part: Partial<TrainingSettings>, redraw = false): void {
    this.settings.value = { ...this.settings.value, ...part };
    this.#check();
    if (redraw) this.#draw();
  }

  #check(): void {
    const ready = readyRun(this.settings.value);
    const error = "error" in ready ? ready.error : "";
    setText(this.#error, error);
    this.#error.hidden = error === "";
  }

  #draw(): void {
    // The form is made anew; whoever works in it stays where he was.
    const name = this.#form.contains(document.activeElement) ? document.activeElement?.getAttribute("name") : undefined;
    const { optimizer, schedule } = this.settings.value;
    const type = String(optimizer.type);
    const kind = String(schedule.type);
    this.#form.replaceChildren(
      h(
        "div",
        { class: "fields" },
        this.#choice("optimizer", "Optimizer", Object.keys(OPTIMIZER_FIELDS), type, (chosen) =>
          // A rate that suits one optimizer does not suit another: it begins with its own.
          this.#change({ optimizer: { type: chosen } }, true),
        ),
        this.#choice("schedule", "Schedule", Object.keys(SCHEDULE_FIELDS), kind, (chosen) =>
          this.#change({ schedule: { ...NEW_SCHEDULES[chosen], type: chosen } }, true),
        ),
      ),
      this.#options("optimizer", OPTIMIZER_FIELDS[type] ?? []),
      ...((SCHEDULE_FIELDS[kind] ?? []).length > 0 ? [this.#options("schedule", SCHEDULE_FIELDS[kind])] : []),
      this.#numbers(),
      this.#more(type),
    );
    this.#check();
    if (name) this.#form.querySelector<HTMLElement>(`[name="${name}"]`)?.focus();
  }

  #choice(key: string, label: string, choices: readonly string[], value: string, onChange: (value: string) => void) {
    return field({ key, label, kind: "choice", choices }, value, (chosen) => onChange(String(chosen)));
  }

  /** The options of one part of the settings that a form shows; those it does not show stay. */
  #options(part: "optimizer" | "schedule" | "augment" | "loss", specs: (typeof OPTIMIZER_FIELDS)[string]): HTMLElement {
    const keys = specs.map(({ key }) => key);
    return fieldsForm(specs, this.settings.value[part], (values) => {
      const kept = Object.entries(this.settings.value[part]).filter(([key]) => !keys.includes(key));
      const changed = Object.entries(values).filter(([key]) => keys.includes(key));
      this.#change({ [part]: Object.fromEntries([...kept, ...changed]) });
    });
  }

  #numbers(): HTMLElement {
    const { batchSize, epochs, seed } = this.settings.value;
    const number = (key: "batchSize" | "epochs" | "seed", label: string, value: number) =>
      field({ key, label, kind: "whole" }, value, (given) => this.#change({ [key]: numberOf(given) }));
    return h(
      "div",
      { class: "fields fields-three" },
      number("batchSize", "Batch size", batchSize),
      number("epochs", "Epochs", epochs),
      number("seed", "Seed", seed),
    );
  }

  #more(type: string): HTMLElement {
    const { averaging } = this.settings.value;
    const decay: Json | undefined = averaging?.type === "ema" ? averaging.decay : undefined;
    const average = field(
      { key: "ema", label: "Averaged weights, decay", kind: "number", hint: "such as 0.99; empty: none" },
      decay,
      (given) => this.#change({ averaging: given === undefined ? undefined : { type: "ema", decay: numberOf(given) } }),
    );
    const details = h(
      "details",
      { class: "more" },
      h("summary", {}, "More options"),
      h(
        "div",
        { class: "stack" },
        this.#options("optimizer", MORE_OPTIMIZER_FIELDS[type] ?? []),
        h("h3", {}, "Loss and averaging"),
        h("div", { class: "fields" }, ...this.#options("loss", LOSS_FIELDS).childNodes, average),
        h("h3", {}, "Random changes to the images"),
        this.#options("augment", AUGMENT_FIELDS),
      ),
    );
    details.open = this.#isMoreOpen;
    details.addEventListener("toggle", () => {
      this.#isMoreOpen = details.open;
    });
    return details;
  }
}

/** A number; NaN for other values, which are reported below the form. */
function numberOf(given: Json | undefined): number {
  return typeof given === "number" ? given : Number.NaN;
}

/** In one line, for the closed card. */
export function settingsLine({ optimizer, schedule, batchSize, epochs }: TrainingSettings): string {
  const rate = optimizer.learningRate === undefined ? "" : ` ${String(optimizer.learningRate)}`;
  return `${String(optimizer.type)}${rate}, ${String(schedule.type)}; ${epochs} × ${batchSize}`;
}
