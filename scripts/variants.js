// Files that stand in for others in some builds: `name.<variant>.ts` in place of `name.ts`.
import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** A plugin for rolldown that takes the first of several variants for which there is a file. */
export function variantsPlugin(variants) {
  return { name: "variants", resolveId: (source, importer) => variantOf(variants, source, importer) };
}

function variantOf(variants, source, importer) {
  if (importer === undefined || !source.startsWith(".")) return null;
  const paths = variants.map((variant) => resolve(importer, "..", source.replace(/\.ts$/, `.${variant}.ts`)));
  return paths.find((path) => existsSync(path)) ?? null;
}
