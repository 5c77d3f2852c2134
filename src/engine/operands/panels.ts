import { PANEL } from "../kernel-sizes.ts";

/** Number of columns, with padding, of the panels that `columns` columns in groups are packed into. */
export function packed(columns: number, groups = 1): number {
  return groups * Math.ceil(columns / groups / PANEL) * PANEL;
}
