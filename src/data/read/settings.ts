import { shown } from "../../errors.ts";
import { checkNumber } from "../../options/numbers.ts";
import { readFields, readType } from "../../options/objects.ts";
import { readScaling } from "../scaling.ts";
import type { ArrayNames, ReadSettings } from "./options.ts";

const KEYS = [
  "names",
  "shape",
  "channelsFirst",
  "labelColumn",
  "labels",
  "size",
  "channels",
  "stretch",
  "scaling",
  "split",
  "splitSeed",
  "skipBroken",
  "maxExpansion",
] as const satisfies readonly (keyof ReadSettings)[];

const NAMES = ["xTrain", "yTrain", "xTest", "yTest"] as const satisfies readonly (keyof ArrayNames)[];

/** Longest side of an image, and most channels: what such an image needs is checked where it is made. */
const MAX_EXTENT = 2 ** 16;

/**
 * Checks settings of the readers, from plain JavaScript or from a file.
 *
 * @param who stands in error messages
 * @throws TypeError, RangeError for an unknown or wrong one
 */
export function checkReadSettings(who: string, json: unknown): ReadSettings {
  const fields = readFields(who, json, KEYS);
  const { names, shape, channelsFirst, labelColumn, labels, size, channels, stretch, split, splitSeed } = fields;
  const { skipBroken, maxExpansion, scaling } = fields;
  if (scaling !== undefined && stretch) throw new TypeError(`${who}: expected stretch or scaling, got both`);
  const extents = (name: string, value: unknown, count: number): number[] => {
    if (!Array.isArray(value) || value.length !== count) {
      throw new TypeError(`${who}: expected ${name} to be ${count} numbers, got ${shown(value)}`);
    }
    return value.map((extent: unknown) =>
      checkNumber(who, name, extent, { whole: true, minimum: 1, maximum: MAX_EXTENT }),
    );
  };
  const flag = (name: string, value: unknown): boolean => {
    if (typeof value !== "boolean")
      throw new TypeError(`${who}: expected ${name} to be true or false, got ${shown(value)}`);
    return value;
  };
  const isColumn = typeof labelColumn === "string" || typeof labelColumn === "number" || labelColumn === undefined;
  if (!isColumn)
    throw new TypeError(`${who}: expected labelColumn to be a name or a number, got ${shown(labelColumn)}`);
  const [height, width, depth] = shape === undefined ? [] : extents("shape", shape, 3);
  const [rows, columns] = size === undefined ? [] : extents("size", size, 2);
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw new RangeError(`${who}: expected channels to be 1 or 3, got ${shown(channels)}`);
  }
  return {
    ...(names !== undefined && { names: checkNames(who, names) }),
    ...(shape !== undefined && { shape: [height, width, depth] as const }),
    ...(channelsFirst !== undefined && { channelsFirst: flag("channelsFirst", channelsFirst) }),
    ...(labelColumn !== undefined && { labelColumn }),
    ...(labels !== undefined && { labels: readType(`${who}: labels`, labels, ["fine", "coarse"] as const) }),
    ...(size !== undefined && { size: [rows, columns] as const }),
    ...(channels !== undefined && { channels }),
    ...(stretch !== undefined && { stretch: stretch === "former" ? stretch : flag("stretch", stretch) }),
    ...(scaling !== undefined && { scaling: readScaling(`${who}: scaling`, scaling) }),
    ...(split !== undefined && { split: checkNumber(who, "split", split, { above: 0, below: 1 }) }),
    ...(splitSeed !== undefined && {
      splitSeed: checkNumber(who, "splitSeed", splitSeed, {
        whole: true,
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
      }),
    }),
    ...(skipBroken !== undefined && { skipBroken: flag("skipBroken", skipBroken) }),
    ...(maxExpansion !== undefined && {
      maxExpansion: checkNumber(who, "maxExpansion", maxExpansion, { minimum: 1, maximum: 1e6 }),
    }),
  };
}

function checkNames(who: string, json: unknown): ArrayNames {
  const fields = readFields(`${who}: names`, json, NAMES);
  return Object.fromEntries(
    NAMES.filter((role) => fields[role] !== undefined).map((role) => {
      const name = fields[role];
      if (typeof name !== "string") throw new TypeError(`${who}: expected ${role} to be text, got ${shown(name)}`);
      return [role, name];
    }),
  );
}
