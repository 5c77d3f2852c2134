import { InputRangeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { crc32 } from "../numeric/crc32.ts";
import { encodeSafetensors, type Safetensors, type SafetensorsTensor } from "./safetensors.ts";

/** The metadata key that marks a file as convasm's. */
const FORMAT = "convasm";
const VERSION = "1";

/** The metadata keys that the checksum covers, besides the tensors. */
const CHECKED = ["model", "settings", "training"] as const;

/** Prefix of tensors of the optimizer and of callbacks in a file: no weight's name can begin with it. */
const OPTIMIZER_PREFIX = "optimizer:";
const CALLBACK_PREFIX = "callback:";

/** An array with a shape. */
export interface NamedArray {
  /** Its sizes along its axes. */
  readonly shape: readonly number[];
  /** Its values in row order. */
  readonly data: Float32Array;
}

/** The content of a model file. The weights are plain safetensors tensors that other tools can read. */
export interface Checkpoint {
  /** The architecture, as `Architecture.toJson` gives it. */
  readonly model: unknown;
  /** The settings that the model was compiled with: loss, optimizer, batch size, seed, class names, scaling of pixels. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Weights by name. */
  readonly weights: ReadonlyMap<string, NamedArray>;
  /** State from which an unfinished run goes on; undefined in the file of a finished model. */
  readonly training?: TrainingCheckpoint | undefined;
}

/** The part of a checkpoint that a run goes on from. */
export interface TrainingCheckpoint {
  /** Options and progress of the run. */
  readonly state: unknown;
  /** The optimizer's numbers, named `slot/weight`. */
  readonly optimizer: ReadonlyMap<string, NamedArray>;
  /** The callbacks' arrays, named `callback/array`. */
  readonly callbacks: ReadonlyMap<string, NamedArray>;
}

/** Writes a file in the safetensors format; everything besides arrays is JSON in its metadata. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const { model, settings, weights, training } = checkpoint;
  const tensors = new Map<string, SafetensorsTensor>();
  const add = (prefix: string, arrays: ReadonlyMap<string, NamedArray>) => {
    for (const [name, { shape, data }] of arrays) tensors.set(prefix + name, { dtype: "F32", shape, data });
  };
  add("", weights);
  if (training !== undefined) {
    add(OPTIMIZER_PREFIX, training.optimizer);
    add(CALLBACK_PREFIX, training.callbacks);
  }
  const metadata = {
    format: FORMAT,
    version: VERSION,
    model: JSON.stringify(model),
    settings: JSON.stringify(settings),
    ...(training !== undefined && { training: JSON.stringify(training.state) }),
  };
  return encodeSafetensors(tensors, { ...metadata, checksum: checksumOf(tensors, metadata) });
}

/**
 * CRC-32 of all tensors in the order of their names, and of the texts beside them. The order of the tensors in the file
 * makes no difference, so that other programs can write it again.
 */
function checksumOf(tensors: ReadonlyMap<string, NamedArray>, metadata: Readonly<Record<string, string>>): string {
  const encoder = new TextEncoder();
  let crc = 0;
  for (const name of [...tensors.keys()].sort()) {
    const { shape = [], data } = tensors.get(name) ?? {};
    crc = crc32(encoder.encode(`${name}\n${shape}\n`), crc);
    if (data !== undefined) crc = crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), crc);
  }
  for (const key of CHECKED) crc = crc32(encoder.encode(`${key}\n${metadata[key] ?? ""}\n`), crc);
  return `crc32:${crc.toString(16).padStart(8, "0")}`;
}

/** Throws where a file has a checksum that does not fit its content; files of earlier versions have none. */
function checkChecksum({ tensors, metadata }: Safetensors, name: string): void {
  const { checksum } = metadata;
  if (checksum === undefined) return;
  if (checksum === checksumOf(tensors, metadata)) return;
  const got = 'damaged ones, or ones changed without "checksum" in its metadata';
  throw new InputRangeError(name, "the contents that the file was saved with", got, "damaged-file");
}

/**
 * Reads a file that `encodeCheckpoint` wrote, from its tensors and metadata.
 *
 * @param name stands in messages
 * @throws RangeError if it is not a model file of convasm, or its contents do not fit its checksum
 * @example
 * const { weights, settings } = readCheckpoint(decodeSafetensors(bytes), "model.safetensors");
 */
export function readCheckpoint({ tensors, metadata }: Safetensors, name: string): Checkpoint {
  if (metadata.format !== FORMAT) {
    throw new InputRangeError(
      name,
      "a model that convasm saved",
      "a safetensors file without its metadata",
      "damaged-file",
    );
  }
  if (metadata.version !== VERSION) {
    throw new InputRangeError(
      name,
      `version ${VERSION} of the model format`,
      shown(metadata.version),
      "unsupported-file",
    );
  }
  checkChecksum({ tensors, metadata }, name);
  const settings = parse(metadata, "settings", name);
  if (!isRecord(settings)) throw new InputRangeError(name, "settings to be an object", typeof settings, "damaged-file");
  const weights = new Map<string, NamedArray>();
  const optimizer = new Map<string, NamedArray>();
  const callbacks = new Map<string, NamedArray>();
  for (const [key, tensor] of tensors) {
    if (key.startsWith(OPTIMIZER_PREFIX)) optimizer.set(key.slice(OPTIMIZER_PREFIX.length), tensor);
    else if (key.startsWith(CALLBACK_PREFIX)) callbacks.set(key.slice(CALLBACK_PREFIX.length), tensor);
    else weights.set(key, tensor);
  }
  const training =
    metadata.training === undefined ? undefined : { state: parse(metadata, "training", name), optimizer, callbacks };
  return { model: parse(metadata, "model", name), settings, weights, training };
}

function parse(metadata: Readonly<Record<string, string>>, key: string, name: string): unknown {
  const text = metadata[key];
  if (text === undefined) throw new InputRangeError(name, `metadata "${key}"`, "none", "damaged-file");
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputRangeError(name, `metadata "${key}" to be JSON`, text.slice(0, 40), "damaged-file", {
      cause: error,
    });
  }
}
