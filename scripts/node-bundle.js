// The bundler's settings of the builds for Node.
import { rolldown } from "rolldown";
import { atOncePlugin } from "./at-once.js";
import { variantsPlugin } from "./variants.js";

/** Parts that pages load when they need them, and that would cost a program for Node more as files than they take. */
const SMALL = /\/(evaluate-images|predict|transforms|use-average)\.ts$/;

/**
 * Puts a program for Node together. The path `../../build/` is right from the sources' folders and from the output's,
 * so it is kept.
 *
 * @param input entry points by name
 * @param variants of files, for {@link variantsPlugin}
 * @param isExternal whether a package or file in `build` stays outside
 */
export function nodeBundle(input, variants, isExternal) {
  return rolldown({
    input,
    platform: "node",
    external: (name) => /^[^./]/.test(name) && !name.startsWith("src/") && isExternal(name),
    plugins: [
      {
        name: "built",
        resolveId: (source) =>
          source.startsWith("../../build/") && isExternal(source) ? { id: source, external: true } : null,
      },
      variantsPlugin(variants),
      atOncePlugin((path) => SMALL.test(path)),
      DECODER_GLUE,
    ],
  });
}

/** The glue of the decoders of JPEG and WebP writes to `import.meta.url`, which bundlers replace by a text, only to find a file that it is given. */
const DECODER_GLUE = {
  name: "decoder-glue",
  transform(code, id) {
    if (!/(mozjpeg|webp)_dec\.js$/.test(id)) return null;
    return `const here = { url: "https://localhost/" };\n${code.replaceAll("import.meta.url", "here.url")}`;
  },
};
