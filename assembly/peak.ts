// The highest rate of multiply-adds on this machine: independent chains in registers. V8's versions keep different
// forms of the loop in registers, so there are two, and the peak is the faster one. Whatever the loop needs is loaded:
// V8 11 moves what it could compute itself into the loop. Each has x [20, 4], numbers between 0 and 1, and overwrites
// its sums at y.

import { address, madd, zero } from "./simd";

/**
 * Eighty chains a = a u + u, begun with the numbers of x, u being the first of them; y [end, 20, 4]. Cost: 160 x rounds
 * FLOP for each of [begin, end).
 */
export function peak_chains(begin: i32, end: i32, x: i32, y: i32, rounds: i32): void {
  const from = address(x);
  for (let t = begin; t < end; t++) {
    const to = address(y + t * 80);
    if (WIDE) {
      twenty_chains(from, to, rounds);
    } else {
      ten_chains(from, from, to, rounds);
      ten_chains(from, from + 160, to + 160, rounds);
    }
  }
}

/** Runs twenty chains, as many as ten registers of 256 bits hold: V8's vectorizer wants pairs that end side by side in memory. */
// @ts-ignore: decorator
@inline
function twenty_chains(from: usize, to: usize, rounds: i32): void {
  const u = v128.load32_splat(from);
  let a = v128.load(from), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48);
  let e = v128.load(from, 64), f = v128.load(from, 80), g = v128.load(from, 96), h = v128.load(from, 112);
  let i = v128.load(from, 128), j = v128.load(from, 144), k = v128.load(from, 160), l = v128.load(from, 176);
  let m = v128.load(from, 192), n = v128.load(from, 208), o = v128.load(from, 224), p = v128.load(from, 240);
  let q = v128.load(from, 256), r = v128.load(from, 272), s = v128.load(from, 288), v = v128.load(from, 304);
  for (let round = 0; round < rounds; round++) {
    a = madd(a, u, u); b = madd(b, u, u); c = madd(c, u, u); d = madd(d, u, u);
    e = madd(e, u, u); f = madd(f, u, u); g = madd(g, u, u); h = madd(h, u, u);
    i = madd(i, u, u); j = madd(j, u, u); k = madd(k, u, u); l = madd(l, u, u);
    m = madd(m, u, u); n = madd(n, u, u); o = madd(o, u, u); p = madd(p, u, u);
    q = madd(q, u, u); r = madd(r, u, u); s = madd(s, u, u); v = madd(v, u, u);
  }
  v128.store(to, a); v128.store(to, b, 16); v128.store(to, c, 32); v128.store(to, d, 48);
  v128.store(to, e, 64); v128.store(to, f, 80); v128.store(to, g, 96); v128.store(to, h, 112);
  v128.store(to, i, 128); v128.store(to, j, 144); v128.store(to, k, 160); v128.store(to, l, 176);
  v128.store(to, m, 192); v128.store(to, n, 208); v128.store(to, o, 224); v128.store(to, p, 240);
  v128.store(to, q, 256); v128.store(to, r, 272); v128.store(to, s, 288); v128.store(to, v, 304);
}

/** Runs ten chains, as many as sixteen registers of 128 bits hold with ease. */
function ten_chains(x: usize, from: usize, to: usize, rounds: i32): void {
  const u = v128.load32_splat(x);
  let a = v128.load(from), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48);
  let e = v128.load(from, 64), f = v128.load(from, 80), g = v128.load(from, 96), h = v128.load(from, 112);
  let i = v128.load(from, 128), j = v128.load(from, 144);
  for (let round = 0; round < rounds; round++) {
    a = madd(a, u, u); b = madd(b, u, u); c = madd(c, u, u); d = madd(d, u, u); e = madd(e, u, u);
    f = madd(f, u, u); g = madd(g, u, u); h = madd(h, u, u); i = madd(i, u, u); j = madd(j, u, u);
  }
  v128.store(to, a); v128.store(to, b, 16); v128.store(to, c, 32); v128.store(to, d, 48);
  v128.store(to, e, 64); v128.store(to, f, 80); v128.store(to, g, 96); v128.store(to, h, 112);
  v128.store(to, i, 128); v128.store(to, j, 144);
}

/**
 * Eight sums of products, as in the tile of gemm.ts: rows 0 and 1 of x times rows 2 to 5, which are loaded in each round
 * because V8 would else compute the products once. y [end, 8, 4]. Cost: 64 x rounds FLOP for each of [begin, end).
 */
export function peak_tile(begin: i32, end: i32, x: i32, y: i32, rounds: i32): void {
  const from = address(x);
  for (let t = begin; t < end; t++) {
    const u = v128.load(from), v = v128.load(from, 16);
    let a = zero(), b = zero(), c = zero(), d = zero(), e = zero(), f = zero(), g = zero(), h = zero();
    for (let round = 0; round < rounds; round++) {
      const p = v128.load(from, 32), q = v128.load(from, 48), r = v128.load(from, 64), s = v128.load(from, 80);
      a = madd(u, p, a); b = madd(u, q, b); c = madd(u, r, c); d = madd(u, s, d);
      e = madd(v, p, e); f = madd(v, q, f); g = madd(v, r, g); h = madd(v, s, h);
    }
    const to = address(y + t * 32);
    v128.store(to, a); v128.store(to, b, 16); v128.store(to, c, 32); v128.store(to, d, 48);
    v128.store(to, e, 64); v128.store(to, f, 80); v128.store(to, g, 96); v128.store(to, h, 112);
  }
}
