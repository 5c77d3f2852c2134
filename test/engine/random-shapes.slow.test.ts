import { describe } from "vitest";
import { testRandomShapes } from "./random-suite.ts";

describe("many random shapes", () => testRandomShapes(1000, 600, 400));
