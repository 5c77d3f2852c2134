// The most that multiply-adds reach on this machine: independent chains in registers, no memory. V8's versions keep
// different shapes of the loop in registers, so there are three, and the peak is the fastest one. All return a number that
// depends on all chains, so that nothing is optimised away.

import { madd, zero } from "./simd";

/** Twelve chains a = a x + a, with x unknown to the compiler. Cost: 96 x rounds FLOP. */
export function peak_variable(rounds: i32): f32 {
  const x = f32x4.splat(1 / <f32>(rounds + 1));
  const one = f32x4.splat(1);
  let a = one, b = one, c = one, d = one, e = one, f = one, g = one, h = one, i = one, j = one, k = one, l = one;
  for (let round = 0; round < rounds; round++) {
    a = madd(a, x, a); b = madd(b, x, b); c = madd(c, x, c); d = madd(d, x, d);
    e = madd(e, x, e); f = madd(f, x, f); g = madd(g, x, g); h = madd(h, x, h);
    i = madd(i, x, i); j = madd(j, x, j); k = madd(k, x, k); l = madd(l, x, l);
  }
  a = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h)));
  return sum(f32x4.add(a, f32x4.add(f32x4.add(i, j), f32x4.add(k, l))));
}

/** Twelve chains a = a x + y, with constants. Cost: 96 x rounds FLOP. */
export function peak_constant(rounds: i32): f32 {
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
  return sum(f32x4.add(a, f32x4.add(f32x4.add(i, j), f32x4.add(k, l))));
}

/** Eight chains a = a + x y with eight different products: the tile of gemm.ts without its loads. Cost: 64 x rounds FLOP. */
export function peak_tile(rounds: i32): f32 {
  const step: f32 = (1 as f32) / <f32>(rounds + 1);
  const x0 = f32x4.splat(step), x1 = f32x4.splat(step + 1), x2 = f32x4.splat(step + 2), x3 = f32x4.splat(step + 3);
  const low = f32x4.splat(step + 4), high = f32x4.splat(step + 5);
  let a = zero(), b = zero(), c = zero(), d = zero(), e = zero(), f = zero(), g = zero(), h = zero();
  for (let round = 0; round < rounds; round++) {
    a = madd(x0, low, a); b = madd(x0, high, b); c = madd(x1, low, c); d = madd(x1, high, d);
    e = madd(x2, low, e); f = madd(x2, high, f); g = madd(x3, low, g); h = madd(x3, high, h);
  }
  return sum(f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h))));
}

// @ts-ignore: decorator
@inline
function sum(a: v128): f32 {
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3);
}
