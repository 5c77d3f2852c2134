/**
 * The pictures of lists by part and class. A list names them by paths from its own folder, which lie in that folder or deeper.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { flagAndKey } from "../../options/names.ts";
import { type ClassFolders, type ClassPicture, type PartName, partOf } from "./class-folders.ts";
import type { DataFile } from "./data-file.ts";
import { setName } from "./label-sets.ts";
import type { ReadContext } from "./options.ts";
import { type ListEntry, readPictureList } from "./picture-list.ts";

/** An entry with the list that it stands in, its part, and the name of its file. */
interface Listed extends Omit<ListEntry, "label"> {
  readonly labels: readonly string[];
  readonly list: DataFile;
  readonly part: PartName;
  readonly name: string;
}

/** Files that are looked for at once. */
const AT_ONCE = 64;

/**
 * Sorts pictures by the lists that name them. Of several lists those that are called as parts are, such as `test.csv`, name that part
 * where they have no column for it; else pictures are for training.
 *
 * Where a list gives pictures several labels, or `multiLabel` says so, classes are sets of labels.
 *
 * Pictures that are not there are noted as ones that cannot be read; those that no list names, in a note.
 *
 * @param files the files that were given beside the lists; others are looked for on the disk
 * @throws RangeError for a path out of the folder, a picture that is named twice, an empty label, or an unknown part, with its line
 */
export async function sortByLists(
  lists: readonly DataFile[],
  files: readonly DataFile[],
  { leftOut, multiLabel }: Pick<ReadContext, "leftOut" | "multiLabel">,
): Promise<ClassFolders> {
  const { listed, haveSeveral } = await entriesOf(lists, multiLabel);
  leftOut.countFiles(listed.length);
  const given = new Map(files.map((file) => [file.name, file]));
  const sorted: Record<PartName, ClassPicture[]> = { train: [], test: [], validation: [] };
  for (let begin = 0; begin < listed.length; begin += AT_ONCE) {
    const some = listed.slice(begin, begin + AT_ONCE);
    const found = await Promise.all(
      some.map(async ({ name, list }) => given.get(name) ?? list.beside?.(name.slice(folderOf(list).length))),
    );
    for (const [i, { name, part, labels }] of some.entries()) {
      const file = found[i];
      const className = haveSeveral ? setName(labels) : labels[0];
      if (file === undefined) leftOut.addBroken("missing", name);
      else sorted[part].push({ file, className });
    }
  }
  leftOut.check(`readList ${JSON.stringify(lists[0].name)}`, "pictures that are there");
  const named = new Set(listed.map(({ name }) => name));
  const others = files.filter(({ name }) => !named.has(name));
  const notes = [...(haveSeveral ? [severalNote(listed)] : []), ...(others.length === 0 ? [] : [unlistedNote(others)])];
  return { ...sorted, haveSeveral, notes };
}

/** All pictures of the lists, in their order, and whether they have any number of labels. */
async function entriesOf(lists: readonly DataFile[], multiLabel: boolean | undefined) {
  const read = await Promise.all(
    lists.map(async (list) => {
      const who = `readList ${JSON.stringify(list.name)}`;
      return { who, list, entries: await readPictureList(who, list) };
    }),
  );
  const isSeveral = ({ label }: ListEntry) => typeof label !== "string" || label.includes(SEPARATOR);
  const haveSeveral = multiLabel ?? read.some(({ entries }) => entries.some(isSeveral));
  const named = new Map<string, Listed>();
  for (const { who, list, entries } of read) {
    const usual = (lists.length > 1 ? partOf(stemOf(list.name)) : undefined) ?? "train";
    for (const entry of entries) {
      const name = nameOf(who, entry, list);
      const labels = haveSeveral ? labelsOf(who, entry, multiLabel === true) : [oneLabel(who, entry)];
      const listed = { ...entry, list, name, labels, part: splitOf(who, entry) ?? usual };
      const before = named.get(name);
      if (before !== undefined && !(haveSeveral && addsUp(before, listed)))
        throw twice(who, before, listed, haveSeveral);
      named.set(name, { ...listed, labels: [...(before?.labels ?? []), ...labels] });
    }
  }
  return { listed: [...named.values()], haveSeveral };
}

/** Stands between the labels of one picture. */
const SEPARATOR = ";";

/** The labels of an entry, which may be none where a list says so. */
function labelsOf(who: string, { label, where }: ListEntry, mayLack: boolean): string[] {
  const labels = typeof label === "string" ? label.split(SEPARATOR).map((each) => each.trim()) : label;
  if (mayLack && labels.length === 1 && labels[0] === "") return [];
  if (!labels.includes("")) return labels.map((each) => each.normalize("NFC"));
  const advice = `${flagAndKey("multiLabel")} takes an empty one for none`;
  throw new InputRangeError(
    who,
    `a label in ${where}`,
    "nothing",
    "damaged-file",
    labels.length === 1 ? { advice } : {},
  );
}

function oneLabel(who: string, { label, where }: ListEntry): string {
  if (typeof label !== "string")
    throw new InputRangeError(who, `one label in ${where}`, `${label.length}`, "damaged-file");
  if (label === "") throw new InputRangeError(who, `a label in ${where}`, "nothing", "damaged-file");
  return label.normalize("NFC");
}

/** True for another row of a picture that gives it more labels, in the same part. */
function addsUp(before: Listed, { labels, part }: Listed): boolean {
  return before.part === part && labels.length > 0 && labels.every((label) => !before.labels.includes(label));
}

function severalNote(listed: readonly Listed[]): string {
  const counts = listed.map(({ labels }) => new Set(labels).size);
  const [more, none] = [counts.filter((count) => count > 1), counts.filter((count) => count === 0)];
  const without = none.length === 0 ? "" : `, ${none.length} have none`;
  return `each label is a class that a picture may have beside others: ${more.length} of ${listed.length} have more than one${without}`;
}

/** The files of all pictures. */
export function filesOf({ train, test, validation }: ClassFolders): DataFile[] {
  return [...train, ...test, ...validation].map(({ file }) => file);
}

function unlistedNote(others: readonly DataFile[]): string {
  const what = others.length === 1 ? "picture is" : "pictures are";
  return `${others.length} ${what} not in the list (${JSON.stringify(others[0].name)})`;
}

function stemOf(name: string): string {
  return (name.split("/").at(-1) ?? "").replace(/\..*$/, "");
}

/** The path to the folder of a file, with a slash at its end. */
function folderOf({ name }: DataFile): string {
  return name.includes("/") ? name.slice(0, name.lastIndexOf("/") + 1) : "";
}

/** The name of a file as its data set has it: in the list's folder. */
function nameOf(who: string, { file, where }: ListEntry, list: DataFile): string {
  const words: string[] = [];
  const path = file.trim().replaceAll("\\", "/");
  let isOutside = /^(\/|[A-Za-z]:\/|\w+:\/\/)/.test(path) || path.includes("\0");
  for (const word of path.split("/")) {
    if (word === "..") isOutside ||= words.pop() === undefined;
    else if (word !== "." && word !== "") words.push(word);
  }
  if (!isOutside && words.length > 0) return folderOf(list) + words.join("/");
  throw new InputRangeError(who, `a file in the list's folder in ${where}`, JSON.stringify(file), "damaged-file");
}

function twice(who: string, before: Listed, { name, where, list, labels }: Listed, haveSeveral: boolean): RangeError {
  const first = before.list === list ? before.where : `${before.where} of ${JSON.stringify(before.list.name)}`;
  const got = `${JSON.stringify(name.slice(folderOf(list).length))} in ${where} and in ${first}`;
  const isOther = !haveSeveral && labels[0] !== before.labels[0];
  const advice = isOther ? { advice: `${flagAndKey("multiLabel")} takes both labels` } : {};
  const expected = haveSeveral ? "each label of a picture once, in one part" : "each picture once";
  return new InputRangeError(who, expected, got, "damaged-file", advice);
}

function splitOf(who: string, { split, where }: ListEntry): PartName | undefined {
  if (split === undefined) return undefined;
  const part = partOf(split.trim());
  if (part !== undefined) return part;
  const got = split.trim() === "" ? "nothing" : JSON.stringify(split);
  throw new InputRangeError(who, `train, val or test as the split in ${where}`, got, "unknown-name");
}
