// Editors show the summary of what a name belongs to: each exported type, and each field of an exported interface, has one.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

it("every exported name has a summary, and so has every field of an exported type", () => {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram([join(ROOT, "src/node.ts")], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(ROOT, "src/node.ts"));
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error("expected src/node.ts");
  const isBare = (symbol: ts.Symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() === "";
  const isOurs = (symbol: ts.Symbol) => {
    const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? "";
    return file.startsWith(join(ROOT, "src"));
  };
  const bare: string[] = [];
  let fields = 0;
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (isBare(symbol)) bare.push(symbol.name);
    if ((symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) === 0) continue;
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    if ((type.flags & ts.TypeFlags.Object) === 0) continue;
    for (const field of checker.getPropertiesOfType(type).filter(isOurs)) {
      fields += 1;
      if (isBare(field)) bare.push(`${symbol.name}.${field.name}`);
    }
  }
  expect(fields).toBeGreaterThan(500);
  expect(bare).toEqual([]);
}, 60_000);
