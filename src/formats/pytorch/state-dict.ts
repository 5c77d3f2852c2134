/**
 * Tensors by name in the files that PyTorch's `torch.save` writes: the ZIP form, and the one from before PyTorch 1.6.
 *
 * @module
 */

import { dataFile } from "../../data/read/data-file.ts";
import { isZip, readZip } from "../../data/read/zip.ts";
import { InputRangeError, listed } from "../../errors.ts";
import { standInOf } from "../../numeric/stand-ins.ts";
import type { ForeignTensor } from "../foreign-tensor.ts";
import { readPickle } from "./pickle.ts";
import { PickleGlobal, PickleObject, type PickleValue } from "./pickle-values.ts";
import { storageRecord, storedTensor, type TensorRecord, tensorRecord } from "./tensors.ts";

/** First value of a file of the old form: a number that PyTorch chose. */
const OLD_MAGIC = 0x1950a86a20f9469cfc6cn;
const OLD_PROTOCOL = 1001;

/** Keys under which programs keep the weights beside other things of a training. */
const USUAL_KEYS: readonly string[] = ["state_dict", "model_state_dict", "model_state", "model", "net", "weights"];

const ADVICE = "save model.state_dict() in PyTorch";

/** A pickle's root, and the bytes of a storage by its key. */
interface Content {
  readonly root: PickleValue;
  storage(key: string): Promise<Uint8Array>;
}

/** True if the bytes start as a file of `torch.save` does. */
export function isPytorch(bytes: Uint8Array): boolean {
  return isZip(bytes) || (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5);
}

/**
 * The tensors of a state dict, in their order there. Of a checkpoint with other things, those under a usual key such as `state_dict`.
 *
 * @param name the file's, for error messages
 * @throws RangeError if the file is damaged, or holds something else: a whole pickled module, TorchScript, a single tensor
 *
 * @example
 * const tensors = await readStateDict(await readFile("mnist-cnn.pth"), "mnist-cnn.pth");
 * tensors[0].name; // "features.0.weight"
 */
export async function readStateDict(bytes: Uint8Array, name: string): Promise<ForeignTensor[]> {
  const who = `PyTorch file ${JSON.stringify(name)}`;
  if (!isPytorch(bytes)) {
    throw new InputRangeError(who, "a file of torch.save", standInOf(bytes) ?? "something else", "unsupported-file");
  }
  const content = isZip(bytes) ? await readZipForm(who, bytes, name) : readOldForm(who, bytes);
  const tensors: ForeignTensor[] = [];
  for (const [tensor, record] of tensorsOf(who, content.root)) {
    tensors.push(storedTensor(who, tensor, record, await content.storage(record.storage)));
  }
  return tensors;
}

async function readZipForm(who: string, bytes: Uint8Array, name: string): Promise<Content> {
  const entries = new Map((await readZip(dataFile({ name, bytes }))).map((entry) => [entry.name, entry]));
  const pickle = [...entries.keys()].find((entry) => /^([^/]+\/)?data\.pkl$/.test(entry));
  if (pickle === undefined) throw new InputRangeError(who, "data.pkl in it", "none", "unsupported-file");
  const folder = pickle.slice(0, -"data.pkl".length);
  if (entries.has(`${folder}constants.pkl`)) {
    throw new InputRangeError(who, "a state dict", "TorchScript", "unsupported-file", { advice: ADVICE });
  }
  const read = async (entry: string) => {
    const file = entries.get(folder + entry);
    if (file === undefined) throw new InputRangeError(who, `${entry} in it`, "none", "damaged-file");
    return file.bytes();
  };
  if (entries.has(`${folder}byteorder`)) {
    const order = new TextDecoder().decode(await read("byteorder"));
    if (order !== "little") throw new InputRangeError(who, "little-endian values", order, "unsupported-file");
  }
  const storages = new Map<string, Promise<Uint8Array>>();
  return {
    root: readPickle(who, await read("data.pkl")).value,
    storage(key) {
      const known = storages.get(key) ?? read(`data/${key}`);
      storages.set(key, known);
      return known;
    },
  };
}

/** Reads a file of the old form: pickles of a magic number, a version, the machine, the value and the storages' keys, then each storage. */
function readOldForm(who: string, bytes: Uint8Array): Content {
  const values: PickleValue[] = [];
  const valueBytes = new Map<string, number>();
  let at = 0;
  while (values.length < 5) {
    const { value, end, outside } = readPickle(who, bytes, at);
    if (values.length === 0 && value !== OLD_MAGIC) {
      throw new InputRangeError(who, "a file of torch.save", "another pickle", "unsupported-file", { advice: ADVICE });
    }
    for (const reference of outside) {
      const storage = storageRecord(who, reference);
      valueBytes.set(storage.key, storage.valueBytes);
    }
    values.push(value);
    at = end;
  }
  const [, protocol, machine, root, keys] = values;
  if (protocol !== OLD_PROTOCOL) {
    throw new InputRangeError(who, `protocol ${OLD_PROTOCOL}`, String(protocol), "unsupported-file");
  }
  if (machine instanceof Map && machine.get("little_endian") === false) {
    throw new InputRangeError(who, "little-endian values", "big-endian ones", "unsupported-file");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const storages = new Map<string, Uint8Array>();
  for (const key of Array.isArray(keys) ? keys : []) {
    if (typeof key !== "string") throw new InputRangeError(who, "keys of storages", "something else", "damaged-file");
    const count = at + 8 <= bytes.length ? Number(view.getBigUint64(at, true)) : Number.NaN;
    const end = at + 8 + count * (valueBytes.get(key) ?? Number.NaN);
    if (!(end <= bytes.length)) {
      throw new InputRangeError(who, `a whole storage ${JSON.stringify(key)}`, "one that is cut off", "damaged-file");
    }
    storages.set(key, bytes.subarray(at + 8, end));
    at = end;
  }
  return {
    root,
    async storage(key) {
      const found = storages.get(key);
      if (found === undefined) throw new InputRangeError(who, `storage ${JSON.stringify(key)}`, "none", "damaged-file");
      return found;
    },
  };
}

/**
 * The tensors of a value by name: of the value itself, or of the dictionary in it that holds a network's weights.
 *
 * @throws RangeError if there are none, or in several dictionaries of which none has a usual key
 */
function tensorsOf(who: string, root: PickleValue): ReadonlyMap<string, TensorRecord> {
  if (!(root instanceof Map)) {
    const got = tensorRecord(who, root) !== undefined ? "a single tensor" : wordsFor(root);
    throw new InputRangeError(who, "a state dict", got, "unsupported-file", { advice: ADVICE });
  }
  const own = named(who, root);
  if (own.size > 0) return own;
  const inner = new Map<string, ReadonlyMap<string, TensorRecord>>();
  for (const [key, value] of root) {
    if (typeof key !== "string" || !(value instanceof Map)) continue;
    const tensors = named(who, value);
    if (tensors.size > 0) inner.set(key, tensors);
  }
  const chosen = USUAL_KEYS.find((key) => inner.has(key)) ?? (inner.size === 1 ? [...inner.keys()][0] : undefined);
  const found = chosen === undefined ? undefined : inner.get(chosen);
  if (found !== undefined) return found;
  const keys = listed([...root.keys()].map(String), 10);
  const got = inner.size > 1 ? `tensors under each of ${listed([...inner.keys()])}` : `no tensors under ${keys}`;
  throw new InputRangeError(who, "a state dict", got, "unsupported-file", { advice: ADVICE });
}

/** The tensors among a dictionary's values. */
function named(who: string, dict: ReadonlyMap<PickleValue, PickleValue>): ReadonlyMap<string, TensorRecord> {
  const tensors = new Map<string, TensorRecord>();
  for (const [key, value] of dict) {
    const record = typeof key === "string" ? tensorRecord(who, value) : undefined;
    if (typeof key === "string" && record !== undefined) tensors.set(key, record);
  }
  return tensors;
}

/** Words for a root that is no dictionary. */
function wordsFor(root: PickleValue): string {
  if (root instanceof PickleObject && root.maker instanceof PickleGlobal) {
    return `a pickled object of the class ${root.maker.path}`;
  }
  return root === null ? "nothing" : Array.isArray(root) ? "a list" : `a ${typeof root}`;
}
