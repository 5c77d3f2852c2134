import type { SpaceInput } from "../../src/search/space.ts";
import type { Way, WayName, WayOptions } from "../../src/search/way.ts";

/** The stored table of trials. */
export interface Table {
  readonly data: string;
  readonly images: { readonly train: number; readonly validation: number };
  readonly epochs: number;
  readonly grid: { readonly lr: readonly number[]; readonly [key: string]: readonly number[] };
  /** Validation images that were right after each epoch, for each combination of the grid, the last setting varying fastest. */
  readonly right: readonly (readonly number[])[];
}

export interface Limits {
  readonly workers: number;
  readonly epochs: number;
}

export interface Replayed {
  readonly value: number;
  readonly final: number;
  readonly trials: number;
  readonly epochs: number;
  readonly time: number;
}

export function replay(way: Way, table: Table, limits: Limits): Replayed;
export function spaceOf(table: Table, isContinuous: boolean): SpaceInput;
export function repeated(
  create: (options: WayOptions, seed: number) => Way,
  table: Table,
  what: Limits & { readonly way: WayName; readonly repeats: number },
): number[];
export function summary(values: readonly number[]): { readonly mean: number; readonly error: number };
