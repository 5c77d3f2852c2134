import type { EngineOptions } from "../engine/engine.ts";
import type { Gear } from "../engine/gears.ts";

/** What a figure is measured on. */
export interface Setting {
  readonly gear: Gear;
  /** From 1; or left to the engine. */
  readonly threads: number | "auto";
}

/** The options that make such an engine. */
export function engineOptions({ gear, threads }: Setting): EngineOptions {
  return { gear, threads };
}

/** "relaxed", "relaxed with 2 threads" or "relaxed with auto threads". */
export function settingName({ gear, threads }: Setting): string {
  return threads === 1 ? gear : `${gear} with ${threads} threads`;
}
