/** A column of a table that fits its terminal. */
export interface Column {
  readonly head: string;
  readonly cells: readonly string[];
  /** Numbers stand to the right. */
  readonly right?: boolean;
  /** The column may be cut down to this width. Default: not at all. */
  readonly least?: number;
  /** Rank by which the column is left out of narrow tables, the lowest first. Default: it always stays. */
  readonly leave?: number;
}

/** Blanks between two columns. */
const GAP = 2;

/**
 * A table in lines of at most a width: long cells are cut off, then columns are left out. Columns without any text are left out, too.
 *
 * @param width columns of the terminal; `Infinity` where there is none
 * @param mark stands where a cell was cut off, such as "…"
 */
export function fittedTable(columns: readonly Column[], width: number, mark = "…"): string[] {
  let kept = columns.filter(({ cells }) => cells.some((cell) => cell !== ""));
  for (;;) {
    const widths = fittedWidths(kept, width);
    const next = kept.filter(({ leave }) => leave !== undefined).sort((a, b) => (a.leave ?? 0) - (b.leave ?? 0))[0];
    if (total(widths) <= width || next === undefined) return linesOf(kept, widths, mark);
    kept = kept.filter((column) => column !== next);
  }
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, 0) + GAP * Math.max(0, widths.length - 1);
}

/** Widths of columns, of which the widest are cut down first. */
function fittedWidths(columns: readonly Column[], width: number): number[] {
  const widths = columns.map(({ head, cells }) => Math.max(head.length, ...cells.map((cell) => cell.length)));
  while (total(widths) > width) {
    const spare = columns.map(({ least }, i) => (least !== undefined && widths[i] > least ? widths[i] : 0));
    const widest = spare.indexOf(Math.max(...spare));
    if (!(spare[widest] > 0)) break;
    widths[widest] -= 1;
  }
  return widths;
}

function linesOf(columns: readonly Column[], widths: readonly number[], mark: string): string[] {
  const rows = [
    columns.map(({ head }) => head),
    ...(columns[0]?.cells ?? []).map((_, row) => columns.map(({ cells }) => cells[row])),
  ];
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const text = cell.length > widths[i] ? `${cell.slice(0, widths[i] - mark.length)}${mark}` : cell;
        return columns[i].right ? text.padStart(widths[i]) : text.padEnd(widths[i]);
      })
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}
