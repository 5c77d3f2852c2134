import type { Json } from "../json.ts";
import { isActive, type Parameter, type Space, valueAt } from "./space.ts";
import type { Settings } from "./trial.ts";

/** Values of one choice that are tried at most. */
const MOST_VALUES = 32;

/** Just below 1: the last step of a range. */
const END = 1 - 2 ** -40;

/**
 * Settings of a space that show what cannot be trained in it, before anything is: each value of each choice, and the ends of each range,
 * beside values in the middle of all others.
 */
export function cornersOf(space: Space): readonly Settings[] {
  const corners = space.parameters.flatMap((parameter) =>
    testValues(parameter).map((value) => settingsWith(space, parameter, value)),
  );
  const unlike = new Map(corners.map((settings) => [JSON.stringify(settings), settings]));
  return [...unlike.values()];
}

function testValues({ domain }: Parameter): readonly Json[] {
  if (domain.kind === "choice") return domain.values.slice(0, MOST_VALUES);
  const isStepped = domain.kind === "range" && domain.step !== undefined;
  return [domain.low, isStepped ? valueAt(domain, END) : domain.high];
}

/** Settings in which a parameter has a value, and those that it depends on the first that lets it count. */
function settingsWith(space: Space, parameter: Parameter, value: Json): Settings {
  const wanted = new Map<string, Json>([[parameter.key, value]]);
  for (const each of [...space.parameters].reverse()) {
    if (!wanted.has(each.key)) continue;
    for (const [key, [first]] of Object.entries(each.when)) if (!wanted.has(key)) wanted.set(key, first);
  }
  let settings: Settings = {};
  for (const each of space.parameters) {
    if (!isActive(each, settings, space)) continue;
    settings = { ...settings, [each.key]: wanted.get(each.key) ?? valueAt(each.domain, 0.5) };
  }
  return settings;
}
