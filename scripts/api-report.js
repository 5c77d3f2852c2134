// The public surface as text, from the declarations of the entry points: one line for each export and each of its members, with its
// type. `node scripts/api-report.js` writes docs/api.txt, which `test/api.test.ts` holds to the code.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The source file of each subpath of the package; of `convasm/node` the report has only what it adds to `convasm`. */
const ENTRIES = {
  convasm: "src/index.ts",
  "convasm/node": "src/node.ts",
  "convasm/options": "src/describe-options.ts",
  "convasm/search": "src/search/index.ts",
};

/** Generic types by which exported ones follow from schemas of options. */
const DERIVING = new Set(["OptionsOf", "ValuesOf", "Described"]);

const FORMAT =
  ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope |
  ts.TypeFormatFlags.WriteArrowStyleSignature |
  ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType;

/** A signature's return type stands after a colon. */
const SIGNATURE = FORMAT & ~ts.TypeFormatFlags.WriteArrowStyleSignature;

/**
 * The report, and what is wrong with the surface.
 *
 * @returns `text`: the report; `hidden`: types that an exported declaration names and no entry exports, each as `user: name`;
 *   `schemas`: names of what exported types are derived of, such as the constants that hold schemas
 */
export function apiReport() {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram(
    Object.values(ENTRIES).map((path) => ROOT + path),
    options,
  );
  const checker = program.getTypeChecker();
  const exportsOf = (path) => {
    const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(ROOT + path)));
    return symbols.map((symbol) => [symbol.getName(), resolved(checker, symbol)]);
  };
  const surfaces = Object.entries(ENTRIES).map(([entry, path]) => [entry, exportsOf(path)]);
  const exported = new Set(surfaces.flatMap(([, list]) => list.map(([, symbol]) => symbol)));
  const named = namesIn(checker, exported);

  const lines = ["The public surface, one line for each export and member. Written by: node scripts/api-report.js"];
  const told = new Set();
  for (const [entry, list] of surfaces) {
    lines.push("", `# ${entry}`, "");
    for (const [name, symbol] of list.sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!told.has(symbol)) lines.push(...describe(checker, name, symbol, exported));
      told.add(symbol);
    }
  }
  return { text: `${lines.join("\n")}\n`, ...named };
}

function resolved(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function describe(checker, name, symbol, exported) {
  const lines = [];
  const at = symbol.declarations[0];
  const typeText = (type) => checker.typeToString(type, at, FORMAT);
  const signature = (one) => checker.signatureToString(one, at, SIGNATURE);
  if (symbol.flags & ts.SymbolFlags.Function) {
    for (const one of checker.getTypeOfSymbol(symbol).getCallSignatures())
      lines.push(`function ${name}${signature(one)}`);
  } else if (symbol.flags & ts.SymbolFlags.Class) {
    lines.push(`class ${name}${heritage(at)}`);
    for (const one of checker.getTypeOfSymbol(symbol).getConstructSignatures()) {
      if (one.declaration === undefined || !isInternal(one.declaration)) lines.push(`  new ${name}${signature(one)}`);
    }
    const own = checker
      .getPropertiesOfType(checker.getTypeOfSymbol(symbol))
      .filter(({ flags }) => !(flags & ts.SymbolFlags.Prototype));
    lines.push(...members(checker, `static ${name}`, own, at, exported));
  } else if (symbol.flags & ts.SymbolFlags.Variable) {
    lines.push(`const ${name}: ${typeText(checker.getTypeOfSymbol(symbol))}`);
  } else if (ts.isTypeAliasDeclaration(at)) {
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    if (type.isUnion() || !(type.flags & ts.TypeFlags.Object) || type.getCallSignatures().length > 0) {
      lines.push(`type ${name} = ${checker.typeToString(type, at, FORMAT | ts.TypeFormatFlags.InTypeAlias)}`);
      return lines;
    }
    lines.push(`type ${name}`);
  } else lines.push(`interface ${name}${heritage(at)}`);
  if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) {
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    lines.push(...members(checker, name, checker.getPropertiesOfType(type), at, exported));
  }
  return lines;
}

/** The classes and interfaces that a declaration extends or implements; what follows from a schema has its members instead. */
function heritage(declaration) {
  const bases = (declaration.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => type.getText()));
  const named = bases.filter((base) => !DERIVING.has(base.match(/^\w+/)?.[0]));
  return named.length > 0 ? ` extends ${named.join(", ")}` : "";
}

function members(checker, owner, properties, at, exported) {
  return properties.flatMap((property) => {
    const declaration = property.declarations?.[0];
    if (declaration !== undefined && isInternal(declaration)) return [];
    if (/^__#|^#|^\[|^__@/.test(property.getName())) return [];
    const parent = declaration?.parent && checker.getSymbolAtLocation(declaration.parent.name ?? declaration.parent);
    const isInherited = declaration !== undefined && declaration.parent !== at && !at.members?.includes(declaration);
    if (isInherited && (exported.has(parent) || !isOurs(declaration))) return [];
    const optional = property.flags & ts.SymbolFlags.Optional ? "?" : "";
    const key = `  ${owner}.${property.getName()}${optional}`;
    const type = checker.getTypeOfSymbol(property);
    if (!(property.flags & ts.SymbolFlags.Method)) return [`${key}: ${checker.typeToString(type, at, FORMAT)}`];
    const signatures = checker
      .getNonNullableType(type)
      .getCallSignatures()
      .filter((one) => !isInternal(one.declaration));
    return signatures.map((one) => `${key}${checker.signatureToString(one, at, SIGNATURE)}`);
  });
}

function isOurs(node) {
  return node.getSourceFile().fileName.startsWith(`${ROOT}src/`);
}

function isInternal(node) {
  const comments = ts.getJSDocCommentsAndTags(node).map((comment) => comment.getText());
  return (
    comments.some((comment) => comment.includes("@internal")) ||
    (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0
  );
}

/** The names in the types of exported declarations which are not exported themselves. */
function namesIn(checker, exported) {
  const hidden = new Set();
  const schemas = new Set();
  for (const symbol of exported) {
    const visit = (node) => {
      if (
        ts.isBlock(node) ||
        ts.isPrivateIdentifier(node.name ?? node) ||
        (node.parent && ts.isClassElement(node) && isInternal(node))
      )
        return;
      if (ts.isTypeElement(node) && isInternal(node)) return;
      // Members that follow from other types are listed, not how they follow.
      if (ts.isExpressionWithTypeArguments(node) && node.typeArguments !== undefined) return;
      // Of overloads, only the signatures are seen from outside.
      if (node.body && node.name && checker.getSymbolAtLocation(node.name)?.declarations.length > 1) return;
      if (ts.isExpression(node) && !ts.isExpressionWithTypeArguments(node) && ts.isVariableDeclaration(node.parent))
        return;
      if (ts.isParameter(node) && node.type !== undefined) return visit(node.type);
      if (ts.isPropertyDeclaration(node) && node.type !== undefined) return visit(node.type);
      const name = ts.isTypeReferenceNode(node)
        ? node.typeName
        : ts.isExpressionWithTypeArguments(node)
          ? node.expression
          : ts.isTypeQueryNode(node)
            ? node.exprName
            : undefined;
      const found = name && checker.getSymbolAtLocation(name);
      const target = found && resolved(checker, found);
      const where = target?.declarations?.[0];
      if (where && isOurs(where) && !exported.has(target) && !ts.isTypeParameterDeclaration(where)) {
        if (DERIVING.has(target.getName()) || !(target.flags & ts.SymbolFlags.Type)) schemas.add(target.getName());
        else hidden.add(`${symbol.getName()}: ${target.getName()}`);
      }
      ts.forEachChild(node, visit);
    };
    for (const declaration of symbol.declarations) if (isOurs(declaration)) visit(declaration);
  }
  return { hidden: [...hidden].sort(), schemas: [...schemas].sort() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { text, hidden } = apiReport();
  writeFileSync(`${ROOT}docs/api.txt`, text);
  if (hidden.length > 0) {
    console.error(
      `expected each type that an exported declaration names to be exported, or the member @internal:\n${hidden.join("\n")}`,
    );
    process.exit(1);
  }
}
