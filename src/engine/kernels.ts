import type { instantiate } from "../../build/simd.js";

/** Every kernel with its exact signature, as the AssemblyScript compiler wrote it down. */
export type Kernels = Omit<Awaited<ReturnType<typeof instantiate>>, "memory">;

/** Names of the kernels that do a part [begin, end) of some work, which tapes call. */
export type KernelName = {
  [K in keyof Kernels]: Kernels[K] extends (...args: never) => void
    ? Parameters<Kernels[K]> extends [begin: number, end: number, ...rest: number[]]
      ? K
      : never
    : never;
}[keyof Kernels];

/** A kernel's arguments after `begin` and `end`, in order and by name. */
export type KernelArguments<K extends KernelName> =
  Parameters<Kernels[K]> extends [begin: number, end: number, ...rest: infer Rest extends number[]] ? Rest : never;
