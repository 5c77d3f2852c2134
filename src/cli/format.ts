// Numbers as people read them on the command line.

export { clock, count, counted, duration, percent } from "../words.ts";

/** A loss in four digits after the point, or fewer where it is large. */
export function loss(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) < 1000 ? value.toFixed(4) : value.toPrecision(4);
}

/** A learning rate or another small number, as short as three digits make it. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
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
