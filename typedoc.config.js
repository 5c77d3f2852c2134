import { apiReport } from "./scripts/api-report.js";

/** @type {import("typedoc").TypeDocOptions} */
export default {
  entryPoints: ["src/index.ts", "src/node.ts", "src/describe-options.ts", "src/search/index.ts"],
  out: "docs/api",
  tsconfig: "tsconfig.json",
  name: "convasm",
  readme: "none",
  excludePrivate: true,
  excludeInternal: true,
  validation: { notExported: true, invalidLink: true },
  // Types follow from these; what the types have is documented with them.
  intentionallyNotExported: [...apiReport().schemas, "OptionKind"],
  treatValidationWarningsAsErrors: true,
};
