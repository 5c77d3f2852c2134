// Numbers for people.

/** Text for a number that is not known yet. */
export const NONE = "–";

/** A whole number with commas, such as 12,345. */
export function count(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString("en-US") : NONE;
}

/** A share in percent, such as 98.13 %. */
export function percent(share: number | undefined, digits = 1): string {
  return share === undefined || !Number.isFinite(share) ? NONE : `${(100 * share).toFixed(digits)} %`;
}

/** A loss, with fewer decimals the larger it is. */
export function loss(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return "∞";
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(2) : value.toFixed(4);
}

/** A number with three digits that count: 0.0123, 1.23, 123, 12,300. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size >= 1000) return count(Number(value.toPrecision(3)));
  if (size !== 0 && size < 1e-3) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** Seconds in fitting units: 850 ms, 3.4 s, 2 min 10 s, 1 h 5 min. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NONE;
  if (seconds < 1) return `${Math.round(1000 * seconds)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

/** Bytes in kB, MB or GB, such as 1.5 MB, by thousands. */
export function megabytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** A shape, such as 28 × 28 × 1. */
export function shape(extents: readonly number[]): string {
  return extents.join(" × ");
}

/** A number with its noun, such as 1 image or 2 images. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A text as a sentence, with a capital and a full stop. */
export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
