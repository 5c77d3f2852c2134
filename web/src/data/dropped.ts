import type { DataFileInput } from "convasm";

/** More files than this in a dropped folder are a mistake, such as a home directory. */
const MAX_FILES = 100_000;

/**
 * The dropped files, those in folders included. Must be called in the handler of the event: later the items are gone.
 */
export function droppedFiles(transfer: DataTransfer): Promise<DataFileInput[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return Promise.resolve(Array.from(transfer.files, inputOf));
  return walk(entries);
}

/** The files of a file input; those of a folder have the paths in it. */
export function chosenFiles(input: HTMLInputElement): DataFileInput[] {
  return Array.from(input.files ?? [], inputOf);
}

function inputOf(file: File): DataFileInput {
  return { name: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath, bytes: file };
}

async function walk(entries: readonly FileSystemEntry[]): Promise<DataFileInput[]> {
  const files: DataFileInput[] = [];
  const queue = [...entries];
  for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
    if (isDirectory(entry)) queue.push(...(await entriesOf(entry)));
    else if (isFile(entry)) files.push({ name: entry.fullPath.replace(/^\//, ""), bytes: await fileOf(entry) });
    if (files.length > MAX_FILES) throw new RangeError(`Expected at most ${MAX_FILES} files, got more.`);
  }
  return files;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** All entries of a folder, which come in portions. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
