/**
 * The files of another program's model: the file that the caller names, and the files that this one refers to.
 *
 * @module
 */

import { ADDRESS, type FileSource, placeOf, readFileSource } from "../data/file-source.ts";
import { type DataFileInput, MAX_BYTES } from "../data/read/data-file.ts";
import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";

/** A file of a model: its bytes, a `Blob` or `File`, an address, in Node a path; or bytes or a `Blob` under a name. */
export type ModelFile = FileSource | DataFileInput;

/** The files of a model. */
export interface ModelFiles {
  /** Start of messages, such as `importModel "a.onnx"`. */
  readonly who: string;
  /** Name of the model's own file, for messages. */
  readonly title: string;
  /** Content of the model's own file. */
  readonly bytes: Uint8Array;
  /**
   * Content of a file that the model names: one that the caller gave, otherwise one in the model's folder.
   *
   * @param name as the model says it, with `/` between folders
   * @throws RangeError if there is none, or the name leads out of the model's folder
   */
  beside(name: string): Promise<Uint8Array>;
}

/**
 * Opens the files of a model.
 *
 * @param files the model's own file, alone or as the first of a list with the others that it needs
 * @throws TypeError, RangeError for other values, or a file that is too large
 * @throws FileError in Node, for a path that cannot be read
 */
export async function openModelFiles(files: ModelFile | readonly ModelFile[]): Promise<ModelFiles> {
  const list: readonly ModelFile[] = isList(files) ? files : [files];
  if (list.length === 0) throw new InputRangeError("importModel", "a file", "none", "missing");
  const [own, ...others] = list.map(namedFile);
  const who = own.name === undefined ? "importModel" : `importModel ${JSON.stringify(own.name)}`;
  const bytes = await readFileSource("importModel", "a model or a file of weights", own.source, MAX_BYTES);
  return {
    who,
    title: own.name ?? "data",
    bytes,
    async beside(name) {
      if (!isInside(name)) {
        throw new InputRangeError(who, "names of files in the model's own folder", shown(name), "damaged-file");
      }
      const given = others.find((other) => other.name !== undefined && endsAs(other.name, name));
      const source = given?.source ?? neighbour(own.source, name);
      if (source !== undefined) return readFileSource(who, `its file ${shown(name)}`, source, MAX_BYTES);
      const advice = "give it beside the model, in a list of files";
      throw new InputRangeError(who, `its file ${shown(name)}`, "none of that name", "missing", { advice });
    },
  };
}

/** A file and its name, if the caller gave one. */
interface NamedFile {
  readonly source: FileSource;
  readonly name: string | undefined;
}

function isList(files: ModelFile | readonly ModelFile[]): files is readonly ModelFile[] {
  return Array.isArray(files);
}

function namedFile(file: ModelFile): NamedFile {
  if (isNamed(file)) {
    if (typeof file.name === "string") return { source: file.bytes, name: file.name };
    throw new InputTypeError("importModel", "a file's name to be a text", shown(file.name));
  }
  const own: unknown = isRecord(file) ? Reflect.get(file, "name") : undefined;
  return { source: file, name: placeOf(file) ?? (typeof own === "string" ? own : undefined) };
}

/** True for bytes under a name; a `File` has a name and a method `bytes`. */
function isNamed(file: ModelFile): file is DataFileInput {
  return isRecord(file) && "bytes" in file && "name" in file && typeof file.bytes !== "function";
}

/** True for a relative name that does not lead out of its folder. */
function isInside(name: string): boolean {
  return !/[\\:\0]/.test(name) && name.split("/").every((part) => part !== ".." && part !== "");
}

/** True if a path names a file that a model calls so: in the same folders, or in none, as browsers give files. */
function endsAs(path: string, name: string): boolean {
  const there = path.replaceAll("\\", "/");
  const plain = name.replace(/^(\.\/)+/, "");
  return there === plain || there.endsWith(`/${plain}`) || there === plain.split("/").at(-1);
}

/** The path or address of a file that lies beside another one. */
function neighbour(own: FileSource, name: string): FileSource | undefined {
  const place = placeOf(own);
  if (place === undefined || /^(data|blob):/i.test(place)) return undefined;
  if (ADDRESS.test(place) || /^file:/i.test(place)) {
    return new URL(name.split("/").map(encodeURIComponent).join("/"), place);
  }
  return place.replace(/[^/\\]*$/, "") + name;
}
