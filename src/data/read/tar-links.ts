/**
 * Links in a tar archive, symbolic and hard ones, followed within the archive alone.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { DataFile } from "./data-file.ts";
import type { LeftOut } from "./left-out.ts";

/** A file or a link, with the words of its path. */
export type TarEntry =
  | { readonly words: readonly string[]; readonly file: DataFile }
  | { readonly words: readonly string[]; readonly target: string; readonly isSymbolic: boolean };

type Folder = Map<string, Node>;
type Link = { readonly target: readonly string[] };
type Node = Folder | Link | DataFile;

/** Links that are followed on the way to one file. */
const MAX_LINKS = 40;

const MAX_DEPTH = 100;

/** Links to folders may multiply files; so many more than there are entries come out. */
const MAX_GROWTH = 100;

/** The folders' names in a path and the file's; without empty ones and ".", and with ".." taken back. */
export function wordsOf(path: string): string[] {
  const words: string[] = [];
  for (const word of path.split("/")) {
    if (word === "..") words.pop();
    else if (word !== "" && word !== ".") words.push(word);
  }
  return words;
}

/**
 * The files, and for each link those that it names, under the link's name.
 *
 * A link that leads out of the archive, or to what is not there, is noted as one that cannot be read.
 *
 * @param who stands in error messages
 * @throws RangeError if links lead in a circle
 */
export function filesOf(who: string, entries: readonly TarEntry[], leftOut: LeftOut): DataFile[] {
  const root = treeOf(who, entries);
  const files: DataFile[] = [];
  const most = MAX_GROWTH * entries.length;
  const collect = (folder: Folder, path: readonly string[], above: readonly Folder[]) => {
    for (const [word, node] of folder) {
      const here = [...path, word];
      const name = here.join("/");
      const found = isLink(node) ? resolve(who, root, here) : node;
      if (found === undefined) leftOut.addBroken("a link to what is not in the archive", name);
      else if (found instanceof Map) {
        if (above.includes(found)) throw circleError(who, here);
        collect(found, here, [...above, found]);
      } else files.push(found.name === name ? found : { ...found, name });
      if (files.length > most) throw new InputRangeError(who, `links to at most ${most} files`, "more", "too-large");
    }
  };
  collect(root, [], [root]);
  return files;
}

function treeOf(who: string, entries: readonly TarEntry[]): Folder {
  const root: Folder = new Map();
  for (const entry of entries) {
    const { words } = entry;
    const last = words.at(-1);
    if (last === undefined) continue;
    if (words.length > MAX_DEPTH)
      throw new InputRangeError(who, `at most ${MAX_DEPTH} folders in each other`, "more", "too-large");
    let folder = root;
    for (const word of words.slice(0, -1)) {
      const known = folder.get(word);
      const next: Folder = known instanceof Map ? known : new Map();
      folder.set(word, next);
      folder = next;
    }
    // A hard link names a path in the archive, a symbolic one a path from its own folder.
    if ("file" in entry) folder.set(last, entry.file);
    else folder.set(last, { target: targetOf(entry, words) });
  }
  return root;
}

function targetOf({ target, isSymbolic }: { target: string; isSymbolic: boolean }, words: readonly string[]): string[] {
  if (!isSymbolic) return wordsOf(target);
  return target.startsWith("/") ? [OUTSIDE] : [...words.slice(0, -1), ...target.split("/")];
}

/** The target of links that lead out of the archive; no name in an archive is equal to it. */
const OUTSIDE = "/";

function isLink(node: Node): node is Link {
  return "target" in node;
}

/** The file or folder at a path, with all links on the way followed; undefined where there is none. */
function resolve(who: string, root: Folder, path: readonly string[]): DataFile | Folder | undefined {
  let rest = [...path];
  let above: Folder[] = [root];
  for (let links = 0; ; ) {
    const word = rest.shift();
    if (word === undefined) return above.at(-1);
    if (word === "" || word === ".") continue;
    if (word === "..") {
      above.pop();
      if (above.length === 0) return undefined;
      continue;
    }
    const node = above.at(-1)?.get(word);
    if (node === undefined) return undefined;
    if (isLink(node)) {
      links += 1;
      if (links > MAX_LINKS) throw circleError(who, path);
      rest = [...node.target, ...rest];
      above = [root];
    } else if (node instanceof Map) above.push(node);
    else return rest.length === 0 ? node : undefined;
  }
}

function circleError(who: string, path: readonly string[]): RangeError {
  return new InputRangeError(
    who,
    "links that lead to a file",
    `${JSON.stringify(path.join("/"))} in a circle`,
    "damaged-file",
  );
}
