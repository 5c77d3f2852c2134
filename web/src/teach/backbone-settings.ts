import { h } from "../ui/dom.ts";
import { field } from "../ui/fields.ts";
import { openSheet } from "../ui/sheet.ts";
import type { BackboneScaling, BackboneSettings } from "./protocol.ts";

/** The scalings that networks were trained with, in words. */
const SCALINGS = [
  ["imagenet", "ImageNet’s means and deviations: torchvision, timm"],
  ["symmetric", "−1 to 1: MobileNet and others of Keras, TensorFlow"],
  ["lite", "(pixel − 127) / 128: EfficientNet-Lite"],
  ["unit", "0 to 1"],
  ["raw", "0 to 255, as they are"],
  ["own", "Another mean and deviation"],
] as const;

type Choice = (typeof SCALINGS)[number][0];

/** Asks for what a file does not say, and goes on with the answer. */
export function askForSettings(
  name: string,
  missing: "scaling" | "size",
  before: BackboneSettings,
  onAnswer: (settings: BackboneSettings) => void,
): void {
  if (missing === "size") askForSize(name, before, onAnswer);
  else askForScaling(name, before, onAnswer);
}

function askForScaling(name: string, before: BackboneSettings, onAnswer: (settings: BackboneSettings) => void): void {
  let choice: Choice = name.toLowerCase().includes("lite") ? "lite" : "imagenet";
  const own = { mean: 127.5, deviation: 127.5 };
  const numbers = h(
    "div",
    { class: "fields", hidden: true },
    ...(["mean", "deviation"] as const).map((key) =>
      field({ key, label: key === "mean" ? "Mean" : "Deviation", kind: "number" }, own[key], (value) => {
        if (typeof value === "number") own[key] = value;
      }),
    ),
  );
  const radios = SCALINGS.map(([key, words]) => {
    const input = h("input", { type: "radio", name: "scaling", value: key });
    input.checked = key === choice;
    input.addEventListener("change", () => {
      choice = key;
      numbers.hidden = key !== "own";
    });
    return h("label", { class: "check" }, input, h("span", {}, words));
  });
  ask(
    "How are its pixels scaled?",
    `${name} does not say to which numbers pixels are brought before the network. With a wrong scaling it sees badly: the page that you have it from should say it.`,
    [
      h("div", { class: "stack stack-tight", role: "radiogroup", "aria-label": "Scaling of pixels" }, ...radios),
      numbers,
    ],
    () => onAnswer({ ...before, scaling: scalingOf(choice, own) }),
  );
}

function askForSize(name: string, before: BackboneSettings, onAnswer: (settings: BackboneSettings) => void): void {
  let size = 224;
  const input = field({ key: "size", label: "Height and width in pixels", kind: "whole" }, size, (value) => {
    if (typeof value === "number") size = value;
  });
  ask("How large are its images?", `${name} takes images of any size: 224 is the usual one.`, [input], () =>
    onAnswer({ ...before, size }),
  );
}

function ask(title: string, text: string, content: readonly HTMLElement[], onAnswer: () => void): void {
  const go = h("button", { class: "button button-primary", type: "button" }, "Use it so");
  const sheet = openSheet(
    title,
    h("div", { class: "stack" }, h("p", { class: "soft" }, text), ...content, h("div", {}, go)),
  );
  go.addEventListener("click", () => {
    sheet.close();
    onAnswer();
  });
}

function scalingOf(choice: Choice, own: { readonly mean: number; readonly deviation: number }): BackboneScaling {
  if (choice === "own") return own;
  return choice === "lite" ? { mean: 127, deviation: 128 } : choice;
}
