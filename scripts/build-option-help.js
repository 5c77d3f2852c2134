// Writes build/option-help.js and build/command-help.js: for each option of src/schemas.ts, and of src/cli/command-options.ts, the first
// sentence of its doc comment, which is its line of help.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const SCHEMAS = `${root}src/schemas.ts`;
const COMMANDS = `${root}src/cli/command-options.ts`;
const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram([SCHEMAS, COMMANDS], options);
const checker = program.getTypeChecker();
const missing = [];

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

/** The symbol of something that a file exports. */
function exportOf(file, name) {
  const source = program.getSourceFile(file);
  return checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find((symbol) => symbol.name === name);
}

/** The lines of help of schemas by their names. */
function linesOf(schemas, place) {
  const lines = properties(schemas).map(([type, schema]) => {
    const help = properties(schema).map(([key, option]) => {
      const sentence = firstSentence(ts.displayPartsToString(option.getDocumentationComment(checker)));
      if (sentence === "") missing.push(`${place}${type}: ${key}`);
      return [key, sentence];
    });
    return [type, Object.fromEntries(help)];
  });
  return Object.fromEntries(lines);
}

const groups = properties(exportOf(SCHEMAS, "SCHEMAS")).map(([group, types]) => [group, linesOf(types, `${group} `)]);
const commands = linesOf(exportOf(COMMANDS, "COMMAND_OPTIONS"), "");
if (missing.length > 0) {
  console.error(`expected a doc comment at each option, got none at ${missing.join(", ")}`);
  process.exit(1);
}

/** Writes lines of help as a module, and its types. */
function write(name, constant, lines, type, what) {
  const text = JSON.stringify(lines, undefined, 2);
  writeFileSync(
    `${root}build/${name}.js`,
    `// Made by scripts/build-option-help.js of the doc comments in src.\nexport const ${constant} = ${text};\n`,
  );
  writeFileSync(`${root}build/${name}.d.ts`, `/** ${what} */\nexport declare const ${constant}: ${type};\n`);
}

const LINES = "Readonly<Record<string, string>>";
mkdirSync(`${root}build`, { recursive: true });
write(
  "option-help",
  "OPTION_HELP",
  Object.fromEntries(groups),
  `Readonly<Record<string, Readonly<Record<string, ${LINES}>>>>`,
  "Lines of help by group, type and option.",
);
write(
  "command-help",
  "COMMAND_HELP",
  commands,
  `Readonly<Record<string, ${LINES}>>`,
  "Lines of help by command and option.",
);
