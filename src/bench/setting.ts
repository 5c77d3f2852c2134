import type { EngineName } from "../engine/engine-names.ts";
import type { EngineOptions } from "../engine/engine-options.ts";

/** Engine and threads that a figure is measured with. */
export interface Setting {
  readonly engine: EngineName;
  /** A number from 1, or `auto` for the engine's choice. */
  readonly threads: number | "auto";
}

/** The options of an engine with this setting. */
export function engineOptions({ engine, threads }: Setting): EngineOptions {
  return { engine, threads };
}

/** The setting in words: "relaxed", "relaxed with 2 threads" or "relaxed with auto threads". */
export function settingName({ engine, threads }: Setting): string {
  return threads === 1 ? engine : `${engine} with ${threads} threads`;
}
