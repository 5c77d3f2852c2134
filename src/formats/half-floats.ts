/** One float, and the same memory as bits. */
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** The largest value of half precision: larger ones become infinite. */
export const MAX_HALF = 65_504;

/** Numbers in half precision (IEEE 754 binary16), each the nearest to the float, of two the even one. */
export function halvesOf(floats: Float32Array): Uint16Array {
  const halves = new Uint16Array(floats.length);
  for (let i = 0; i < floats.length; i++) halves[i] = halfBits(floats[i]);
  return halves;
}

function halfBits(value: number): number {
  FLOAT[0] = value;
  const [bits] = BITS;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  // Of 65,520 on the nearest one would be the power of two after the largest.
  if (magnitude >= 0x477f_f000) return sign | 0x7c00;
  // Below 2^-14 halves are multiples of 2^-24.
  if (magnitude < 0x3880_0000) return sign | roundedToEven(Math.abs(value) * 2 ** 24);
  // A carry out of the fraction goes into the exponent, as it should.
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x3800_0000 + 0xfff + odd) >>> 13);
}

/** The nearest whole number, of two the even one. */
function roundedToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0);
}
