import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** One import of a source file. */
interface Import {
  readonly specifier: string;
  readonly kind: "static" | "type" | "dynamic";
}

const known = new Map<string, readonly Import[]>();

/** All imports of a file, re-exports and `import()` included. */
function importsOf(path: string): readonly Import[] {
  const imports = known.get(path) ?? parseImports(path);
  known.set(path, imports);
  return imports;
}

function parseImports(path: string): Import[] {
  const source = ts.createSourceFile(path, readFileSync(join(ROOT, path), "utf8"), ts.ScriptTarget.ES2022);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const bindings = node.importClause?.namedBindings;
      const names = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : [];
      const onlyTypes = names.length > 0 && names.every(({ isTypeOnly }) => isTypeOnly);
      const typed = node.importClause?.isTypeOnly === true || (onlyTypes && node.importClause?.name === undefined);
      found.push({ specifier: node.moduleSpecifier.text, kind: typed ? "type" : "static" });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ specifier: node.moduleSpecifier.text, kind: node.isTypeOnly ? "type" : "static" });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      found.push({ specifier: ts.isStringLiteral(argument) ? argument.text : "(computed)", kind: "dynamic" });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const { literal } = node.argument;
      found.push({ specifier: ts.isStringLiteral(literal) ? literal.text : "(computed)", kind: "type" });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const isLocal = (specifier: string) => specifier.startsWith(".");

/** The path from the root that a relative import means. */
function resolve(from: string, specifier: string): string {
  return relative(ROOT, join(ROOT, dirname(from), specifier));
}

/** All files that `entry` reaches by imports that stay when types are gone, `import()` of local files included. */
function reachable(entry: string): string[] {
  const seen = new Set([entry]);
  for (const path of seen) {
    for (const { specifier, kind } of importsOf(path)) {
      if (isLocal(specifier) && kind !== "type") seen.add(resolve(path, specifier));
    }
  }
  return [...seen];
}

/** All TypeScript files of a folder. */
function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path));
}

const SOURCES = filesOf("src");

/** The packages that files import at run time, each with its importers. */
function packages(paths: readonly string[], kind: Import["kind"]): Record<string, string[]> {
  const importers: Record<string, string[]> = {};
  for (const path of paths) {
    for (const { specifier, kind: found } of importsOf(path)) {
      if (isLocal(specifier) || found !== kind) continue;
      importers[specifier] = [...(importers[specifier] ?? []), path];
    }
  }
  return importers;
}

describe("what a browser loads from src/index.ts", () => {
  const paths = reachable("src/index.ts");

  it("is nothing of Node, the command line or the benchmark", () => {
    expect(paths.length).toBeGreaterThan(60);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(paths.filter((path) => /^src\/(node|cli|bench)\b/.test(path))).toEqual([]);
  });

  it("needs no package but the AssemblyScript loader, in one place", () => {
    expect(packages(paths, "static")).toEqual({ "@assemblyscript/loader": ["src/engine/instantiate.ts"] });
  });

  it("loads these packages when they are needed, and no other", () => {
    // Where the host tells the address of h5wasm, another copy of it takes the place of one that failed.
    const [path] = ["src/data/read/hdf5-library.ts"];
    const pako = ["src/data/gzip-members.ts"];
    expect(packages(paths, "dynamic")).toEqual({
      h5wasm: ["src/data/read/hdf5-package.ts"],
      "(computed)": [path],
      pako,
      fflate: ["src/exporting/keras/write-keras.ts"],
      "@bufbuild/protobuf/wire": ["src/formats/onnx/decode.ts", "src/formats/onnx/encode.ts"],
    });
  });

  it("asks for nothing that only Node has", () => {
    const names = builtinModules.map((name) => name.replace(/^node:/, ""));
    for (const path of paths) {
      for (const { specifier } of importsOf(path)) {
        expect(specifier.startsWith("node:") || names.includes(specifier), `${path} imports ${specifier}`).toBe(false);
      }
      const text = readFileSync(join(ROOT, path), "utf8");
      expect(text.match(/\b(process\.|Buffer\.|__dirname|require\()/)?.[0], path).toBeUndefined();
    }
  });
});

describe("what package.json tells bundlers", () => {
  it("keeps the entry for Node and the worker's program, which do something when they are imported", () => {
    const { sideEffects, exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const { module, default: own } = exports["./node"];
    // The last one is what `new URL` in worker-file.ts means.
    const worker = [exports["./worker"].default, "./dist/worker/browser-worker.js"];
    expect(sideEffects).toEqual([own, module, ...worker]);
    expect(exports["."].node).toEqual(exports["./node"]);
    expect(readFileSync(join(ROOT, "src/node.ts"), "utf8")).toMatch(/^useNode\(\);$/m);
  });
});

describe("the packages that are used", () => {
  it("are those that package.json names, and every one of them", () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      readFileSync(join(ROOT, "package.json"), "utf8"),
    );
    // Some give no more than a file.
    const resolved = SOURCES.flatMap((path) => {
      const code = readFileSync(join(ROOT, path), "utf8");
      return [...code.matchAll(/import\.meta\.resolve\("([^"]+)"\)/g)].map(([, specifier]) => specifier);
    });
    const used = new Set(
      [...Object.keys(packages(SOURCES, "static")), ...Object.keys(packages(SOURCES, "dynamic")), ...resolved]
        .filter((specifier) => !specifier.startsWith("node:") && specifier !== "(computed)")
        .map((specifier) => specifier.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? specifier),
    );
    expect([...used].sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort());
    // Those of the queue are installed by those who use it, and asked for in one place.
    expect(Object.keys(peerDependencies)).toEqual(["bullmq", "ioredis"]);
    for (const name of Object.keys(peerDependencies)) {
      expect(peerDependenciesMeta[name]).toEqual({ optional: true });
      expect(packages(SOURCES, "dynamic")[name]).toEqual(["src/search/queue/libraries.ts"]);
      expect(packages(SOURCES, "static")[name]).toBeUndefined();
    }
  });

  it("are at home: commander and dagre in src/cli alone, Node's modules in src/node, src/search and src/cli alone", () => {
    const imports = packages(SOURCES, "static");
    expect(imports.commander.filter((path) => !path.startsWith("src/cli/"))).toEqual([]);
    expect(packages(SOURCES, "dynamic")["@dagrejs/dagre"]).toEqual(["src/cli/network-graph/layout.ts"]);
    const node = Object.entries(imports).filter(([specifier]) => specifier.startsWith("node:"));
    expect(node.flatMap(([, paths]) => paths).filter((path) => !/^src\/(node|search|cli)\//.test(path))).toEqual([]);
  });
});

/** The parts that each part may import, besides itself; types too. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  json: [],
  options: ["json"],
  numeric: ["options", "json"],
  data: ["options", "numeric", "json"],
  formats: ["options", "data", "numeric", "json"],
  start: ["json"],
  engine: ["options", "start", "numeric", "json"],
  layers: ["options", "engine", "numeric", "json"],
  graph: ["options", "layers", "engine", "numeric", "json"],
  model: ["options", "graph", "layers", "engine", "data", "numeric", "json"],
  training: ["options", "model", "graph", "layers", "engine", "data", "formats", "numeric", "json"],
  importing: ["options", "training", "model", "graph", "layers", "engine", "data", "formats", "numeric", "json"],
  exporting: ["options", "training", "model", "graph", "layers", "engine", "data", "formats", "numeric", "json"],
  recipes: ["options", "training", "model", "graph", "layers", "engine", "data", "json"],
  worker: [
    "options",
    "start",
    "recipes",
    "training",
    "model",
    "graph",
    "layers",
    "engine",
    "data",
    "formats",
    "numeric",
    "json",
  ],
  node: ["options", "worker", "training", "model", "engine", "data", "formats", "numeric", "json"],
  bench: ["options", "node", "recipes", "training", "model", "graph", "layers", "engine", "data", "numeric", "json"],
  search: ["options", "node", "recipes", "training", "numeric", "json"],
  cli: [
    "options",
    "search",
    "importing",
    "exporting",
    "bench",
    "node",
    "recipes",
    "training",
    "model",
    "graph",
    "layers",
    "engine",
    "data",
    "formats",
    "numeric",
    "json",
  ],
};

/** The helpers beside the folders, which all may import. */
const HELPERS = ["json", "errors", "error-records", "event-loop", "markup", "visible", "words"].map(
  (name) => `src/${name}.ts`,
);

/**
 * The part that a file belongs to: its folder in src, "json" for the helpers beside the folders, or "start" for how workers
 * are started, which lies beside the worker's program, where bundlers find it, but is below the engine.
 */
function partOf(path: string): string | undefined {
  if (HELPERS.includes(path)) return "json";
  if (/^src\/worker\/(start|worker-file(\.given)?)\.ts$/.test(path)) return "start";
  const part = path.match(/^src\/(\w+)\//)?.[1];
  return part;
}

describe("the arrows between the parts", () => {
  it("are known for every file", () => {
    const strays = SOURCES.filter((path) => !Object.hasOwn(ARROWS, partOf(path) ?? ""));
    const entries = [
      "src/describe-options.ts",
      "src/further.small.ts",
      "src/further.ts",
      "src/index.ts",
      "src/node.ts",
      "src/one-file.ts",
      "src/schemas.ts",
    ];
    expect(strays.sort()).toEqual(entries);
  });

  it.each(Object.entries(ARROWS))("%s imports only %j", (part, allowed) => {
    const wrong: string[] = [];
    for (const path of SOURCES.filter((source) => partOf(source) === part)) {
      for (const { specifier } of importsOf(path).filter(({ specifier: name }) => isLocal(name))) {
        const target = resolve(path, specifier);
        // The kernels and their types, which the AssemblyScript compiler writes, the page of an exported model, and texts, and lines of help.
        const built =
          /^src\/(engine\/(kernels|built-in-wasm(\.\w+)?|wasm-text)|exporting\/html|node\/[\w-]+\.packed|cli\/schema-option)\.ts$/.test(
            path,
          ) && target.startsWith("build/");
        const to = partOf(target);
        if (!built && to !== part && (to === undefined || !allowed.includes(to))) wrong.push(`${path} -> ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("are of files that are at most 320 lines long", () => {
    const long = SOURCES.filter((path) => readFileSync(join(ROOT, path), "utf8").split("\n").length > 321);
    expect(long).toEqual([]);
  });

  it("have no circles between files, types and the page included", () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      if (done.has(path) || trail.includes(path)) return;
      for (const { specifier } of importsOf(path)) {
        const target = isLocal(specifier) ? resolve(path, specifier) : undefined;
        if (target !== undefined && existsSync(join(ROOT, target)) && target.endsWith(".ts"))
          walk(target, [...trail, path]);
      }
      done.add(path);
    };
    for (const path of [...SOURCES, ...filesOf("web/src")]) walk(path, []);
    expect(circles).toEqual([]);
  });

  it("let layers know of no engine: only of plans, tapes, and sizes and operands of kernels", () => {
    const engine = filesOf("src/layers").flatMap((path) =>
      importsOf(path)
        .filter(({ specifier }) => isLocal(specifier))
        .map(({ specifier }) => resolve(path, specifier))
        .filter((target) => target.startsWith("src/engine/") && !target.startsWith("src/engine/operands/")),
    );
    expect([...new Set(engine)].sort()).toEqual([
      "src/engine/kernel-sizes.ts",
      "src/engine/padded.ts",
      "src/engine/plan.ts",
      "src/engine/tape.ts",
    ]);
  });

  it("keep the kernels to themselves, but for the sizes on which they and their callers agree", () => {
    const outside = filesOf("assembly").flatMap((path) =>
      importsOf(path)
        .map(({ specifier }) => (isLocal(specifier) ? resolve(path, specifier) : specifier))
        .filter((target) => !target.startsWith("assembly/") && target !== "src/engine/kernel-sizes")
        .map((target) => `${path} -> ${target}`),
    );
    expect(outside).toEqual([]);
  });
});

describe("below the command line", () => {
  it("nothing prints or ends the process", () => {
    const loud = SOURCES.filter((path) => !path.startsWith("src/cli/")).filter((path) => {
      // Comments may show examples that print.
      const code = readFileSync(join(ROOT, path), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      return /\bconsole\.|process\.(exit|stdout|stderr)/.test(code);
    });
    expect(loud).toEqual([]);
  });

  it("nothing draws numbers or takes transcendental functions from the host", () => {
    const parts = ["layers", "graph", "model", "training", "data", "formats", "recipes", "numeric"];
    const found = SOURCES.filter((path) => parts.includes(partOf(path) ?? "")).flatMap((path) => {
      const code = readFileSync(join(ROOT, path), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      const calls = code.match(/Math\.(random|exp|log|log1p|expm1|pow|sin|cos|tan|tanh|atan2?)\b/g) ?? [];
      return calls.map((call) => `${path}: ${call}`);
    });
    expect(found).toEqual([]);
  });
});
