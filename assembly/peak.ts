import { madd, zero } from "./simd";

/**
 * The most that multiply-adds can reach on this machine: twelve independent chains in registers, as many as the tile of
 * gemm.ts keeps. Returns a number that depends on all of them, so that nothing is optimised away.
 *
 * Cost: 96 x rounds FLOP.
 */
export function peak(rounds: i32): f32 {
  const x = f32x4.splat(0.999);
  const y = f32x4.splat(0.001);
  let a = zero(), b = zero(), c = zero(), d = zero(), e = zero(), f = zero();
  let g = zero(), h = zero(), i = zero(), j = zero(), k = zero(), l = zero();
  for (let round = 0; round < rounds; round++) {
    a = madd(a, x, y); b = madd(b, x, y); c = madd(c, x, y); d = madd(d, x, y);
    e = madd(e, x, y); f = madd(f, x, y); g = madd(g, x, y); h = madd(h, x, y);
    i = madd(i, x, y); j = madd(j, x, y); k = madd(k, x, y); l = madd(l, x, y);
  }
  a = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h)));
  a = f32x4.add(a, f32x4.add(f32x4.add(i, j), f32x4.add(k, l)));
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3);
}
