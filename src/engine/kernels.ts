import type { instantiate } from "../../build/simd.js";
import type { instantiate as instantiateExtra } from "../../build/simd-extra.js";

/** The kernels of `<engine>.wasm`, with their exact signatures, as the AssemblyScript compiler wrote them down. */
export type CoreKernels = Omit<Awaited<ReturnType<typeof instantiate>>, "memory">;

/** The kernels of `<engine>-extra.wasm`, which is loaded where a network needs one of them. */
export type ExtraKernels = Omit<Awaited<ReturnType<typeof instantiateExtra>>, "memory">;

/** Every kernel. Of an engine without the extra file, those of that file are missing. */
export interface Kernels extends CoreKernels, ExtraKernels {}

/** Names of the kernels that do a part [begin, end) of some work, which tapes call. */
export type KernelName = {
  [K in keyof Kernels]: Kernels[K] extends (...args: never) => void
    ? Parameters<Kernels[K]> extends [begin: number, end: number, ...rest: number[]]
      ? K
      : never
    : never;
}[keyof Kernels];

/** Names of those in the extra file. */
export type ExtraKernelName = KernelName & keyof ExtraKernels;

/** A kernel's arguments after `begin` and `end`, in order and by name. */
export type KernelArguments<K extends KernelName> =
  Parameters<Kernels[K]> extends [begin: number, end: number, ...rest: infer Rest extends number[]] ? Rest : never;
