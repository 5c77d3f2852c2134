// Optimizer steps. Axis: parameter, their elements. Each update reads and writes the parameters and its state
// in one pass. `hyper` holds what changes from step to step: [0] learning rate, [1] factor that clips the gradient,
// [2] and [3] Adam's corrections 1 / (1 - beta^t), [2] with momentum the gradient's share in the velocity; 1 where unused.
// In all: g' = hyper[1] g + l2 w; a step s then gives w - learning rate * (s + decay w).
// The last vector of a range may read up to three floats past it, whose lanes are not stored.

import { NORM_BLOCK } from "../src/engine/kernel-sizes";
import { keep_lanes, store_lanes, store_lanes_inline, sum_lanes } from "./lanes";
import { address, madd, zero } from "./simd";

/**
 * v, but zero where it is below 1e-30: running means of gradients that have become zero would shrink to denormal
 * numbers, stay there and slow every step down.
 */
// @ts-ignore: decorator
@inline
function settled(v: v128): v128 {
  return v128.andnot(v, f32x4.lt(f32x4.abs(v), f32x4.splat(1e-30)));
}

/** hyper[index] in all four lanes. */
// @ts-ignore: decorator
@inline
function load_hyper(hyper: i32, index: i32): v128 {
  return v128.load32_splat(address(hyper + index));
}

/** The gradient as the step uses it: g times the factor of clipping, plus the L2 penalty, l2 w. */
// @ts-ignore: decorator
@inline
function regularized(g: v128, clip: v128, w: v128, l2: v128): v128 {
  return madd(l2, w, f32x4.mul(g, clip));
}

/** w - rate * (step + decay w). */
// @ts-ignore: decorator
@inline
function descend(w: v128, step: v128, rate: v128, decay: v128): v128 {
  return f32x4.sub(w, f32x4.mul(rate, madd(decay, w, step)));
}

/**
 * Stochastic gradient descent: step = g'.
 *
 * @param w parameters, read and written
 * @param g gradients
 * @param hyper see the top of the file
 * @param l2 weight of w added to the gradient
 * @param decay decoupled weight decay
 */
export function sgd_update(begin: i32, end: i32, w: i32, g: i32, hyper: i32, l2: f32, decay: f32): void {
  const rate = load_hyper(hyper, 0);
  const clip = load_hyper(hyper, 1);
  const coupled = f32x4.splat(l2);
  const shrinking = f32x4.splat(decay);
  let weights = address(w + begin);
  let gradients = address(g + begin);
  for (let left = end - begin; left > 0; left -= 4) {
    const weight = v128.load(weights);
    const gradient = regularized(v128.load(gradients), clip, weight, coupled);
    store_lanes_inline(weights, descend(weight, gradient, rate, shrinking), left);
    weights += 16;
    gradients += 16;
  }
}

/**
 * Momentum (Polyak, 1964) or, with `nesterov`, Nesterov's (as in Sutskever et al., 2013), in PyTorch's form:
 * v = momentum v + g''; step = nesterov ? g'' + momentum v : v; g'' = hyper[2] g', which is 1 or with dampening (not with
 * nesterov) 1 - dampening from the second step on.
 *
 * @param w parameters, read and written
 * @param g gradients
 * @param velocity v, read and written
 * @param hyper, l2, decay as in `sgd_update`
 */
export function momentum_update(
  begin: i32, end: i32, w: i32, g: i32, velocity: i32, hyper: i32, momentum: f32, nesterov: i32, l2: f32, decay: f32,
): void {
  const rate = load_hyper(hyper, 0);
  const fresh = load_hyper(hyper, 2);
  const clip = f32x4.mul(fresh, load_hyper(hyper, 1));
  const share = f32x4.splat(momentum);
  const coupled = f32x4.mul(fresh, f32x4.splat(l2));
  const shrinking = f32x4.splat(decay);
  let weights = address(w + begin);
  let gradients = address(g + begin);
  let velocities = address(velocity + begin);
  for (let left = end - begin; left > 0; left -= 4) {
    const weight = v128.load(weights);
    const gradient = regularized(v128.load(gradients), clip, weight, coupled);
    const v = settled(madd(share, v128.load(velocities), gradient));
    store_lanes_inline(velocities, v, left);
    const step = nesterov ? madd(share, v, gradient) : v;
    store_lanes_inline(weights, descend(weight, step, rate, shrinking), left);
    weights += 16;
    gradients += 16;
    velocities += 16;
  }
}

/**
 * RMSprop (Tieleman and Hinton, 2012) in PyTorch's form: square = rho square + (1 - rho) g'^2;
 * v = momentum v + g' / (sqrt(square) + epsilon); step = v.
 *
 * @param w parameters, read and written
 * @param g gradients
 * @param rho as float64: 1 - rho would lose half its digits in float32
 * @param square running mean of g'^2, read and written
 * @param velocity v, read and written
 * @param hyper, l2, decay as in `sgd_update`
 */
export function rmsprop_update(
  begin: i32, end: i32, w: i32, g: i32, square: i32, velocity: i32, hyper: i32,
  rho: f64, momentum: f32, epsilon: f32, l2: f32, decay: f32,
): void {
  const rate = load_hyper(hyper, 0);
  const clip = load_hyper(hyper, 1);
  const old = f32x4.splat(<f32>rho);
  const fresh = f32x4.splat(<f32>(1 - rho));
  const share = f32x4.splat(momentum);
  const least = f32x4.splat(epsilon);
  const coupled = f32x4.splat(l2);
  const shrinking = f32x4.splat(decay);
  let weights = address(w + begin);
  let gradients = address(g + begin);
  let squares = address(square + begin);
  let velocities = address(velocity + begin);
  for (let left = end - begin; left > 0; left -= 4) {
    const weight = v128.load(weights);
    const gradient = regularized(v128.load(gradients), clip, weight, coupled);
    const mean = madd(old, v128.load(squares), f32x4.mul(f32x4.mul(gradient, gradient), fresh));
    store_lanes(squares, mean, left);
    const scaled = f32x4.div(gradient, f32x4.add(f32x4.sqrt(mean), least));
    const v = settled(madd(share, v128.load(velocities), scaled));
    store_lanes(velocities, v, left);
    store_lanes(weights, descend(weight, v, rate, shrinking), left);
    weights += 16;
    gradients += 16;
    squares += 16;
    velocities += 16;
  }
}

/**
 * Adam (Kingma and Ba, 2015); with `decay` AdamW (Loshchilov and Hutter, 2019).
 *
 * m = beta1 m + (1 - beta1) g'; v = beta2 v + (1 - beta2) g'^2; mhat = hyper[2] m; vhat = hyper[3] v;
 * step = mhat / (sqrt(vhat) + epsilon), or mhat / sqrt(vhat + epsilon) where epsilonInside is 1.
 *
 * @param w parameters, read and written
 * @param g gradients
 * @param beta1, beta2 as float64: 1 - beta would lose half its digits in float32
 * @param m running mean of g', read and written
 * @param v running mean of g'^2, read and written
 * @param hyper, l2, decay as in `sgd_update`
 */
export function adam_update(
  begin: i32, end: i32, w: i32, g: i32, m: i32, v: i32, hyper: i32,
  beta1: f64, beta2: f64, epsilon: f32, epsilonInside: i32, l2: f32, decay: f32,
): void {
  const rate = load_hyper(hyper, 0);
  const clip = load_hyper(hyper, 1);
  const correction1 = load_hyper(hyper, 2);
  const correction2 = load_hyper(hyper, 3);
  const inside = f32x4.splat(epsilonInside ? epsilon : 0);
  const outside = f32x4.splat(epsilonInside ? 0 : epsilon);
  const old1 = f32x4.splat(<f32>beta1);
  const old2 = f32x4.splat(<f32>beta2);
  const fresh1 = f32x4.splat(<f32>(1 - beta1));
  const fresh2 = f32x4.splat(<f32>(1 - beta2));
  const coupled = f32x4.splat(l2);
  const shrinking = f32x4.splat(decay);
  let weights = address(w + begin);
  let gradients = address(g + begin);
  let firsts = address(m + begin);
  let seconds = address(v + begin);
  for (let left = end - begin; left > 0; left -= 4) {
    const weight = v128.load(weights);
    const gradient = regularized(v128.load(gradients), clip, weight, coupled);
    const first = settled(madd(old1, v128.load(firsts), f32x4.mul(gradient, fresh1)));
    const second = madd(old2, v128.load(seconds), f32x4.mul(f32x4.mul(gradient, gradient), fresh2));
    store_lanes_inline(firsts, first, left);
    store_lanes_inline(seconds, second, left);
    const root = f32x4.add(f32x4.sqrt(madd(second, correction2, inside)), outside);
    const step = f32x4.div(f32x4.mul(first, correction1), root);
    store_lanes_inline(weights, descend(weight, step, rate, shrinking), left);
    weights += 16;
    gradients += 16;
    firsts += 16;
    seconds += 16;
  }
}

/**
 * Sums of squares of blocks of NORM_BLOCK gradients, the last one shorter. Overwrites partials.
 *
 * Axis: parameter, in blocks. Sixteen interleaved sums a block, so the error grows slowly.
 *
 * @param g gradients [count]
 * @param partials [ceil(count / NORM_BLOCK)]
 */
export function gradient_norm(begin: i32, end: i32, g: i32, partials: i32, count: i32): void {
  for (let block = begin; block < end; block++) {
    let from = address(g + block * NORM_BLOCK);
    let left = min(NORM_BLOCK, count - block * NORM_BLOCK);
    let sum0 = zero();
    let sum1 = zero();
    let sum2 = zero();
    let sum3 = zero();
    for (; left >= 16; left -= 16) {
      const a = v128.load(from);
      const b = v128.load(from, 16);
      const c = v128.load(from, 32);
      const d = v128.load(from, 48);
      sum0 = madd(a, a, sum0);
      sum1 = madd(b, b, sum1);
      sum2 = madd(c, c, sum2);
      sum3 = madd(d, d, sum3);
      from += 64;
    }
    for (; left > 0; left -= 4) {
      const a = keep_lanes(v128.load(from), left);
      sum0 = madd(a, a, sum0);
      from += 16;
    }
    store<f32>(address(partials + block), sum_lanes(f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3))));
  }
}

/**
 * Clipping by the norm of all gradients (Pascanu et al., 2013): hyper[1] = norm > limit ? limit / norm : 1.
 *
 * Axis: single. Overwrites hyper[1]. A NaN norm leaves 1, so that the NaN shows in the parameters.
 *
 * @param partials sums of squares [blocks], from `gradient_norm`
 */
export function gradient_clip(begin: i32, end: i32, partials: i32, blocks: i32, hyper: i32, limit: f32): void {
  if (begin >= end) return;
  let sum: f64 = 0;
  for (let i = 0; i < blocks; i++) sum += <f64>load<f32>(address(partials + i));
  const norm = sqrt<f64>(sum);
  store<f32>(address(hyper + 1), norm > <f64>limit ? <f32>(<f64>limit / norm) : 1);
}
