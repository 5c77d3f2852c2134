// Spans: a vector or, in WIDE, two neighbours that V8 makes one of 256 bits. Each line of their code is thus written for a low
// and a high vector, of which other builds drop the high one.

import { store_lanes, store_lanes_inline } from "./lanes";
import { store_up_to_8, zero } from "./simd";

/** Bytes of a span. */
export const SPAN: usize = WIDE ? 32 : 16;

/** Channels of a span. */
export const CHANNELS: i32 = WIDE ? 8 : 4;

/** The second vector of a span; unused where a span has one. */
// @ts-ignore: decorator
@inline
export function load_high(from: usize): v128 {
  return WIDE ? v128.load(from, 16) : zero();
}

/** Stores a span. */
// @ts-ignore: decorator
@inline
export function store_span(to: usize, low: v128, high: v128): void {
  v128.store(to, low);
  if (WIDE) v128.store(to, high, 16);
}

/** Stores the `count` first channels of a span, or all. */
// @ts-ignore: decorator
@inline
export function store_channels(to: usize, low: v128, high: v128, count: i32): void {
  if (WIDE) store_up_to_8(to, low, high, min(count, 8));
  else store_lanes(to, low, count);
}

/** `store_channels` without a call, for loops. */
// @ts-ignore: decorator
@inline
export function store_channels_inline(to: usize, low: v128, high: v128, count: i32): void {
  if (WIDE) store_up_to_8(to, low, high, min(count, 8));
  else store_lanes_inline(to, low, count);
}
