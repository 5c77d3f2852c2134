/**
 * The drawing beside a row: its layer's place, and the tensors that come, go on and pass. Places count from the left.
 */
export interface LaneRow {
  /** Lane of the row's layer, counted from the left. */
  readonly at: number;
  /** Lanes from which the layer's inputs come. */
  readonly from: readonly number[];
  /** Lanes of tensors that pass the row and that later rows take. */
  readonly passing: readonly number[];
  /** True if a later row takes its output. */
  readonly goesOn: boolean;
}

/**
 * Lanes beside a list of layers, as beside a history with branches: each tensor keeps to one lane from the row that makes it
 * to the last one that takes it.
 *
 * @param rows for each row the indices of those that it takes, -1 for the input of the list; later ones are left out
 */
export function lanesOf(rows: readonly (readonly number[])[]): readonly LaneRow[] {
  const last = new Map<number, number>();
  for (const [i, inputs] of rows.entries()) for (const input of inputs) last.set(input, i);
  /** The tensor in each lane. */
  const lanes: (number | undefined)[] = last.has(-1) ? [-1] : [];
  return rows.map((inputs, i) => {
    const earlier = inputs.filter((input) => input < i);
    const from = [...new Set(earlier)].map((input) => lanes.indexOf(input)).filter((lane) => lane >= 0);
    lanes.forEach((tensor, lane) => {
      if (tensor !== undefined && (last.get(tensor) ?? 0) <= i) lanes[lane] = undefined;
    });
    const passing = lanes.flatMap((tensor, lane) => (tensor === undefined ? [] : [lane]));
    // On in the lane of what it takes, where that ends here.
    const [at] = [...[...from].sort((a, b) => a - b), ...lanes.keys(), lanes.length].filter(
      (lane) => lanes[lane] === undefined,
    );
    const goesOn = (last.get(i) ?? -1) > i;
    lanes[at] = goesOn ? i : undefined;
    return { at, from, passing, goesOn };
  });
}
