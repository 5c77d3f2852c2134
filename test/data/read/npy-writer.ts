// Files of NumPy's format by its description (numpy.lib.format).

import type { DataFileInput } from "../../../src/data/read/data-file.ts";

const CODES = { Uint8Array: "|u1", Uint16Array: "<u2", Float32Array: "<f4", Float64Array: "<f8" };

export type NpyArray = Uint8Array | Uint16Array | Float32Array | Float64Array;

/** A `.npy` file. */
export function npyFile(name: string, shape: readonly number[], data: NpyArray): DataFileInput & { bytes: Uint8Array } {
  const code = Object.entries(CODES).find(([kind]) => kind === data.constructor.name)?.[1];
  const header = `{'descr': '${code}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`.padEnd(117);
  const start = Buffer.from(`\x93NUMPY\x01\0\x76\0${header}\n`, "latin1");
  const values = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { name, bytes: new Uint8Array(Buffer.concat([start, values])) };
}
