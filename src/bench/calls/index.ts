/**
 * The cases of the tables as calls of all kernels that can do them.
 *
 * @module
 */

import {
  COLUMNS,
  DENSES,
  GRADIENTS,
  IMAGES,
  NETWORK_DENSES,
  NORMS,
  PARAMETERS,
  POOLS,
  ROWS,
  SIZES,
  UPSAMPLINGS,
} from "../cases.ts";
import { CONVOLUTIONS, DEPTHWISE, NARROW_CONVOLUTIONS, NETWORK_CONVOLUTIONS } from "../convolution-cases.ts";
import { activationCalls, dropoutCalls, softmaxCalls } from "./activation.ts";
import type { KernelCall } from "./call.ts";
import { convolutionCalls } from "./convolution.ts";
import { denseCalls } from "./dense.ts";
import { inputCalls } from "./input.ts";
import { crossEntropyCalls, elementwiseLossCalls } from "./loss.ts";
import { copyColumnsCall, mergingCalls, multiplyChannelsCalls } from "./merging.ts";
import { narrowCalls } from "./narrow.ts";
import { normCalls } from "./norm.ts";
import { clipCalls, optimizerCalls } from "./optimizer.ts";
import { peakCalls } from "./peak.ts";
import { poolCalls } from "./pool.ts";
import { upsampleCalls } from "./upsample.ts";
import { isWinograd, winogradCalls } from "./winograd.ts";

/** All calls for correctness, a fresh list each time. */
export function allCalls(): KernelCall[] {
  return [
    ...SIZES.flatMap((size) => [
      ...activationCalls(size),
      ...mergingCalls(size),
      ...dropoutCalls(size),
      ...elementwiseLossCalls(size),
    ]),
    ...ROWS.flatMap((shape) => [...softmaxCalls(shape), ...crossEntropyCalls(shape)]),
    ...NORMS.flatMap((shape) => [...normCalls(shape), ...multiplyChannelsCalls(shape)]),
    ...COLUMNS.map(copyColumnsCall),
    ...POOLS.flatMap(poolCalls),
    ...UPSAMPLINGS.flatMap(upsampleCalls),
    ...IMAGES.flatMap(inputCalls),
    ...PARAMETERS.flatMap(optimizerCalls),
    ...GRADIENTS.flatMap(clipCalls),
    ...peakCalls(),
    ...DENSES.flatMap(denseCalls),
    ...[...CONVOLUTIONS, ...DEPTHWISE].flatMap(convolutionCalls),
    ...CONVOLUTIONS.filter(isWinograd).flatMap(winogradCalls),
    ...NARROW_CONVOLUTIONS.flatMap(narrowCalls),
    ...DEPTHWISE.map((shape) => ({ ...shape, depthwise: false })).flatMap(convolutionCalls),
  ];
}

/** The calls of whole layers, for the benchmark. */
export function networkCalls(): KernelCall[] {
  return [
    ...NETWORK_CONVOLUTIONS.flatMap(convolutionCalls),
    ...NETWORK_CONVOLUTIONS.filter(isWinograd).flatMap(winogradCalls),
    ...NETWORK_DENSES.flatMap(denseCalls),
  ];
}

/** All calls by kernel. */
export function callsByKernel(): Map<string, KernelCall[]> {
  const groups = new Map<string, KernelCall[]>();
  for (const call of allCalls()) {
    const group = groups.get(call.kernel);
    if (group === undefined) groups.set(call.kernel, [call]);
    else group.push(call);
  }
  return groups;
}
