import { type Json, parseLoss } from "convasm";
import { optionTypes } from "convasm/options";
import { h, setText } from "../ui/dom.ts";
import { type FieldSpec, field, fieldsForm } from "../ui/fields.ts";
import { optionFields } from "../ui/option-fields.ts";
import { Signal } from "../ui/signal.ts";
import { MORE_KEYS, readyRun, type TrainingSettings, valuesOf } from "./settings.ts";

/** Parts of the settings that come in several types, with options of their own. */
type TypedPart = "optimizer" | "schedule" | "loss" | "averaging";

/** Stands in a list of types for a part that is left out. */
const NONE = "none";

/** The losses that fit images with class labels, which all images of the page are. */
// The page knows no teacher.
const LOSSES = optionTypes("loss").filter(
  (type) => parseLoss(type).classes && parseLoss(type).temperature === undefined,
);

const LOSS_HINT = "Losses of target values do not fit images in classes: programs have them.";

const METRICS_HINT = "Such as f1, top3. Shown after each epoch.";

/** First values of schedules that have no defaults for all their options. */
const NEW_SCHEDULES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  step: { stepEpochs: 1 },
  exponential: { decay: 0.8 },
};

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
    this.#form.replaceChildren(
      h("div", { class: "fields" }, this.#types("optimizer"), this.#types("schedule")),
      ...this.#typeOptions("optimizer", false),
      ...this.#typeOptions("schedule", false),
      this.#numbers(),
      this.#more(),
    );
    this.#check();
    if (name) this.#form.querySelector<HTMLElement>(`[name="${name}"]`)?.focus();
  }

  /** The list of the types of a part. */
  #types(part: TypedPart): HTMLElement {
    const [spec] = optionFields("training", "plan", [part]);
    const choices = part === "averaging" ? [NONE, ...optionTypes(part)] : part === "loss" ? LOSSES : optionTypes(part);
    const type = this.settings.value[part].type ?? NONE;
    const hint = part === "loss" ? { hint: LOSS_HINT } : {};
    return field({ ...spec, kind: "choice", choices, ...hint }, type, (chosen) => {
      // Options that suit one type do not suit another: it begins with its own.
      const first = part === "schedule" ? NEW_SCHEDULES[String(chosen)] : {};
      this.#change({ [part]: chosen === NONE ? {} : { ...first, type: chosen } }, true);
    });
  }

  /** The options of a part's type: those that few need, the others, or all. */
  #typeOptions(part: TypedPart, areRare?: boolean): HTMLElement[] {
    const type = String(this.settings.value[part].type);
    const specs = optionTypes(part).includes(type) ? optionFields(part, type) : [];
    return this.#options(
      part,
      specs.filter(({ isRare }) => areRare === undefined || isRare === areRare),
    );
  }

  /** A form of some options of one part of the settings; the part's other options stay. */
  #options(part: TypedPart | "augment" | "more" | "prediction", specs: readonly FieldSpec[]): HTMLElement[] {
    if (specs.length === 0) return [];
    const keys = specs.map(({ key }) => key);
    const form = fieldsForm(specs, this.settings.value[part], (values) => {
      const kept = Object.entries(this.settings.value[part]).filter(([key]) => !keys.includes(key));
      const changed = Object.entries(values).filter(([key]) => keys.includes(key));
      this.#change({ [part]: Object.fromEntries([...kept, ...changed]) });
    });
    return [form];
  }

  /** The field of metrics, whose names stand beside each other. */
  #metrics(): HTMLElement[] {
    const { metrics } = this.settings.value;
    return optionFields("training", "plan", ["metrics"]).map(({ fallback: _, ...spec }) =>
      field({ ...spec, hint: METRICS_HINT }, metrics.join(", "), (given = "") =>
        this.#change({
          metrics: String(given)
            .split(/[\s,]+/)
            .filter((name) => name !== ""),
        }),
      ),
    );
  }

  /** The views that predictions are averaged over. */
  #views(): HTMLElement[] {
    const { prediction } = this.settings.value;
    const form = fieldsForm(
      optionFields("training", "testTimeAugmentation").map((spec) => ({
        ...spec,
        label: `Views: ${spec.label.toLowerCase()}`,
      })),
      valuesOf(prediction.testTimeAugmentation),
      (views) => {
        const { testTimeAugmentation: _, ...others } = this.settings.value.prediction;
        const some = Object.keys(views).length > 0;
        this.#change({ prediction: some ? { ...others, testTimeAugmentation: views } : others });
      },
    );
    return [form];
  }

  #numbers(): HTMLElement {
    const number = (key: "batchSize" | "epochs" | "seed") =>
      optionFields("training", "plan", [key]).map((spec) =>
        field(spec, this.settings.value[key], (given = spec.fallback) => this.#change({ [key]: numberOf(given) })),
      );
    return h("div", { class: "fields fields-three" }, ...number("batchSize"), ...number("epochs"), ...number("seed"));
  }

  #more(): HTMLElement {
    const details = h(
      "details",
      { class: "more" },
      h("summary", {}, "More options"),
      h(
        "div",
        { class: "stack" },
        ...this.#typeOptions("optimizer", true),
        ...this.#typeOptions("schedule", true),
        h("h3", {}, "Course of the training"),
        ...this.#options("more", optionFields("training", "plan", MORE_KEYS)),
        h("h3", {}, "Loss and averaging"),
        h("div", { class: "fields" }, this.#types("loss"), this.#types("averaging")),
        ...this.#typeOptions("loss"),
        ...this.#typeOptions("averaging"),
        h("h3", {}, "Random changes to the images"),
        ...this.#options("augment", optionFields("training", "augment")),
        h("h3", {}, "Evaluation"),
        h("div", { class: "fields" }, ...this.#metrics()),
        ...this.#options("prediction", optionFields("training", "prediction", ["batchStatistics"])),
        ...this.#views(),
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

/** The settings in one line, for the closed card. */
export function settingsLine({ optimizer, schedule, batchSize, epochs }: TrainingSettings): string {
  const rate = optimizer.learningRate === undefined ? "" : ` ${String(optimizer.learningRate)}`;
  return `${String(optimizer.type)}${rate}, ${String(schedule.type)}; ${epochs} × ${batchSize}`;
}
