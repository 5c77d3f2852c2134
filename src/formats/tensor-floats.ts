/**
 * The values of safetensors' types as 32-bit floats.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";

const WHOLE_TYPES: readonly string[] = ["BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64"];

/** Types besides F32 that {@link tensorFloats} takes. */
export const CONVERTED_TYPES: readonly string[] = ["F16", "BF16", "F64", ...WHOLE_TYPES];

/**
 * A tensor's values as floats: a view of the bytes for F32 where alignment allows.
 *
 * @param who stands in error messages
 * @throws RangeError for whole numbers that are others as floats
 */
export function tensorFloats(who: string, dtype: string, bytes: Uint8Array): Float32Array {
  return WHOLE_TYPES.includes(dtype) ? wholeFloats(who, dtype, bytes) : fractionFloats(dtype, bytes);
}

/** Whole numbers as floats, if floats hold all of them exactly. */
function wholeFloats(who: string, dtype: string, bytes: Uint8Array): Float32Array {
  const values = wholeNumbers(dtype, new Uint8Array(bytes).buffer);
  const floats = Float32Array.from(values, Number);
  for (let i = 0; i < floats.length; i++) {
    if (Math.abs(floats[i]) <= MAX_WHOLE || BigInt(floats[i]) === BigInt(values[i])) continue;
    throw new InputRangeError(
      who,
      `${dtype} values that F32 holds exactly`,
      `${values[i]} at index ${i}`,
      "unsupported-file",
    );
  }
  return floats;
}

/** Largest number up to which floats hold every whole number. */
const MAX_WHOLE = 2 ** 24 - 1;

function wholeNumbers(dtype: string, memory: ArrayBuffer): ArrayLike<number | bigint> {
  switch (dtype) {
    case "I8":
      return new Int8Array(memory);
    case "U16":
      return new Uint16Array(memory);
    case "I16":
      return new Int16Array(memory);
    case "U32":
      return new Uint32Array(memory);
    case "I32":
      return new Int32Array(memory);
    case "U64":
      return new BigUint64Array(memory);
    case "I64":
      return new BigInt64Array(memory);
    default:
      return new Uint8Array(memory);
  }
}

function fractionFloats(dtype: string, bytes: Uint8Array): Float32Array {
  if (dtype === "F32" && bytes.byteOffset % 4 === 0) {
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  }
  const aligned = new Uint8Array(bytes).buffer;
  if (dtype === "F32") return new Float32Array(aligned);
  if (dtype === "F64") return Float32Array.from(new Float64Array(aligned));
  const halves = new Uint16Array(aligned);
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) {
    if (dtype === "BF16") bits[i] = halves[i] << 16;
    else if ((halves[i] & 0x7c00) === 0) floats[i] = subnormalHalf(halves[i]);
    else bits[i] = normalHalfBits(halves[i]);
  }
  return floats;
}

/** The value of a half-precision number whose exponent bits are 0: a multiple of 2^-24. */
function subnormalHalf(half: number): number {
  const value = (half & 0x3ff) / 16_777_216;
  return half & 0x8000 ? -value : value;
}

/** The float32 bits of any other half-precision number (IEEE 754): the exponent moves by 127 - 15, or stays at its top. */
function normalHalfBits(half: number): number {
  const exponent = (half >> 10) & 31;
  const wider = exponent === 31 ? 255 : exponent + 112;
  return ((half & 0x8000) << 16) | (wider << 23) | ((half & 0x3ff) << 13);
}
