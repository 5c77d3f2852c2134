/**
 * All families of kernels: the cases of the tables as calls of the kernels that can do them, and the work of each kernel.
 *
 * @module
 */

import type { KernelName } from "../../engine/kernels.ts";
import {
  ADAPTIVE_POOLS,
  BOXES,
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
  TRANSPOSES,
  UPSAMPLINGS,
} from "../cases.ts";
import { CONVOLUTIONS, NARROW_CONVOLUTIONS, NETWORK_CONVOLUTIONS } from "../convolution-cases.ts";
import { DEPTHWISE } from "../depthwise-cases.ts";
import { activationCalls, activationWork, dropoutCalls, softmaxCalls } from "./activation.ts";
import { adaptivePoolCalls, adaptivePoolWork } from "./adaptive-pool.ts";
import { addBiasCalls, affineWork, rescaleCall } from "./affine.ts";
import type { KernelCall } from "./call.ts";
import { convolutionCalls, convolutionWork } from "./convolution.ts";
import { copyBoxesCall, copyWork, transposeCall } from "./copy.ts";
import { denseCalls, denseWork } from "./dense.ts";
import { distillationCalls, distillationWork } from "./distillation.ts";
import { classLossCalls, focalWork, sigmoidFocalCalls } from "./focal.ts";
import { inputCalls, inputWork } from "./input.ts";
import { crossEntropyCalls, elementwiseLossCalls, lossWork } from "./loss.ts";
import { copyColumnsCall, mergingCalls, mergingWork, multiplyChannelsCalls } from "./merging.ts";
import { narrowCalls, narrowWork } from "./narrow.ts";
import { dropChannelsCalls, gaussianNoiseCall, noiseWork } from "./noise.ts";
import { normCalls, normWork } from "./norm.ts";
import { clipCalls, optimizerCalls, optimizerWork } from "./optimizer.ts";
import { padWork } from "./pad.ts";
import { peakCalls, peakWork } from "./peak.ts";
import { poolCalls, poolWork } from "./pool.ts";
import { preluCalls, preluWork } from "./prelu.ts";
import { sampleNormCalls, sampleNormWork } from "./sample-norm.ts";
import { upsampleCalls, upsampleWork } from "./upsample.ts";
import { isWinograd, winogradCalls, winogradWork } from "./winograd.ts";
import type { WorkRow } from "./work-rows.ts";

/** The operations and bytes of every kernel: one without a row does not compile. */
export const WORK: { readonly [K in KernelName]: WorkRow<K> } = {
  ...activationWork,
  ...mergingWork,
  ...convolutionWork,
  ...narrowWork,
  ...denseWork,
  ...winogradWork,
  ...poolWork,
  ...adaptivePoolWork,
  ...upsampleWork,
  ...copyWork,
  ...affineWork,
  ...normWork,
  ...sampleNormWork,
  ...noiseWork,
  ...preluWork,
  ...lossWork,
  ...focalWork,
  ...distillationWork,
  ...optimizerWork,
  ...inputWork,
  ...padWork,
  ...peakWork,
};

/** All calls for correctness, a fresh list each time. */
export function allCalls(): KernelCall[] {
  return [
    ...SIZES.flatMap((size) => [
      ...activationCalls(size),
      ...mergingCalls(size),
      rescaleCall(size, 1 / 3, -0.25),
      ...dropoutCalls(size),
      gaussianNoiseCall(size),
      ...elementwiseLossCalls(size),
      ...sigmoidFocalCalls(size),
    ]),
    ...ROWS.flatMap((shape) => [
      ...softmaxCalls(shape),
      ...crossEntropyCalls(shape),
      ...classLossCalls(shape),
      ...distillationCalls(shape),
    ]),
    ...NORMS.flatMap((shape) => [
      ...normCalls(shape),
      ...sampleNormCalls(shape),
      ...dropChannelsCalls(shape),
      ...preluCalls(shape),
      ...multiplyChannelsCalls(shape),
      ...addBiasCalls(shape),
    ]),
    ...COLUMNS.map(copyColumnsCall),
    ...BOXES.map(copyBoxesCall),
    ...TRANSPOSES.map(transposeCall),
    ...POOLS.flatMap(poolCalls),
    ...ADAPTIVE_POOLS.flatMap(adaptivePoolCalls),
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
