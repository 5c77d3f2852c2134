/** Mean and sample standard deviation of several runs' values. */
export interface Spread {
  readonly mean: number;
  /** 0 for a single value. */
  readonly deviation: number;
}

/** Mean and deviation of values; undefined ones do not count, and of none there is nothing. */
export function spreadOf(values: readonly (number | undefined)[]): Spread | null {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : 0 };
}

/** "98.25 % ± 0.12 %", or whatever else `format` makes of the two numbers. */
export function spreadText(spread: Spread | null, format: (value: number) => string): string {
  return spread === null ? "" : `${format(spread.mean)} ± ${format(spread.deviation)}`;
}
