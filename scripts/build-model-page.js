// Builds the page that exportModel fills with a model, from web/src/export, into build/model-page.js: one HTML file as text.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rolldown } from "rolldown";
import { variantsPlugin } from "./variants.js";

const fromRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The page's program with what it needs of the library: no readers of data, the wasm of one engine. */
async function program() {
  const library = {
    name: "library",
    resolveId: (source) => (source === "convasm" ? fromRoot("src/index.ts") : null),
  };
  const bundle = await rolldown({
    input: fromRoot("web/src/export/main.ts"),
    platform: "browser",
    external: ["h5wasm"],
    plugins: [library, variantsPlugin(["single", "bare", "onefile", "none"])],
  });
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false, minify: true, comments: false });
  if (output.length !== 1) throw new Error(`the model's page: expected one file of code, got ${output.length}`);
  return output[0].code.trim();
}

async function styles() {
  const entryPoints = [fromRoot("web/styles/export.css")];
  const { outputFiles } = await build({ entryPoints, bundle: true, minify: true, write: false, logLevel: "warning" });
  return outputFiles[0].text.trim();
}

/** Fills marks of a text. A `$` in a replacement has no meaning, and no `</script` in one ends the script early. */
function fill(text, marks) {
  let filled = text;
  for (const [mark, value] of Object.entries(marks)) {
    if (!filled.includes(mark)) throw new Error(`web/export.html: expected ${mark}`);
    filled = filled.replace(mark, () => value.replaceAll(/<\/(?=script|style)/gi, "<\\/"));
  }
  return filled;
}

const html = fill(readFileSync(fromRoot("web/export.html"), "utf8"), {
  "/* styles */": await styles(),
  "/* program */": await program(),
});
writeFileSync(fromRoot("build/model-page.js"), `export default ${JSON.stringify(html)};\n`);
writeFileSync(fromRoot("build/model-page.d.ts"), "declare const html: string;\nexport default html;\n");
