import { describe } from "vitest";
import { testRandomShapes } from "./random-suite.ts";

describe("random shapes", () => testRandomShapes(0, 24, 20));
