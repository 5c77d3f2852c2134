/** None; stands in place of `further.ts` in the small one-file build. */
export function furtherKernels() {
  return {};
}
