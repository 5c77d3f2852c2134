import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { apiReport } from "../scripts/api-report.js";

describe("the public surface", () => {
  const { text, hidden } = apiReport();

  it("is what docs/api.txt says", () => {
    const told = readFileSync(new URL("../docs/api.txt", import.meta.url), "utf8");
    expect(told.split("\n"), "node scripts/api-report.js writes it anew").toEqual(text.split("\n"));
  });

  it("names no type that is not exported", () => {
    expect(hidden, "export it, or mark the member @internal").toEqual([]);
  });
});
