/** Takes a name that is not taken yet: the one that is wanted, or that with `_1`, `_2` and so on behind it. */
export function takeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
  taken.add(name);
  return name;
}
