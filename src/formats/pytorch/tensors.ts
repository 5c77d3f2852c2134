/**
 * Tensors of PyTorch's files, as its pickles describe them: a part of a storage, with strides.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { forEachStrided } from "../../numeric/strides.ts";
import type { ForeignTensor } from "../foreign-tensor.ts";
import { tensorFloats } from "../tensor-floats.ts";
import { PersistentId, PickleGlobal, PickleObject, type PickleValue } from "./pickle-values.ts";

/** Bytes of a value, and the type's name in safetensors files, of each of PyTorch's types that is read. */
const TYPES: ReadonlyMap<string, readonly [dtype: string, bytes: number]> = new Map([
  ["float32", ["F32", 4]],
  ["float64", ["F64", 8]],
  ["float16", ["F16", 2]],
  ["bfloat16", ["BF16", 2]],
  ["int64", ["I64", 8]],
  ["int32", ["I32", 4]],
  ["int16", ["I16", 2]],
  ["int8", ["I8", 1]],
  ["uint8", ["U8", 1]],
  ["bool", ["BOOL", 1]],
]);

/** The type of the values in each class of storages. */
const STORAGES: ReadonlyMap<string, string> = new Map([
  ["FloatStorage", "float32"],
  ["DoubleStorage", "float64"],
  ["HalfStorage", "float16"],
  ["BFloat16Storage", "bfloat16"],
  ["LongStorage", "int64"],
  ["IntStorage", "int32"],
  ["ShortStorage", "int16"],
  ["CharStorage", "int8"],
  ["ByteStorage", "uint8"],
  ["BoolStorage", "bool"],
  // Bytes whose type the tensor says.
  ["UntypedStorage", "uint8"],
]);

/** A tensor as a pickle describes it. */
export interface TensorRecord {
  /** The storage's key in the file. */
  readonly storage: string;
  /** PyTorch's name of the values' type, such as `float32`. */
  readonly type: string;
  /** Index of its first value in the storage. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** Values from one index to the next, on each axis. */
  readonly strides: readonly number[];
}

/** Functions that make a tensor of another one's description, which is their first argument. */
const WRAPPERS: readonly string[] = ["torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"];

/**
 * The tensor that a value of a pickle describes; undefined for other values.
 *
 * @param who stands in error messages
 * @throws RangeError for a tensor of a kind that is not read, such as a sparse or quantised one
 */
export function tensorRecord(who: string, value: PickleValue): TensorRecord | undefined {
  if (!(value instanceof PickleObject && value.maker instanceof PickleGlobal && Array.isArray(value.args))) {
    return undefined;
  }
  const { path } = value.maker;
  const { args } = value;
  if (WRAPPERS.includes(path)) return tensorRecord(who, args[0]);
  // A subclass of tensors: a function, the class, and the function's arguments.
  if (path === "torch._tensor._rebuild_from_type_v2") return tensorRecord(who, new PickleObject(args[0], args[2]));
  if (!/^torch\._utils\._rebuild_\w*tensor/.test(path)) return undefined;
  if (!/^torch\._utils\._rebuild_tensor(_v2|_v3)?$/.test(path)) {
    throw new InputRangeError(who, "a dense tensor", `one made by ${path}`, "unsupported-file");
  }
  const [storage, offset, shape, strides] = args;
  const typed = path.endsWith("_v3") ? args[6] : undefined;
  const { key, type } = storageRecord(who, storage, typed);
  return { storage: key, type, ...placeRecord(who, offset, shape, strides) };
}

/** A storage as pickles refer to it. */
export interface StorageRecord {
  readonly key: string;
  readonly type: string;
  /** Bytes of a value. */
  readonly valueBytes: number;
}

/**
 * The storage that a pickle refers to.
 *
 * @param typed PyTorch's name of the values' type, where the storage has none
 * @throws RangeError if it refers to something else, or for a type that is not read
 */
export function storageRecord(who: string, value: PickleValue, typed?: PickleValue): StorageRecord {
  const [kind, storageClass, key] = value instanceof PersistentId && Array.isArray(value.id) ? value.id : [];
  if (kind !== "storage" || !(storageClass instanceof PickleGlobal) || typeof key !== "string") {
    throw new InputRangeError(who, "a storage", "something else", "damaged-file");
  }
  const type = typed instanceof PickleGlobal ? typed.name : (STORAGES.get(storageClass.name) ?? storageClass.path);
  const [, valueBytes] = TYPES.get(type) ?? [];
  if (valueBytes === undefined) {
    throw new InputRangeError(who, `values of type ${[...TYPES.keys()].join(", ")}`, type, "unsupported-file");
  }
  return { key, type, valueBytes };
}

function placeRecord(who: string, offset: PickleValue, shape: PickleValue, strides: PickleValue) {
  if (!isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length) {
    throw new InputRangeError(who, "offset, shape and strides", "something else", "damaged-file");
  }
  return { offset, shape, strides };
}

function isCount(value: PickleValue): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** True for a list of sizes or strides, as shapes are; a `torch.Size` is read as such a list, too. */
function isCounts(value: PickleValue): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

/**
 * A tensor over the bytes of its storage.
 *
 * @param who stands in error messages
 * @throws RangeError if it does not lie within its storage, or has more values than it
 */
export function storedTensor(who: string, name: string, record: TensorRecord, bytes: Uint8Array): ForeignTensor {
  const { offset, shape, strides } = record;
  const [dtype, valueBytes] = TYPES.get(record.type) ?? ["F32", 4];
  const size = shape.reduce((product, extent) => product * extent, 1);
  const last = shape.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis], offset);
  const stored = Math.floor(bytes.length / valueBytes);
  if (size > 0 && (last >= stored || size > stored)) {
    const got = `${size} values up to number ${last} of ${stored}`;
    throw new InputRangeError(`${who}: tensor ${JSON.stringify(name)}`, "values of its storage", got, "damaged-file");
  }
  const valuesOf = (begin: number, count: number) =>
    tensorFloats(
      `${who}: tensor ${JSON.stringify(name)}`,
      dtype,
      bytes.subarray(begin * valueBytes, (begin + count) * valueBytes),
    );
  const floats = () => {
    if (size === 0) return new Float32Array(0);
    if (isContiguous(shape, strides)) return valuesOf(offset, size);
    return gathered(valuesOf(offset, last + 1 - offset), shape, strides, size);
  };
  return { name, shape, floats };
}

/** True if the values lie one after the other in row order. */
function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis];
  }
  return true;
}

/** Values with strides in row order. */
function gathered(
  values: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
  size: number,
): Float32Array {
  const result = new Float32Array(size);
  forEachStrided(shape, strides, (at, i) => {
    result[i] = values[at];
  });
  return result;
}
