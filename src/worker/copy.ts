type Copied<T> = T extends Float32Array
  ? Float32Array<ArrayBuffer>
  : T extends Uint16Array
    ? Uint16Array<ArrayBuffer>
    : Uint8Array<ArrayBuffer>;

/** Values in a memory of their own, that can move: a view would take all that lies around it along. */
export function copyOf<T extends Uint8Array | Uint16Array | Float32Array>(array: T): Copied<T>;
export function copyOf(array: Uint8Array | Uint16Array | Float32Array) {
  // Not `slice`: that of Node's Buffer is a view.
  if (array instanceof Float32Array) return new Float32Array(array);
  return array instanceof Uint16Array ? new Uint16Array(array) : new Uint8Array(array);
}
