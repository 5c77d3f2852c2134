// GELU (Hendrycks and Gimpel, 2016): y = x Phi(x), Phi the normal distribution function, and its form by tanh, which is x s(b) with the
// sigmoid s of b = 2 sqrt(2 / pi) (x + 0.044715 x^3). Axis: sample. A sample has `size` floats, so a range of samples is one run of floats;
// its last vector may read up to three floats past it, whose lanes are not stored. Every kernel costs one pass over memory.
//
// No division in the exact form: with t = |x|, Phi(-t) = 2^Q(t), Q of degree 10, as its logarithm is nearly a parabola; and the derivative
// at -t is e^(-t^2 / 2) W(t), W of degree 11. Both are minimax fits (linear programming on 2000 Chebyshev nodes, coefficients rounded to
// float32 from the lowest on, the others fitted anew after each), Q up to t = 6, W up to 5.5; beyond, both results still go to 0.
//
// Errors, the largest of a million x from -8 to 8: y 1.1e-7 max(1, |x|), relative to y 2e-6 down to x = -4 and 5e-6 down to -6; the
// derivative 1.5e-7; by tanh 1.2e-7 max(1, |x|) and 1.9e-7.

import { constant, cubic, power_of_two, POWER, within } from "./activation-math";
import { store_lanes_inline } from "./lanes";
import { address, madd, zero } from "./simd";

// The sign, where t ends, Q for -t from its highest power on.
const EXACT: usize = memory.data<f32>([
  -0.0, -10.5, -1.641218894121721e-08, -5.369867039917153e-07, -7.488211394957034e-06, -5.611393498838879e-05,
  -0.0002098837139783427, 0.00014253237168304622, 0.007115368731319904, 0.052548252046108246, -0.45918938517570496,
  1.1511071920394897, -1.0,
]);

// The sign, where t ends, -1 / (2 ln 2), W for -t from its highest power on.
const SLOPE: usize = memory.data<f32>([
  -0.0, -13, -0.7213475204444817, 1.6738711394737038e-07, 4.752773747895844e-06, 5.992460864945315e-05, 0.00044867489486932755,
  0.0022687127348035574, 0.008443618193268776, 0.024864746257662773, 0.061529163271188736, 0.13266339898109436,
  0.2499484270811081, 0.7978816628456116, 0.5,
]);

// Where x ends; a1 and a0 of -b / ln 2 = x (a1 x^2 + a0); b1 and b0 of b' = b1 x^2 + b0.
const BENT: usize = memory.data<f32>([
  -9.9, 9.9, -0.10294323408975163, -2.302208198144325, 0.21406443847659376, 1.5957691216057308,
]);

/** x Phi(x) = max(x, 0) - t Phi(-t). */
// @ts-ignore: decorator
@inline
function exact(
  x: v128, sign: v128, least: v128, q10: v128, q9: v128, q8: v128, q7: v128, q6: v128, q5: v128, q4: v128, q3: v128, q2: v128,
  q1: v128, q0: v128, round: v128, c5: v128, c4: v128, c3: v128, c2: v128, c1: v128, one: v128,
): v128 {
  const t = f32x4.pmax(v128.or(x, sign), least);
  const square = f32x4.mul(t, t);
  const fourth = f32x4.mul(square, square);
  const high = madd(square, q10, madd(t, q9, q8));
  const rest = madd(fourth, high, cubic(t, square, q7, q6, q5, q4));
  const q = madd(fourth, rest, cubic(t, square, q3, q2, q1, q0));
  return madd(t, power_of_two(q, round, c5, c4, c3, c2, c1, one), f32x4.pmax(x, zero()));
}

function exact_forward(from: usize, to: usize, left: i32): void {
  const sign = constant(EXACT, 0), least = constant(EXACT, 1);
  const q10 = constant(EXACT, 2), q9 = constant(EXACT, 3), q8 = constant(EXACT, 4), q7 = constant(EXACT, 5), q6 = constant(EXACT, 6);
  const q5 = constant(EXACT, 7), q4 = constant(EXACT, 8), q3 = constant(EXACT, 9), q2 = constant(EXACT, 10), q1 = constant(EXACT, 11);
  const q0 = constant(EXACT, 12), round = constant(POWER, 4), one = constant(POWER, 10);
  const c5 = constant(POWER, 5), c4 = constant(POWER, 6), c3 = constant(POWER, 7), c2 = constant(POWER, 8), c1 = constant(POWER, 9);
  if (WIDE) {
    for (; left >= 8; left -= 8) {
      const x0 = v128.load(from), x1 = v128.load(from, 16);
      v128.store(to, exact(x0, sign, least, q10, q9, q8, q7, q6, q5, q4, q3, q2, q1, q0, round, c5, c4, c3, c2, c1, one));
      v128.store(to, exact(x1, sign, least, q10, q9, q8, q7, q6, q5, q4, q3, q2, q1, q0, round, c5, c4, c3, c2, c1, one), 16);
      from += 32;
      to += 32;
    }
  }
  for (; left > 0; left -= 4) {
    const x = v128.load(from);
    store_lanes_inline(
      to, exact(x, sign, least, q10, q9, q8, q7, q6, q5, q4, q3, q2, q1, q0, round, c5, c4, c3, c2, c1, one), left,
    );
    from += 16;
    to += 16;
  }
}

/** The derivative of x Phi(x): e^(-t^2 / 2) W(t) below 0, 1 less that above. */
// @ts-ignore: decorator
@inline
function slope(
  x: v128, sign: v128, least: v128, half: v128, w11: v128, w10: v128, w9: v128, w8: v128, w7: v128, w6: v128, w5: v128, w4: v128,
  w3: v128, w2: v128, w1: v128, w0: v128, round: v128, c5: v128, c4: v128, c3: v128, c2: v128, c1: v128, one: v128,
): v128 {
  const t = f32x4.pmax(v128.or(x, sign), least);
  const square = f32x4.mul(t, t);
  const bell = power_of_two(f32x4.mul(square, half), round, c5, c4, c3, c2, c1, one);
  const fourth = f32x4.mul(square, square);
  const high = madd(fourth, cubic(t, square, w11, w10, w9, w8), cubic(t, square, w7, w6, w5, w4));
  const w = madd(fourth, high, cubic(t, square, w3, w2, w1, w0));
  const turned = v128.xor(w, v128.andnot(sign, x));
  return madd(bell, turned, v128.andnot(one, i32x4.shr_s(x, 31)));
}

function exact_backward(input: usize, from: usize, to: usize, left: i32): void {
  const sign = constant(SLOPE, 0), least = constant(SLOPE, 1), half = constant(SLOPE, 2);
  const w11 = constant(SLOPE, 3), w10 = constant(SLOPE, 4), w9 = constant(SLOPE, 5), w8 = constant(SLOPE, 6), w7 = constant(SLOPE, 7);
  const w6 = constant(SLOPE, 8), w5 = constant(SLOPE, 9), w4 = constant(SLOPE, 10), w3 = constant(SLOPE, 11), w2 = constant(SLOPE, 12);
  const w1 = constant(SLOPE, 13), w0 = constant(SLOPE, 14), round = constant(POWER, 4), one = constant(POWER, 10);
  const c5 = constant(POWER, 5), c4 = constant(POWER, 6), c3 = constant(POWER, 7), c2 = constant(POWER, 8), c1 = constant(POWER, 9);
  if (WIDE) {
    for (; left >= 8; left -= 8) {
      const x0 = v128.load(input), x1 = v128.load(input, 16);
      const s0 = slope(
        x0, sign, least, half, w11, w10, w9, w8, w7, w6, w5, w4, w3, w2, w1, w0, round, c5, c4, c3, c2, c1, one,
      );
      const s1 = slope(
        x1, sign, least, half, w11, w10, w9, w8, w7, w6, w5, w4, w3, w2, w1, w0, round, c5, c4, c3, c2, c1, one,
      );
      const dy0 = v128.load(from), dy1 = v128.load(from, 16);
      v128.store(to, f32x4.mul(dy0, s0));
      v128.store(to, f32x4.mul(dy1, s1), 16);
      input += 32;
      from += 32;
      to += 32;
    }
  }
  for (; left > 0; left -= 4) {
    const s = slope(
      v128.load(input), sign, least, half, w11, w10, w9, w8, w7, w6, w5, w4, w3, w2, w1, w0, round, c5, c4, c3, c2, c1, one,
    );
    store_lanes_inline(to, f32x4.mul(v128.load(from), s), left);
    input += 16;
    from += 16;
    to += 16;
  }
}

/** x s(b), or with `back` (a constant) its derivative s + x s (1 - s) b', 1 - s = s e^-b. b1, b0 in the forward pass 0. */
// @ts-ignore: decorator
@inline
function bent(
  back: bool, x: v128, least: v128, most: v128, a1: v128, a0: v128, b1: v128, b0: v128, round: v128,
  c5: v128, c4: v128, c3: v128, c2: v128, c1: v128, one: v128,
): v128 {
  const near = within(x, least, most);
  const square = f32x4.mul(near, near);
  const e = power_of_two(f32x4.mul(near, madd(square, a1, a0)), round, c5, c4, c3, c2, c1, one);
  if (!back) return f32x4.div(x, f32x4.add(e, one));
  const s = f32x4.div(one, f32x4.add(e, one));
  return madd(f32x4.mul(f32x4.mul(near, s), f32x4.mul(e, s)), madd(square, b1, b0), s);
}

/** Both kernels of the form by tanh; `back` is a constant. */
// @ts-ignore: decorator
@inline
function bent_walk(back: bool, input: usize, from: usize, to: usize, left: i32): void {
  const least = constant(BENT, 0), most = constant(BENT, 1), a1 = constant(BENT, 2), a0 = constant(BENT, 3);
  const b1 = back ? constant(BENT, 4) : zero(), b0 = back ? constant(BENT, 5) : zero();
  const round = constant(POWER, 4), one = constant(POWER, 10);
  const c5 = constant(POWER, 5), c4 = constant(POWER, 6), c3 = constant(POWER, 7), c2 = constant(POWER, 8), c1 = constant(POWER, 9);
  if (WIDE) {
    for (; left >= 8; left -= 8) {
      const x0 = v128.load(input), x1 = v128.load(input, 16);
      let y0 = bent(back, x0, least, most, a1, a0, b1, b0, round, c5, c4, c3, c2, c1, one);
      let y1 = bent(back, x1, least, most, a1, a0, b1, b0, round, c5, c4, c3, c2, c1, one);
      if (back) {
        y0 = f32x4.mul(y0, v128.load(from));
        y1 = f32x4.mul(y1, v128.load(from, 16));
        from += 32;
      }
      v128.store(to, y0);
      v128.store(to, y1, 16);
      input += 32;
      to += 32;
    }
  }
  for (; left > 0; left -= 4) {
    const y = bent(back, v128.load(input), least, most, a1, a0, b1, b0, round, c5, c4, c3, c2, c1, one);
    store_lanes_inline(to, back ? f32x4.mul(y, v128.load(from)) : y, left);
    input += 16;
    if (back) from += 16;
    to += 16;
  }
}

/** y = GELU of x; `approximate` 1 for the form by tanh, else 0. x, y: [n, size]. */
export function gelu_forward(begin: i32, end: i32, x: i32, y: i32, size: i32, approximate: i32): void {
  const from = address(x + begin * size), to = address(y + begin * size), left = (end - begin) * size;
  if (approximate) bent_walk(false, from, 0, to, left);
  else exact_forward(from, to, left);
}

/** dx = dy times the derivative of GELU at x (the input); `approximate` as in `gelu_forward`. x, dy, dx: [n, size]. */
export function gelu_backward(begin: i32, end: i32, x: i32, dy: i32, dx: i32, size: i32, approximate: i32): void {
  const input = address(x + begin * size), from = address(dy + begin * size), to = address(dx + begin * size);
  const left = (end - begin) * size;
  if (approximate) bent_walk(true, input, from, to, left);
  else exact_backward(input, from, to, left);
}
