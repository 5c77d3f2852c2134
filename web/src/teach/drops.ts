import type { DataFileInput } from "convasm";
import { droppedFiles } from "../data/dropped.ts";
import { shownView } from "../ui/tabs.ts";

/** Ends of the names of networks. */
const NETWORK = /\.(onnx|keras|h5|hdf5|safetensors)$/i;

/** Files that systems leave in folders, which nobody means. */
const HIDDEN = /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX\/.*)$/i;

/** False for a file that a system left in a folder. */
export function isMeant(path: string): boolean {
  return !HIDDEN.test(path);
}

/** A dropped file, with the folder that it lay in. */
export interface DroppedFile {
  readonly file: File;
  /** Name of the folder; undefined for a file that was dropped by itself. */
  readonly folder: string | undefined;
}

/** The files that were dropped, those in folders included. Must be called in the handler of the event. */
export async function filesOf(transfer: DataTransfer): Promise<readonly DroppedFile[]> {
  return fromInputs(await droppedFiles(transfer));
}

function fromInputs(inputs: readonly DataFileInput[]): readonly DroppedFile[] {
  return inputs.flatMap(({ name, bytes }) =>
    bytes instanceof File && isMeant(name) ? [{ file: bytes, folder: name.split("/").at(-2) }] : [],
  );
}

/** The networks among files. */
export function networksOf(files: readonly DroppedFile[]): readonly File[] {
  return files.map(({ file }) => file).filter(({ name }) => NETWORK.test(name));
}

/** Takes what is dropped beside the classes, and what is pasted, while the view is seen. */
export function listenEverywhere(
  onDrop: (transfer: DataTransfer) => void,
  onPaste: (files: readonly File[]) => void,
): void {
  const isSeen = (): boolean => shownView.value === "teach";
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
  document.addEventListener("dragover", (event) => {
    if (isSeen() && hasFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const { dataTransfer } = event;
    if (!isSeen() || event.defaultPrevented || dataTransfer === null || !hasFiles(event)) return;
    event.preventDefault();
    onDrop(dataTransfer);
  });
  document.addEventListener("paste", ({ clipboardData }) => {
    const files = Array.from(clipboardData?.files ?? []);
    if (isSeen() && files.length > 0) onPaste(files);
  });
}
