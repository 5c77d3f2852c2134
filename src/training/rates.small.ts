/** Stands in place of `rates.ts` in the small one-file build, in which all layers have one rate. */
export async function withRates<T>(options: T): Promise<T> {
  return options;
}
