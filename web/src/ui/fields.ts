import type { Json } from "convasm";
import { h, newId } from "./dom.ts";

/** An option that a form shows. */
export interface FieldSpec {
  readonly key: string;
  readonly label: string;
  /**
   * `whole` and `number`: a number. `flag`: yes or no. `choice`: one of `choices`. `value`: a number, a pair such as `3, 5`, or a
   * word, as the option takes them.
   */
  readonly kind: "whole" | "number" | "flag" | "choice" | "value";
  readonly choices?: readonly string[];
  /** Default of the option, which stands in the empty field. */
  readonly fallback?: Json;
  readonly step?: number;
  /** Short text below the field. */
  readonly hint?: string;
  /** Help text below the field while it has the focus, and in its tooltip. */
  readonly help?: string;
  /** True for an option that few need, which stands under "More options". */
  readonly isRare?: boolean;
}

/** Values by key; what is not there is the default. */
export type Values = Readonly<Record<string, Json | undefined>>;

/** A form of options. `onChange` is told the new values, without those that are back at their defaults. */
export function fieldsForm(
  specs: readonly FieldSpec[],
  values: Values,
  onChange: (values: Values) => void,
): HTMLElement {
  let current = values;
  const change = (spec: FieldSpec, value: Json | undefined): void => {
    const { [spec.key]: _, ...rest } = current;
    current = value === undefined || value === spec.fallback ? rest : { ...rest, [spec.key]: value };
    onChange(current);
  };
  return h(
    "div",
    { class: "fields" },
    ...specs.map((spec) => field(spec, values[spec.key], (value) => change(spec, value))),
  );
}

/** A field with its label. */
export function field(
  spec: FieldSpec,
  value: Json | undefined,
  onChange: (value: Json | undefined) => void,
): HTMLElement {
  const { label, kind, hint, help } = spec;
  const id = newId("field");
  const told = hint ?? help;
  const note =
    told === undefined
      ? undefined
      : h("span", { class: hint === undefined ? "field-hint field-help" : "field-hint", id: `${id}-hint` }, told);
  const attributes = { id, "aria-describedby": note?.id, name: spec.key, title: help };
  const control =
    kind === "flag"
      ? flag(spec, value, attributes)
      : kind === "choice"
        ? choice(spec, value, attributes)
        : text(spec, value, attributes);
  control.addEventListener("change", () => onChange(fieldValue(spec, control)));
  if (kind === "flag") {
    return h("div", { class: "field" }, h("label", { class: "check", for: id, title: help }, control, label), note);
  }
  return h("div", { class: "field" }, h("label", { for: id, title: help }, label), control, note);
}

type Attributes = Readonly<Record<string, string | undefined>>;

function flag({ fallback }: FieldSpec, value: Json | undefined, attributes: Attributes): HTMLInputElement {
  const input = h("input", { ...attributes, type: "checkbox" });
  input.checked = (value ?? fallback) === true;
  return input;
}

function choice(
  { choices = [], fallback }: FieldSpec,
  value: Json | undefined,
  attributes: Attributes,
): HTMLSelectElement {
  const chosen = shown(value ?? fallback);
  // A file may have something that the list lacks.
  const all = choices.includes(chosen) || chosen === "" ? choices : [...choices, chosen];
  const select = h("select", attributes, ...all.map((name) => h("option", { value: name }, name)));
  select.value = chosen;
  return select;
}

function text(spec: FieldSpec, value: Json | undefined, attributes: Attributes): HTMLInputElement {
  const { kind, fallback, step } = spec;
  const numeric = kind !== "value";
  const input = h("input", {
    ...attributes,
    type: numeric ? "number" : "text",
    inputmode: numeric ? (kind === "whole" ? "numeric" : "decimal") : undefined,
    step: numeric ? (step ?? (kind === "whole" ? 1 : "any")) : undefined,
    placeholder: shown(fallback),
    autocomplete: "off",
    spellcheck: "false",
  });
  input.value = shown(value);
  return input;
}

/** A value as a field shows it. */
function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function fieldValue(spec: FieldSpec, control: HTMLInputElement | HTMLSelectElement): Json | undefined {
  if (control instanceof HTMLInputElement && control.type === "checkbox") return control.checked;
  const written = control.value.trim();
  if (written === "") return undefined;
  if (spec.kind === "choice") return chosenValue(written);
  return readValue(written);
}

/** The value of a choice: a word, or yes and no where these are among the words. */
function chosenValue(word: string): Json {
  return word === "true" || (word === "false" ? false : word);
}

/** The value of a text: a number, several as `3, 5` or `28 × 28 × 1`, names as `xTrain=a, yTrain=b`, JSON, or a word. */
export function readValue(written: string): Json {
  const number = Number(written);
  if (Number.isFinite(number)) return number;
  const parts = written.split(/[\s,;x×]+/).map(Number);
  if (parts.length > 1 && parts.every(Number.isFinite)) return parts;
  const pairs = written.split(",").map((pair) => pair.split("=").map((word) => word.trim()));
  if (pairs.every((pair) => pair.length === 2)) return Object.fromEntries(pairs);
  if (written.startsWith("[") || written.startsWith("{")) {
    try {
      const parsed: Json = JSON.parse(written);
      return parsed;
    } catch {
      return written;
    }
  }
  return written;
}
