// Writes build/option-help.js: for each option of src/schemas.ts the first sentence of its doc comment, which is its line of help.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const entry = `${root}src/schemas.ts`;
const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram([entry], options);
const checker = program.getTypeChecker();

/** The properties of a type's symbols, as [name, symbol]. */
function properties(symbol) {
  const type = checker.getTypeOfSymbol(symbol);
  return type.getProperties().map((property) => [property.getName(), property]);
}

/** The first sentence of a text, without line breaks and the marks of code. */
function firstSentence(text) {
  const line = text
    .split(/\n\s*\n/)[0]
    .replace(/\s+/g, " ")
    .trim();
  return line.match(/^.*?[.:](?= [A-Z0-9"`]|$)/)?.[0] ?? line;
}

const source = program.getSourceFile(entry);
const schemas = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find(({ name }) => name === "SCHEMAS");
const missing = [];
const help = {};
for (const [group, types] of properties(schemas)) {
  help[group] = {};
  for (const [type, schema] of properties(types)) {
    help[group][type] = {};
    for (const [key, option] of properties(schema)) {
      const sentence = firstSentence(ts.displayPartsToString(option.getDocumentationComment(checker)));
      if (sentence === "") missing.push(`${group} ${type}: ${key}`);
      help[group][type][key] = sentence;
    }
  }
}
if (missing.length > 0) {
  console.error(`expected a doc comment at each option, got none at ${missing.join(", ")}`);
  process.exit(1);
}
mkdirSync(`${root}build`, { recursive: true });
writeFileSync(
  `${root}build/option-help.js`,
  `// Made by scripts/build-option-help.js of the doc comments in src.\nexport const OPTION_HELP = ${JSON.stringify(help, undefined, 2)};\n`,
);
writeFileSync(
  `${root}build/option-help.d.ts`,
  `/** Lines of help by group, type and option. */\nexport declare const OPTION_HELP: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;\n`,
);
