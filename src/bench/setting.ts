import type { EngineOptions } from "../engine/engine-options.ts";
import type { Gear } from "../engine/gears.ts";

/** Gear and threads that a figure is measured with. */
export interface Setting {
  readonly gear: Gear;
  /** A number from 1, or `auto` for the engine's choice. */
  readonly threads: number | "auto";
}

/** The options of an engine with this setting. */
export function engineOptions({ gear, threads }: Setting): EngineOptions {
  return { gear, threads };
}

/** The setting in words: "relaxed", "relaxed with 2 threads" or "relaxed with auto threads". */
export function settingName({ gear, threads }: Setting): string {
  return threads === 1 ? gear : `${gear} with ${threads} threads`;
}
