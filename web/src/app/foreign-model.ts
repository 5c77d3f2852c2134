import { type ImportOptions, importModel, isInputError, readLayers } from "convasm";
import type { ImageKind, NetworkDraft } from "../network/draft.ts";

/** Endings of files that models of other programs come in, and convasm's own. */
export const MODEL_ENDINGS = [".safetensors", ".onnx", ".keras", ".h5", ".pth", ".pt", ".json", ".bin", ".data"];

/** The scaling of pixels that a network was trained with, by the name of `importModel`'s preset. */
export const SCALINGS = [
  ["raw", "0 to 255"],
  ["unit", "0 to 1"],
  ["symmetric", "−1 to 1"],
  ["imagenet", "ImageNet’s"],
] as const;

export type ScalingName = (typeof SCALINGS)[number][0];

/** The page's network, for files of weights, and the shape of its images, for files that leave it open. */
export interface OpenPlace {
  readonly draft: NetworkDraft;
  readonly shape: ImageKind["shape"];
}

/** The model's own file among several: that of the network, whichever names the others. */
export function modelFileOf(files: readonly File[]): File | undefined {
  return files.find(({ name }) => /\.(safetensors|onnx|keras|pth|pt|h5)$/.test(name)) ?? files.find(isJson);
}

const isJson = ({ name }: File) => name.endsWith(".json");

/** True for bytes of a file that convasm wrote: safetensors whose metadata say so, or that are no model of anything else. */
function isOwn(bytes: Uint8Array, name: string): boolean {
  return name.endsWith(".safetensors") && new TextDecoder().decode(bytes.subarray(0, 1 << 20)).includes('"convasm');
}

/** The bytes of convasm's own file, and what of the other program's was left out or changed. */
export interface OpenedModel {
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
}

/**
 * A model's files as one of convasm's own.
 *
 * @param scaling of the pixels; undefined to take what the file says
 * @returns undefined where the file does not say how pixels are scaled, which is to be asked
 * @throws TypeError, RangeError for what there is none of here, a damaged file, or weights of another network
 */
export async function openedModel(
  files: readonly File[],
  { draft, shape }: OpenPlace,
  scaling?: ScalingName,
): Promise<OpenedModel | undefined> {
  const own = modelFileOf(files) ?? files[0];
  const bytes = new Uint8Array(await own.arrayBuffer());
  if (isOwn(bytes, own.name)) return { bytes, notes: [] };
  const list = [own, ...files.filter((file) => file !== own)];
  const options = { engine: "simd", threads: 1, batchSize: 1 } as const;
  const asked = scaling === undefined ? {} : { input: scaling };
  const attempts: ImportOptions[] = /\.(pth|pt|safetensors)$/.test(own.name)
    ? [{ network: networkOf(draft, shape) }]
    : [asked, ...(scaling === undefined ? [] : [{ ...asked, shape }])];
  for (const [i, attempt] of attempts.entries()) {
    try {
      const { model, notes } = await importModel(list, { ...options, ...attempt });
      const saved = model.save();
      model.dispose();
      return { bytes: saved, notes };
    } catch (error) {
      const isOpen = isInputError(error) && error.code === "missing";
      if (isOpen && i < attempts.length - 1) continue;
      if (isOpen && scaling === undefined && attempt === asked) return undefined;
      throw error;
    }
  }
  return undefined;
}

/** The page's network, which files of weights are for. */
function networkOf({ scaling, layers, outputs }: NetworkDraft, shape: ImageKind["shape"]) {
  return {
    input: { shape, ...scaling },
    layers: readLayers(layers, "layers"),
    ...(outputs !== undefined && { outputs }),
  };
}
