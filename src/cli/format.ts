// Numbers as people read them.

/** 12345 as "12,345". */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** "1 image", "2 images". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** A share as "98.91 %". */
export function percent(share: number, digits = 2): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : "n/a";
}

/** A loss in four digits after the point, or fewer where it is large. */
export function loss(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) < 1000 ? value.toFixed(4) : value.toPrecision(4);
}

/** A learning rate or another small number, as short as three digits make it. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Seconds as "2.9 s", "1:02" or "1:02:03". */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  return clock(seconds);
}

/** Seconds as "0:02", "1:02" or "1:02:03". */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Bytes as "1.4 MB". */
export function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A shape as "28 x 28 x 1". */
export function dimensions(shape: readonly number[]): string {
  return shape.join(" x ");
}

/** Rows under a header, columns as wide as their widest cell; all columns but the first `left` are right-aligned. */
export function table(rows: readonly (readonly string[])[], left = 1): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i < left ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd(),
  );
}
