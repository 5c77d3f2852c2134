import { InputTypeError, shown } from "../errors.ts";
import { INPUT } from "../model/input.ts";
import type { OptionKind } from "../options/kinds.ts";
import { type OptionsOf, readGiven } from "../options/schema.ts";
import type { InputScaling } from "./foreign-model.ts";

/** Scalings of pixels from 0 to 255 that many networks were trained with, by name. */
export const INPUT_PRESETS = {
  /** torchvision's: means and standard deviations of ImageNet's channels. */
  imagenet: { mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375] },
  /** Pixels from 0 to 1. */
  unit: { scale: 1 / 255 },
  /** Pixels from -1 to 1. */
  symmetric: { mean: 127.5, deviation: 127.5 },
  /** Pixels from 0 to 255, as they are. */
  raw: { scale: 1 },
} as const satisfies Readonly<Record<string, InputScaling>>;

/** Name of a scaling in {@link INPUT_PRESETS}. */
export type InputPreset = keyof typeof INPUT_PRESETS;

/** True for the name of a preset. */
export function isPreset(name: unknown): name is InputPreset {
  return typeof name === "string" && Object.hasOwn(INPUT_PRESETS, name);
}

const { shape: _, ...SCALING } = INPUT;

/** The scaling of pixels: the name of a preset, or its numbers. */
export const INPUT_SCALING: OptionKind<InputPreset | Readonly<OptionsOf<typeof SCALING>>, InputScaling> = {
  field: "value",
  wanted: `${Object.keys(INPUT_PRESETS).join(", ")}, or an object of ${Object.keys(SCALING).join(", ")}`,
  read(who, key, value) {
    if (isPreset(value)) return INPUT_PRESETS[value];
    if (typeof value === "object" && value !== null) return readGiven(`${who}: ${key}`, SCALING, value);
    throw new InputTypeError(who, `${key} to be ${this.wanted}`, shown(value));
  },
};
