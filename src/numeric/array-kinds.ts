/**
 * Tests of the kinds of arrays that work across realms: `instanceof` knows only the arrays of its own global object,
 * and not those of frames, `vm` contexts and test environments such as Jest's jsdom.
 *
 * @module
 */

/** The name of a value's kind as the language itself knows it, such as `Uint8Array`, `Array` or `Null`. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** True for a Uint8Array of any realm; Node's Buffer is one. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === "Uint8Array";
}

/** True for a Uint16Array of any realm. */
export function isUint16Array(value: unknown): value is Uint16Array {
  return ArrayBuffer.isView(value) && tagOf(value) === "Uint16Array";
}

/** True for a Float32Array of any realm. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && tagOf(value) === "Float32Array";
}

/** True for an ArrayBuffer of any realm that is not shared memory. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return typeof value === "object" && tagOf(value) === "ArrayBuffer";
}

/** True for a Map of any realm. */
export function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return typeof value === "object" && tagOf(value) === "Map";
}

/** True for a Uint8ClampedArray of any realm, as a canvas gives. */
export function isClamped(value: unknown): value is Uint8ClampedArray {
  return ArrayBuffer.isView(value) && tagOf(value) === "Uint8ClampedArray";
}

/** True for a value that can be read as a Blob is, whatever realm it comes from. */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== "object" || value === null) return false;
  return ["slice", "stream", "arrayBuffer"].every((method) => typeof Reflect.get(value, method) === "function");
}

/** The bytes of a file, as callers have them. */
export type FileBytes = Uint8Array | Uint8ClampedArray | ArrayBuffer;

/**
 * The bytes of a file as a caller has them: a Uint8Array itself, a Uint8ClampedArray, DataView or ArrayBuffer as a view of the same memory.
 *
 * @returns undefined for all else, other typed arrays too
 */
export function asBytes(value: unknown): Uint8Array | undefined {
  if (isUint8Array(value)) return value;
  if (isArrayBuffer(value)) return new Uint8Array(value);
  const isPlain = isClamped(value) || (ArrayBuffer.isView(value) && tagOf(value) === "DataView");
  return isPlain ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
}

/**
 * Pixels as the library works on them: a Uint8Array or Float32Array itself, a Uint8ClampedArray, as a canvas gives, as
 * a view of the same memory.
 *
 * @returns undefined for all else, an ArrayBuffer too, as it does not tell the type of its pixels
 */
export function asPixels(value: unknown): Uint8Array | Float32Array | undefined {
  if (isUint8Array(value) || isFloat32Array(value)) return value;
  return isClamped(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
}

/** The kind of a value for a message: `Int8Array`, `null`, `string`, or the name of an object's class. */
export function kindOf(value: unknown): string {
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return value.constructor?.name ?? "object";
}
