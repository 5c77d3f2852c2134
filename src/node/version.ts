import { readFileSync } from "node:fs";

/** The version in the package's own description. */
export function version(): string {
  const packageJson: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const isObject = typeof packageJson === "object" && packageJson !== null;
  return isObject && "version" in packageJson ? String(packageJson.version) : "unknown";
}
