/**
 * Arrays on their way between a page and its worker: they move, in place of being copied by the host.
 *
 * @module
 */

import { isRecord } from "../json.ts";
import { isArrayBuffer, isClamped, isFloat32Array, isUint8Array, isUint16Array } from "../numeric/array-kinds.ts";

/** The memories of arrays in a value that nobody else holds: they can move. */
export function memoriesOf(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (isArrayBuffer(value.buffer)) found.add(value.buffer);
  } else if (Array.isArray(value)) {
    for (const item of value) memoriesOf(item, found);
  } else if (isRecord(value)) {
    for (const item of Object.values(value)) memoriesOf(item, found);
  }
  return found;
}

/**
 * A copy of a value in which arrays have memories of their own, which can move. A view would take all that lies around
 * it along, and the host copies all of that. Objects of classes, such as files, stay what they are.
 */
export function withOwnArrays(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return copyOf(value);
  if (Array.isArray(value)) return value.map(withOwnArrays);
  if (!isRecord(value) || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withOwnArrays(item)]));
}

/** True for an object that is no instance of a class, in any realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** An array of one of the library's kinds in a memory of its own. */
function copyOf(array: ArrayBufferView): ArrayBufferView {
  // Not `slice`: that of Node's Buffer is a view.
  if (isFloat32Array(array)) return new Float32Array(array);
  if (isUint16Array(array)) return new Uint16Array(array);
  if (isClamped(array)) return new Uint8ClampedArray(array);
  return isUint8Array(array) ? new Uint8Array(array) : array;
}
