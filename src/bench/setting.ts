import type { EngineOptions } from "../engine/engine.ts";
import type { Gear } from "../engine/gears.ts";

/** What a figure is measured on. */
export interface Setting {
  readonly gear: Gear;
  /** From 1. */
  readonly threads: number;
}

/** The options that make such an engine. */
export function engineOptions({ gear }: Setting): EngineOptions {
  return { gear };
}

/** "relaxed", or "relaxed, 2 threads". */
export function settingName({ gear, threads }: Setting): string {
  return threads === 1 ? gear : `${gear}, ${threads} threads`;
}
