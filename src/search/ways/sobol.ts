/**
 * Sobol's sequence: points that fill a cube evenly (I. M. Sobol', 1967), in Gray code order (Antonov and Saleev, 1979).
 *
 * Written here because no package of the registry that does it is well kept: `sobol` 1.1.4 has one author and tools of 2019 and reads a
 * table of 1.9 MB from the disk; `lobos` 0.10.0 is compiled Scala that needs `gzip-js`.
 *
 * @module
 */

import { RandomStream } from "../../numeric/random.ts";

/** Bits of a coordinate. */
const BITS = 32;

/**
 * Primitive polynomials and first direction numbers of the second dimension on: `[a, m1, m2, ...]`, as in the file
 * `new-joe-kuo-6.21201` of S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections", 2008.
 */
const DIRECTIONS: readonly (readonly number[])[] = [
  [0, 1],
  [1, 1, 3],
  [1, 1, 3, 1],
  [2, 1, 1, 1],
  [1, 1, 1, 3, 3],
  [4, 1, 3, 5, 13],
  [2, 1, 1, 5, 5, 17],
  [4, 1, 1, 5, 5, 5],
  [7, 1, 1, 7, 11, 19],
  [11, 1, 1, 5, 1, 1],
  [13, 1, 1, 1, 3, 11],
  [14, 1, 3, 5, 5, 31],
  [1, 1, 3, 3, 9, 7, 49],
  [13, 1, 1, 1, 15, 21, 21],
  [16, 1, 3, 1, 13, 27, 49],
  [19, 1, 1, 1, 15, 7, 5],
  [22, 1, 3, 1, 15, 13, 25],
  [25, 1, 1, 5, 5, 19, 61],
  [1, 1, 3, 7, 11, 23, 15, 103],
  [4, 1, 3, 7, 13, 13, 15, 69],
  [7, 1, 1, 3, 13, 7, 35, 63],
  [8, 1, 3, 5, 9, 1, 25, 53],
  [14, 1, 3, 1, 13, 9, 35, 107],
  [19, 1, 3, 1, 5, 27, 61, 31],
  [21, 1, 1, 5, 11, 19, 41, 61],
  [28, 1, 3, 5, 3, 3, 13, 69],
  [31, 1, 1, 7, 13, 1, 19, 1],
  [32, 1, 3, 7, 5, 13, 19, 59],
  [37, 1, 1, 3, 9, 25, 29, 41],
  [41, 1, 3, 5, 13, 23, 1, 55],
  [42, 1, 3, 7, 3, 13, 59, 17],
  [50, 1, 3, 1, 3, 5, 53, 69],
  [55, 1, 1, 5, 5, 23, 33, 13],
  [56, 1, 1, 7, 7, 1, 61, 123],
  [59, 1, 1, 7, 9, 13, 61, 49],
  [62, 1, 3, 3, 5, 3, 55, 33],
  [14, 1, 3, 1, 15, 31, 13, 49, 245],
  [21, 1, 3, 5, 15, 31, 59, 63, 97],
  [22, 1, 3, 1, 11, 11, 11, 77, 249],
  [38, 1, 3, 1, 11, 27, 43, 71, 9],
  [47, 1, 1, 7, 15, 21, 11, 81, 45],
  [49, 1, 3, 7, 3, 25, 31, 65, 79],
  [50, 1, 3, 1, 1, 19, 11, 3, 205],
  [52, 1, 1, 5, 9, 19, 21, 29, 157],
  [56, 1, 3, 7, 11, 1, 33, 89, 185],
  [67, 1, 3, 3, 3, 15, 9, 79, 71],
  [70, 1, 3, 7, 11, 15, 39, 119, 27],
  [84, 1, 1, 3, 1, 11, 31, 97, 225],
  [97, 1, 1, 1, 3, 23, 43, 57, 177],
  [103, 1, 3, 7, 7, 17, 17, 37, 71],
  [115, 1, 3, 1, 5, 27, 63, 123, 213],
  [122, 1, 1, 3, 5, 11, 43, 53, 133],
  [8, 1, 3, 5, 5, 29, 17, 47, 173, 479],
  [13, 1, 3, 3, 11, 3, 1, 109, 9, 69],
  [16, 1, 1, 1, 5, 17, 39, 23, 5, 343],
  [22, 1, 3, 1, 5, 25, 15, 31, 103, 499],
  [25, 1, 1, 1, 11, 11, 17, 63, 105, 183],
  [44, 1, 1, 5, 11, 9, 29, 97, 231, 363],
  [47, 1, 1, 5, 15, 19, 45, 41, 7, 383],
  [52, 1, 3, 7, 7, 31, 19, 83, 137, 221],
  [55, 1, 1, 1, 3, 23, 15, 111, 223, 83],
  [59, 1, 1, 5, 13, 31, 15, 55, 25, 161],
  [62, 1, 1, 3, 13, 25, 47, 39, 87, 257],
];

/** Most coordinates of a point. */
export const MOST_DIMENSIONS = DIRECTIONS.length + 1;

/** The direction numbers of a dimension, as whole numbers of 32 bits (Joe and Kuo, 2008, equation 2). */
function directionsOf(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let i = 0; i < BITS; i++) v[i] = 2 ** (BITS - 1 - i);
    return v;
  }
  const [a, ...m] = DIRECTIONS[dimension - 1];
  const s = m.length;
  for (let i = 0; i < s; i++) v[i] = m[i] * 2 ** (BITS - 1 - i);
  for (let i = s; i < BITS; i++) {
    let value = v[i - s] ^ (v[i - s] >>> s);
    for (let k = 1; k < s; k++) if ((a >>> (s - 1 - k)) & 1) value ^= v[i - k];
    v[i] = value;
  }
  return v;
}

/**
 * The points of the sequence by their index, from 0 to 2^31 - 1: coordinates as whole numbers from 0 to 2^32 - 1.
 *
 * @param dimensions coordinates of a point, 1 to 64
 */
function sobolBits(dimensions: number): (index: number) => Uint32Array {
  const directions = Array.from({ length: dimensions }, (_, dimension) => directionsOf(dimension));
  return (index) => {
    const gray = index ^ (index >>> 1);
    return Uint32Array.from(directions, (v) => {
      let bits = 0;
      for (let i = 0; i < BITS; i++) if ((gray >>> i) & 1) bits ^= v[i];
      return bits;
    });
  };
}

/** The points of the sequence by their index: coordinates from 0 to below 1. */
export function sobol(dimensions: number): (index: number) => Float64Array {
  const point = sobolBits(dimensions);
  return (index) => Float64Array.from(point(index), (bits) => bits / 2 ** BITS);
}

/**
 * The points of the sequence, scrambled: each bit of a coordinate is flipped or not by what lies before it (A. B. Owen, "Randomly permuted
 * (t,m,s)-nets and (t,s)-sequences", 1995). They are as even, none lies on the edge, and another seed gives others.
 *
 * @param dimensions coordinates of a point, 1 to 64
 *
 * @example
 * const point = scrambledSobol(2, 1);
 * point(0); // two numbers from 0 to below 1
 */
export function scrambledSobol(dimensions: number, seed: number): (index: number) => Float64Array {
  const point = sobolBits(dimensions);
  const stream = RandomStream.from(seed, "sobol");
  const flips = Array.from({ length: dimensions }, (_, dimension) => {
    const own = stream.child(dimension);
    return Array.from({ length: BITS }, (_, bit) => own.child(bit));
  });
  return (index) =>
    Float64Array.from(point(index), (bits, dimension) => {
      let scrambled = 0;
      for (let bit = 0; bit < BITS; bit++) {
        const before = bit === 0 ? 0 : bits >>> (BITS - bit);
        const flip = flips[dimension][bit].bits(before) & 1;
        scrambled = scrambled * 2 + (((bits >>> (BITS - 1 - bit)) & 1) ^ flip);
      }
      return scrambled / 2 ** BITS;
    });
}
