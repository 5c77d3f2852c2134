/** Letters to change, add, drop or swap to make `b` of `a` (Damerau 1964, without overlapping swaps). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length];
}

/** The name that was probably meant, if one is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const lower = word.slice(0, 40).toLowerCase();
  const ranked = names
    .map((name) => ({ name, far: distance(lower, name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return ranked.length > 0 && ranked[0].far <= Math.max(1, Math.floor(lower.length / 3)) ? ranked[0].name : undefined;
}
