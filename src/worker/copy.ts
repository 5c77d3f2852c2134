import { isFloat32Array, isUint16Array } from "../numeric/array-kinds.ts";

type Copied<T> = T extends Float32Array
  ? Float32Array<ArrayBuffer>
  : T extends Uint16Array
    ? Uint16Array<ArrayBuffer>
    : Uint8Array<ArrayBuffer>;

/** Values in a memory of their own, that can move: a view would take all that lies around it along. */
export function copyOf<T extends Uint8Array | Uint16Array | Float32Array>(array: T): Copied<T>;
export function copyOf(array: Uint8Array | Uint16Array | Float32Array) {
  // Not `slice`: that of Node's Buffer is a view.
  if (isFloat32Array(array)) return new Float32Array(array);
  return isUint16Array(array) ? new Uint16Array(array) : new Uint8Array(array);
}
